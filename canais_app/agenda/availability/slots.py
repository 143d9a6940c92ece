"""The rule: windows − closures − taken → open slots. Values in, values out.

Listing, hold, booking, move and the waiting list all ask `day_plan`: what it calls free can be
booked, and nothing else can. The values that go in and come out are named here too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from canais_app.expediente.calendar import Hours, Span, merge_spans, moment_at
from canais_app.kit import clock

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


SlotStatus = Literal["free", "held", "taken"]


class TakenSpan(NamedTuple):
    """A seat's busy span. `day` is the court's day it counts for.

    `counts` is false when a cancelled time is only waiting for its release.
    """

    seat: int
    busy_from: datetime
    busy_until: datetime
    day: date
    is_hold: bool = False
    is_active: bool = True


class Slot(NamedTuple):
    """A start on the agenda's grid, and who may still have it."""

    start: datetime
    end: datetime
    status: SlotStatus
    seats: tuple[int, ...] = ()  # those free

    @property
    def is_free(self) -> bool:
        """Whether booking it now would succeed."""
        return self.status == "free"


def assign_seats(
    spans: Sequence[Span], rules: SlotRules, taken: Iterable[TakenSpan], *, day_is_full: bool
) -> tuple[Slot, ...]:
    """Return what each span of a grid (earliest first) has left; nothing on a full day."""
    against = _blocking_by_slot(spans, rules, taken)
    every = () if day_is_full else tuple(range(rules.capacity))
    status: SlotStatus = "free" if every else "taken"
    return tuple(
        _make_slot(span, every, against[number])
        if number in against
        else Slot(*span, status, every)
        for number, span in enumerate(spans)
    )


def _blocking_by_slot(
    spans: Sequence[Span], rules: SlotRules, taken: Iterable[TakenSpan]
) -> dict[int, list[TakenSpan]]:
    """Return, by the slot's number, what keeps it from a seat; `spans` are sorted.

    Two bisections for each taken time, so that a full month costs little more than an empty one.
    """
    starts = [start for start, _ in spans]
    before = timedelta(minutes=rules.before)
    behind = timedelta(minutes=rules.slot + rules.after)
    found: dict[int, list[TakenSpan]] = {}
    for one in taken:
        first = bisect_right(starts, one.busy_from - behind)
        end = bisect_left(starts, one.busy_until + before)
        for number in range(first, end):
            found.setdefault(number, []).append(one)
    return found


def _make_slot(span: Span, every: tuple[int, ...], against: Sequence[TakenSpan]) -> Slot:
    if len(every) == 1 and len(against) == 1:  # by far the most
        return Slot(*span, "held" if against[0].is_hold else "taken")
    seats_taken = {one.seat for one in against}
    left = len(every) - len(seats_taken)
    if left > 0:
        # Who sits in a seat that is no longer offered is received all the same: one fewer is free.
        free = [seat for seat in every if seat not in seats_taken]
        return Slot(*span, "free", tuple(free[:left]))
    held = bool(every) and any(one.is_hold for one in against)
    return Slot(*span, "held" if held else "taken")


def group_by_day(taken: Iterable[TakenSpan], rules: SlotRules) -> dict[date, list[TakenSpan]]:
    """Sort what is taken into the days whose slots, with their buffers, it may touch."""
    reach = timedelta(minutes=rules.slot + rules.before + rules.after)
    found: dict[date, list[TakenSpan]] = {}
    inside: dict[date, Span] = {}
    for one in taken:
        day = one.day
        if day not in inside:
            inside[day] = (start_of_day(day) + reach, start_of_day(day + ONE_DAY) - reach)
            found.setdefault(day, [])
        first, last = inside[day]
        found[day].append(one)
        if one.busy_from < first or one.busy_until > last:
            _add_to_neighbour_days(one, found, reach)
    return found


def _add_to_neighbour_days(
    one: TakenSpan, found: dict[date, list[TakenSpan]], reach: timedelta
) -> None:
    """Put what reaches over midnight into the days before and after too."""
    before = after = one.day
    while one.busy_from - reach < start_of_day(before):
        before -= ONE_DAY
        found.setdefault(before, []).append(one)
    while one.busy_until + reach > start_of_day(after + ONE_DAY):
        after += ONE_DAY
        found.setdefault(after, []).append(one)


__all__ = [
    "ClockSpan",
    "CourtHours",
    "DayPlan",
    "Slot",
    "SlotRules",
    "Span",
    "TakenSpan",
    "WeeklyWindow",
    "plan_day_list",
]
DayStatus = Literal["free", "full", "none", "closed", "past"]


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


@dataclass(frozen=True)
class DayPlan:
    """A day of an agenda: its grid, how many are free, and why not when none is."""

    day: date
    state: DayStatus
    slots: tuple[Slot, ...] = ()
    reason: str = ""
    day_limit: bool = False  # full because the agenda takes no more that day

    @property
    def free(self) -> int:
        """Count the slots that can be booked."""
        return sum(slot.is_free for slot in self.slots)


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

    `taken` holds at least everything that touches the day; `last_day` is `horizon_end`.
    Slots nearer than the notice are left out: they are neither free nor taken.
    """
    if day < clock.to_local_day(now):
        return DayPlan(day, "past")
    windows = windows_of(day, rules)
    hours = hours_of_day(day, windows)
    if not windows:
        return DayPlan(day, "none", reason=court.change_reason(day, {}))
    room = open_spans_of_day(day, windows, rules, court)
    spans = [
        one
        for one in slot_grid(day, tuple(windows), rules.slot, rules.step)
        if is_inside(one, room)
    ]
    if not spans:
        reason = court.change_reason(day, hours)
        return DayPlan(day, "closed" if reason else "none", reason=reason)
    if day > last_day:
        return DayPlan(day, "none")
    earliest = now + timedelta(minutes=rules.notice)
    day_is_full = bool(rules.max_per_day) and rules.max_per_day <= sum(
        one.is_active and one.day == day for one in taken
    )
    left = [
        span
        for span in spans
        if span[0] >= earliest and not any(do_overlap(span, block) for block in rules.blocks)
    ]
    found = assign_seats(left, rules, taken, day_is_full=day_is_full)
    if not found:
        return DayPlan(day, "past" if day == clock.to_local_day(now) else "none")
    state: DayStatus = "free" if any(slot.is_free for slot in found) else "full"
    return DayPlan(day, state, found, court.change_reason(day, hours), day_is_full)


def open_spans_of_day(
    day: date, windows: Sequence[ClockSpan], rules: SlotRules, court: CourtHours
) -> list[Span]:
    """Return what the court's calendar leaves of a day's windows, joined where they touch."""
    on_holidays = day in rules.opt_outs
    return merge_spans(
        court.list_open_spans(day, hours_of_day(day, windows), on_holidays=on_holidays)
    )


def plan_day_list(
    days: Iterable[date],
    rules: SlotRules,
    taken: Iterable[TakenSpan],
    court: CourtHours,
    *,
    now: datetime,
) -> list[DayPlan]:
    """Return the plan of several days; `taken` is sorted into them once."""
    return list(iterate_day_plans(days, rules, taken, court, now=now))


def iterate_day_plans(
    days: Iterable[date],
    rules: SlotRules,
    taken: Iterable[TakenSpan],
    court: CourtHours,
    *,
    now: datetime,
) -> Iterator[DayPlan]:
    """Yield the same, each day as it is asked for."""
    last_day = last_bookable_day(rules, court, now)
    sorted_in = group_by_day(taken, rules)
    for day in days:
        yield plan_day(day, rules, sorted_in.get(day, ()), court, now=now, last_day=last_day)
