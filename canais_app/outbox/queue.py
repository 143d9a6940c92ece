"""The steps of a letter's way out. Each is one transaction, each move one conditional UPDATE.

`claimed_at` and `sent_at` are apart: a crash between the two leaves a dead sender's claim. A claim
is a lease: after `LEASE` another sender takes the letter up again under the same Message-ID. Two
senders never hold the same letter.
"""

import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, or_, update
from sqlmodel import Session, col, select

from canais_app.kit import live
from canais_app.outbox.messages import Message, RenderedMessage, redact_secrets
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.payload import MessagePayload

TOPIC = "outbox:all"
UNDELIVERED = "outbox:undelivered"  # rarer: a letter was given up, or is tried once more
WAITING, SENT, FAILED, BOUNCED, WITHDRAWN = "waiting", "sent", "failed", "bounced", "withdrawn"
MAX_ATTEMPTS = 5
FIRST_RETRY_DELAY = timedelta(minutes=1)  # then 4, 16 and 64 minutes
MAX_REFERENCES = 20  # of a conversation's messages, in the headers that tie it together
# How long a claim holds. One letter is claimed at a time, just before it is sent, and a send is cut
# off after `transports.SEND_SECONDS` (60): a live sender never loses its claim.
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class ClaimedMessage:
    """A claimed letter. `earlier` are the Message-IDs of its thread, oldest first."""

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


def decrypt_payload(stored: OutboxMessage | ClaimedMessage) -> Message:
    """Return the letter that was put in.

    Raises:
        SealBrokenError: the secret key has changed since.
    """
    body = MessagePayload.decrypt(stored.sealed)
    return Message(
        kind=stored.kind,
        thread=stored.thread,
        party=stored.party,
        recipient=stored.recipient,
        context=body.context,
        message_id=stored.message_id,
        event=body.event,
        reply_to=stored.reply_to,
    )


def has_due_messages(session: Session, now: datetime) -> bool:
    """Tell whether a letter is due and no live sender has claimed it."""
    return (
        session.exec(select(OutboxMessage.id).where(_is_unclaimed(now)).limit(1)).first()
        is not None
    )


def withdraw_late(session: Session, *, now: datetime) -> None:
    """Withdraw the letters that are of no use any more."""
    late = session.connection().execute(
        update(OutboxMessage)
        .where(_is_unclaimed(now), col(OutboxMessage.expires_at) <= now)
        .values(status=WITHDRAWN, last_error="Não saiu a tempo de servir")
    )
    if late.rowcount:
        live.emit(session, TOPIC)


def claim_next(session: Session, *, now: datetime) -> ClaimedMessage | None:
    """Claim the letter due longest, for the time of `LEASE`; None when there is none."""
    due = (
        select(OutboxMessage.id)
        .where(_is_unclaimed(now))
        .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
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
    session: Session, letter: ClaimedMessage, rendered: RenderedMessage | None, *, now: datetime
) -> ClaimedMessage | None:
    """Mark a letter as sent, when it was, and claim the next one."""
    if rendered is not None:
        mark_sent(session, letter, rendered, now=now)
    return claim_next(session, now=now)


def mark_sent(
    session: Session, letter: ClaimedMessage, rendered: RenderedMessage, *, now: datetime
) -> None:
    """Say that the server took the letter. What left is forgotten but for its readable part."""
    _finish(
        session,
        letter,
        status=SENT,
        sent_at=now,
        last_error="",
        sealed="",
        subject=rendered.subject,
        text=redact_secrets(rendered.text),
    )


def mark_refused(
    session: Session, letter: ClaimedMessage, reply: str, *, for_good: bool, now: datetime
) -> None:
    """Say that the letter was not taken: for good, or to be tried again later, five times."""
    row = session.get_one(OutboxMessage, letter.id)
    attempts = row.attempts + 1
    status = BOUNCED if for_good else FAILED if attempts >= MAX_ATTEMPTS else WAITING
    due = now + FIRST_RETRY_DELAY * 4 ** (attempts - 1) if status == WAITING else row.due_at
    _finish(
        session,
        letter,
        status=status,
        attempts=attempts,
        due_at=due,
        claimed_at=None,
        claim="",
        last_error=reply[:300],
    )
    if status != WAITING:
        live.emit(session, UNDELIVERED)


def release_claim(session: Session, letter: ClaimedMessage, reply: str) -> None:
    """Give a claimed letter back untried: there was no server to give it to."""
    _finish(session, letter, claimed_at=None, claim="", last_error=reply[:300])


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(col(OutboxMessage.status) == WAITING, col(OutboxMessage.due_at) <= now)


def _is_unclaimed(now: datetime) -> ColumnElement[bool]:
    unclaimed = or_(
        col(OutboxMessage.claimed_at).is_(None), col(OutboxMessage.claimed_at) < now - LEASE
    )
    return and_(_is_due(now), unclaimed)


def _finish(session: Session, letter: ClaimedMessage, **values: object) -> None:
    session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == letter.id, col(OutboxMessage.claim) == letter.claim)
        .values(**values)
    )
    live.emit(session, TOPIC)
    live.emit(session, letter.thread)  # the page of what it is about shows who was told


def _load_references(session: Session, letter: RowMapping) -> tuple[str, ...]:
    earlier = session.exec(
        select(OutboxMessage.message_id)
        .where(
            col(OutboxMessage.thread) == letter["thread"],
            col(OutboxMessage.party) == letter["party"],
            col(OutboxMessage.recipient) == letter["recipient"],
            col(OutboxMessage.id) < letter["id"],
            col(OutboxMessage.status) != WITHDRAWN,
        )
        .order_by(col(OutboxMessage.id).desc())
        .limit(MAX_REFERENCES)
    ).all()
    return tuple(reversed(earlier))
