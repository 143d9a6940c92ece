"""What staff see of units: the list, one unit as forms, their own units with their contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import changes, channels, contacts, history, locks, said, values
from canais_app.directory.drafts import DAYS
from canais_app.directory.finding import Filters, find_units
from canais_app.directory.history import ChangeRow
from canais_app.directory.locks import Holder
from canais_app.directory.models import Channel, Comarca, Feature, Unit, UnitKind
from canais_app.directory.snapshot import KIND_NAMES
from canais_app.kit import clock, paging
from canais_app.kit.errors import InvalidError
from canais_app.kit.paging import Page
from canais_app.kit.text import date_words

LINES = 50
PAGE = 12  # changes that the history begins with
MOST_MINE = 60
MOST_NAMED = 12
FRESH, AGEING = timedelta(days=90), timedelta(days=180)


@dataclass(frozen=True)
class Age:
    """How long ago contacts were last verified: words, and a tone for their tag."""

    words: str
    tone: str


@dataclass(frozen=True)
class UnitLine:
    """A unit in the list."""

    code: str
    name: str
    kind: str
    comarca: str
    contacts: str
    tone: str
    retired: bool


@dataclass(frozen=True)
class UnitFilter:
    """Which units are wanted; empty parts want all."""

    words: str = ""
    comarca: str = ""
    kind: str = ""
    retired: bool = False


@dataclass(frozen=True)
class ChannelLine:
    """A channel as staff see it, and the values its form begins with."""

    id: int
    kind: str
    name: str
    shown: str
    about: str
    verified: str
    tone: str
    version: int
    first: bool = True
    last: bool = True
    form: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class UnitSheet:
    """A unit as its editor heads it."""

    id: int = 0
    code: str = ""
    name: str = ""
    kind: str = ""
    place: str = ""
    href: str = ""
    active: bool = True
    successor: str = ""
    version: int = 0


@dataclass(frozen=True)
class UnitDesk:
    """All that the editor of a unit shows, but for the values its form begins with."""

    sheet: UnitSheet
    channels: list[ChannelLine]
    history: list[ChangeRow]
    total: int
    holder: Holder


@dataclass(frozen=True)
class MyUnit:
    """A unit of one's own: its contacts, and how old their verification is."""

    code: str
    name: str
    comarca: str
    href: str
    age: str
    tone: str
    channels: list[ChannelLine]


@dataclass(frozen=True)
class Named:
    """A unit or a comarca to choose."""

    code: str
    name: str


def list_units(
    session: Session, wanted: UnitFilter, cursor: str = "", *, actor: Actor, now: datetime
) -> Page[UnitLine]:
    """Return units of the whole directory: ranked when there are words, else from A to Z.

    Raises:
        NotPermittedError: only administrators see them all.
        InvalidError: an unknown comarca, or a cursor not made here.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    ranked = bool(wanted.words) and not wanted.retired
    if ranked:
        rows, more = _ranked(session, wanted, cursor, now)
    else:
        rows, more = _listed(session, wanted, cursor)
    return Page([_line(session, unit, now) for unit in rows], more)


def _ranked(
    session: Session, wanted: UnitFilter, cursor: str, now: datetime
) -> tuple[list[Unit], str]:
    filters = Filters(comarca=wanted.comarca, kind=wanted.kind)
    answer = find_units(session, wanted.words, filters, now=now, limit=LINES, cursor=cursor)
    ids = [card.id for card in answer.items]
    rows = {row.id: row for row in session.exec(select(Unit).where(col(Unit.id).in_(ids)))}
    return [rows[id_] for id_ in ids if id_ in rows], answer.next


def _listed(session: Session, wanted: UnitFilter, cursor: str) -> tuple[list[Unit], str]:
    asked = select(Unit).where(col(Unit.active).is_(not wanted.retired))
    if wanted.words:
        asked = asked.where(col(Unit.name).icontains(wanted.words, autoescape=True))
    if wanted.comarca:
        asked = asked.where(col(Unit.comarca_id) == _comarca(session, wanted.comarca))
    if wanted.kind:
        asked = asked.where(col(Unit.kind) == wanted.kind)
    after = paging.decode(cursor)
    if after:
        asked = asked.where(
            (col(Unit.name) > after[0])
            | ((col(Unit.name) == after[0]) & (col(Unit.id) > after[-1]))
        )
    rows = session.exec(asked.order_by(col(Unit.name), col(Unit.id)).limit(LINES + 1)).all()
    last = rows[LINES - 1] if len(rows) > LINES else None
    return list(rows[:LINES]), paging.encode(last.name, last.id or 0) if last else ""


def _comarca(session: Session, slug: str) -> int:
    found = session.exec(select(Comarca.id).where(col(Comarca.slug) == slug)).first()
    if found is None:
        raise InvalidError("Comarca desconhecida.", {"comarca": "Escolha uma da lista."})
    return found


def _line(session: Session, unit: Unit, now: datetime) -> UnitLine:
    oldest = age_of(contacts.to_verify(session, unit.id or 0), now)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return UnitLine(
        code=unit.code,
        name=unit.name,
        kind=KIND_NAMES[UnitKind(unit.kind)],
        comarca=comarca.name if comarca else "",
        contacts=oldest.words,
        tone=oldest.tone,
        retired=not unit.active,
    )


def age_of(rows: Sequence[Channel], now: datetime) -> Age:
    """Return how old the oldest verification of some channels is."""
    if not rows:
        return Age("sem contatos", "off")
    known = [row.verified_at for row in rows if row.verified_at is not None]
    if len(known) < len(rows):
        return Age("nunca verificado", "bad")
    oldest = min(known)
    since = now - oldest
    tone = "ok" if since <= FRESH else "warn" if since <= AGEING else "bad"
    return Age(f"verificado em {date_words(clock.local_day(oldest))}", tone)


def desk(
    session: Session, code: str, most: int = PAGE, *, actor: Actor, now: datetime
) -> tuple[UnitDesk, dict[str, str]]:
    """Return what a unit's editor shows, and the values that its form begins with.

    Raises:
        NotFoundError: no such unit, or not this person's.
    """
    unit = changes.found(session, code, actor)
    return desk_of(session, unit, most, now=now), form_of(unit)


def desk_of(session: Session, unit: Unit, most: int = PAGE, *, now: datetime) -> UnitDesk:
    """Return what a unit's editor shows. The caller has checked who asks."""
    assert unit.id is not None  # noqa: S101 (a stored row)
    past = history.of_unit(session, unit, most=most)
    return UnitDesk(
        sheet=_sheet(session, unit),
        channels=_channel_lines(session, unit.id, now),
        history=past.rows,
        total=past.total,
        holder=locks.holder(session, unit.id, now=now),
    )


