"""What the court's calendar is made of, and what it answers: plain values."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from canais_app.expediente.times import DAY, moment_at


class Effect(StrEnum):
    """What a row of the calendar, or a notice, does to the public hours."""

    CLOSED = "closed"
    RECESS = "recess"  # only plantão, and deadlines suspended
    OPENS_LATE = "opens_late"
    DEADLINES_SUSPENDED = "deadlines_suspended"  # open all the same


class NoticeKind(StrEnum):
    """What a notice says; the first two are also rules of the calendar."""

    CLOSED = "fechada"
    DEADLINES = "prazos"
    CHANGED = "alterado"
    MAINTENANCE = "manutencao"


NOTICE_EFFECTS = {
    NoticeKind.CLOSED: Effect.CLOSED,
    NoticeKind.DEADLINES: Effect.DEADLINES_SUSPENDED,
}


class Cause(StrEnum):
    """Why a place is not open."""

    NONE = ""
    HOURS = "hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    RECESS = "recess"
    LATE = "late"
    CLOSURE = "closure"


@dataclass(frozen=True)
class Location:
    """Where: the state when both are None."""

    comarca_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class DayRule:
    """A row of the calendar from `first` to `last`, both included; no comarca: everywhere."""

    first: date
    last: date
    effect: str
    name: str
    opens: time | None = None
    comarca_id: int | None = None

    def applies_to(self, comarca_id: int | None) -> bool:
        """Whether the row is about this comarca."""
        return self.comarca_id in (None, comarca_id)


@dataclass(frozen=True)
class ClosureRule:
    """A closure, or a suspension of deadlines, in `[starts, ends)`; no end: until further word.

    It holds everywhere, in a comarca, or at a unit and the units `below` it.
    """

    starts: datetime
    ends: datetime | None
    reason: str
    act: str = ""
    comarca_id: int | None = None
    unit_id: int | None = None
    below: frozenset[int] = frozenset()
    effect: str = Effect.CLOSED

    def is_in_force_at(self, moment: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.starts <= moment and (self.ends is None or moment < self.ends)

    def overlaps_day(self, day: date) -> bool:
        """Whether it is in force at some moment of a day."""
        begins = self.starts < moment_at(day + DAY, 0)
        return begins and (self.ends is None or self.ends > moment_at(day, 0))

    @property
    def public_text(self) -> str:
        """What the public reads: the reason and the act that says so."""
        return f"{self.reason} ({self.act})" if self.act else self.reason


@dataclass(frozen=True)
class OpenState:
    """A moment: open or not, why not, and the next moment at which that changes, if known."""

    is_open: bool
    reason: str
    next_change: datetime | None
    deadlines_suspended: bool
    cause: Cause = Cause.NONE


@dataclass(frozen=True)
class DayState:
    """A day: whether it opens at all, from when to when on the court's clock."""

    is_open: bool
    opens: time | None
    closes: time | None
    reason: str
    deadlines_suspended: bool
