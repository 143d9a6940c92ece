"""The limits per OAB and per case, counted in the caller's transaction."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda.models import Appointment, Status
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import Published
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError

COUNTED = (
    Status.PRECONFIRMED,
    Status.PENDING,
    Status.CONFIRMED,
    Status.ATTENDED,
    Status.MISSED,
)


def refusal(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: Published,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    besides: int | None = None,
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
    month = clock.at(clock.local_day(start).replace(day=1), 0)
    since = min(month, now - timedelta(days=2))
    whose = col(Appointment.oab) == oab
    if case_number:
        whose |= col(Appointment.case_number) == case_number
    asked = select(
        Appointment.id, Appointment.starts_at, Appointment.oab, Appointment.case_number
    ).where(
        col(Appointment.agenda_id) == agenda.id,
        col(Appointment.status).in_(COUNTED),
        col(Appointment.starts_at) >= since,
        whose,
    )
    standing = [
        policies.Standing(starts_at, owner, case)
        for key, starts_at, owner, case in session.exec(asked)
        if key != besides
    ]
    return policies.refusal(
        limits, standing, start=start, oab=oab, case_number=case_number, now=now
    )


def refuse(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: Published,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    besides: int | None = None,
) -> None:
    """Refuse one more appointment when a limit is reached.

    Raises:
        InvalidError: with the field whose limit it is.
    """
    refused = refusal(session, agenda, start, oab, case_number, now=now, besides=besides)
    if refused is not None:
        field, sentence = refused
        raise InvalidError(sentence, {field: sentence})
