"""The slot rule, values in and values out: windows − closures − taken spans → free slots.

Listing, holds, bookings, moves and the waiting list all use `plan_day`: a slot that it calls free
can be booked, and no other can. Lengths are in minutes, moments in UTC, days the court's.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Literal, NamedTuple, Protocol

from canais_app.expediente.calendar import Hours, Span, merge_spans, moment_at
from canais_app.kit import clock

ClockSpan = tuple[time, time]
SlotStatus = Literal["free", "held", "taken"]
DayStatus = Literal["free", "full", "none", "closed", "past"]
# Recurring windows without a first day count their weeks from this Monday.
RECURRENCE_EPOCH = date(2024, 1, 1)
ONE_DAY = timedelta(days=1)
END_OF_DAY = time.max  # a window until 24:00
CACHE_SIZE = 20_000  # days of grids kept in memory
LAST_WEEK_OF_MONTH = -1  # `nth_week` of a window on the month's last such weekday
FIRST_YEAR, LAST_YEAR = 2000, 2100


def is_supported_year(day: date) -> bool:
    """Whether a day or moment is of a year that an agenda can have."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


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
    """The rules in force on a day. Lengths, buffers and notice are in minutes."""

    windows: tuple[WeeklyWindow, ...] = ()
    # day → its own windows instead of the weekly ones; an empty tuple closes the day
    overrides: Mapping[date, tuple[ClockSpan, ...]] = field(
        default_factory=dict[date, tuple[ClockSpan, ...]]
    )
    blocks: tuple[Span, ...] = ()
    busy: tuple[Span, ...] = ()  # of the gabinete's own calendar: sorted, none overlap
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


class TakenSpan(NamedTuple):
    """The busy span of a seat; `day` is the court's day that it counts for.

    `is_active` is false for a cancelled appointment that waits for its release; `is_closed`: that
    the gabinete cancelled, and whose seat it does not offer again.
    """

    seat: int
    busy_from: datetime
    busy_until: datetime
    day: date
    is_hold: bool = False
    is_active: bool = True
    is_closed: bool = False


class Slot(NamedTuple):
    """A slot of the agenda's grid and its free seats."""

    start: datetime
    end: datetime
    status: SlotStatus
    seats: tuple[int, ...] = ()  # the free ones

    @property
    def is_free(self) -> bool:
        """Whether booking it now would succeed."""
        return self.status == "free"


@dataclass(frozen=True)
class DayPlan:
    """A day of an agenda: its slots, its state, and the reason when none is free."""

    day: date
    state: DayStatus
    slots: tuple[Slot, ...] = ()
    reason: str = ""
    day_limit: bool = False  # full because the day's limit of appointments is reached

    @property
    def free(self) -> int:
        """Count the slots that can be booked."""
        return sum(slot.is_free for slot in self.slots)


class CourtHours(Protocol):
    """The court's calendar where an agenda is (the state, its comarca, its unit)."""

    def list_open_spans(self, day: date, hours: Hours, *, on_holidays: bool) -> Sequence[Span]:
        """Return what the calendar leaves of `hours`; `on_holidays` ignores days, not closures."""
        ...

    def change_reason(self, day: date, hours: Hours) -> str:
        """Return why the calendar changes `hours` on this day; empty when it does not."""
        ...

    def add_open_days(self, day: date, count: int) -> date:
        """Return the day `count` business days later."""
        ...


def iterate_day_plans(
    days: Iterable[date],
    rules: SlotRules,
    taken: Iterable[TakenSpan],
    court: CourtHours,
    *,
    now: datetime,
) -> Iterator[DayPlan]:
    """Yield the plan of each day when it is asked for; `taken` is grouped by day once."""
    last_day = last_bookable_day(rules, court, now)
    by_day = group_by_day(taken, rules)
    for day in days:
        yield plan_day(day, rules, by_day.get(day, ()), court, now=now, last_day=last_day)


def last_bookable_day(rules: SlotRules, court: CourtHours, now: datetime) -> date:
    """Return the last day on which the agenda can be booked, included."""
    today = clock.to_local_day(now)
    if rules.in_business_days:
        return court.add_open_days(today, rules.horizon)
    return today + timedelta(days=rules.horizon)


