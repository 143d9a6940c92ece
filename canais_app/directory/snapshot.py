"""Cache one version of the directory in memory: units, their channels and the search index.

It is built from the database after a change and shared by all readers of a process.
"""

import threading
import time
from collections import defaultdict, namedtuple
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import structlog
from sqlalchemy import Float, select, type_coerce
from sqlalchemy.orm import class_mapper
from sqlalchemy.types import NullType
from sqlmodel import Session, SQLModel

from canais_app.directory import channels
from canais_app.directory.errors import UnitMovedError
from canais_app.directory.models import (
    UNIT_KIND_NAMES,
    VERSION,
    Channel,
    Comarca,
    FormerSlug,
    Municipality,
    Synonym,
    Unit,
    UnitKind,
)
from canais_app.directory.search import lexicon
from canais_app.directory.search.documents import Document
from canais_app.directory.search.index import Mask, SearchIndex
from canais_app.directory.search.lexicon import GazetteerPlace as NamedPlace
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.rules import Location
from canais_app.kit import cache_version, db
from canais_app.kit.errors import NotFoundError

M = TypeVar("M", bound=SQLModel)


@dataclass(frozen=True)
class OpeningGroups:
    """Units that open together: those of a comarca with the same weekly hours.

    `groups` has one unit of each group, `group_of` the group of each unit of the index.
    """

    groups: Sequence[Unit]
    group_of: np.ndarray

    def open_mask(self, calendar: CourtCalendar, now: datetime) -> Mask:
        """Return which units are open, without the closures of single units."""
        states = [
            calendar.open_state_at(now, Location(u.comarca_id), u.hours).is_open
            for u in self.groups
        ]
        return np.array(states, dtype=np.bool_)[self.group_of]


@dataclass(frozen=True)
class DirectorySnapshot:
    """The directory of one version; rows are read-only tuples with their models' attributes."""

    index: SearchIndex
    units: Mapping[int, Unit]
    channels: Mapping[int, list[Channel]]
    comarcas: Mapping[int, Comarca]
    by_slug: Mapping[str, Unit]
    redirects: Mapping[str, str]  # former slug → present slug
    children: Mapping[int, list[Unit]]  # unit id → units directly under it
    boards: Mapping[int | None, list[Unit]]  # comarca id → boards of its forums
    hours: OpeningGroups
    # retired units that another one succeeds: their index, each with the unit that attends
    retired: SearchIndex
    successors: Mapping[int, tuple[Unit, Unit]]
    _open: dict[tuple[CourtCalendar, datetime], Mask] = field(
        default_factory=dict[tuple[CourtCalendar, datetime], Mask]
    )

    def find_unit(self, slug: str) -> Unit:
        """Return the active unit with this slug.

        Raises:
            UnitMovedError: a former slug of the unit, or of one that it succeeds.
            NotFoundError: no unit has or had this slug.
        """
        unit = self.by_slug.get(slug)
        if unit is None and slug in self.redirects:
            raise UnitMovedError(slug, self.redirects[slug])
        if unit is None:
            raise NotFoundError("Não encontramos esta unidade.")
        return unit

    def find_comarca(self, slug: str) -> Comarca:
        """Return the installed comarca with this slug.

        Raises:
            NotFoundError: there is none.
        """
        for row in self.comarcas.values():
            if row.slug == slug and row.installed:
                return row
        raise NotFoundError("Não encontramos esta comarca.")

    def open_mask(self, calendar: CourtCalendar, now: datetime) -> Mask:
        """Return which units of the index are open; computed once a minute."""
        key = (calendar, now.replace(second=0, microsecond=0))
        mask = self._open.get(key)
        if mask is None:
            mask = self._compute_open_mask(calendar, now)
            self._open.clear()
            self._open[key] = mask
        return mask

    def _compute_open_mask(self, calendar: CourtCalendar, now: datetime) -> Mask:
        mask = self.hours.open_mask(calendar, now)
        closed = {id_ for c in calendar.closures for id_ in (c.unit_id, *c.below)} - {None}
        for at, document in enumerate(self.index.documents if closed else ()):
            if document.id in closed:
                unit = self.units[document.id]
                place = Location(unit.comarca_id, unit.id)
                mask[at] = calendar.open_state_at(now, place, unit.hours).is_open
        return mask

    def mask_of_units(self, unit_ids: Collection[int]) -> Mask:
        """Return some units as a mask over the index."""
        wanted, documents = set(unit_ids), enumerate(self.index.documents)
        return self.index.mask_of([at for at, d in documents if d.id in wanted])


