"""The letters of the outbox, as administrators read them and send them again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.kit import paging
from canais_app.kit.errors import NotFoundError
from canais_app.kit.paging import Page
from canais_app.kit.text import moment_words
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.service import OutboxStatus

PAGE = 50
STATUS_WORDS = {
    "waiting": "Aguardando",
    "sent": "Enviada",
    "failed": "Falhou",
    "bounced": "Devolvida",
    "withdrawn": "Retirada",
}


@dataclass(frozen=True)
class LetterRow:
    """A message of the outbox as the list shows it."""

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
class LetterView:
    """The words of a message; links and codes of its recipient are left out."""

    id: int
    subject: str
    recipient: str
    text: str


def letters(
    session: Session, status: str = "", cursor: str = "", *, actor: Actor
) -> Page[LetterRow]:
    """Return messages of one status (or all), the newest first.

    Raises:
        InvalidError: a cursor that is not ours.
    """
    require(actor, Permission.SEE_OUTBOX)
    found = select(OutboxMessage)
    if status:
        found = found.where(col(OutboxMessage.status) == status)
    page = paging.newest(session, found, OutboxMessage, cursor, size=PAGE)
    return Page([_row(row) for row in page.items], page.next)


def _row(row: OutboxMessage) -> LetterRow:
    return LetterRow(
        row.id or 0,
        outbox.readable(row)[0],
        row.recipient,
        row.status,
        STATUS_WORDS.get(row.status, row.status),
        moment_words(row.sent_at or row.due_at),
        row.attempts,
        row.last_error,
        row.status in ("failed", "bounced"),
    )


def counts(session: Session, *, actor: Actor, now: datetime) -> OutboxStatus:
    """Return how many messages are where."""
    require(actor, Permission.SEE_OUTBOX)
    return outbox.status(session, now=now)


def letter(session: Session, letter_id: int, *, actor: Actor, now: datetime) -> LetterView:
    """Return the words of a message; that somebody read it is recorded.

    Raises:
        NotFoundError: no such message.
    """
    require(actor, Permission.SEE_OUTBOX)
    row = session.get(OutboxMessage, letter_id)
    if row is None:
        raise NotFoundError("Esta mensagem não existe.")
    audit.record(session, actor, "ler mensagem", "outbox_message", letter_id, {}, now=now)
    subject, words = outbox.readable(row)
    return LetterView(letter_id, subject, row.recipient, words)


def retry(session: Session, letter_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a failed message back in the queue.

    Raises:
        NotFoundError: no such message.
        ConflictError: it has left, or waits already.
    """
    require(actor, Permission.SEE_OUTBOX)
    outbox.retry(session, letter_id, now=now)
    change = {"status": ["failed", "waiting"]}
    audit.record(session, actor, "reenviar mensagem", "outbox_message", letter_id, change, now=now)
