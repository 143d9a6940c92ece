"""One unit as its editor shows it: the head, the channels, and the values its form begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor
from canais_app.directory import changes, channels, contacts, history, locks, said, values
from canais_app.directory.ages import verification_age
from canais_app.directory.drafts import DAY_FIELDS
from canais_app.directory.history import ChangeRow
from canais_app.directory.locks import LockHolder
from canais_app.directory.models import Channel, Comarca, Feature, Unit, UnitKind
from canais_app.directory.snapshot import UNIT_KIND_NAMES
from canais_app.directory.unit_fields import TEXT_FIELDS

CHANGES_PER_PAGE = 12  # changes that the history begins with


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
class UnitHeader:
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
class UnitEditorView:
    """All that the editor of a unit shows, but for the values its form begins with."""

    header: UnitHeader
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
    """Return what a unit's editor shows, and the values that its form begins with.

    Raises:
        NotFoundError: no such unit, or not this person's.
    """
    unit = changes.get_unit(session, code, actor)
    return load_unit_editor_of(session, unit, history_limit, now=now), unit_form_values(unit)


def load_unit_editor_of(
    session: Session, unit: Unit, history_limit: int = CHANGES_PER_PAGE, *, now: datetime
) -> UnitEditorView:
    """Return what a unit's editor shows. The caller has checked who asks."""
    assert unit.id is not None  # noqa: S101 (a stored row)
    past = history.load_history(session, unit, limit=history_limit)
    return UnitEditorView(
        header=_unit_header(session, unit),
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
        **{field.name: getattr(unit, field.name) for field in TEXT_FIELDS},
        **_week_fields(unit.hours),
        **known,
    }


def _week_fields(hours: Mapping[str, Any]) -> dict[str, str]:
    """Return stored hours as the fields of a form, one a day."""
    return {
        name: values.format_periods(hours.get(str(day), [])) for day, name in enumerate(DAY_FIELDS)
    }


def list_channel_lines(session: Session, unit_id: int, now: datetime) -> list[ChannelLine]:
    """Return a unit's channels in the order of the public page."""
    rows = channels.sort_channels(contacts.list_channels_in_use(session, unit_id))
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
    shown = said.value_label("value", row.value)
    about = [row.label, row.note, channels.format_hours(row.hours) if row.hours else ""]
    return ChannelLine(
        id=row.id or 0,
        kind=row.kind,
        name=said.channel_label(row.kind),
        shown=shown,
        about=" · ".join(part for part in about if part),
        verified=age.words + (f" por {row.verified_by}" if row.verified_by else ""),
        tone=age.tone,
        version=row.version,
        first=first,
        last=last,
        form={"value": shown, "label": row.label, "note": row.note, **_week_fields(row.hours)},
    )