def plan_day(  # noqa: PLR0913 (the day and all it depends on)
    day: date,
    rules: SlotRules,
    taken: Sequence[TakenSpan],
    court: CourtHours,
    *,
    now: datetime,
    last_day: date,
) -> DayPlan:
    """Return a day's slots and state.

    `taken` holds at least everything that touches the day; `last_day` is `last_bookable_day`.
    Slots nearer than the notice are left out: they are neither free nor taken.
    """
    if day < clock.to_local_day(now):
        return DayPlan(day, "past")
    windows = windows_of(day, rules)
    hours = hours_of_day(day, windows)
    if not windows:
        return DayPlan(day, "none", reason=court.change_reason(day, {}))
    open_spans = open_spans_of_day(day, windows, rules, court)
    grid = slot_grid(day, tuple(windows), rules.slot, rules.step)
    spans = [span for span in grid if is_inside(span, open_spans)]
    if not spans:
        reason = court.change_reason(day, hours)
        return DayPlan(day, "closed" if reason else "none", reason=reason)
    if day > last_day:
        return DayPlan(day, "none")
    earliest = now + timedelta(minutes=rules.notice)
    day_is_full = bool(rules.max_per_day) and rules.max_per_day <= sum(
        span.is_active and span.day == day for span in taken
    )
    bookable = [
        span
        for span in spans
        if span[0] >= earliest
        and not any(do_overlap(span, block) for block in rules.blocks)
        and not is_busy(span, rules.busy)
    ]
    slots = assign_seats(bookable, rules, taken, day_is_full=day_is_full)
    if not slots:
        return DayPlan(day, "past" if day == clock.to_local_day(now) else "none")
    state: DayStatus = "free" if any(slot.is_free for slot in slots) else "full"
    return DayPlan(day, state, slots, court.change_reason(day, hours), day_is_full)


def windows_of(day: date, rules: SlotRules) -> list[ClockSpan]:
    """Return a day's windows, before the court's calendar: its override, or the weekly ones."""
    override = rules.overrides.get(day)
    if override is not None:
        return sorted(span for span in override if span[1] > span[0])
    return sorted((w.starts, w.ends) for w in rules.windows if w.recurs_on(day))


def hours_of_day(day: date, windows: Sequence[ClockSpan]) -> Hours:
    """Return a day's windows in the calendar's format of opening hours."""
    return {str(day.weekday()): [[_format_time(a), _format_time(b)] for a, b in windows]}


def open_spans_of_day(
    day: date, windows: Sequence[ClockSpan], rules: SlotRules, court: CourtHours
) -> list[Span]:
    """Return what the court's calendar leaves of a day's windows, joined where they touch."""
    hours = hours_of_day(day, windows)
    return merge_spans(court.list_open_spans(day, hours, on_holidays=day in rules.opt_outs))


@lru_cache(maxsize=CACHE_SIZE)
def slot_grid(day: date, windows: tuple[ClockSpan, ...], slot: int, step: int) -> tuple[Span, ...]:
    """Return every slot that fits, counted from each window's beginning, earliest first.

    `slot` and `step` are in minutes. The result depends on the arguments only, so it is cached.
    """
    length, stride = timedelta(minutes=slot), timedelta(minutes=max(1, step))
    found: set[Span] = set()
    for starts, ends in windows if slot > 0 else ():
        start, end = moment_at(day, minutes_of(starts)), moment_at(day, minutes_of(ends))
        while start + length <= end:
            found.add((start, start + length))
            start += stride
    return tuple(sorted(found))


