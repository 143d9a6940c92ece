"""Messages of the outbox: list, read, retry."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.kit import db, paging
from canais_app.kit.paging import Page
from canais_app.kit.text import format_datetime
from canais_app.outbox import retries
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.service import QueueStatus

PAGE_SIZE = 50
MESSAGE_STATUS_NAMES = {
    "waiting": "Aguardando",
    "sent": "Enviada",
    "failed": "Falhou",
    "bounced": "Devolvida",
    "withdrawn": "Retirada",
}


@dataclass(frozen=True)
class MessageRow:
    """A message of the list."""

    id: int
    subject: str
    recipient: str
    status: str
    status_words: str
    at: str
    attempts: int
    error: str
    can_retry: bool


@dataclass(frozen=True)
class MessageView:
    """The text of a message, without its recipient's links and codes."""

    id: int
    subject: str
    recipient: str
    text: str


def list_messages(
    session: Session, status: str = "", cursor: str = "", *, actor: Actor
) -> Page[MessageRow]:
    """Return messages of one status (or all), the newest first.

    Raises:
        InvalidError: an invalid cursor.
    """
    require_permission(actor, Permission.SEE_OUTBOX)
    statement = select(OutboxMessage)
    if status:
        statement = statement.where(col(OutboxMessage.status) == status)
    page = paging.load_newest_page(session, statement, OutboxMessage, cursor, size=PAGE_SIZE)
    return Page([_row(row) for row in page.items], page.next)


def _row(row: OutboxMessage) -> MessageRow:
    return MessageRow(
        row.id or 0,
        outbox.render_redacted(row)[0],
        row.recipient,
        row.status,
        MESSAGE_STATUS_NAMES.get(row.status, row.status),
        format_datetime(row.sent_at or row.due_at),
        row.attempts,
        row.last_error,
        row.status in ("failed", "bounced"),
    )


def count_by_status(session: Session, *, actor: Actor, now: datetime) -> QueueStatus:
    """Return the number of messages by status."""
    require_permission(actor, Permission.SEE_OUTBOX)
    return outbox.count_messages(session, now=now)


def read_counts(session: Session, actor: Actor, _now: datetime) -> dict[str, int]:
    """Return the number of messages that failed, for the menu of staff."""
    if not actor.can(Permission.SEE_OUTBOX):
        return {}
    failed = col(OutboxMessage.status).in_(("failed", "bounced"))
    return {"failed_messages": session.exec(select(func.count()).where(failed)).one()}


def read_message(session: Session, letter_id: int, *, actor: Actor, now: datetime) -> MessageView:
    """Return the text of a message and record the reading in the audit log.

    Raises:
        NotFoundError: no such message.
    """
    require_permission(actor, Permission.SEE_OUTBOX)
    row = db.get_or_404(session, OutboxMessage, letter_id, "Esta mensagem não existe.")
    audit.record_entry(session, actor, "ler mensagem", "outbox_message", letter_id, {}, now=now)
    subject, words = outbox.render_redacted(row)
    return MessageView(letter_id, subject, row.recipient, words)


def retry_failed_message(session: Session, letter_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a failed message back in the queue.

    Raises:
        NotFoundError: no such message.
        ConflictError: it was sent, or is waiting already.
    """
    require_permission(actor, Permission.SEE_OUTBOX)
    retries.retry_message(session, letter_id, now=now)
    change = {"status": ["failed", "waiting"]}
    audit.record_entry(
        session, actor, "reenviar mensagem", "outbox_message", letter_id, change, now=now
    )
