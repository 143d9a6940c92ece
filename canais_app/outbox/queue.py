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
from canais_app.outbox.body import Body
from canais_app.outbox.messages import Letter, Words, without_secrets
from canais_app.outbox.models import OutboxMessage

TOPIC = "outbox:all"
UNDELIVERED = "outbox:undelivered"  # rarer: a letter was given up, or is tried once more
WAITING, SENT, FAILED, BOUNCED, WITHDRAWN = "waiting", "sent", "failed", "bounced", "withdrawn"
TRIES = 5
FIRST_DELAY = timedelta(minutes=1)  # then 4, 16 and 64 minutes
MOST_EARLIER = 20  # of a conversation's messages, in the headers that tie it together
# How long a claim holds. One letter is claimed at a time, just before it is sent, and a send is cut
# off after `transports.SEND_SECONDS` (60): a live sender never loses its claim.
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Outgoing:
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


CLAIMED = tuple(one.name for one in fields(Outgoing) if one.name != "earlier")


def opened(stored: OutboxMessage | Outgoing) -> Letter:
    """Return the letter that was put in.

    Raises:
        SealBrokenError: the secret key has changed since.
    """
    body = Body.opened(stored.sealed)
    return Letter(
        kind=stored.kind,
        thread=stored.thread,
        party=stored.party,
        recipient=stored.recipient,
        context=body.context,
        message_id=stored.message_id,
        event=body.event,
        reply_to=stored.reply_to,
    )


def any_due(session: Session, now: datetime) -> bool:
    """Tell whether a letter is due and no live sender has claimed it."""
    return session.exec(select(OutboxMessage.id).where(_free(now)).limit(1)).first() is not None


def withdraw_late(session: Session, *, now: datetime) -> None:
    """Withdraw the letters that are of no use any more."""
    late = session.connection().execute(
        update(OutboxMessage)
        .where(_free(now), col(OutboxMessage.expires_at) <= now)
        .values(status=WITHDRAWN, last_error="Não saiu a tempo de servir")
    )
    if late.rowcount:
        live.touch(session, TOPIC)


def claim(session: Session, *, now: datetime) -> Outgoing | None:
    """Claim the letter due longest, for the time of `LEASE`; None when there is none."""
    due = (
        select(OutboxMessage.id)
        .where(_free(now))
        .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == due.scalar_subquery())
        .values(claim=secrets.token_hex(8), claimed_at=now)
        .returning(*(col(getattr(OutboxMessage, name)) for name in CLAIMED))
    )
    found = taken.mappings().first()
    return Outgoing(**found, earlier=_earlier(session, found)) if found else None


def go_on(
    session: Session, letter: Outgoing, words: Words | None, *, now: datetime
) -> Outgoing | None:
    """Mark a letter as sent, when it was, and claim the next one."""
    if words is not None:
        mark_sent(session, letter, words, now=now)
    return claim(session, now=now)


def mark_sent(session: Session, letter: Outgoing, words: Words, *, now: datetime) -> None:
    """Say that the server took the letter. What left is forgotten but for its readable part."""
    _settle(
        session,
        letter,
        status=SENT,
        sent_at=now,
        last_error="",
        sealed="",
        subject=words.subject,
        text=without_secrets(words.text),
    )


def mark_refused(
    session: Session, letter: Outgoing, said: str, *, for_good: bool, now: datetime
) -> None:
    """Say that the letter was not taken: for good, or to be tried again later, five times."""
    row = session.get_one(OutboxMessage, letter.id)
    attempts = row.attempts + 1
    status = BOUNCED if for_good else FAILED if attempts >= TRIES else WAITING
    due = now + FIRST_DELAY * 4 ** (attempts - 1) if status == WAITING else row.due_at
    _settle(
        session,
        letter,
        status=status,
        attempts=attempts,
        due_at=due,
        claimed_at=None,
        claim="",
        last_error=said[:300],
    )
    if status != WAITING:
        live.touch(session, UNDELIVERED)


def release(session: Session, letter: Outgoing, said: str) -> None:
    """Give a claimed letter back untried: there was no server to give it to."""
    _settle(session, letter, claimed_at=None, claim="", last_error=said[:300])


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(col(OutboxMessage.status) == WAITING, col(OutboxMessage.due_at) <= now)


def _free(now: datetime) -> ColumnElement[bool]:
    unclaimed = or_(
        col(OutboxMessage.claimed_at).is_(None), col(OutboxMessage.claimed_at) < now - LEASE
    )
    return and_(_due(now), unclaimed)


def _settle(session: Session, letter: Outgoing, **values: object) -> None:
    session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == letter.id, col(OutboxMessage.claim) == letter.claim)
        .values(**values)
    )
    live.touch(session, TOPIC)
    live.touch(session, letter.thread)  # the page of what it is about shows who was told


def _earlier(session: Session, letter: RowMapping) -> tuple[str, ...]:
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
        .limit(MOST_EARLIER)
    ).all()
    return tuple(reversed(earlier))
