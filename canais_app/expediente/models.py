"""Tables of the court's calendar. The yearly Portaria decides, so days are data."""

from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy import Index
from sqlmodel import Field

from canais_app.expediente.rules import Effect, NoticeKind
from canais_app.kit.db import partial_index
from canais_app.kit.models import Table

__all__ = ["CalendarDay", "CalendarVersion", "Effect", "Notice", "NoticeKind"]


def _unique_per_day(name: str, where: str, *more: str) -> Index:
    """Return a unique index: each effect once a day, in the state or in a comarca."""
    return partial_index(name, "first_day", "effect", *more, where=where)


class CalendarDay(Table, table=True):
    """A holiday, recess or late opening, from `first_day` to `last_day`, both included."""

    __table_args__ = (
        _unique_per_day("uq_calendar_day_state", "comarca_id IS NULL"),
        _unique_per_day("uq_calendar_day_comarca", "comarca_id IS NOT NULL", "comarca_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    first_day: date = Field(index=True)
    last_day: date = Field(index=True)
    effect: str = Field(max_length=24)
    opens_at: time | None = None
    name: str = Field(max_length=120)
    act: str = Field(default="", max_length=120)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    source: str = Field(default="", max_length=120)


class Notice(Table, table=True):
    """A notice in force in `[starts_at, ends_at)`; no end: sem previsão (ADR 8).

    It applies to the whole state, a comarca, or a unit and the units below it; `channel_kind`
    narrows it to units with that channel. `uid` is permanent, in feeds too.
    """

    __table_args__ = (Index("ix_notice_span", "starts_at", "ends_at"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=lambda: str(uuid4()), unique=True, max_length=36)
    kind: str = Field(max_length=24)
    text: str = Field(max_length=500)
    act: str = Field(default="", max_length=120)
    act_url: str = Field(default="", max_length=300)
    alternative: str = Field(default="", max_length=200)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    channel_kind: str = Field(default="", max_length=24)
    starts_at: datetime
    ends_at: datetime | None = None
    published_at: datetime
    updated_at: datetime


class CalendarVersion(Table, table=True):
    """One row; its token changes with every change of the calendar or a notice."""

    id: int = Field(default=1, primary_key=True)
    token: str = Field(max_length=32)
