"""Tables of complaints: reports, people, triage, and the counts that figures are read from.

Counts are kept in whole hours since 1970 (UTC), so that both databases compare integers.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from canais_app.kit.db import partial_index
from canais_app.kit.models import Table

_NO_ROWID = {"sqlite_with_rowid": False}  # the primary key covers every query


class Complaint(Table, table=True):
    """One report of a failed channel, anonymous unless `email` is given.

    The person is in `PersonReport`. `waiting_since` marks a question to the reporter: the clock
    stops. `version` rises with each move, to detect a stale desk.
    """

    __table_args__ = (
        Index("ix_complaint_newest", "occurred_at", "id"),
        Index("ix_complaint_due", "status", "due_at", "id"),
        Index("ix_complaint_owner", "owner_id", "status", "due_at", "id"),
        Index("ix_complaint_unit", "unit_id", "status", "due_at", "id"),
        Index("ix_complaint_place", "unit_id", "occurred_at", "id"),
        Index("ix_complaint_status_newest", "status", "occurred_at", "id"),
        partial_index(
            "ix_complaint_unit_answered",
            "status",
            "due_at",
            "id",
            where="unit_answered_at IS NOT NULL",
            unique=False,
        ),
        partial_index(
            "ix_complaint_waiting", "due_at", "id", where="waiting_since IS NOT NULL", unique=False
        ),
        partial_index(
            "ix_complaint_unit_due",
            "unit_due_at",
            "id",
            where="status = 'encaminhada' AND unit_answered_at IS NULL",
            unique=False,
        ),
        partial_index("ix_complaint_unread", "due_at", "id", where="is_unread", unique=False),
        partial_index(
            "ix_complaint_answered", "answered_at", where="answered_at IS NOT NULL", unique=False
        ),
        partial_index("ix_complaint_rated", "rated_at", where="rated_at IS NOT NULL", unique=False),
    )

    id: int | None = Field(default=None, primary_key=True)
    protocol: str = Field(unique=True, max_length=16)  # 2026-48301927, not sequential
    secret_hash: str = Field(max_length=64)
    unit_id: int = Field(foreign_key="unit.id")
    channel: str = Field(max_length=24)
    kind: str = Field(max_length=24)
    status: str = Field(default="recebida", max_length=24)
    occurred_at: datetime
    created_at: datetime = Field(index=True)
    due_at: datetime
    text: str = ""
    name: str = Field(default="", max_length=120)
    email: str = Field(default="", max_length=200)
    idempotency_key: str | None = Field(default=None, unique=True, max_length=100)
    # Triage.
    version: int = 1
    owner_id: int | None = Field(default=None, foreign_key="staff.id")
    situation_id: int | None = Field(default=None, foreign_key="situation.id", index=True)
    duplicate_of_id: int | None = Field(default=None, foreign_key="complaint.id", index=True)
    duplicates: int = 0  # complaints that have this one as their original
    is_unread: bool = False  # the reporter wrote after staff last read
    waiting_since: datetime | None = None
    extended_at: datetime | None = None
    # The unit's inbox.
    forwarded_at: datetime | None = None
    unit_due_at: datetime | None = None
    unit_answered_at: datetime | None = None
    escalated_at: datetime | None = None  # the deadline that was last warned of
    # The answer and what the reporter said of it.
    answered_at: datetime | None = None
    is_on_time: bool | None = None  # of the first answer
    closed_at: datetime | None = None
    is_resolved: bool | None = None
    is_useful: bool | None = None
    rated_at: datetime | None = None
    # Privacy.
    withdrawn_at: datetime | None = None
    anonymised_at: datetime | None = None


class ComplaintEvent(Table, table=True):
    """A move or a message of a complaint: when, by whom, why.

    `author` is `reporter`, `staff`, `unit` or `system`.
    """

    id: int | None = Field(default=None, primary_key=True)
    complaint_id: int = Field(foreign_key="complaint.id", index=True)
    at: datetime
    who: str = Field(max_length=120)
    author: str = Field(default="staff", max_length=12)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    from_status: str = Field(default="", max_length=24)
    to_status: str = Field(default="", max_length=24)
    text: str = ""
    public: bool = True


class Attachment(Table, table=True):
    """A photo sent with a report, re-encoded without metadata; staff only."""

    id: int | None = Field(default=None, primary_key=True)
    complaint_id: int = Field(foreign_key="complaint.id", index=True)
    file_name: str = Field(unique=True, max_length=64)  # in the attachments folder
    media_type: str = Field(max_length=24)
    size: int
    created_at: datetime


class PersonReport(Table, table=True):
    """One person who met one failure: once per unit, channel and day, by time of receipt.

    Alarms count these rows. `mark` is a daily-salted HMAC of the address, removed after 48 h.
    A person is first counted by a report (`complaint_id`) or by "Eu também".
    """

    __table_args__ = (
        Index("uq_person_report", "unit_id", "channel", "day", "mark", unique=True),
        Index("ix_person_report_received", "received_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    channel: str = Field(max_length=24)
    day: int  # days since 1970, in the court's zone
    mark: str | None = Field(default=None, max_length=64)
    received_at: datetime
    complaint_id: int | None = Field(default=None, foreign_key="complaint.id", index=True)


class ComplaintHour(Table, table=True):
    """Complaints of a unit, channel and kind by the hour in which the failure happened."""

    __table_args__ = (Index("ix_complaint_hour_unit", "unit_id", "hour"), _NO_ROWID)

    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    channel: str = Field(primary_key=True, max_length=24)
    kind: str = Field(primary_key=True, max_length=24)
    count: int = 0


class StateHour(Table, table=True):
    """The same counts for the whole state."""

    __table_args__ = (_NO_ROWID,)

    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    channel: str = Field(primary_key=True, max_length=24)
    kind: str = Field(primary_key=True, max_length=24)
    count: int = 0


class PeopleHour(Table, table=True):
    """People (`PersonReport`) of a unit and channel by the hour of receipt."""

    __table_args__ = (_NO_ROWID,)

    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    channel: str = Field(primary_key=True, max_length=24)
    people: int = 0


class VisitHour(Table, table=True):
    """Uses of a channel's button by the hour, counted without identity: rates divide by them."""

    __table_args__ = (_NO_ROWID,)

    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    channel: str = Field(primary_key=True, max_length=24)
    visits: int = 0


class AnswerDay(Table, table=True):
    """Answers of a unit by day, days of waiting and punctuality: shares and medians."""

    __table_args__ = (_NO_ROWID,)

    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    wait_days: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    is_on_time: bool = Field(primary_key=True)
    count: int = 0


class Calibration(Table, table=True):
    """The nightly fit of the alarms with its figures (`statistics/calibration.py`)."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class AnswerTemplate(Table, table=True):
    """A text for answers, with placeholders in braces; edited in the administration."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=80)
    text: str
    group: str = Field(default="", max_length=16)  # a cause group; empty: every one
    active: bool = True
    version: int = 1
    updated_at: datetime


class SavedView(Table, table=True):
    """A person's saved filter of the complaint table, as the query of its address."""

    __table_args__ = (Index("uq_saved_view", "staff_id", "name", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    name: str = Field(max_length=60)
    query: str = Field(max_length=500)


class OpenComplaint(Table, table=True):
    """Who has a complaint open at the desk, to show a collision before it happens."""

    complaint_id: int = Field(foreign_key="complaint.id", primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    seen_at: datetime
