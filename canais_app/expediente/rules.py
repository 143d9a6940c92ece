"""Values of the court's calendar: its rules, and the answers computed from them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class Effect(StrEnum):
    """Effect of a calendar row or a notice on the public hours."""

    CLOSED = "closed"
    RECESS = "recess"  # only plantão, and deadlines suspended
    OPENS_LATE = "opens_late"
    DEADLINES_SUSPENDED = "deadlines_suspended"  # the court stays open


class NoticeKind(StrEnum):
    """Kind of a notice; the first two are also rules of the calendar."""

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
    """A comarca or a unit; the whole state when both are None."""

    comarca_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class DayRule:
    """A row of the calendar, `first` to `last` included; without a comarca, the whole state."""

    first: date
    last: date
    effect: str
    name: str
    opens: time | None = None
    comarca_id: int | None = None


@dataclass(frozen=True)
class ClosureRule:
    """A closure or a suspension of deadlines in `[starts, ends)`; no end: until further notice.

    It applies everywhere, in a comarca, or at a unit and the units `below` it.
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

    @property
    def public_text(self) -> str:
        """The reason and its legal act, for the public."""
        return f"{self.reason} ({self.act})" if self.act else self.reason


@dataclass(frozen=True)
class OpenState:
    """State at a moment: open or not, why not, and when that changes next, if known."""

    is_open: bool
    reason: str
    next_change: datetime | None
    deadlines_suspended: bool
    cause: Cause = Cause.NONE


@dataclass(frozen=True)
class DayState:
    """State of a day: whether it opens, from when to when on the court's clock."""

    is_open: bool
    opens: time | None
    closes: time | None
    reason: str
    deadlines_suspended: bool
