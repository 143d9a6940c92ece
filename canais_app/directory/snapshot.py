"""One version of the directory in memory: units, their channels and the search index.

Built from the database by whoever asks first after a change, shared by all readers of a process.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import numpy as np
from sqlalchemy import select as sql_select
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, SQLModel

from canais_app.directory import channels, lexicon, version
from canais_app.directory.errors import UnitMovedError
from canais_app.directory.index import Document, Index, Mask
from canais_app.directory.models import (
    Channel,
    ChannelKind,
    Comarca,
    FormerSlug,
    Municipality,
    Synonym,
    Unit,
    UnitKind,
)
from canais_app.expediente.calendar import CourtCalendar, Place
from canais_app.expediente.calendar import Spot as CalendarSpot
from canais_app.kit.errors import NotFoundError

KIND_NAMES = {
    UnitKind.COURT_BODY: "Órgão do Tribunal",
    UnitKind.PRESIDENCY: "Presidência",
    UnitKind.INTERNAL_AFFAIRS: "Corregedoria",
    UnitKind.CHAMBER: "Câmara",
    UnitKind.APPEALS_PANEL: "Turma recursal",
    UnitKind.NUCLEUS: "Núcleo de Justiça 4.0",
    UnitKind.FORUM_BOARD: "Diretoria do foro",
    UnitKind.DISTRIBUTION: "Distribuição e protocolo",
    UnitKind.VARA: "Vara",
    UnitKind.SMALL_CLAIMS: "Juizado especial",
    UnitKind.REGISTRY: "Secretaria",
    UnitKind.CHAMBERS: "Gabinete",
    UnitKind.CONCILIATION: "CEJUSC",
    UnitKind.INCLUSION_POINT: "Ponto de inclusão digital",
}
M = TypeVar("M", bound=SQLModel)
KEPT = 2  # versions in memory: the present one, and the one readers may still hold


@dataclass(frozen=True)
class Snapshot:
    """The directory of one version; rows are detached and only read."""

    index: Index
    units: dict[int, Unit]
    channels: dict[int, list[Channel]]
    comarcas: dict[int, Comarca]
    by_slug: dict[str, Unit]
    under: dict[int, list[Unit]]  # unit id → the units that hang directly under it
    moved: dict[str, str]  # slug that was → slug to go on at
    _open: dict[tuple[CourtCalendar, datetime], Mask] = field(
        default_factory=dict[tuple[CourtCalendar, datetime], Mask]
    )

    def find(self, slug: str) -> Unit:
        """Return the active unit with this slug.

        Raises:
            UnitMovedError: the slug was a unit's; the unit, or its successor, has another now.
            NotFoundError: no unit has or had it.
        """
        unit = self.by_slug.get(slug)
        if unit is None and slug in self.moved:
            raise UnitMovedError(slug, self.moved[slug])
        if unit is None:
            raise NotFoundError("Não encontramos esta unidade.")
        return unit

    def comarca(self, slug: str) -> Comarca:
        """Return the installed comarca with this slug.

        Raises:
            NotFoundError: there is none.
        """
        for row in self.comarcas.values():
            if row.slug == slug and row.installed:
                return row
        raise NotFoundError("Não encontramos esta comarca.")

    def is_open(self, calendar: CourtCalendar, now: datetime) -> Mask:
        """Return of every unit of the index whether it is open; read once a minute."""
        key = (calendar, now.replace(second=0, microsecond=0))
        mask = self._open.get(key)
        if mask is None:
            mask = self._find_open(calendar, now)
            self._open.clear()
            self._open[key] = mask
        return mask

    def _find_open(self, calendar: CourtCalendar, now: datetime) -> Mask:
        known: dict[tuple[CalendarSpot, str], bool] = {}
        mask = np.zeros(self.index.size, dtype=np.bool_)
        for at, document in enumerate(self.index.documents):
            unit = self.units[document.id]
            place = Place(unit.comarca_id, unit.id)
            key = (calendar.spot(place), str(unit.hours))
            if key not in known:
                known[key] = calendar.state_at(now, place, unit.hours).is_open
            mask[at] = known[key]
        return mask


_kept: dict[str, Snapshot] = {}
_building = threading.Lock()


def load(session: Session) -> Snapshot:
    """Return the snapshot of the directory as this transaction sees it."""
    token = version.current(session)
    found = _kept.get(token)
    if found is not None:
        return found
    with _building:
        if token not in _kept:
            made = _build(session)
            while len(_kept) >= KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[token] = made
        return _kept[token]


def _build(session: Session) -> Snapshot:
    comarcas = {row.id or 0: row for row in _copies(session, Comarca)}
    towns = _copies(session, Municipality)
    everything = _copies(session, Unit)
    units = {row.id or 0: row for row in everything if row.active}
    by_unit: defaultdict[int, list[Channel]] = defaultdict(list)
    for channel in _copies(session, Channel):
        if channel.unit_id in units and channel.retired_at is None:
            by_unit[channel.unit_id].append(channel)
    synonyms = [(row.said, row.means) for row in _copies(session, Synonym)]
    served = _served(towns)
    documents = [_document(unit, comarcas, served, by_unit[id_]) for id_, unit in units.items()]
    index = Index(documents, lexicon.build(_places(comarcas, towns), synonyms))
    under: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit in units.values():
        under[unit.parent_id or 0].append(unit)
    return Snapshot(
        index=index,
        units=units,
        channels={id_: channels.in_order(rows) for id_, rows in by_unit.items()},
        comarcas=comarcas,
        by_slug={unit.slug: unit for unit in units.values()},
        under=under,
        moved=_moved(everything, _copies(session, FormerSlug)),
    )


def _moved(units: Sequence[Unit], former: Sequence[FormerSlug]) -> dict[str, str]:
    """Return where visitors of former addresses, and of retired units, go on."""
    by_id = {unit.id: unit for unit in units}

    def heir(unit: Unit | None) -> Unit | None:
        while unit is not None and not unit.active:
            unit = by_id.get(unit.successor_id)
        return unit

    gone = [(unit.slug, heir(unit)) for unit in units if not unit.active]
    gone += [(row.slug, heir(by_id.get(row.unit_id))) for row in former]
    return {slug: unit.slug for slug, unit in gone if unit is not None}


def _copies(session: Session, model: type[M]) -> list[M]:
    """Return all rows of a table as objects of no session, so that nobody else's are touched."""
    rows = session.connection().execute(sql_select(class_mapper(model).local_table)).mappings()
    return [model(**row) for row in rows]


