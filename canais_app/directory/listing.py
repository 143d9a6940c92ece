"""Units as staff list them: the whole directory, one's own, and by name to choose one."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import changes, contacts
from canais_app.directory.ages import age_of
from canais_app.directory.finding import Filters, choose_units, find_units
from canais_app.directory.models import Comarca, Unit, UnitKind
from canais_app.directory.sheets import ChannelLine, channel_lines
from canais_app.directory.snapshot import KIND_NAMES
from canais_app.kit import paging
from canais_app.kit.errors import InvalidError
from canais_app.kit.paging import Page

LINES = 50
MOST_MINE = 60
MOST_NAMED = 12


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
        channels=channel_lines(session, unit.id or 0, now),
    )


def units_named(session: Session, words: str, *, actor: Actor) -> list[Named]:
    """Return units in use found by these words or by their code, to choose one.

    Raises:
        NotPermittedError: only administrators choose among all.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    if not words:
        return []
    found = choose_units(session, words, limit=MOST_NAMED)
    return [Named(unit.code, unit.name) for unit in found]


def comarcas(session: Session) -> list[Named]:
    """Return the installed comarcas, to choose one."""
    rows = session.exec(
        select(Comarca.slug, Comarca.name).where(col(Comarca.installed)).order_by(col(Comarca.name))
    ).all()
    return [Named(slug, name) for slug, name in rows]
