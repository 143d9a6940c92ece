"""The rule: which seats what is taken leaves free at each start of a grid.

An appointment keeps others out of its seat with its own buffers, and a new one brings its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from canais_app.agenda.times.windows import ONE_DAY, SlotRules, start_of_day
from canais_app.expediente.times import Span

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
