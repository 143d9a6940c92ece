"""The limits of appointments per OAB and per case, and the deadlines of holds and changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import DayPlan
from canais_app.agenda.errors import RegistrationLimitError
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry
from canais_app.agenda.schemas import BookingRequest
from canais_app.kit import clock
from canais_app.kit.contacts import PARTY_LETTER, format_oab
from canais_app.kit.errors import InvalidError

Lawyer = Appointment | WaitlistEntry | BookingRequest  # whose OAB and case the limits count
HOLD_LIFETIME = timedelta(minutes=5)
# Hours before an appointment at which an agenda may remind (`notifications.reminders`).
REMINDER_HOURS = (72, 24, 2)
USUAL_REMINDER = 24  # this one goes to the gabinete and the secretaria, too
EARLIEST_REMINDER = timedelta(hours=max(REMINDER_HOURS))
WAKING_HOURS = (7, 22)  # of the court's clock: when somebody may read an offer
MIN_OFFER_TIME = timedelta(minutes=30)  # waking time that an offer lasts, or it is not made
COUNTED_STATUSES = (
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ATTENDED,
    AppointmentStatus.MISSED,
)


@dataclass(frozen=True)
class Limits:
    """The most appointments for one OAB or case in one agenda (0: no limit)."""

    per_oab_per_day: int = 1
    per_oab_per_month: int = 0
    active_per_oab: int = 3
    active_per_case: int = 1
    active_per_email: int = 0


@dataclass(frozen=True)
class ExistingBooking:
    """An appointment that counts for the limits."""

    start: datetime
    oab: str
    case_number: str = ""
    email: str = ""

    @property
    def day(self) -> date:
        """The court's day it is on."""
        return clock.to_local_day(self.start)


def check_limits(
    session: Session, agenda: AgendaContext, start: datetime, lawyer: Lawyer, *, now: datetime
) -> None:
    """Refuse an appointment at `start` that exceeds a limit.

    Raises:
        RegistrationLimitError: one of the registration is reached, maybe by a stranger's use.
        InvalidError: another limit is reached, under the field that it is about.
    """
    exceeded = load_exceeded_limit(session, agenda, start, lawyer, now=now)
    if exceeded is None:
        return
    field, sentence = exceeded
    if field != "oab_number":
        raise InvalidError.at(field, sentence)
    if lawyer.oab.startswith(PARTY_LETTER):
        raise InvalidError.at("email", sentence.replace("OAB", "pessoa"))
    if not format_oab(lawyer.oab):
        field, sentence = "registration", sentence.replace("OAB", "matrícula")
    raise RegistrationLimitError.at(field, sentence)


def load_exceeded_limit(
    session: Session, agenda: AgendaContext, start: datetime, lawyer: Lawyer, *, now: datetime
) -> tuple[str, str] | None:
    """Return the field and sentence of the limit that an appointment at `start` exceeds, or None.

    A `lawyer` that is an appointment, being moved or confirmed, does not count itself.
    """
    terms = agenda.terms_at(start)
    limits = Limits(
        terms.max_per_oab_per_day,
        terms.max_per_oab_per_month,
        terms.max_active_per_oab,
        terms.max_active_per_case,
        terms.max_active_per_email,
    )
    month = clock.from_wall_clock(clock.to_local_day(start).replace(day=1), 0)
    oab, case_number = lawyer.oab, lawyer.case_number
    is_same = col(Appointment.oab) == oab
    if case_number:
        is_same |= col(Appointment.case_number) == case_number
    if lawyer.email and limits.active_per_email:
        is_same |= col(Appointment.email) == lawyer.email
    of = Appointment
    asked = select(of.starts_at, of.oab, of.case_number, of.email).where(
        col(Appointment.agenda_id) == agenda.id,
        col(Appointment.status).in_(COUNTED_STATUSES),
        col(Appointment.starts_at) >= min(month, now - timedelta(days=2)),
        col(Appointment.moves_id).is_(None),  # a request to move counts as its appointment
        is_same,
    )
    if isinstance(lawyer, Appointment):
        asked = asked.where(col(Appointment.id) != lawyer.id)
    existing = [ExistingBooking(*row) for row in session.exec(asked)]
    return find_exceeded_limit(
        limits, existing, start=start, oab=oab, case_number=case_number, email=lawyer.email, now=now
    )