def is_inside(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a span lies within one of several."""
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def do_overlap(one: Span, other: Span) -> bool:
    """Whether two half-open spans share a moment; an empty span shares none."""
    return max(one[0], other[0]) < min(one[1], other[1])


def is_busy(span: Span, busy: Sequence[Span]) -> bool:
    """Whether a span shares a moment with one of many, which are sorted and do not overlap."""
    following = bisect_right(
        busy, span[0], key=itemgetter(1)
    )  # the first that ends after it begins
    return following < len(busy) and do_overlap(span, busy[following])


def busy_span(start: datetime, rules: SlotRules) -> Span:
    """Return the span that an appointment at `start` blocks: its slot and its buffers."""
    return (
        start - timedelta(minutes=rules.before),
        start + timedelta(minutes=rules.slot + rules.after),
    )


def assign_seats(
    spans: Sequence[Span], rules: SlotRules, taken: Iterable[TakenSpan], *, day_is_full: bool
) -> tuple[Slot, ...]:
    """Return the slots of a grid (earliest first) with their free seats; none on a full day."""
    blocking = _blocking_by_slot(spans, rules, taken)
    seats = () if day_is_full else tuple(range(rules.capacity))
    status: SlotStatus = "free" if seats else "taken"
    return tuple(
        _make_slot(span, seats, blocking[number])
        if number in blocking
        else Slot(*span, status, seats)
        for number, span in enumerate(spans)
    )


def _blocking_by_slot(
    spans: Sequence[Span], rules: SlotRules, taken: Iterable[TakenSpan]
) -> dict[int, list[TakenSpan]]:
    """Return the taken spans that block a seat of each slot, by its number; `spans` are sorted.

    Two bisections for each taken span, so that a full month costs little more than an empty one.
    """
    starts = [start for start, _ in spans]
    before = timedelta(minutes=rules.before)
    behind = timedelta(minutes=rules.slot + rules.after)
    found: dict[int, list[TakenSpan]] = {}
    for span in taken:
        first = bisect_right(starts, span.busy_from - behind)
        end = bisect_left(starts, span.busy_until + before)
        for number in range(first, end):
            found.setdefault(number, []).append(span)
    return found


def _make_slot(span: Span, seats: tuple[int, ...], blocking: Sequence[TakenSpan]) -> Slot:
    if len(seats) == 1 and len(blocking) == 1:  # by far the most frequent case
        return Slot(*span, "held" if blocking[0].is_hold else "taken")
    seats_taken = {other.seat for other in blocking}
    left = len(seats) - len(seats_taken)
    if left > 0:
        # An appointment in a seat that is no longer offered still takes one of those that are.
        free = [seat for seat in seats if seat not in seats_taken]
        return Slot(*span, "free", tuple(free[:left]))
    held = bool(seats) and any(other.is_hold for other in blocking)
    return Slot(*span, "held" if held else "taken")


def group_by_day(taken: Iterable[TakenSpan], rules: SlotRules) -> dict[date, list[TakenSpan]]:
    """Group taken spans by the days whose slots, with their buffers, they may touch."""
    reach = timedelta(minutes=rules.slot + rules.before + rules.after)
    found: dict[date, list[TakenSpan]] = {}
    inner: dict[date, Span] = {}  # the part of each day from which no neighbour is reached
    for span in taken:
        day = span.day
        if day not in inner:
            inner[day] = (start_of_day(day) + reach, start_of_day(day + ONE_DAY) - reach)
            found.setdefault(day, [])
        first, last = inner[day]
        found[day].append(span)
        if span.busy_from < first or span.busy_until > last:
            _add_to_neighbour_days(span, found, reach)
    return found


def _add_to_neighbour_days(
    span: TakenSpan, found: dict[date, list[TakenSpan]], reach: timedelta
) -> None:
    before = after = span.day
    while span.busy_from - reach < start_of_day(before):
        before -= ONE_DAY
        found.setdefault(before, []).append(span)
    while span.busy_until + reach > start_of_day(after + ONE_DAY):
        after += ONE_DAY
        found.setdefault(after, []).append(span)


@lru_cache(maxsize=CACHE_SIZE)
def start_of_day(day: date) -> datetime:
    """Return the first moment of a court's day, in UTC."""
    return moment_at(day, 0)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_of_month(day: date) -> tuple[int, int]:
    """Return the number of a day's weekday in its month, from the start and from the end (−1)."""
    next_month = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return (day.day + 6) // 7, -(((next_month - day).days + 6) // 7)


def minutes_of(at: time) -> int:
    """Return the minutes from midnight; the end of the day is 24:00."""
    return 24 * 60 if at == END_OF_DAY else at.hour * 60 + at.minute


def _format_time(at: time) -> str:
    return "24:00" if at == END_OF_DAY else f"{at:%H:%M}"
