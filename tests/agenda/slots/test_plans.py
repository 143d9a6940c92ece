"""What a day's plan says beyond its free starts, and what holds for any rules."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from canais_app.agenda.availability.slots import (
    SlotRules,
    TakenSpan,
    WeeklyWindow,
    busy_span,
    do_overlap,
    iterate_day_plans,
)
from tests.agenda.slots.cases import COURT, NOW, Case, W, at, busy, plan_of, win

minutes = st.integers(0, 24 * 60 - 1)
WHOLE_DAY = (WeeklyWindow(2, time(0), time(23, 59)),)


def test_a_closed_day_says_why() -> None:
    case = Case("", date(2026, 12, 8), "", (win(1),))
    assert plan_of(case).reason == "feriado: Dia da Justiça"


def test_slots_are_in_utc_and_as_long_as_the_agenda_says() -> None:
    first = plan_of(Case("", W, "")).slots[0]
    assert first.start == datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    assert first.end - first.start == timedelta(minutes=20)


def test_a_held_time_is_shown_as_held_and_a_taken_one_as_taken() -> None:
    case = Case(
        "", W, "", taken=(busy(W, "13:00", "13:20", is_hold=True), busy(W, "13:20", "13:40"))
    )
    assert [s.status for s in plan_of(case).slots[:3]] == ["held", "taken", "free"]


def test_an_appointment_in_a_seat_no_longer_offered_takes_another_seat() -> None:
    case = Case("", W, "", rules={"capacity": 2}, taken=(busy(W, "13:00", "13:20", 5),))
    assert [len(slot.seats) for slot in plan_of(case).slots[:2]] == [1, 2]


def test_the_lowest_free_seats_are_offered() -> None:
    case = Case("", W, "", rules={"capacity": 3}, taken=(busy(W, "13:00", "13:20", 1),))
    assert plan_of(case).slots[0].seats == (0, 2)


@given(
    slot=st.integers(5, 120),
    step=st.integers(5, 120),
    before=st.integers(0, 60),
    after=st.integers(0, 60),
    capacity=st.integers(1, 3),
    spans=st.lists(st.tuples(minutes, st.integers(1, 240), st.integers(0, 2)), max_size=12),
)
def test_a_free_seat_never_overlaps_what_is_taken(
    slot: int, step: int, before: int, after: int, capacity: int, spans: list[tuple[int, int, int]]
) -> None:
    midnight = at(W, "0")
    taken = [
        TakenSpan(seat, midnight + timedelta(minutes=a), midnight + timedelta(minutes=a + n), day=W)
        for a, n, seat in spans
    ]
    rules = SlotRules(
        WHOLE_DAY, slot=slot, step=step, before=before, after=after, capacity=capacity
    )
    found_day = next(iterate_day_plans([W], rules, taken, COURT, now=NOW))
    for found in found_day.slots:
        own_span = busy_span(found.start, rules)
        for seat in found.seats:
            clash = [
                t
                for t in taken
                if t.seat == seat and do_overlap(own_span, (t.busy_from, t.busy_until))
            ]
            assert not clash
        assert bool(found.seats) == found.is_free


@given(
    starts=minutes, length=st.integers(1, 600), slot=st.integers(1, 240), step=st.integers(1, 240)
)
def test_every_slot_lies_in_its_window_on_the_grid(
    starts: int, length: int, slot: int, step: int
) -> None:
    ends = min(starts + length, 24 * 60 - 1)
    window = WeeklyWindow(2, time(*divmod(starts, 60)), time(*divmod(ends, 60)))
    rules = SlotRules((window,), slot=slot, step=step)
    found_day = next(iterate_day_plans([W], rules, [], COURT, now=NOW))
    first = at(W, "0") + timedelta(minutes=starts)
    for number, found in enumerate(found_day.slots):
        assert found.start == first + timedelta(minutes=step * number)
        assert found.end <= at(W, "0") + timedelta(minutes=ends)
    assert len(found_day.slots) == (
        max(0, (ends - starts - slot)) // step + 1 if ends - starts >= slot else 0
    )
