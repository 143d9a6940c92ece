"""The limits per OAB and per case, counted in the caller's transaction."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import AgendaContext
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError

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
    limits = policies.Limits(
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
        policies.ExistingBooking(starts_at, owner, case)
        for key, starts_at, owner, case in session.exec(asked)
        if key != excluded_id
    ]
    return policies.find_exceeded_limit(
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
