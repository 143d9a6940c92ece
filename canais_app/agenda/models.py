"""Rows of the agendas: the published rules, and who has which time."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, Index, false, text
from sqlmodel import Field, SQLModel


class Modality(StrEnum):
    """How a lawyer is received."""

    VIDEO = "video"
    IN_PERSON = "presencial"
    PHONE = "telefone"


MODALITY_NAMES = {
    Modality.VIDEO: "Vídeo",
    Modality.IN_PERSON: "Presencial",
    Modality.PHONE: "Telefone",
}


class Status(StrEnum):
    """The life of a taken time. Those in `ACTIVE` keep others out."""

    HELD = "held"  # five minutes, while the form is filled in
    OFFERED = "offered"  # kept for one lawyer: from the waiting list, or instead of a cancelled one
    PRECONFIRMED = "preconfirmed"  # waits for the link in the e-mail
    PENDING = "pending"  # waits for the gabinete, and keeps nobody out
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    MISSED = "missed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ACTIVE = (
    Status.HELD,
    Status.OFFERED,
    Status.PRECONFIRMED,
    Status.CONFIRMED,
    Status.ATTENDED,
    Status.MISSED,
)
ACTIVE_SQL = f"status IN ({', '.join(repr(status.value) for status in ACTIVE)})"


class Waiting(StrEnum):
    """The life of a place in the waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    SERVED = "served"
    LEFT = "left"
    OVER = "over"  # the last day asked for has passed


IN_LINE_SQL = f"status IN ('{Waiting.WAITING}', '{Waiting.OFFERED}')"


_OFF = {"server_default": false()}


class Agenda(SQLModel, table=True):
    """A gabinete's published agenda and its rules. Lengths and notices are in minutes."""

    __tablename__ = "agenda"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=160)
    title: str = Field(max_length=200)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    registry_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    published: bool = False
    slot_minutes: int = 20
    step_minutes: int = 20
    buffer_before: int = 0
    buffer_after: int = 0
    notice_minutes: int = 120
    horizon_days: int = 28
    horizon_in_business_days: bool = False
    capacity: int = 1
    modalities: list[str] = Field(default_factory=list, sa_type=JSON)
    place: str = Field(default="", max_length=200)
    video_base_url: str = Field(default="", max_length=200)
    max_per_day: int = 0  # 0: no limit
    max_per_oab_per_day: int = 1
    max_active_per_oab: int = 3
    max_active_per_case: int = 1
    release_delay: int = 30
    cancel_notice: int = 120
    needs_approval: bool = Field(default=False, sa_column_kwargs=_OFF)
    confirms_by_email: bool = Field(default=False, sa_column_kwargs=_OFF)
    confirm_minutes: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    offer_minutes: int = Field(default=120, sa_column_kwargs={"server_default": "120"})
    updated_at: datetime


class AgendaWindow(SQLModel, table=True):
    """A weekly window, half-open, on the court's clock (`weekday` 0 = Monday)."""

    __tablename__ = "agenda_window"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id", index=True)
    weekday: int
    starts: time
    ends: time
    every_weeks: int = 1
    nth_week: int = 0  # 1–5: only that week of the month; 0: all
    valid_from: date | None = None
    valid_until: date | None = None


class AgendaOverride(SQLModel, table=True):
    """One day's own window; a day with overrides has only those (none with times: closed)."""

    __tablename__ = "agenda_override"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id", index=True)
    day: date
    starts: time | None = None
    ends: time | None = None


class AgendaBlock(SQLModel, table=True):
    """A span in which the gabinete receives nobody."""

    __tablename__ = "agenda_block"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id", index=True)
    starts_at: datetime
    ends_at: datetime
    reason: str = Field(default="", max_length=200)


class AgendaHolidayOptOut(SQLModel, table=True):
    """A closed day of the court's calendar on which this gabinete receives all the same."""

    __tablename__ = "agenda_holiday_opt_out"  # pyright: ignore[reportAssignmentType]

    agenda_id: int = Field(foreign_key="agenda.id", primary_key=True)
    day: date = Field(primary_key=True)


class Appointment(SQLModel, table=True):
    """A taken time: a hold or an appointment, in one table under one constraint.

    `[busy_from, busy_until)` is the slot with its own buffers; no two active rows of an
    agenda's seat may overlap in it (PostgreSQL: exclusion constraint; SQLite: triggers).
    """

    __tablename__ = "appointment"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "uq_appointment_active_start",
            "agenda_id",
            "seat",
            "starts_at",
            unique=True,
            sqlite_where=text(ACTIVE_SQL),
            postgresql_where=text(ACTIVE_SQL),
        ),
        Index("ix_appointment_agenda_start", "agenda_id", "starts_at"),
        Index("ix_appointment_agenda_oab", "agenda_id", "oab"),
        Index("ix_appointment_kept", "status", "expires_at"),
        Index(
            "ix_appointment_release",
            "released_at",
            sqlite_where=text("released_at IS NOT NULL"),
            postgresql_where=text("released_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id")
    seat: int = 0
    status: str = Field(max_length=12)
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime
    modality: str = Field(default="", max_length=12)
    expires_at: datetime | None = None  # until when it is held, offered or to be confirmed
    code: str = Field(default="", max_length=12, index=True)
    token_hash: str = Field(unique=True, max_length=64)
    sealed_token: str = Field(default="", max_length=200)  # so that later letters have the link
    idempotency_key: str | None = Field(default=None, unique=True, max_length=100)
    ics_uid: str = Field(default="", max_length=80)
    ics_sequence: int = 0
    name: str = Field(default="", max_length=120)
    oab: str = Field(default="", max_length=12)  # normalised: MT000123, MT000123A
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=20)
    case_number: str = Field(default="", max_length=20, index=True)  # twenty digits
    subject: str = Field(default="", max_length=200)
    created_at: datetime
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str = Field(default="", max_length=12)  # lawyer, chambers
    cancel_reason: str = Field(default="", max_length=200)
    freed_at: datetime | None = None  # when its time was first given up; an offer keeps it
    released_at: datetime | None = None  # when a time given up is public again
    waitlist_id: int | None = Field(default=None, foreign_key="waitlist_entry.id", index=True)
    alternative_to: int | None = Field(default=None, foreign_key="appointment.id", index=True)
    anonymised_at: datetime | None = None


class WaitlistEntry(SQLModel, table=True):
    """A place in an agenda's waiting list, for the days from `first_day` to `last_day`, included.

    Whoever came first is offered a freed time first; one OAB has one place per agenda.
    """

    __tablename__ = "waitlist_entry"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "uq_waitlist_in_line",
            "agenda_id",
            "oab",
            unique=True,
            sqlite_where=text(IN_LINE_SQL),
            postgresql_where=text(IN_LINE_SQL),
        ),
        Index("ix_waitlist_agenda_status", "agenda_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id")
    status: str = Field(default=Waiting.WAITING, max_length=12)
    first_day: date
    last_day: date = Field(index=True)
    modality: str = Field(default="", max_length=12)  # empty: any
    token_hash: str = Field(unique=True, max_length=64)
    name: str = Field(default="", max_length=120)
    oab: str = Field(default="", max_length=12)
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=20)
    case_number: str = Field(default="", max_length=20)
    subject: str = Field(default="", max_length=200)
    created_at: datetime
    anonymised_at: datetime | None = None