def find_exceeded_limit(  # noqa: PLR0913 (an appointment and what is compared with it)
    limits: Limits,
    existing: list[ExistingBooking],
    *,
    start: datetime,
    oab: str,
    case_number: str,
    now: datetime,
    email: str = "",
) -> tuple[str, str] | None:
    """Return the field and sentence of the limit that one more appointment exceeds, or None.

    `existing` are the agenda's appointments of that registration, e-mail or case; those that
    have not begun are active.
    """
    same_oab = [one for one in existing if one.oab == oab]
    day = clock.to_local_day(start)
    same_day = sum(one.day == day for one in same_oab)
    if limits.per_oab_per_day and same_day >= limits.per_oab_per_day:
        return "oab_number", _period_text(limits.per_oab_per_day, "dia", "Escolha outro dia.")
    same_month = sum(one.day.replace(day=1) == day.replace(day=1) for one in same_oab)
    if limits.per_oab_per_month and same_month >= limits.per_oab_per_month:
        advice = "Escolha um dia de outro mês."
        return "oab_number", _period_text(limits.per_oab_per_month, "mês", advice)
    active = sum(one.start > now for one in same_oab)
    if limits.active_per_oab and active >= limits.active_per_oab:
        return "oab_number", _active_text(limits.active_per_oab)
    if email and limits.active_per_email:
        same_email = sum(one.email == email and one.start > now for one in existing)
        if same_email >= limits.active_per_email:
            return "email", (
                f"Esta agenda aceita até {limits.active_per_email} horários marcados com o mesmo "
                "e-mail. Compareça a um deles ou cancele um para marcar outro."
            )
    if case_number and limits.active_per_case:
        same_case = sum(one.case_number == case_number and one.start > now for one in existing)
        if same_case >= limits.active_per_case:
            return "case_number", (
                "Este processo já tem atendimento marcado nesta agenda. "
                "Use o link do e-mail para mudar o horário."
            )
    return None


def _period_text(most: int, period: str, advice: str) -> str:
    times = "1 horário" if most == 1 else f"{most} horários"
    return (
        f"Esta agenda aceita {times} por {period} para cada OAB, e você já tem esse número neste "
        f"{period}. {advice}"
    )


def _active_text(most: int) -> str:
    times = "1 horário marcado" if most == 1 else f"{most} horários marcados"
    return (
        f"Esta agenda aceita até {times} por OAB ao mesmo tempo. "
        "Compareça a um deles ou cancele um para marcar outro."
    )


def slot_public_at(now: datetime, delay_minutes: int, start: datetime) -> datetime:
    """Return when a slot freed at `now` is public again; the delay prevents trading slots.

    At its start it is over anyway.
    """
    return min(now + timedelta(minutes=delay_minutes), start)


def add_waking_time(now: datetime, lasts: timedelta) -> datetime:
    """Return when `lasts` of waking hours have passed since `now`."""
    while True:
        day = clock.to_local_day(now)
        opens, closes = (clock.from_wall_clock(day, hour) for hour in WAKING_HOURS)
        start = min(max(now, opens), closes)
        if start + lasts <= closes:
            return start + lasts
        lasts -= closes - start
        now = clock.from_wall_clock(day + timedelta(days=1), 0)


def change_deadline(start: datetime, cancel_notice: int) -> datetime:
    """Return until when the lawyer may move or cancel (`cancel_notice` in minutes)."""
    return start - timedelta(minutes=cancel_notice)


def choose_alternatives(
    plans: Sequence[DayPlan], *, instead_of: datetime, limit: int = 3
) -> list[datetime]:
    """Return alternatives to a cancelled start: one a day, the nearest to its hour.

    Later days come first, since the reason of the cancellation may last all day.
    """
    day = clock.to_local_day(instead_of)
    found = [start for plan in plans if (start := _nearest_start(plan, instead_of)) is not None]
    found.sort(key=lambda start: (clock.to_local_day(start) <= day, start))
    return sorted(found[:limit])


def _nearest_start(plan: DayPlan, instead_of: datetime) -> datetime | None:
    free = [slot.start for slot in plan.slots if slot.is_free and slot.start != instead_of]
    minutes = _minutes(instead_of)
    return min(free, key=lambda start: abs(_minutes(start) - minutes), default=None)


def _minutes(moment: datetime) -> int:
    local = clock.to_local(moment)
    return local.hour * 60 + local.minute
