"""Change the court's calendar day by day."""

from collections.abc import Mapping
from datetime import date, datetime, time

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.places import load_comarca_name
from canais_app.expediente.queries import TOPIC, load_calendar, load_notices_since
from canais_app.expediente.rules import Effect, Location
from canais_app.kit import clock, db, live
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.kit.forms import RowId, SingleLineText
from canais_app.kit.text import format_date

MAX_SPAN_DAYS = 400  # days in one row of the calendar
SUPPORTED_YEARS = range(2000, 2101)
EFFECT_NAMES = {
    Effect.CLOSED: "Feriado ou dia sem expediente",
    Effect.RECESS: "Recesso: só plantão, prazos suspensos",
    Effect.OPENS_LATE: "Abre mais tarde",
    Effect.DEADLINES_SUSPENDED: "Prazos suspensos: abre normalmente",
}


class CalendarDayForm(BaseModel):
    """A row of the calendar as an administrator enters it."""

    effect: Effect
    first_day: date
    last_day: date
    name: SingleLineText = Field(min_length=1, max_length=120)
    opens_at: time | None = Field(default=None, validate_default=True)
    act: SingleLineText = Field(default="", max_length=120)
    comarca_id: RowId | None = None

    @field_validator("first_day")
    @classmethod
    def _in_supported_years(cls, day: date) -> date:
        if day.year not in SUPPORTED_YEARS:
            raise ValueError(f"Escolha um dia entre {SUPPORTED_YEARS[0]} e {SUPPORTED_YEARS[-1]}.")
        return day

    @field_validator("last_day")
    @classmethod
    def _not_before_first(cls, day: date, info: ValidationInfo) -> date:
        first = info.data.get("first_day")
        if first and not 0 <= (day - first).days < MAX_SPAN_DAYS:
            raise ValueError(f"O último dia vem até {MAX_SPAN_DAYS} dias depois do primeiro.")
        return day

    @field_validator("opens_at")
    @classmethod
    def _only_with_late_opening(cls, at: time | None, info: ValidationInfo) -> time | None:
        if info.data.get("effect") == Effect.OPENS_LATE and at is None:
            raise ValueError("Diga a que horas abre.")
        if info.data.get("effect") != Effect.OPENS_LATE and at is not None:
            raise ValueError("Diga a hora de abrir só quando o dia abre mais tarde.")
        return at


def add_day(session: Session, actor: Actor, form: CalendarDayForm, *, now: datetime) -> CalendarDay:
    """Add a row to the calendar.

    Raises:
        ConflictError: the same day of the same place already has that effect.
        InvalidError: no such comarca.
    """
    require_permission(actor, Permission.EDIT_CALENDAR)
    row = CalendarDay(**form.model_dump(), source=actor.name)
    _flush_day(session, row)
    key = ("incluir dia", "calendário", row.id)
    record_change(session, actor, *key, {}, _snapshot_row(session, row), now=now)
    return row


def load_day(session: Session, day_id: int, *, actor: Actor) -> CalendarDay:
    """Return a row of the calendar, for a person who may change it.

    Raises:
        NotFoundError: there is no such row.
    """
    require_permission(actor, Permission.EDIT_CALENDAR)
    return db.get_or_404(session, CalendarDay, day_id, "Este dia não está no calendário.")


def change_day(
    session: Session, actor: Actor, day_id: int, form: CalendarDayForm, *, now: datetime
) -> CalendarDay:
    """Change a row or move it to another day; the audit entry says which.

    Raises:
        NotFoundError: there is no such row.
        ConflictError: the new day of that place already has that effect.
        InvalidError: no such comarca.
    """
    row = load_day(session, day_id, actor=actor)
    before, days = _snapshot_row(session, row), (row.first_day, row.last_day)
    row.sqlmodel_update(form.model_dump())
    _flush_day(session, row)
    action = "alterar dia" if days == (row.first_day, row.last_day) else "transferir dia"
    key = (action, "calendário", day_id)
    record_change(session, actor, *key, before, _snapshot_row(session, row), now=now)
    return row


def remove_day(session: Session, actor: Actor, day_id: int, *, now: datetime) -> None:
    """Delete a row of the calendar.

    Raises:
        NotFoundError: there is no such row.
    """
    row = load_day(session, day_id, actor=actor)
    key = ("retirar dia", "calendário", day_id)
    record_change(session, actor, *key, _snapshot_row(session, row), {}, now=now)
    session.delete(row)


def publish_transitions(session: Session, since: datetime, now: datetime) -> bool:
    """Emit the calendar's topic when time alone changed it after `since`; return whether it did.

    That is at midnight, when the court opens or closes, and when a notice begins or ends. Units
    with hours of their own are refreshed at the next of these.
    """
    change = load_calendar(session).open_state_at(since, Location()).next_change
    moments = [change] if change else []
    for notice in load_notices_since(session, since):
        moments += [at for at in (notice.starts_at, notice.ends_at) if at]
    passed = any(since < at <= now for at in moments)
    if passed or clock.to_local_day(since) != clock.to_local_day(now):
        live.emit(session, TOPIC)
        return True
    return False


def record_change(  # noqa: PLR0913, PLR0917 (an audit entry has that many parts)
    session: Session,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: object,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    now: datetime,
) -> bool:
    """Audit the fields that differ and emit the calendar's topic; return whether any does."""
    fields = dict.fromkeys((*before, *after))
    pairs = {name: [before.get(name, ""), after.get(name, "")] for name in fields}
    changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if changes:
        audit.record_entry(session, actor, action, entity, entity_id, changes, now=now)
        live.emit(session, TOPIC)
    return bool(changes)


def _flush_day(session: Session, row: CalendarDay) -> None:
    if row.comarca_id is not None and not load_comarca_name(session, row.comarca_id):
        raise InvalidError("Confira o pedido.", {"comarca_id": "Escolha uma comarca da lista."})
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise ConflictError("Este dia já está no calendário.") from None


def _snapshot_row(session: Session, row: CalendarDay) -> dict[str, str]:
    return {
        "efeito": EFFECT_NAMES[Effect(row.effect)],
        "primeiro dia": format_date(row.first_day),
        "último dia": format_date(row.last_day),
        "nome": row.name,
        "abre às": row.opens_at.strftime("%H:%M") if row.opens_at else "",
        "ato": row.act,
        "comarca": load_comarca_name(session, row.comarca_id)
        if row.comarca_id
        else "todo o Estado",
    }
