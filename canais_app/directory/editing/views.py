"""Views for staff: a unit in its editor, the list of all units, and a manager's units.

Only administrators list and choose among all units (`require_permission`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import channels, labels, validation
from canais_app.directory.editing import change_log, history, locks
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.history import ChangeRow
from canais_app.directory.editing.locks import LockHolder
from canais_app.directory.editing.schemas import DAY_FIELDS
from canais_app.directory.editing.verification import verification_age
from canais_app.directory.models import (
    TEXT_FIELDS,
    UNIT_KIND_NAMES,
    Channel,
    Comarca,
    Feature,
    Unit,
    UnitKind,
)
from canais_app.directory.unit_search import UnitFilters, choose_units, find_units
from canais_app.directory.views import NamedChoice
from canais_app.kit import paging
from canais_app.kit.errors import InvalidError
from canais_app.kit.paging import Page

CHANGES_PER_PAGE = 12  # changes shown at first


@dataclass(frozen=True)
class ChannelLine:
    """A channel as staff see it, and the initial values of its form."""

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
class UnitHeader:
    """The header of a unit's editor."""

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
class UnitEditorView:
    """A unit's editor without the initial values of its form, by the vars of its State."""

    sheet: UnitHeader
    channels: list[ChannelLine]
    history: list[ChangeRow]
    total: int
    holder: LockHolder


def load_unit_editor(
    session: Session,
    code: str,
    history_limit: int = CHANGES_PER_PAGE,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[UnitEditorView, dict[str, str]]:
    """Return a unit's editor and the initial values of its form.

    Raises:
        NotFoundError: the unit does not exist or is not the actor's.
    """
    unit = change_log.get_unit(session, code, actor)
    return load_unit_editor_of(session, unit, history_limit, now=now), unit_form_values(unit)


def load_unit_editor_of(
    session: Session, unit: Unit, history_limit: int = CHANGES_PER_PAGE, *, now: datetime
) -> UnitEditorView:
    """Return a unit's editor. The caller checks access."""
    assert unit.id is not None  # noqa: S101 (a stored row)
    past = history.load_history(session, unit, limit=history_limit)
    return UnitEditorView(
        sheet=_unit_header(session, unit),
        channels=list_channel_lines(session, unit.id, now),
        history=past.rows,
        total=past.total,
        holder=locks.load_holder(session, unit.id, now=now),
    )


def _unit_header(session: Session, unit: Unit) -> UnitHeader:
    parent = session.get(Unit, unit.parent_id) if unit.parent_id else None
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    successor = session.get(Unit, unit.successor_id) if unit.successor_id else None
    where = [f"Comarca de {comarca.name}" if comarca else "", parent.name if parent else ""]
    return UnitHeader(
        id=unit.id or 0,
        code=unit.code,
        name=unit.name,
        kind=UNIT_KIND_NAMES[UnitKind(unit.kind)],
        place=" › ".join(part for part in where if part) or "Sem comarca, na raiz",
        href=routes.unit(unit.slug),
        active=unit.active,
        successor=successor.name if successor else "",
        version=unit.version,
    )


def unit_form_values(unit: Unit) -> dict[str, str]:
    """Return a unit's fields as its form shows and sends them."""
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
        **{field.name: getattr(unit, field.name) for field in TEXT_FIELDS},
        **_week_fields(unit.hours),
        **known,
    }


def _week_fields(hours: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: validation.format_periods(hours.get(str(day), []))
        for day, name in enumerate(DAY_FIELDS)
    }


def list_channel_lines(session: Session, unit_id: int, now: datetime) -> list[ChannelLine]:
    """Return a unit's channels in the order of the public page."""
    rows = channels.sort_channels(editing.list_channels_in_use(session, unit_id))
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
    age = verification_age([row], now)
    shown = labels.value_label("value", row.value)
    about = [row.label, row.note, channels.format_hours(row.hours) if row.hours else ""]
    return ChannelLine(
        id=row.id or 0,
        kind=row.kind,
        name=labels.channel_label(row.kind),
        shown=shown,
        about=" · ".join(part for part in about if part),
        verified=age.words + (f" por {row.verified_by}" if row.verified_by else ""),
        tone=age.tone,
        version=row.version,
        first=first,
        last=last,
        form={"value": shown, "label": row.label, "note": row.note, **_week_fields(row.hours)},
    )


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
    """A filter of units; empty parts select all."""

    words: str = ""
    comarca: str = ""
    kind: str = ""
    retired: bool = False


@dataclass(frozen=True)
class ManagedUnit:
    """A manager's unit with its contacts and the age of their verification."""

    code: str
    name: str
    comarca: str
    href: str
    age: str
    tone: str
    channels: list[ChannelLine]


def list_units(
    session: Session, unit_filter: UnitFilter, cursor: str = "", *, actor: Actor, now: datetime
) -> Page[UnitLine]:
    """Return units of the whole directory: ranked for search words, else by name.

    Raises:
        InvalidError: the comarca or the cursor is unknown.
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
    offset = paging.decode_offset(cursor)
    answer = find_units(session, wanted.words, filters, now=now, limit=PAGE_SIZE, offset=offset)
    ids = [card.id for card in answer.items]
    rows = {row.id: row for row in session.exec(select(Unit).where(col(Unit.id).in_(ids)))}
    return [rows[id_] for id_ in ids if id_ in rows], paging.encode_offset(answer.next)


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
    after = paging.decode_cursor(cursor, str, int)
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
    oldest = verification_age(editing.list_channels_to_verify(session, unit.id or 0), now)
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
    """Return the units of a manager's roles, in the tree's order.

    Empty for administrators, who use the list of all units.
    """
    require_permission(actor, Permission.EDIT_DIRECTORY)
    if actor.can(Permission.SHAPE_DIRECTORY):
        return []
    rows = session.exec(
        select(Unit)
        .where(change_log.editable_by(actor), col(Unit.active))
        .order_by(col(Unit.path))
        .limit(MAX_OWN_UNITS)
    ).all()
    return [_my_unit(session, unit, now) for unit in rows]


def _my_unit(session: Session, unit: Unit, now: datetime) -> ManagedUnit:
    age = verification_age(editing.list_channels_to_verify(session, unit.id or 0), now)
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
    """Return units in use found by words or code, as choices."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    return choose_units(session, query, limit=MAX_FOUND) if query else []
