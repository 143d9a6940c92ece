"""The limits per OAB and per case, counted in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import DayPlan
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError

HOLD_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True)
class Limits:
    """How many times one person or case may take (0: no limit)."""

    per_oab_per_day: int = 1
    per_oab_per_month: int = 0
    active_per_oab: int = 3
    active_per_case: int = 1


@dataclass(frozen=True)
class ExistingBooking:
    """An appointment that stands, as the limits see it."""

    start: datetime
    oab: str
    case_number: str = ""

    @property
    def day(self) -> date:
        """The court's day it is on."""
        return clock.to_local_day(self.start)


def find_exceeded_limit(  # noqa: PLR0913 (whom the limits are about)
    limits: Limits,
    standing: list[ExistingBooking],
    *,
    start: datetime,
    oab: str,
    case_number: str,
    now: datetime,
) -> tuple[str, str] | None:
    """Return the field and the sentence that refuse one more appointment, or None.

    `standing` are the agenda's own appointments of that OAB or case; "active" counts those
    that have not begun.
    """
    mine = [s for s in standing if s.oab == oab]
    same_day = sum(s.day == clock.to_local_day(start) for s in mine)
    if limits.per_oab_per_day and same_day >= limits.per_oab_per_day:
        return "oab_number", _per_day_text(limits.per_oab_per_day)
    same_month = sum(s.day.replace(day=1) == clock.to_local_day(start).replace(day=1) for s in mine)
    if limits.per_oab_per_month and same_month >= limits.per_oab_per_month:
        return "oab_number", _per_month_text(limits.per_oab_per_month)
    active = sum(s.start > now for s in mine)
    if limits.active_per_oab and active >= limits.active_per_oab:
        return "oab_number", _active_text(limits.active_per_oab)
    if case_number and limits.active_per_case:
        same_case = sum(s.case_number == case_number and s.start > now for s in standing)
        if same_case >= limits.active_per_case:
            return "case_number", (
                "Este processo já tem atendimento marcado nesta agenda. "
                "Use o link do e-mail para mudar o horário."
            )
    return None


def _per_day_text(most: int) -> str:
    times = "1 horário" if most == 1 else f"{most} horários"
    return (
        f"Esta agenda aceita {times} por dia para cada OAB, e você já tem esse número neste dia. "
        "Escolha outro dia."
    )


def _per_month_text(most: int) -> str:
    times = "1 horário" if most == 1 else f"{most} horários"
    return (
        f"Esta agenda aceita {times} por mês para cada OAB, e você já tem esse número neste mês. "
        "Escolha um dia de outro mês."
    )


def _active_text(most: int) -> str:
    times = "1 horário marcado" if most == 1 else f"{most} horários marcados"
    return (
        f"Esta agenda aceita até {times} por OAB ao mesmo tempo. "
        "Compareça a um deles ou cancele um para marcar outro."
    )


def slot_public_at(now: datetime, delay_minutes: int) -> datetime:
    """Return when a time given up at `now` is public again, so that times are not traded."""
    return now + timedelta(minutes=delay_minutes)


def change_deadline(start: datetime, cancel_notice: int) -> datetime:
    """Return until when the lawyer may move or cancel (`cancel_notice` in minutes)."""
    return start - timedelta(minutes=cancel_notice)


def choose_alternatives(
    plans: Sequence[DayPlan], *, instead_of: datetime, limit: int = 3
) -> list[datetime]:
    """Return what to offer instead of a time: one start a day, the nearest to its hour.

    The days after it come first: whatever keeps the magistrate away may last the day.
    """
    day = clock.to_local_day(instead_of)
    found = [start for plan in plans if (start := _nearest_start(plan, instead_of)) is not None]
    found.sort(key=lambda start: (clock.to_local_day(start) <= day, start))
    return sorted(found[:limit])


def _nearest_start(plan: DayPlan, instead_of: datetime) -> datetime | None:
    free = [slot.start for slot in plan.slots if slot.is_free and slot.start != instead_of]
    away = _minutes(instead_of)
    return min(free, key=lambda start: abs(_minutes(start) - away), default=None)


def _minutes(moment: datetime) -> int:
    here = clock.to_local(moment)
    return here.hour * 60 + here.minute


COUNTED_STATUSES = (
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ATTENDED,
    AppointmentStatus.MISSED,
)


def load_and_check_limits(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: AgendaContext,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    excluded_id: int | None = None,
) -> tuple[str, str] | None:
    """Return the field and the sentence that refuse one more appointment at `start`, or None.

    `besides` is a row that does not count: the one being moved.
    """
    terms = agenda.terms_at(start)
    limits = Limits(
        terms.max_per_oab_per_day,
        terms.max_per_oab_per_month,
        terms.max_active_per_oab,
        terms.max_active_per_case,
    )
    month = clock.from_wall_clock(clock.to_local_day(start).replace(day=1), 0)
    since = min(month, now - timedelta(days=2))
    whose = col(Appointment.oab) == oab
    if case_number:
        whose |= col(Appointment.case_number) == case_number
    asked = select(
        Appointment.id, Appointment.starts_at, Appointment.oab, Appointment.case_number
    ).where(
        col(Appointment.agenda_id) == agenda.id,
        col(Appointment.status).in_(COUNTED_STATUSES),
        col(Appointment.starts_at) >= since,
        whose,
    )
    standing = [
        ExistingBooking(starts_at, owner, case)
        for key, starts_at, owner, case in session.exec(asked)
        if key != excluded_id
    ]
    return find_exceeded_limit(
        limits, standing, start=start, oab=oab, case_number=case_number, now=now
    )


def check_limits(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: AgendaContext,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    excluded_id: int | None = None,
) -> None:
    """Refuse one more appointment when a limit is reached.

    Raises:
        InvalidError: with the field whose limit it is.
    """
    refused = load_and_check_limits(
        session, agenda, start, oab, case_number, now=now, excluded_id=excluded_id
    )
    if refused is not None:
        field, sentence = refused
        raise InvalidError(sentence, {field: sentence})
