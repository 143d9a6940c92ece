"""The queue: letters are put in by the rooms' transactions, and leave one at a time.

Nothing is lost and nothing is sent twice: a letter is claimed by one conditional UPDATE, sent,
and marked; a crash between the claim and the mark leaves a stale claim that is taken up again,
under the same Message-ID.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.kit import live
from canais_app.outbox.messages import Letter, message_id, render
from canais_app.outbox.models import OutboxMessage

TOPIC = "outbox:all"


def enqueue(session: Session, letter: Letter, *, now: datetime) -> OutboxMessage:
    """Write a letter into the caller's transaction: it leaves if, and only if, that commits.

    The same letter (by its Message-ID) a second time changes nothing.
    """
    identity = message_id(letter)
    known = session.exec(
        select(OutboxMessage).where(col(OutboxMessage.message_id) == identity)
    ).first()
    if known is not None:
        return known
    words = render(letter)
    row = OutboxMessage(
        message_id=identity,
        thread=letter.thread,
        party=letter.party,
        kind=letter.kind,
        recipient=letter.recipient,
        subject=words.subject,
        text=words.text,
        html=words.html,
        ics=letter.ics,
        ics_method=letter.ics_method,
        created_at=now,
        due_at=letter.due_at or now,
    )
    session.add(row)
    session.flush()
    live.touch(session, TOPIC)
    return row
