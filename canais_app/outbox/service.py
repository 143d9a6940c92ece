"""The outbox's interface: enqueue and withdraw messages, and read their status."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from canais_app.kit import clock, db, live, text
from canais_app.kit.encryption import DecryptionError
from canais_app.kit.errors import ConflictError
from canais_app.outbox import queue
from canais_app.outbox.messages import (
    PARTY_NAMES,
    REMINDER,
    Message,
    Party,
    encrypt_payload,
    make_message_id,
    priority_of,
    redact_secrets,
    render_plain_text,
)
from canais_app.outbox.models import BOUNCED, FAILED, SENT, TOPIC, WAITING, WITHDRAWN, OutboxMessage
from canais_app.outbox.retries import MAX_ATTEMPTS

FAILURE_TEXTS = {
    FAILED: f"Não saiu em {MAX_ATTEMPTS} tentativas",
    BOUNCED: "O servidor de e-mail do destino a recusou",
}


@dataclass(frozen=True)
class DeliveryStatus:
    """The status of the latest message to a party, and the same in a sentence (`words`).

    `is_again`: it waits for another attempt after a refusal.
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
    """How many messages have which status; `oldest_due_seconds` is the longest delay."""

    waiting: int
    scheduled: int
    sent: int
    failed: int
    bounced: int
    oldest_due_seconds: int


def enqueue(session: Session, *messages: Message, now: datetime) -> None:
    """Store messages in the caller's transaction: they are sent if, and only if, it commits.

    A message with a known Message-ID changes nothing.
    """
    if not messages:
        return
    rows = [
        {
            "message_id": make_message_id(message),
            "thread": message.thread,
            "party": message.party,
            "kind": message.kind,
            "priority": priority_of(message),
            "recipient": message.recipient,
            "reply_to": message.reply_to,
            "sealed": encrypt_payload(message.context, message.event),
            "created_at": now,
            "due_at": message.due_at or now,
            "expires_at": message.sent_until,
        }
        for message in messages
    ]
    insert = db.dialect_insert(session)(OutboxMessage)
    statement = insert.on_conflict_do_nothing(index_elements=["message_id"])
    session.connection().execute(statement, rows)
    live.emit(session, TOPIC)
    for message in messages:
        live.emit(session, message.thread)


def render_redacted(row: OutboxMessage) -> tuple[str, str]:
    """Return the subject and the text of a message, sent or not, without links and codes."""
    if not row.sealed:
        return row.subject, row.text
    try:
        subject, plain = render_plain_text(queue.decrypt_message(row))
    except DecryptionError:
        return "(selada com outra chave secreta)", ""
    return subject, redact_secrets(plain)


def withdraw(session: Session, thread: str, kinds: Sequence[str] = (REMINDER,)) -> int:
    """Withdraw the unclaimed messages of a thread (default: reminders); return how many."""
    withdrawn = session.connection().execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.thread) == thread,
            col(OutboxMessage.kind).in_(kinds),
            col(OutboxMessage.status) == WAITING,
            col(OutboxMessage.claimed_at).is_(None),
        )
        .values(status=WITHDRAWN)
    )
    live.emit(session, TOPIC)
    return withdrawn.rowcount


def withdraw_all(
    session: Session, thread: str, kinds: Sequence[str], *, created_at: datetime | None = None
) -> None:
    """Withdraw every message of a thread, or of all threads below it when it ends in a colon.

    With `created_at`, only what was enqueued at that moment.

    Raises:
        ConflictError: one was sent, or is being sent.
    """
    concerned: list[ColumnElement[bool]] = [col(OutboxMessage.kind).in_(kinds)]
    if thread.endswith(":"):
        concerned.append(col(OutboxMessage.thread).startswith(thread, autoescape=True))
    else:
        concerned.append(col(OutboxMessage.thread) == thread)
    if created_at is not None:
        concerned.append(col(OutboxMessage.created_at) == created_at)
    waits = (col(OutboxMessage.status) == WAITING, col(OutboxMessage.claimed_at).is_(None))
    withdrawing = update(OutboxMessage).where(*concerned, *waits).values(status=WITHDRAWN)
    session.connection().execute(withdrawing)
    left = select(func.count()).where(*concerned, col(OutboxMessage.status) != WITHDRAWN)
    if session.exec(left).one():
        raise ConflictError("A mensagem já saiu: não dá mais para desfazer.")
    live.emit(session, TOPIC)


def anonymise_messages(session: Session, *, before: datetime) -> int:
    """Remove personal data from messages created before `before` and no longer waiting."""
    anonymised = session.connection().execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.created_at) < before,
            col(OutboxMessage.status) != WAITING,
            col(OutboxMessage.recipient) != "",
        )
        .values(recipient="", reply_to="", subject="", text="", sealed="", last_error="")
    )
    return anonymised.rowcount


def list_delivery_statuses(session: Session, thread: str) -> list[DeliveryStatus]:
    """Return the status of the latest message to each party of a thread.

    Scheduled reminders are left out.
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
    """Return the threads whose last message to a party failed, with the reason in words."""
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


def count_waiting_by_kind(session: Session, *, now: datetime) -> dict[str, tuple[int, float]]:
    """Return how many due messages of each kind wait, and the delay of the oldest (seconds)."""
    due = (
        select(OutboxMessage.kind, func.count(), func.min(col(OutboxMessage.due_at)))
        .where(col(OutboxMessage.status) == WAITING, col(OutboxMessage.due_at) <= now)
        .group_by(col(OutboxMessage.kind))
    )
    return {
        kind: (count, (now - oldest).total_seconds())
        for kind, count, oldest in session.exec(due).all()
    }


def count_messages(session: Session, *, now: datetime) -> QueueStatus:
    """Return how many messages wait, are scheduled, sent, failed or bounced."""
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
