"""The rule: windows − closures − taken → open slots. Values in, values out.

Listing, hold, booking, move and the waiting list all ask `day_plan`: what it calls free can be
booked, and nothing else can. The values that go in and come out are named here too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from canais_app.agenda.times.seats import Slot, TakenSpan, assign_seats, group_by_day
from canais_app.agenda.times.windows import (
    ClockSpan,
    SlotRules,
    WeeklyWindow,
    do_overlap,
    hours_of_day,
    is_inside,
    slot_grid,
    windows_of,
)
from canais_app.expediente.times import Hours, Span, merge_spans
from canais_app.kit import clock

__all__ = [
    "ClockSpan",
    "CourtHours",
    "DayPlan",
    "SlotRules",
    "Slot",
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
