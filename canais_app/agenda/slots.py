"""The rule: windows − closures − taken → open slots. Values in, values out.

All spans are half-open `[start, end)` and in UTC; windows are wall-clock times of the court
(America/Cuiaba). Listing, hold, booking and move all ask `day_plan`: what it calls free can
be booked, and nothing else can.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from canais_app.kit import clock

Span = tuple[datetime, datetime]
Clock = tuple[time, time]
Hours = Mapping[str, Sequence[Sequence[str]]]  # weekday → [["12:00", "19:00"], …]
SlotStatus = Literal["free", "held", "taken"]
DayStatus = Literal["free", "full", "none", "closed", "past"]
# Weeks of windows without a first day are counted from a Monday.
EPOCH = date(2024, 1, 1)
ONE_DAY = timedelta(days=1)
REMEMBERED = 20_000  # days of grids kept in memory
LAST_WEEK = -1  # `nth_week` of a window on the month's last such weekday


class Court(Protocol):
    """The court's calendar where an agenda is (the state, its comarca, its unit)."""

    def open_spans(self, day: date, hours: Hours, *, on_holidays: bool) -> Sequence[Span]:
        """Return what the calendar leaves of `hours`; `on_holidays` ignores days, not closures."""
        ...

    def reason(self, day: date, hours: Hours) -> str:
        """Return why the calendar changes `hours` on this day; empty when it does not."""
        ...

    def add_open_days(self, day: date, count: int) -> date:
        """Return the day `count` business days later."""
        ...


