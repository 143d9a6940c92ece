"""Units as staff list them: the whole directory, one's own, and by name to choose one."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import changes, contacts
from canais_app.directory.ages import verification_age
from canais_app.directory.finding import UnitFilters, choose_units, find_units
from canais_app.directory.models import Comarca, Unit, UnitKind
from canais_app.directory.sheets import ChannelLine, list_channel_lines
from canais_app.directory.snapshot import UNIT_KIND_NAMES
from canais_app.kit import paging
from canais_app.kit.errors import InvalidError
from canais_app.kit.paging import Page

PAGE_SIZE = 50
MAX_OWN_UNITS = 60
MAX_FOUND = 12


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
class ManagedUnit:
    """A unit of one's own: its contacts, and how old their verification is."""

    code: str
    name: str
    comarca: str
    href: str
    age: str
    tone: str
    channels: list[ChannelLine]


@dataclass(frozen=True)
class NamedChoice:
    """A unit or a comarca to choose."""

    code: str
    name: str


def list_units(
    session: Session, unit_filter: UnitFilter, cursor: str = "", *, actor: Actor, now: datetime
) -> Page[UnitLine]:
    """Return units of the whole directory: ranked when there are words, else from A to Z.

    Raises:
        NotPermittedError: only administrators see them all.
        InvalidError: an unknown comarca, or a cursor not made here.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    ranked = bool(unit_filter.words) and not unit_filter.retired
    if ranked:
        rows, more = _list_ranked(session, unit_filter, cursor, now)
    else:
        rows, more = _list_alphabetically(session, unit_filter, cursor)
    return Page([_unit_line(session, unit, now) for unit in rows], more)


def _list_ranked(
    session: Session, wanted: UnitFilter, cursor: str, now: datetime
) -> tuple[list[Unit], str]:
    filters = UnitFilters(comarca=wanted.comarca, kind=wanted.kind)
    answer = find_units(session, wanted.words, filters, now=now, limit=PAGE_SIZE, cursor=cursor)
    ids = [card.id for card in answer.items]
    rows = {row.id: row for row in session.exec(select(Unit).where(col(Unit.id).in_(ids)))}
    return [rows[id_] for id_ in ids if id_ in rows], answer.next


def _list_alphabetically(
    session: Session, wanted: UnitFilter, cursor: str
) -> tuple[list[Unit], str]:
    asked = select(Unit).where(col(Unit.active).is_(not wanted.retired))
    if wanted.words:
        asked = asked.where(col(Unit.name).icontains(wanted.words, autoescape=True))
    if wanted.comarca:
        asked = asked.where(col(Unit.comarca_id) == _comarca(session, wanted.comarca))
    if wanted.kind:
        asked = asked.where(col(Unit.kind) == wanted.kind)
    after = paging.decode_cursor(cursor)
    if after:
        asked = asked.where(
            (col(Unit.name) > after[0])
            | ((col(Unit.name) == after[0]) & (col(Unit.id) > after[-1]))
        )
    rows = session.exec(asked.order_by(col(Unit.name), col(Unit.id)).limit(PAGE_SIZE + 1)).all()
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return list(rows[:PAGE_SIZE]), paging.encode_cursor(last.name, last.id or 0) if last else ""


def _comarca(session: Session, slug: str) -> int:
    found = session.exec(select(Comarca.id).where(col(Comarca.slug) == slug)).first()
    if found is None:
        raise InvalidError("Comarca desconhecida.", {"comarca": "Escolha uma da lista."})
    return found


def _unit_line(session: Session, unit: Unit, now: datetime) -> UnitLine:
    oldest = verification_age(contacts.list_channels_to_verify(session, unit.id or 0), now)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return UnitLine(
        code=unit.code,
        name=unit.name,
        kind=UNIT_KIND_NAMES[UnitKind(unit.kind)],
        comarca=comarca.name if comarca else "",
        contacts=oldest.words,
        tone=oldest.tone,
        retired=not unit.active,
    )


def list_managed_units(session: Session, *, actor: Actor, now: datetime) -> list[ManagedUnit]:
    """Return the units that a manager's roles are for, in the tree's order.

    An administrator's are all: for them the list and its search serve, and this one is empty.
    """
    require_permission(actor, Permission.EDIT_DIRECTORY)
    if actor.can(Permission.SHAPE_DIRECTORY):
        return []
    rows = session.exec(
        select(Unit)
        .where(changes.editable_by(actor), col(Unit.active))
        .order_by(col(Unit.path))
        .limit(MAX_OWN_UNITS)
    ).all()
    return [_my_unit(session, unit, now) for unit in rows]


def _my_unit(session: Session, unit: Unit, now: datetime) -> ManagedUnit:
    age = verification_age(contacts.list_channels_to_verify(session, unit.id or 0), now)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return ManagedUnit(
        code=unit.code,
        name=unit.name,
        comarca=comarca.name if comarca else "",
        href=routes.unit(unit.slug),
        age=age.words,
        tone=age.tone,
        channels=list_channel_lines(session, unit.id or 0, now),
    )


def find_units_by_name(session: Session, query: str, *, actor: Actor) -> list[NamedChoice]:
    """Return units in use found by these words or by their code, to choose one.

    Raises:
        NotPermittedError: only administrators choose among all.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    if not query:
        return []
    found = choose_units(session, query, limit=MAX_FOUND)
    return [NamedChoice(unit.code, unit.name) for unit in found]


def list_comarca_choices(session: Session) -> list[NamedChoice]:
    """Return the installed comarcas, to choose one."""
    rows = session.exec(
        select(Comarca.slug, Comarca.name).where(col(Comarca.installed)).order_by(col(Comarca.name))
    ).all()
    return [NamedChoice(slug, name) for slug, name in rows]
