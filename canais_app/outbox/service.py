"""The outbox as the rooms use it: put letters in, take them back, try again, see what became."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from canais_app.kit import clock, live, text
from canais_app.kit.encryption import DecryptionError
from canais_app.kit.errors import ConflictError, NotFoundError
from canais_app.outbox import queue
from canais_app.outbox.delivery import send_due_messages
from canais_app.outbox.messages import (
    PARTY_NAMES,
    REMINDER,
    Message,
    Party,
    make_message_id,
    redact_secrets,
    render_plain_text,
)
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.payload import MessagePayload
from canais_app.outbox.queue import BOUNCED, FAILED, MAX_ATTEMPTS, SENT, TOPIC, WAITING, WITHDRAWN

__all__ = [
    "anonymise_messages",
    "count_messages",
    "enqueue",
    "find_undelivered",
    "list_delivery_statuses",
    "render_redacted",
    "retry_all_failed",
    "retry_message",
    "send_due_messages",
    "withdraw",
]
_INSERT_BY_DIALECT = {
    "sqlite": sqlite.insert(OutboxMessage).on_conflict_do_nothing(index_elements=["message_id"]),
    "postgresql": postgresql.insert(OutboxMessage).on_conflict_do_nothing(
        index_elements=["message_id"]
    ),
}
_DELETE_UNSENT = (
    update(OutboxMessage)
    .where(
        col(OutboxMessage.thread) == bindparam("of"),
        col(OutboxMessage.kind).in_(bindparam("kinds", expanding=True)),
        col(OutboxMessage.status) == WAITING,
        col(OutboxMessage.claimed_at).is_(None),
    )
    .values(status=WITHDRAWN)
)
FAILURE_TEXTS = {
    FAILED: f"Não saiu em {MAX_ATTEMPTS} tentativas",
    BOUNCED: "O servidor de e-mail do destino a recusou",
}


@dataclass(frozen=True)
class DeliveryStatus:
    """What became of the latest message to a party. `words` says it in a sentence.

    `is_again`: it waits for another try after a refusal.
    """

    party: str
    kind: str
    recipient: str
    status: str
    at: datetime
    words: str
    is_again: bool = False


@dataclass(frozen=True)
class QueueStatus:
    """How many letters are where; `oldest_due_seconds` is how late the latest one is."""

    waiting: int
    scheduled: int
    sent: int
    failed: int
    bounced: int
    oldest_due_seconds: int


def enqueue(session: Session, *letters: Message, now: datetime) -> None:
    """Put letters into the caller's transaction: they leave if, and only if, that commits.

    The same letter (by its Message-ID) a second time changes nothing.
    """
    if not letters:
        return
    rows = [
        {
            "message_id": make_message_id(letter),
            "thread": letter.thread,
            "party": letter.party,
            "kind": letter.kind,
            "recipient": letter.recipient,
            "reply_to": letter.reply_to,
            "sealed": MessagePayload(letter.context, letter.event).encrypt(),
            "created_at": now,
            "due_at": letter.due_at or now,
            "expires_at": letter.until,
        }
        for letter in letters
    ]
    put = _INSERT_BY_DIALECT[session.get_bind().dialect.name]
    session.connection().execute(put, rows)
    live.emit(session, TOPIC)
    for letter in letters:
        live.emit(session, letter.thread)


def render_redacted(row: OutboxMessage) -> tuple[str, str]:
    """Return the subject and the text of a letter, sent or not, without links and codes."""
    if not row.sealed:
        return row.subject, row.text
    try:
        subject, plain = render_plain_text(queue.decrypt_payload(row))
    except DecryptionError:
        return "(selada com outra chave secreta)", ""
    return subject, redact_secrets(plain)


def withdraw(session: Session, thread: str, kinds: Sequence[str] = (REMINDER,)) -> int:
    """Take back the letters of a thread that have not left (reminders, when a time changes)."""
    taken = session.connection().execute(_DELETE_UNSENT, {"of": thread, "kinds": kinds})
    live.emit(session, TOPIC)
    return taken.rowcount


def retry_message(session: Session, letter_id: int, *, now: datetime) -> None:
    """Put a failed or bounced letter back in the queue, with all its tries.

    The caller has checked that the person may do this.

    Raises:
        NotFoundError: when there is no such letter.
        ConflictError: when it has left, or waits already.
    """
    row = session.get(OutboxMessage, letter_id)
    if row is None:
        raise NotFoundError("Esta mensagem não existe.")
    if row.status not in (FAILED, BOUNCED) or not row.recipient:
        raise ConflictError("Só se reenvia uma mensagem que falhou ou foi devolvida.")
    row.status, row.attempts, row.due_at = WAITING, 0, now
    row.claim, row.claimed_at = "", None
    session.add(row)
    live.emit(session, TOPIC)
    live.emit(session, queue.UNDELIVERED)


def retry_all_failed(session: Session, *, now: datetime) -> int:
    """Put every failed letter back in the queue; bounced ones need a look first."""
    again = session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.status) == FAILED, col(OutboxMessage.recipient) != "")
        .values(status=WAITING, attempts=0, due_at=now, claim="", claimed_at=None)
    )
    live.emit(session, TOPIC)
    live.emit(session, queue.UNDELIVERED)
    return again.rowcount


def anonymise_messages(session: Session, *, before: datetime) -> int:
    """Take the person out of letters that left, or were given up, before `before`."""
    gone = session.connection().execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.created_at) < before,
            col(OutboxMessage.status) != WAITING,
            col(OutboxMessage.recipient) != "",
        )
        .values(recipient="", reply_to="", subject="", text="", sealed="", last_error="")
    )
    return gone.rowcount


def list_delivery_statuses(session: Session, thread: str) -> list[DeliveryStatus]:
    """Return what became of the latest message to each party of a thread.

    A reminder that is only scheduled says nothing about the last event, so it is left out.
    """
    rows = session.exec(
        select(OutboxMessage)
        .where(
            col(OutboxMessage.thread) == thread,
            col(OutboxMessage.status) != WITHDRAWN,
            (col(OutboxMessage.kind) != REMINDER) | (col(OutboxMessage.status) != WAITING),
        )
        .order_by(col(OutboxMessage.id))
    ).all()
    latest = {row.party: row for row in rows}
    order = list(PARTY_NAMES)
    return sorted(map(_party_status, latest.values()), key=lambda s: order.index(s.party))


def find_undelivered(session: Session, threads: Collection[str], party: Party) -> dict[str, str]:
    """Return the threads whose last letter to a party was given up, with the reason in words."""
    rows = session.exec(
        select(OutboxMessage.thread, OutboxMessage.status)
        .where(
            col(OutboxMessage.thread).in_(threads),
            col(OutboxMessage.party) == party,
            col(OutboxMessage.status) != WITHDRAWN,
        )
        .order_by(col(OutboxMessage.id))
    ).all()
    return {
        thread: FAILURE_TEXTS[last] for thread, last in dict(rows).items() if last in FAILURE_TEXTS
    }


def count_messages(session: Session, *, now: datetime) -> QueueStatus:
    """Return how many letters wait, are scheduled for later, left, failed or came back."""
    by_status = select(OutboxMessage.status, func.count()).group_by(col(OutboxMessage.status))
    counts = dict(session.exec(by_status).all())
    due = select(func.count(), func.min(col(OutboxMessage.due_at))).where(
        col(OutboxMessage.status) == WAITING, col(OutboxMessage.due_at) <= now
    )
    waiting, oldest = session.exec(due).one()
    return QueueStatus(
        waiting=waiting,
        scheduled=counts.get(WAITING, 0) - waiting,
        sent=counts.get(SENT, 0),
        failed=counts.get(FAILED, 0),
        bounced=counts.get(BOUNCED, 0),
        oldest_due_seconds=int((now - oldest).total_seconds()) if oldest else 0,
    )


def _party_status(row: OutboxMessage) -> DeliveryStatus:
    at = row.sent_at or row.claimed_at or row.created_at
    is_again = row.status == WAITING and row.attempts > 0
    words = FAILURE_TEXTS | {
        WAITING: f"Nova tentativa em {_format_when(row.due_at)}"
        if is_again
        else "Aguardando envio",
        SENT: f"Enviada em {_format_when(at)}",
    }
    return DeliveryStatus(
        row.party, row.kind, row.recipient, row.status, at, words[row.status], is_again
    )


def _format_when(moment: datetime) -> str:
    return f"{text.format_date(clock.to_local_day(moment))} às {text.format_hour(moment)}"
