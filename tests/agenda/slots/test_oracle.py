"""The slot rule against the slow oracle, over generated rules."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from canais_app.agenda.availability.service import UnitCalendar
from canais_app.agenda.availability.slots import (
    SlotRules,
    TakenSpan,
    WeeklyWindow,
    iterate_day_plans,
)
from canais_app.expediente.calendar import Location, merge_spans
from canais_app.kit import clock
from tests.agenda.slots import oracle
from tests.agenda.slots.cases import (
    CLOSED_UNIT,
    COMARCA,
    COURT,
    FEB16,
    FEB17,
    NOV4,
    OTHER,
    Case,
    at,
)
from tests.agenda.slots.tables import CASES

SPECIAL = (
    date(2026, 11, 26),
    date(2026, 12, 1),
    date(2026, 12, 8),
    date(2026, 12, 22),
    date(2027, 1, 7),
    date(2027, 2, 10),
    date(2027, 3, 1),
    NOV4,
    FEB16,
    FEB17,
)
ORDINARY = st.dates(date(2026, 11, 16), date(2026, 12, 18))
DAYS = ORDINARY | ORDINARY | st.sampled_from(SPECIAL)
PLACES = st.tuples(st.sampled_from([COMARCA, OTHER]), st.sampled_from([5, 5, CLOSED_UNIT]))


def often(usual: object, *others: object) -> st.SearchStrategy[Any]:
    """The usual value half of the time."""
    return st.just(usual) | st.sampled_from(others)


@st.composite
def hours(draw: st.DrawFn) -> tuple[time, time]:
    """A span of the wall clock; now and then it ends first, at midnight, or at once."""
    start = draw(st.integers(0, 1320))
    end = min(start + draw(st.integers(30, 600)), 1439)
    ends = often(time(*divmod(end, 60)), time.max, time(), time(*divmod(start, 60)), time(13, 7))
    return time(*divmod(start, 60)), draw(ends)


@st.composite
def windows(draw: st.DrawFn, day: date) -> WeeklyWindow:
    """Windows that are often on that weekday, and valid about then."""
    near = st.integers(-20, 20).map(lambda n: day + timedelta(days=n))
    return WeeklyWindow(
        draw(often(day.weekday(), *range(7))),
        *draw(hours()),
        draw(often(1, 1, 2, 3)),
        draw(often(0, 0, 0, 1, 2, 3, 4, 5, -1, -2)),
        draw(st.none() | st.none() | near),
        draw(st.none() | st.none() | st.none() | near),
    )


@st.composite
def spans(draw: st.DrawFn, day: date, longest: int) -> tuple[datetime, datetime]:
    start = at(day, "0") + timedelta(minutes=draw(st.integers(-200, 1600)))
    return start, start + timedelta(minutes=draw(st.integers(1, longest)))


@st.composite
def rules(draw: st.DrawFn, day: date) -> SlotRules:
    own = st.lists(hours(), max_size=3).map(lambda found: {day: tuple(found)})
    return SlotRules(
        windows=tuple(draw(st.lists(windows(day), min_size=1, max_size=4))),
        overrides=draw(st.just({}) | st.just({}) | own),
        blocks=tuple(draw(st.lists(spans(day, longest=90), max_size=2))),
        busy=tuple(merge_spans(draw(st.lists(spans(day, longest=90), max_size=2)))),
        opt_outs=draw(st.sampled_from([frozenset[date](), frozenset({day})])),
        slot=draw(st.integers(5, 90)),
        step=draw(st.sampled_from([5, 10, 20, 30, 45, 60, 90])),
        before=draw(often(0, 5, 30)),
        after=draw(often(0, 10, 45)),
        notice=draw(often(0, 60, 1440)),
        horizon=draw(often(20, 0, 1, 2, 5, 8)),
        in_business_days=draw(st.booleans()),
        capacity=draw(st.integers(1, 3)),
        max_per_day=draw(often(0, 2, 4)),
    )


@st.composite
def taken_times(draw: st.DrawFn, day: date) -> TakenSpan:
    start, end = draw(spans(day, longest=120))
    seat, held, counts = draw(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()))
    return TakenSpan(seat, start, end, clock.to_local_day(start), held, counts)


@dataclass(frozen=True)
class Situation:
    """A day, and all that decides what is free on it."""

    day: date
    rules: SlotRules
    taken: list[TakenSpan]
    now: datetime
    place: Location


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    day = draw(DAYS)
    ago = draw(st.integers(-60, 1440) | st.integers(0, 10 * 1440))
    return Situation(
        day,
        draw(rules(day)),
        draw(st.lists(taken_times(day), max_size=6)),
        at(day, "8") - timedelta(minutes=ago),
        Location(*draw(PLACES)),
    )


@settings(max_examples=300, deadline=None)
@given(situations())
def test_the_rule_agrees_with_counting_minutes(it: Situation) -> None:
    court = UnitCalendar(COURT.calendar, it.place)
    found = next(iterate_day_plans([it.day], it.rules, it.taken, court, now=it.now))
    free = {slot.start: len(slot.seats) for slot in found.slots if slot.is_free}
    assert free == oracle.count_free_seats(it.day, it.rules, it.taken, now=it.now, place=it.place)


def test_the_oracle_agrees_with_every_row_of_the_tables() -> None:
    """What people wrote down, too, so that it is not the engine twice."""
    for case in CASES:
        if case.its.slot:
            assert _oracle(case) == case.starts, case.name


def _oracle(case: Case) -> str:
    taken = list(case.taken)
    found = oracle.count_free_seats(case.day, case.its, taken, now=case.now, place=case.place)
    return " ".join(f"{clock.to_local(start):%H:%M}" for start in sorted(found))


@settings(deadline=None)
@given(
    weekday=st.integers(0, 6),
    every=st.integers(1, 8),
    nth=st.sampled_from([0, 0, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5]),
    since=st.none() | st.dates(date(2025, 10, 1), date(2026, 12, 31)),
    until=st.none() | st.dates(date(2026, 1, 1), date(2028, 3, 31)),
)
@example(weekday=1, every=2, nth=0, since=date(2026, 8, 2), until=None)  # a Sunday: WKST counts
@example(weekday=1, every=1, nth=-1, since=None, until=None)  # 29 February 2028
def test_windows_recur_as_rfc_5545_says(
    weekday: int, every: int, nth: int, since: date | None, until: date | None
) -> None:
    assume(not (since and until) or since <= until)
    window = WeeklyWindow(weekday, time(13), time(14), every, nth, since, until)
    first, last = date(2026, 1, 1), date(2028, 3, 31)
    every_day = (first + timedelta(days=n) for n in range((last - first).days + 1))
    assert {day for day in every_day if window.recurs_on(day)} == oracle.list_recurrences(
        window, first, last
    )
