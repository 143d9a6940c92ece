"""The lawyer's word on an appointment: attended, or nobody came."""

from datetime import datetime

from sqlmodel import Session

from canais_app.agenda.booking import storage
from canais_app.agenda.models import MARKABLE_STATUSES, Appointment, Outcome
from canais_app.agenda.notifications.appointments import event_payload
from canais_app.directory import hooks
from canais_app.kit.errors import InvalidError
from canais_app.webhooks import service as webhooks


def report_outcome(
    session: Session, token: str, outcome: Outcome, *, now: datetime, address: str = ""
) -> str:
    """Store what the lawyer says, from the start of the time on; return the complaint's protocol.

    “Ninguém me atendeu” files one complaint of its own kind about the unit's agenda. Saying the
    same twice changes nothing. The gabinete's own mark stays as it is.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        InvalidError: it has not begun, was cancelled, or was never confirmed.
    """
    agenda, row = storage.lock_by_token(session, token, now=now)
    require_reportable(row, now=now)
    if row.lawyer_outcome == outcome:
        return row.complaint_protocol
    row.lawyer_outcome, row.lawyer_outcome_at = outcome, now
    if outcome == Outcome.NOT_ATTENDED and not row.complaint_protocol:
        said = hooks.NotAttended(agenda.unit.slug, row.starts_at, row.name, row.email, address)
        row.complaint_protocol = hooks.hooks.file_not_attended(session, said, now)
    session.add(row)
    if outcome == Outcome.NOT_ATTENDED:
        webhooks.enqueue(
            session, webhooks.APPOINTMENT_NOT_ATTENDED, event_payload(agenda, row), now=now
        )
    storage.emit_changes(session, agenda.id, row)
    return row.complaint_protocol


def require_reportable(row: Appointment, *, now: datetime) -> None:
    """Refuse an outcome before the start, and of what was never to take place.

    Raises:
        InvalidError: with the sentence that says why.
    """
    if row.status not in MARKABLE_STATUSES:
        raise InvalidError("Este atendimento não estava confirmado.")
    if row.starts_at > now:
        raise InvalidError("O atendimento ainda não começou.")