@dataclass(frozen=True)
class Window:
    """A weekly window (RFC 5545: INTERVAL from the week of `valid_from`, BYDAY=nth)."""

    weekday: int
    starts: time
    ends: time
    every_weeks: int = 1
    nth_week: int = 0
    valid_from: date | None = None
    valid_until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the window recurs on `day`; both ends of its validity are included."""
        if day.weekday() != self.weekday or self.ends <= self.starts:
            return False
        if self.valid_from and day < self.valid_from:
            return False
        if self.valid_until and day > self.valid_until:
            return False
        if self.every_weeks > 1:
            first = self.valid_from or EPOCH
            weeks = (_monday(day) - _monday(first)).days // 7
            if weeks % self.every_weeks:
                return False
        return not self.nth_week or self.nth_week in _weeks_of_month(day)


@dataclass(frozen=True)
class Rules:
    """A published agenda's rules. Lengths, buffers and notice are in minutes."""

    windows: tuple[Window, ...] = ()
    # day → its own windows, instead of the weekly ones; an empty tuple closes the day
    overrides: Mapping[date, tuple[Clock, ...]] = field(
        default_factory=dict[date, tuple[Clock, ...]]
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


class Taken(NamedTuple):
    """A seat's busy span. `day` is the court's day it counts for.

    `counts` is false when a cancelled time is only waiting for its release.
    """

    seat: int
    busy_from: datetime
    busy_until: datetime
    day: date
    held: bool = False
    counts: bool = True


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


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_of_month(day: date) -> tuple[int, ...]:
    nth = (day.day - 1) // 7 + 1
    is_last = (day + timedelta(days=7)).month != day.month
    return (nth, LAST_WEEK) if is_last else (nth,)


def moment(day: date, at: time) -> datetime:
    """Return a wall-clock time of the court as UTC; one that did not exist is the gap's end."""
    found = datetime.combine(day, at, clock.TZ).astimezone(UTC)
    back = clock.local(found).replace(tzinfo=None)
    skipped = back - datetime.combine(day, at)
    if not skipped:
        return found
    # In a gap: walk back to its first real minute, which the gap's length bounds.
    earlier = found
    while clock.local(earlier - timedelta(minutes=1)).utcoffset() == clock.local(found).utcoffset():
        earlier -= timedelta(minutes=1)
    return earlier


@lru_cache(maxsize=REMEMBERED)
def midnight(day: date) -> datetime:
    """Return the court's first moment of a day, in UTC."""
    return moment(day, time())


def windows_of(day: date, rules: Rules) -> list[Clock]:
    """Return the day's windows before the calendar is asked: its override, or the weekly ones."""
    own = rules.overrides.get(day)
    if own is not None:
        return sorted(span for span in own if span[1] > span[0])
    return sorted((w.starts, w.ends) for w in rules.windows if w.covers(day))


def horizon_end(rules: Rules, court: Court, now: datetime) -> date:
    """Return the last day on which the agenda can be booked, included."""
    today = clock.local_day(now)
    if rules.in_business_days:
        return court.add_open_days(today, rules.horizon)
    return today + timedelta(days=rules.horizon)


@lru_cache(maxsize=REMEMBERED)
def grid(day: date, windows: tuple[Clock, ...], slot: int, step: int) -> tuple[Span, ...]:
    """Return every slot that fits, anchored at each window's beginning, earliest first.

    `slot` and `step` are in minutes. It depends on nothing else, so it is remembered.
    """
    length, stride = timedelta(minutes=slot), timedelta(minutes=max(1, step))
    found: set[Span] = set()
    for starts, ends in windows:
        start, end = moment(day, starts), moment(day, ends)
        while start + length <= end:
            found.add((start, start + length))
            start += stride
    return tuple(sorted(found))


def inside(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a span lies within one of several."""
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two half-open spans share a moment."""
    return one[0] < other[1] and other[0] < one[1]


def busy_span(start: datetime, rules: Rules) -> Span:
    """Return what an appointment at `start` keeps others out of: itself and its buffers."""
    return (
        start - timedelta(minutes=rules.before),
        start + timedelta(minutes=rules.slot + rules.after),
    )


def _merged(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def hours_of(day: date, windows: Sequence[Clock]) -> Hours:
    """Return a day's windows as the calendar reads hours."""
    return {str(day.weekday()): [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in windows]}


def _against(spans: Sequence[Span], rules: Rules, taken: Iterable[Taken]) -> dict[int, list[Taken]]:
    """Return, by the slot's number, what keeps it from a seat; `spans` are sorted.

    Two bisections for each taken time, so that a full month costs little more than an empty one.
    """
    starts = [start for start, _ in spans]
    before = timedelta(minutes=rules.before)
    behind = timedelta(minutes=rules.slot + rules.after)
    found: dict[int, list[Taken]] = {}
    for one in taken:
        first = bisect_right(starts, one.busy_from - behind)
        end = bisect_left(starts, one.busy_until + before)
        for number in range(first, end):
            found.setdefault(number, []).append(one)
    return found


def _slots(
    spans: Sequence[Span], rules: Rules, taken: Iterable[Taken], *, day_is_full: bool
) -> tuple[Slot, ...]:
    against = _against(spans, rules, taken)
    every = () if day_is_full else tuple(range(rules.capacity))
    status: SlotStatus = "taken" if day_is_full else "free"
    return tuple(
        _slot(span, every, against[number]) if number in against else Slot(*span, status, every)
        for number, span in enumerate(spans)
    )


def _slot(span: Span, every: tuple[int, ...], against: Sequence[Taken]) -> Slot:
    if len(every) == 1 and len(against) == 1 and not against[0].seat:  # by far the most
        return Slot(*span, "held" if against[0].held else "taken")
    seats_taken = {one.seat for one in against}
    if len(seats_taken) < len(every):
        return Slot(*span, "free", tuple(seat for seat in every if seat not in seats_taken))
    held = bool(every) and any(one.held for one in against)
    return Slot(*span, "held" if held else "taken")


def day_plan(  # noqa: PLR0913 (the day and all it depends on)
    day: date,
    rules: Rules,
    taken: Sequence[Taken],
    court: Court,
    *,
    now: datetime,
    last_day: date,
) -> DayPlan:
    """Return a day's slots and state.

    `taken` holds at least everything that touches the day; `last_day` is `horizon_end`.
    Slots nearer than the notice are left out: they are neither free nor taken.
    """
    if day < clock.local_day(now):
        return DayPlan(day, "past")
    windows = windows_of(day, rules)
    hours = hours_of(day, windows)
    if not windows:
        return DayPlan(day, "none", reason=court.reason(day, {}))
    room = open_spans(day, windows, rules, court)
    spans = [one for one in grid(day, tuple(windows), rules.slot, rules.step) if inside(one, room)]
    if not spans:
        reason = court.reason(day, hours)
        return DayPlan(day, "closed" if reason else "none", reason=reason)
    if day > last_day:
        return DayPlan(day, "none")
    earliest = now + timedelta(minutes=rules.notice)
    used = sum(t.counts and t.day == day for t in taken)
    day_is_full = bool(rules.max_per_day) and used >= rules.max_per_day
    left = [
        span
        for span in spans
        if span[0] >= earliest and not any(overlaps(span, block) for block in rules.blocks)
    ]
    found = _slots(left, rules, taken, day_is_full=day_is_full)
    if not found:
        return DayPlan(day, "past" if day == clock.local_day(now) else "none")
    state: DayStatus = "free" if any(slot.is_free for slot in found) else "full"
    return DayPlan(day, state, found, court.reason(day, hours), day_is_full)


def open_spans(day: date, windows: Sequence[Clock], rules: Rules, court: Court) -> list[Span]:
    """Return what the court's calendar leaves of a day's windows, joined where they touch."""
    on_holidays = day in rules.opt_outs
    return _merged(court.open_spans(day, hours_of(day, windows), on_holidays=on_holidays))


def by_day(taken: Iterable[Taken], rules: Rules) -> dict[date, list[Taken]]:
    """Sort what is taken into the days whose slots, with their buffers, it may touch."""
    reach = timedelta(minutes=rules.slot + rules.before + rules.after)
    found: dict[date, list[Taken]] = {}
    inside: dict[date, Span] = {}
    for one in taken:
        day = one.day
        if day not in inside:
            inside[day] = (midnight(day) + reach, midnight(day + ONE_DAY) - reach)
            found.setdefault(day, [])
        first, last = inside[day]
        found[day].append(one)
        if one.busy_from < first or one.busy_until > last:
            _spill(one, found, reach)
    return found


def _spill(one: Taken, found: dict[date, list[Taken]], reach: timedelta) -> None:
    """Put what reaches over midnight into the days before and after too."""
    before = after = one.day
    while one.busy_from - reach < midnight(before):
        before -= ONE_DAY
        found.setdefault(before, []).append(one)
    while one.busy_until + reach > midnight(after + ONE_DAY):
        after += ONE_DAY
        found.setdefault(after, []).append(one)


def plan(
    days: Iterable[date],
    rules: Rules,
    taken: Iterable[Taken],
    court: Court,
    *,
    now: datetime,
) -> list[DayPlan]:
    """Return the plan of several days; `taken` is sorted into them once."""
    return list(plan_each(days, rules, taken, court, now=now))


def plan_each(
    days: Iterable[date],
    rules: Rules,
    taken: Iterable[Taken],
    court: Court,
    *,
    now: datetime,
) -> Iterator[DayPlan]:
    """Yield the same, each day as it is asked for."""
    last_day = horizon_end(rules, court, now)
    sorted_in = by_day(taken, rules)
    for day in days:
        yield day_plan(day, rules, sorted_in.get(day, ()), court, now=now, last_day=last_day)