def _sheet(session: Session, unit: Unit) -> UnitSheet:
    parent = session.get(Unit, unit.parent_id) if unit.parent_id else None
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    successor = session.get(Unit, unit.successor_id) if unit.successor_id else None
    where = [f"Comarca de {comarca.name}" if comarca else "", parent.name if parent else ""]
    return UnitSheet(
        id=unit.id or 0,
        code=unit.code,
        name=unit.name,
        kind=KIND_NAMES[UnitKind(unit.kind)],
        place=" › ".join(part for part in where if part) or "Sem comarca, na raiz",
        href=routes.unit(unit.slug),
        active=unit.active,
        successor=successor.name if successor else "",
        version=unit.version,
    )


def form_of(unit: Unit) -> dict[str, str]:
    """Return a unit's fields as its form shows them and sends them back."""
    known = {
        f"{part}_{feature}": unit.accessibility.get(feature, {}).get(part, "")
        for feature in Feature
        for part in ("has", "note")
    }
    return {
        "name": unit.name,
        "kind": unit.kind,
        "competences": ", ".join(unit.competences),
        "aliases": ", ".join(unit.aliases),
        "former_names": ", ".join(unit.former_names),
        "address": unit.address,
        "room": unit.room,
        **_week(unit.hours),
        **known,
    }


def _week(hours: Mapping[str, Any]) -> dict[str, str]:
    """Return stored hours as the fields of a form, one a day."""
    return {name: values.periods_words(hours.get(str(day), [])) for day, name in enumerate(DAYS)}


def _channel_lines(session: Session, unit_id: int, now: datetime) -> list[ChannelLine]:
    """Return a unit's channels in the order of the public page."""
    rows = channels.in_order(contacts.in_use(session, unit_id))
    kinds = [row.kind for row in rows]
    return [
        _channel_line(
            row,
            now,
            first=at == 0 or kinds[at - 1] != row.kind,
            last=at == len(rows) - 1 or kinds[at + 1] != row.kind,
        )
        for at, row in enumerate(rows)
    ]


def _channel_line(row: Channel, now: datetime, *, first: bool, last: bool) -> ChannelLine:
    age = age_of([row], now)
    shown = said.value("value", row.value)
    about = [row.label, row.note, channels.hours_words(row.hours) if row.hours else ""]
    return ChannelLine(
        id=row.id or 0,
        kind=row.kind,
        name=said.channel_name(row.kind),
        shown=shown,
        about=" · ".join(part for part in about if part),
        verified=age.words + (f" por {row.verified_by}" if row.verified_by else ""),
        tone=age.tone,
        version=row.version,
        first=first,
        last=last,
        form={"value": shown, "label": row.label, "note": row.note, **_week(row.hours)},
    )


def my_units(session: Session, *, actor: Actor, now: datetime) -> list[MyUnit]:
    """Return the units that a manager's roles are for, in the tree's order.

    An administrator's are all: for them the list and its search serve, and this one is empty.
    """
    require(actor, Permission.EDIT_DIRECTORY)
    if actor.can(Permission.SHAPE_DIRECTORY):
        return []
    rows = session.exec(
        select(Unit)
        .where(changes.mine(actor), col(Unit.active))
        .order_by(col(Unit.path))
        .limit(MOST_MINE)
    ).all()
    return [_my_unit(session, unit, now) for unit in rows]


def _my_unit(session: Session, unit: Unit, now: datetime) -> MyUnit:
    age = age_of(contacts.to_verify(session, unit.id or 0), now)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return MyUnit(
        code=unit.code,
        name=unit.name,
        comarca=comarca.name if comarca else "",
        href=routes.unit(unit.slug),
        age=age.words,
        tone=age.tone,
        channels=_channel_lines(session, unit.id or 0, now),
    )


def units_named(session: Session, words: str, *, actor: Actor) -> list[Named]:
    """Return units in use with these words in their name or code, to choose one.

    Raises:
        NotPermittedError: only administrators choose among all.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    if not words:
        return []
    asked = select(Unit.code, Unit.name).where(
        col(Unit.active),
        col(Unit.name).icontains(words, autoescape=True)
        | col(Unit.code).icontains(words, autoescape=True),
    )
    found = session.exec(asked.order_by(col(Unit.name)).limit(MOST_NAMED)).all()
    return [Named(code, name) for code, name in found]


def comarcas(session: Session) -> list[Named]:
    """Return the installed comarcas, to choose one."""
    rows = session.exec(
        select(Comarca.slug, Comarca.name).where(col(Comarca.installed)).order_by(col(Comarca.name))
    ).all()
    return [Named(slug, name) for slug, name in rows]