def build_snapshot(session: Session, before: DirectorySnapshot | None = None) -> DirectorySnapshot:
    """Read the directory; unchanged documents of `before` are not tokenized again."""
    comarcas = {row.id or 0: row for row in _rows(session, Comarca)}
    towns = _rows(session, Municipality)
    everything = _rows(session, Unit)
    units = {row.id or 0: row for row in everything if row.active}
    by_unit: defaultdict[int, list[Channel]] = defaultdict(list)
    for channel in _rows(session, Channel):
        if channel.retired_at is None:
            by_unit[channel.unit_id].append(channel)
    synonyms = [(row.said, row.means) for row in _rows(session, Synonym)]
    served = _towns_by_comarca(towns)
    documents = [_document(unit, comarcas, served, by_unit[id_]) for id_, unit in units.items()]
    words = lexicon.build_lexicon(_build_places(comarcas, towns), synonyms)
    index = SearchIndex(documents, words, before.index if before else None)
    successors = _successors(everything)
    gone = [
        _document(unit, comarcas, served, by_unit[id_]) for id_, (unit, _) in successors.items()
    ]
    under: defaultdict[int, list[Unit]] = defaultdict(list)
    boards: defaultdict[int | None, list[Unit]] = defaultdict(list)
    for unit in units.values():
        under[unit.parent_id or 0].append(unit)
        if unit.kind == UnitKind.FORUM_BOARD:
            boards[unit.comarca_id].append(unit)
    return DirectorySnapshot(
        index=index,
        units=units,
        channels={
            id_: channels.sort_channels(rows) for id_, rows in by_unit.items() if id_ in units
        },
        comarcas=comarcas,
        by_slug={unit.slug: unit for unit in units.values()},
        redirects=_redirects(everything, _rows(session, FormerSlug)),
        children=under,
        boards=boards,
        hours=_group_by_hours(units[document.id] for document in index.documents),
        retired=SearchIndex(gone, words),
        successors=successors,
    )


def _successors(units: Sequence[Unit]) -> dict[int, tuple[Unit, Unit]]:
    """Return each retired unit with the unit in use that attends in its place, by its id."""
    by_id = {unit.id: unit for unit in units}
    found: dict[int, tuple[Unit, Unit]] = {}
    for unit in units:
        successor: Unit | None = unit
        while successor is not None and not successor.active:
            successor = by_id.get(successor.successor_id)
        if not unit.active and successor is not None:
            found[unit.id or 0] = (unit, successor)
    return found


def _redirects(units: Sequence[Unit], former: Sequence[FormerSlug]) -> dict[str, str]:
    """Return the present slug for each slug of a retired unit and each former one."""
    by_id = {unit.id: unit for unit in units}

    def find_successor(unit: Unit | None) -> Unit | None:
        while unit is not None and not unit.active:
            unit = by_id.get(unit.successor_id)
        return unit

    former_slugs = [(unit.slug, find_successor(unit)) for unit in units if not unit.active]
    former_slugs += [(row.slug, find_successor(by_id.get(row.unit_id))) for row in former]
    return {slug: unit.slug for slug, unit in former_slugs if unit is not None}


def _rows(session: Session, model: type[M]) -> list[M]:
    """Return a table's rows as named tuples with the attributes of their model.

    Thousands of rows have the same few lists, hours and days: equal values are shared.
    """
    columns = list(class_mapper(model).local_table.columns)
    dialect = session.get_bind().dialect
    # PostgreSQL's driver converts floats itself.
    processors = [
        None
        if isinstance(c.type, Float)
        else c.type.dialect_impl(dialect).result_processor(dialect, None)
        for c in columns
    ]
    makers = [(at, lru_cache(maxsize=4096)(make)) for at, make in enumerate(processors) if make]
    names = [column.name for column in columns]
    row_of = namedtuple(model.__name__, names)._make  # noqa: PYI024 (made of the table's columns)
    rows: list[Any] = []
    for raw in session.connection().execute(select(*(type_coerce(c, NullType) for c in columns))):
        values = list(raw)
        for at, make in makers:
            values[at] = make(values[at])
        rows.append(row_of(values))
    return rows


def _group_by_hours(units: Iterable[Unit]) -> OpeningGroups:
    known: dict[tuple[int | None, str], int] = {}
    groups: list[Unit] = []
    group_of: list[int] = []
    for unit in units:
        key = (unit.comarca_id, str(unit.hours) if unit.hours else "")
        if key not in known:
            known[key] = len(groups)
            groups.append(unit)
        group_of.append(known[key])
    return OpeningGroups(groups, np.array(group_of, dtype=np.int32))


