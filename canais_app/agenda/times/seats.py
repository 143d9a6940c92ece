"""The rule: which seats what is taken leaves free at each start of a grid.

An appointment keeps others out of its seat with its own buffers, and a new one brings its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from canais_app.agenda.times.windows import ONE_DAY, Rules, midnight
from canais_app.expediente.times import Span

SlotStatus = Literal["free", "held", "taken"]


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


def seated(
    spans: Sequence[Span], rules: Rules, taken: Iterable[Taken], *, day_is_full: bool
) -> tuple[Slot, ...]:
    """Return what each span of a grid (earliest first) has left; nothing on a full day."""
    against = _against(spans, rules, taken)
    every = () if day_is_full else tuple(range(rules.capacity))
    status: SlotStatus = "free" if every else "taken"
    return tuple(
        _slot(span, every, against[number]) if number in against else Slot(*span, status, every)
        for number, span in enumerate(spans)
    )


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


def _slot(span: Span, every: tuple[int, ...], against: Sequence[Taken]) -> Slot:
    if len(every) == 1 and len(against) == 1:  # by far the most
        return Slot(*span, "held" if against[0].held else "taken")
    seats_taken = {one.seat for one in against}
    left = len(every) - len(seats_taken)
    if left > 0:
        # Who sits in a seat that is no longer offered is received all the same: one fewer is free.
        free = [seat for seat in every if seat not in seats_taken]
        return Slot(*span, "free", tuple(free[:left]))
    held = bool(every) and any(one.held for one in against)
    return Slot(*span, "held" if held else "taken")


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
