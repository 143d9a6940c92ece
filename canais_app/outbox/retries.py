"""When a message that was not sent is tried again: by schedule, or by hand."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from canais_app.kit import db, live
from canais_app.kit.errors import ConflictError
from canais_app.outbox.models import BOUNCED, FAILED, TOPIC, UNDELIVERED, WAITING, OutboxMessage

MAX_ATTEMPTS = 5
FIRST_RETRY_DELAY = timedelta(minutes=1)  # then 4, 16 and 64 minutes


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """Return when to try again after so many failed attempts; None after the last one."""
    return now + FIRST_RETRY_DELAY * 4 ** (attempts - 1) if attempts < MAX_ATTEMPTS else None


def retry_message(session: Session, message_id: int, *, now: datetime) -> None:
    """Put a failed or bounced message back in the queue, with all its attempts.

    The caller checks the permission.

    Raises:
        NotFoundError: no such message.
        ConflictError: it was sent, or is waiting already.
    """
    row = db.get_or_404(session, OutboxMessage, message_id, "Esta mensagem não existe.")
    if row.status not in (FAILED, BOUNCED) or not row.recipient:
        raise ConflictError("Só se reenvia uma mensagem que falhou ou foi devolvida.")
    row.status, row.attempts, row.due_at = WAITING, 0, now
    row.claim, row.claimed_at = "", None
    session.add(row)
    live.emit(session, TOPIC)
    live.emit(session, UNDELIVERED)


def retry_all_failed(session: Session, *, now: datetime) -> int:
    """Put every failed message back in the queue; bounced ones are retried one by one."""
    retried = session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.status) == FAILED, col(OutboxMessage.recipient) != "")
        .values(status=WAITING, attempts=0, due_at=now, claim="", claimed_at=None)
    )
    live.emit(session, TOPIC)
    live.emit(session, UNDELIVERED)
    return retried.rowcount
