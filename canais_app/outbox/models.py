"""The row of a message to be sent, its statuses, and the live topics of the queue."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, text
from sqlmodel import Field

from canais_app.kit.db import partial_index
from canais_app.kit.models import Table

TOPIC = "outbox:all"
UNDELIVERED = "outbox:undelivered"  # a message has failed for good, or is retried by hand
WAITING, SENT, FAILED, BOUNCED, WITHDRAWN = "waiting", "sent", "failed", "bounced", "withdrawn"


class OutboxMessage(Table, table=True):
    """One message to one party; `message_id` makes a repeat recognisable.

    `sealed` is the encrypted payload it is rendered from, deleted once it is sent; `subject` and
    `text` are then kept, without links and codes. `claimed_at` without `sent_at` is a claim.
    """

    __table_args__ = (
        Index("ix_outbox_due", "status", "due_at"),
        partial_index(
            "ix_outbox_next", "priority", "due_at", where="status = 'waiting'", unique=False
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(unique=True, max_length=160)
    thread: str = Field(index=True, max_length=80)  # its subject: `appointment:12`
    party: str = Field(max_length=24)  # lawyer, chambers, registry, reporter, staff
    kind: str = Field(max_length=40)
    # Of those due, the lowest is sent first (messages.Priority).
    priority: int = Field(
        default=1, sa_type=SmallInteger, sa_column_kwargs={"server_default": text("1")}
    )
    recipient: str = Field(max_length=200)
    reply_to: str = Field(default="", max_length=200)
    subject: str = Field(default="", max_length=200)
    text: str = ""
    sealed: str = ""
    status: str = Field(default=WAITING, max_length=12)
    created_at: datetime
    due_at: datetime
    expires_at: datetime | None = None  # not sent afterwards
    claimed_at: datetime | None = None
    claim: str = Field(default="", max_length=40)
    sent_at: datetime | None = None
    attempts: int = 0
    last_error: str = Field(default="", max_length=300)