def _served(towns: Sequence[Municipality]) -> dict[int, tuple[str, ...]]:
    served: defaultdict[int, list[str]] = defaultdict(list)
    for town in towns:
        if town.comarca_id is not None:
            served[town.comarca_id].append(town.name)
    return {comarca: tuple(names) for comarca, names in served.items()}


def _places(comarcas: dict[int, Comarca], towns: Sequence[Municipality]) -> list[lexicon.Place]:
    installed = {id_: row for id_, row in comarcas.items() if row.installed}
    places = [lexicon.Place(row.name, id_, row.name) for id_, row in installed.items()]
    for town in towns:
        there = installed.get(town.comarca_id or 0)
        places.append(
            lexicon.Place(
                town.name,
                town.comarca_id if there else None,
                there.name if there else "",
                is_comarca=False,
            )
        )
    return places


def _document(
    unit: Unit,
    comarcas: dict[int, Comarca],
    served: dict[int, tuple[str, ...]],
    own: list[Channel],
) -> Document:
    comarca = comarcas.get(unit.comarca_id or 0)
    return Document(
        id=unit.id or 0,
        name=unit.name,
        kind=unit.kind,
        kind_name=KIND_NAMES[UnitKind(unit.kind)],
        degree=unit.degree,
        comarca_id=unit.comarca_id,
        comarca=comarca.name if comarca else "",
        towns=served.get(unit.comarca_id or 0, ()),
        competences=tuple(unit.competences),
        aliases=tuple(unit.aliases),
        channels=frozenset(channel.kind for channel in own),
        contacts=tuple(_contact(channel) for channel in own if _contact(channel)),
    )


def _contact(channel: Channel) -> str:
    if channel.kind in (ChannelKind.PHONE, ChannelKind.WHATSAPP):
        return channel.value.lstrip("+")
    return channel.value.casefold() if channel.kind == ChannelKind.EMAIL else ""