def _towns_by_comarca(towns: Sequence[Municipality]) -> dict[int, tuple[str, ...]]:
    served: defaultdict[int, list[str]] = defaultdict(list)
    for town in towns:
        if town.comarca_id is not None:
            served[town.comarca_id].append(town.name)
    return {comarca: tuple(names) for comarca, names in served.items()}


def _build_places(
    comarcas: Mapping[int, Comarca], towns: Sequence[Municipality]
) -> list[NamedPlace]:
    installed = {id_: row for id_, row in comarcas.items() if row.installed}
    places = [NamedPlace(row.name, id_, row.name) for id_, row in installed.items()]
    for town in towns:
        there = installed.get(town.comarca_id or 0)
        places.append(
            NamedPlace(
                town.name,
                town.comarca_id if there else None,
                there.name if there else "",
                is_comarca=False,
            )
        )
    return places


def _document(
    unit: Unit,
    comarcas: Mapping[int, Comarca],
    served: Mapping[int, tuple[str, ...]],
    own: Sequence[Channel],
) -> Document:
    comarca = comarcas.get(unit.comarca_id or 0)
    return Document(
        id=unit.id or 0,
        name=unit.name,
        kind=unit.kind,
        kind_name=UNIT_KIND_NAMES[UnitKind(unit.kind)],
        degree=unit.degree,
        comarca_id=unit.comarca_id,
        comarca=comarca.name if comarca else "",
        comarca_slug=comarca.slug if comarca else "",
        towns=served.get(unit.comarca_id or 0, ()),
        competences=tuple(unit.competences),
        aliases=(*unit.aliases, *unit.former_names),
        channels=frozenset(channel.kind for channel in own),
        contacts=tuple(_contact(channel) for channel in own if _contact(channel)),
        address=f"{unit.address} {unit.room}",
    )


def _contact(channel: Channel) -> str:
    key = channels.type_of(channel.kind).search_key
    return key(channel.value) if key else ""


MAX_SNAPSHOTS = 2  # the present version, and the one that readers may still use
QUICK_BUILD_SECONDS = 0.25  # a longer build runs in the background
log = structlog.get_logger()


@dataclass
class _SnapshotCache:
    snapshots: dict[str, DirectorySnapshot] = field(default_factory=dict[str, DirectorySnapshot])
    building: threading.Lock = field(default_factory=threading.Lock)
    builder: threading.Thread | None = None
    build_seconds: float = 0.0  # of the last build

    def newest(self, token: str) -> DirectorySnapshot | None:
        """Return the last snapshot of the same database."""
        same = [s for t, s in self.snapshots.items() if cache_version.is_same_database(t, token)]
        return same[-1] if same else None

    def put(self, token: str, made: DirectorySnapshot) -> None:
        """Store a snapshot and evict the oldest."""
        while len(self.snapshots) >= MAX_SNAPSHOTS:
            self.snapshots.pop(next(iter(self.snapshots)))
        self.snapshots[token] = made


_cache = _SnapshotCache()


def load_snapshot(session: Session) -> DirectorySnapshot:
    """Return the directory as this transaction sees it; build it first if it has changed."""
    token = VERSION.read_token(session)
    found = _cache.snapshots.get(token)
    if found is not None:
        return found
    with _cache.building:
        if token not in _cache.snapshots:
            start = time.perf_counter()
            made = build_snapshot(session, _cache.newest(token))
            _cache.build_seconds = time.perf_counter() - start
            _cache.put(token, made)
        return _cache.snapshots[token]


async def warm() -> None:
    """Build the search index of this process, so that the first visitor does not wait."""
    await db.read(load_snapshot)


def load_snapshot_or_stale(session: Session) -> DirectorySnapshot:
    """Return the directory, or its previous version while the present one is being built."""
    token = VERSION.read_token(session)
    found = _cache.snapshots.get(token)
    before = _cache.newest(token)
    if (
        found
        or before is None
        or _cache.build_seconds < QUICK_BUILD_SECONDS
        or VERSION.is_changed_in_session(session, token)
    ):
        return found or load_snapshot(session)
    if _cache.builder is None or not _cache.builder.is_alive():
        _cache.builder = threading.Thread(
            target=_build_in_background, name="directory", daemon=True
        )
        _cache.builder.start()
    return before


def _build_in_background() -> None:
    try:
        db.read_sync(load_snapshot)
    except Exception:
        log.exception("directory_build_failed")  # the next request retries
