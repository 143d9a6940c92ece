"""Change the court's calendar day by day."""

from datetime import date, datetime, time

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.expediente.changes import diff_fields
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.places import load_comarca_name
from canais_app.expediente.queries import TOPIC, load_calendar, load_notices_since
from canais_app.expediente.rules import Effect, Location
from canais_app.kit import clock, live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.forms import SingleLineText
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
    """A row of the calendar as the administrator writes it."""

    effect: Effect
    first_day: date
    last_day: date
    name: SingleLineText = Field(min_length=1, max_length=120)
    opens_at: time | None = Field(default=None, validate_default=True)
    act: SingleLineText = Field(default="", max_length=120)
    comarca_id: int | None = None

    @field_validator("first_day")
    @classmethod
    def _in_sight(cls, day: date) -> date:
        if day.year not in SUPPORTED_YEARS:
            raise ValueError(f"Escolha um dia entre {SUPPORTED_YEARS[0]} e {SUPPORTED_YEARS[-1]}.")
        return day

    @field_validator("last_day")
    @classmethod
    def _follows(cls, day: date, info: ValidationInfo) -> date:
        first = info.data.get("first_day")
        if first and not 0 <= (day - first).days < MAX_SPAN_DAYS:
            raise ValueError(f"O último dia vem até {MAX_SPAN_DAYS} dias depois do primeiro.")
        return day

    @field_validator("opens_at")
    @classmethod
    def _only_late(cls, at: time | None, info: ValidationInfo) -> time | None:
        if info.data.get("effect") == Effect.OPENS_LATE and at is None:
            raise ValueError("Diga a que horas abre.")
        if info.data.get("effect") != Effect.OPENS_LATE and at is not None:
            raise ValueError("Diga a hora de abrir só quando o dia abre mais tarde.")
        return at


def add_day(session: Session, actor: Actor, form: CalendarDayForm, *, now: datetime) -> CalendarDay:
    """Put a row into the calendar.

    Raises:
        ConflictError: the same day of the same place already has that effect.
        InvalidError: no such comarca.
    """
    require_permission(actor, Permission.EDIT_CALENDAR)
    row = CalendarDay(**form.model_dump(), source=actor.name)
    _flush_day(session, row)
    changes = diff_fields({}, _snapshot_row(session, row))
    audit.record_entry(session, actor, "incluir dia", "calendário", row.id, changes, now=now)
    live.emit(session, TOPIC)
    return row


def change_day(
    session: Session, actor: Actor, day_id: int, form: CalendarDayForm, *, now: datetime
) -> CalendarDay:
    """Change a row, or move it to another day: the record says which.

    Raises:
        NotFoundError: there is no such row.
        ConflictError: the new day of that place already has that effect.
        InvalidError: no such comarca.
    """
    require_permission(actor, Permission.EDIT_CALENDAR)
    row = _load_day(session, day_id)
    before, days = _snapshot_row(session, row), (row.first_day, row.last_day)
    row.sqlmodel_update(form.model_dump())
    _flush_day(session, row)
    changes = diff_fields(before, _snapshot_row(session, row))
    if changes:
        action = "alterar dia" if days == (row.first_day, row.last_day) else "transferir dia"
        audit.record_entry(session, actor, action, "calendário", day_id, changes, now=now)
        live.emit(session, TOPIC)
    return row


def remove_day(session: Session, actor: Actor, day_id: int, *, now: datetime) -> None:
    """Take a row out of the calendar.

    Raises:
        NotFoundError: there is no such row.
    """
    require_permission(actor, Permission.EDIT_CALENDAR)
    row = _load_day(session, day_id)
    changes = diff_fields(_snapshot_row(session, row), {})
    session.delete(row)
    audit.record_entry(session, actor, "retirar dia", "calendário", day_id, changes, now=now)
    live.emit(session, TOPIC)


def publish_transitions(session: Session, since: datetime, now: datetime) -> bool:
    """Touch the calendar's topic when time alone changed it after `since`; say whether it did.

    That is at midnight, when the court opens or closes, and when a notice begins or ends. Units
    with hours of their own are read anew at the next of these.
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


def _load_day(session: Session, day_id: int) -> CalendarDay:
    row = session.get(CalendarDay, day_id)
    if row is None:
        raise NotFoundError("Este dia não está no calendário.")
    return row


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
