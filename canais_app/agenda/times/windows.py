"""The rule: on which days a gabinete receives, from when to when, and the starts that fit.

Windows are wall-clock times of the court (America/Cuiaba); spans are half-open `[start, end)`
and in UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from canais_app.expediente.times import Hours, Span, moment_at

ClockSpan = tuple[time, time]
# Weeks of windows without a first day are counted from a Monday.
RECURRENCE_EPOCH = date(2024, 1, 1)
ONE_DAY = timedelta(days=1)
END_OF_DAY = time.max  # a window until 24:00
CACHE_SIZE = 20_000  # days of grids kept in memory
LAST_WEEK_OF_MONTH = -1  # `nth_week` of a window on the month's last such weekday


@dataclass(frozen=True)
class WeeklyWindow:
    """A weekly window (RFC 5545: INTERVAL from the week of `valid_from`, BYDAY=nth)."""

    weekday: int
    starts: time
    ends: time
    every_weeks: int = 1
    nth_week: int = 0
    valid_from: date | None = None
    valid_until: date | None = None

    def recurs_on(self, day: date) -> bool:
        """Whether the window recurs on `day`; both ends of its validity are included."""
        if day.weekday() != self.weekday or self.ends <= self.starts:
            return False
        if self.valid_from and day < self.valid_from:
            return False
        if self.valid_until and day > self.valid_until:
            return False
        if self.every_weeks > 1:
            first = self.valid_from or RECURRENCE_EPOCH
            weeks = (_monday(day) - _monday(first)).days // 7
            if weeks % self.every_weeks:
                return False
        return not self.nth_week or self.nth_week in _weeks_of_month(day)


@dataclass(frozen=True)
class SlotRules:
    """A published agenda's rules. Lengths, buffers and notice are in minutes."""

    windows: tuple[WeeklyWindow, ...] = ()
    # day → its own windows, instead of the weekly ones; an empty tuple closes the day
    overrides: Mapping[date, tuple[ClockSpan, ...]] = field(
        default_factory=dict[date, tuple[ClockSpan, ...]]
    )
    blocks: tuple[Span, ...] = ()
    opt_outs: frozenset[date] = frozenset()
    slot: int = 20
    step: int = 20
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon: int = 28
    in_business_days: bool = False
    capacity: int = 1
    max_per_day: int = 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_of_month(day: date) -> tuple[int, int]:
    """Return which of its weekdays a day is in the month, from the start and from the end (−1)."""
    next_month = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return (day.day + 6) // 7, -(((next_month - day).days + 6) // 7)


def _minutes(at: time) -> int:
    return 24 * 60 if at == END_OF_DAY else at.hour * 60 + at.minute


@lru_cache(maxsize=CACHE_SIZE)
def start_of_day(day: date) -> datetime:
    """Return the court's first moment of a day, in UTC."""
    return moment_at(day, 0)


def windows_of(day: date, rules: SlotRules) -> list[ClockSpan]:
    """Return the day's windows before the calendar is asked: its override, or the weekly ones."""
    own = rules.overrides.get(day)
    if own is not None:
        return sorted(span for span in own if span[1] > span[0])
    return sorted((w.starts, w.ends) for w in rules.windows if w.recurs_on(day))


def hours_of_day(day: date, windows: Sequence[ClockSpan]) -> Hours:
    """Return a day's windows as the calendar reads hours."""
    return {str(day.weekday()): [[_format_time(a), _format_time(b)] for a, b in windows]}


def _format_time(at: time) -> str:
    return "24:00" if at == END_OF_DAY else f"{at:%H:%M}"


@lru_cache(maxsize=CACHE_SIZE)
def slot_grid(day: date, windows: tuple[ClockSpan, ...], slot: int, step: int) -> tuple[Span, ...]:
    """Return every slot that fits, anchored at each window's beginning, earliest first.

    `slot` and `step` are in minutes. It depends on nothing else, so it is remembered.
    """
    length, stride = timedelta(minutes=slot), timedelta(minutes=max(1, step))
    found: set[Span] = set()
    for starts, ends in windows if slot > 0 else ():
        start, end = moment_at(day, _minutes(starts)), moment_at(day, _minutes(ends))
        while start + length <= end:
            found.add((start, start + length))
            start += stride
    return tuple(sorted(found))


def is_inside(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a span lies within one of several."""
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def do_overlap(one: Span, other: Span) -> bool:
    """Whether two half-open spans share a moment; an empty one has none to share."""
    return max(one[0], other[0]) < min(one[1], other[1])


def busy_span(start: datetime, rules: SlotRules) -> Span:
    """Return what an appointment at `start` keeps others out of: itself and its buffers."""
    return (
        start - timedelta(minutes=rules.before),
        start + timedelta(minutes=rules.slot + rules.after),
    )
