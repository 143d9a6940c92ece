"""The queue of messages: claim, then mark as sent, refused or released.

Each step is one transaction and one conditional UPDATE, so two senders never hold the same
message. A claim is a lease: after `LEASE` another sender takes over the message of a dead one,
under the same Message-ID.
"""

import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, or_, update
from sqlmodel import Session, col, select

from canais_app.kit import live
from canais_app.outbox import retries
from canais_app.outbox.messages import Message, RenderedMessage, decrypt_payload, redact_secrets
from canais_app.outbox.models import (
    BOUNCED,
    FAILED,
    SENT,
    TOPIC,
    UNDELIVERED,
    WAITING,
    WITHDRAWN,
    OutboxMessage,
)

MAX_REFERENCES = 20  # Message-IDs in the References header
# A message is claimed just before it is sent, and a send is cut off after `transports.SEND_SECONDS`
# (60): a live sender never loses its claim.
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class ClaimedMessage:
    """A claimed message. `earlier` are the Message-IDs of its thread, oldest first."""

    id: int
    claim: str
    kind: str
    thread: str
    party: str
    message_id: str
    recipient: str
    reply_to: str
    sealed: str
    created_at: datetime
    earlier: tuple[str, ...]


CLAIMED_COLUMNS = tuple(one.name for one in fields(ClaimedMessage) if one.name != "earlier")


def decrypt_message(stored: OutboxMessage | ClaimedMessage) -> Message:
    """Return the message that was enqueued.

    Raises:
        DecryptionError: the secret key has changed since.
    """
    context, event = decrypt_payload(stored.sealed)
    return Message(
        kind=stored.kind,
        thread=stored.thread,
        party=stored.party,
        recipient=stored.recipient,
        context=context,
        message_id=stored.message_id,
        event=event,
        reply_to=stored.reply_to,
    )


def count_due_messages(session: Session, now: datetime, *, limit: int) -> int:
    """Return how many messages are due that no live sender has claimed, at most `limit`."""
    due = select(OutboxMessage.id).where(_is_claimable(now)).limit(limit)
    return len(session.exec(due).all())


def withdraw_late(session: Session, *, now: datetime) -> None:
    """Withdraw the messages whose time limit has passed."""
    late = session.connection().execute(
        update(OutboxMessage)
        .where(_is_claimable(now), col(OutboxMessage.expires_at) <= now)
        .values(status=WITHDRAWN, last_error="Não saiu a tempo de servir")
    )
    if late.rowcount:
        live.emit(session, TOPIC)


def claim_next(session: Session, *, now: datetime) -> ClaimedMessage | None:
    """Claim the most urgent message, of those the one due longest, for the time of `LEASE`."""
    due = (
        select(OutboxMessage.id)
        .where(_is_claimable(now))
        .order_by(col(OutboxMessage.priority), col(OutboxMessage.due_at), col(OutboxMessage.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == due.scalar_subquery())
        .values(claim=secrets.token_hex(8), claimed_at=now)
        .returning(*(col(getattr(OutboxMessage, name)) for name in CLAIMED_COLUMNS))
    )
    found = taken.mappings().first()
    return ClaimedMessage(**found, earlier=_load_references(session, found)) if found else None


def mark_sent_and_claim(
    session: Session, message: ClaimedMessage, rendered: RenderedMessage | None, *, now: datetime
) -> ClaimedMessage | None:
    """Mark a message as sent, if it was, and claim the next one."""
    if rendered is not None:
        mark_sent(session, message, rendered, now=now)
    return claim_next(session, now=now)


def mark_sent(
    session: Session, message: ClaimedMessage, rendered: RenderedMessage, *, now: datetime
) -> None:
    """Mark a message as sent; only its redacted text is kept."""
    _finish(
        session,
        message,
        status=SENT,
        sent_at=now,
        last_error="",
        sealed="",
        subject=rendered.subject,
        text=redact_secrets(rendered.text),
    )


def mark_refused(
    session: Session, message: ClaimedMessage, reply: str, *, is_permanent: bool, now: datetime
) -> None:
    """Record a refusal: permanent, or to be retried as `retries.py` schedules."""
    row = session.get_one(OutboxMessage, message.id)
    attempts = row.attempts + 1
    again = None if is_permanent else retries.next_attempt(attempts, now=now)
    status = WAITING if again else BOUNCED if is_permanent else FAILED
    _finish(
        session,
        message,
        status=status,
        attempts=attempts,
        due_at=again or row.due_at,
        claimed_at=None,
        claim="",
        last_error=reply[:300],
    )
    if not again:
        live.emit(session, UNDELIVERED)


def release_claim(session: Session, message: ClaimedMessage, reply: str) -> None:
    """Give a claim back without counting an attempt: the server was unreachable."""
    _finish(session, message, claimed_at=None, claim="", last_error=reply[:300])


def _is_claimable(now: datetime) -> ColumnElement[bool]:
    claimed_at = col(OutboxMessage.claimed_at)
    return and_(
        col(OutboxMessage.status) == WAITING,
        col(OutboxMessage.due_at) <= now,
        or_(claimed_at.is_(None), claimed_at < now - LEASE),
    )


def _finish(session: Session, message: ClaimedMessage, **values: object) -> None:
    session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message.id, col(OutboxMessage.claim) == message.claim)
        .values(**values)
    )
    live.emit(session, TOPIC)
    live.emit(session, message.thread)  # its page shows the delivery status


def _load_references(session: Session, message: RowMapping) -> tuple[str, ...]:
    earlier = session.exec(
        select(OutboxMessage.message_id)
        .where(
            col(OutboxMessage.thread) == message["thread"],
            col(OutboxMessage.party) == message["party"],
            col(OutboxMessage.recipient) == message["recipient"],
            col(OutboxMessage.id) < message["id"],
            col(OutboxMessage.status) != WITHDRAWN,
        )
        .order_by(col(OutboxMessage.id).desc())
        .limit(MAX_REFERENCES)
    ).all()
    return tuple(reversed(earlier))
