"""Giving a time up, as the lawyer or as the gabinete."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from canais_app.agenda.lifecycle import freeing, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import AgendaContext
from canais_app.agenda.words import format_full_start, format_status
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.appointments import Alternative

CHANGEABLE_STATUSES = (AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING)


def cancel_by_link(session: Session, token: str, *, now: datetime) -> None:
    """Give up an appointment, a request, or a time that is kept.

    What kept others out goes to the waiting list first, and is public again after the agenda's
    release delay. Cancelling twice changes nothing.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        InvalidError: it is too late for that.
    """
    agenda, row = taking.lock_by_token(session, token, now=now)
    if row.status == AppointmentStatus.CANCELLED:
        return
    if row.status == AppointmentStatus.OFFERED:
        freeing.end_waitlist_offer(session, agenda, row, now=now)
        return
    if row.status != AppointmentStatus.PRECONFIRMED:
        require_changeable(agenda, row, now=now)
    cancel_appointment(session, agenda, row, by="lawyer", now=now)


def cancel_appointment(  # noqa: PLR0913 (who, why and what is offered instead)
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    alternatives: Sequence[Alternative] = (),
    until: datetime | None = None,
) -> None:
    """Cancel an appointment for whoever may, and tell everyone who knew of it."""
    before = row.status
    row.status, row.cancelled_at, row.cancelled_by = AppointmentStatus.CANCELLED, now, by
    row.cancel_reason, row.expires_at = reason, None
    row.ics_sequence += 1
    session.add(row)
    told: list[letters.ChangeOf] = []
    if before != AppointmentStatus.PENDING:
        told += freeing.release_slot(session, agenda, row, now=now)
    if before != AppointmentStatus.PRECONFIRMED:  # of which nobody was told but the lawyer
        news = letters.AppointmentChange(messages.CANCELLED, alternatives=alternatives, until=until)
        told.append((row, news))
    letters.notify_all(session, agenda, told, now=now)
    taking.emit_changes(session, agenda.id, row)


def require_changeable(agenda: AgendaContext, row: Appointment, *, now: datetime) -> None:
    """Refuse to change what no longer stands, or an appointment whose deadline has passed.

    Raises:
        InvalidError: with the sentence that says which.
    """
    if row.status not in CHANGEABLE_STATUSES:
        raise InvalidError(f"{format_status(row.status)}: não há mais o que mudar aqui.")
    until = policies.change_deadline(row.starts_at, agenda.terms_at(row.starts_at).cancel_notice)
    if row.status == AppointmentStatus.CONFIRMED and now > until:
        raise InvalidError(
            f"O prazo para mudar ou cancelar terminou: {format_full_start(until)}. Fale com o gabinete."
        )
