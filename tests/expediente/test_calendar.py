"""The court's calendar: the table of domain.md, and properties that hold for any place."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canais_app.expediente.calendar import (
    ClosureRule,
    CourtCalendar,
    DayRule,
    Effect,
    Place,
)
from canais_app.expediente.times import moment_of, read_hours
from canais_app.kit import clock

Week = dict[str, list[list[str]]]
CUIABA, SINOP = Place(24, 1), Place(73, 2)
RULES = (
    DayRule(date(2026, 2, 18), date(2026, 2, 18), Effect.OPENS_LATE, "Cinzas", time(13)),
    DayRule(date(2026, 4, 8), date(2026, 4, 8), Effect.CLOSED, "Cuiabá", None, 24),
    DayRule(date(2026, 12, 8), date(2026, 12, 8), Effect.CLOSED, "Dia da Justiça"),
    DayRule(date(2026, 12, 20), date(2027, 1, 6), Effect.RECESS, "Recesso forense"),
    DayRule(date(2027, 1, 7), date(2027, 1, 20), Effect.DEADLINES_SUSPENDED, "Prazos"),
)
CALENDAR = CourtCalendar(RULES)


def test_a_weekday_opens_at_noon_and_closes_at_seven() -> None:
    state = CALENDAR.state_at(clock.at(date(2026, 11, 24), 12), SINOP)
    assert state.is_open
    assert state.reason == ""
    assert state.next_change == clock.at(date(2026, 11, 24), 19)
    assert not CALENDAR.state_at(clock.at(date(2026, 11, 24), 19), SINOP).is_open


def test_friday_evening_opens_again_on_monday() -> None:
    state = CALENDAR.state_at(clock.at(date(2026, 11, 27), 20), SINOP)
    assert state.reason == "fora do horário"
    assert state.next_change == clock.at(date(2026, 11, 30), 12)


def test_saturday_says_that_it_is_the_weekend() -> None:
    assert CALENDAR.day_state(date(2026, 11, 28), SINOP).reason == "fim de semana"


def test_ash_wednesday_opens_at_one() -> None:
    day = CALENDAR.day_state(date(2026, 2, 18), SINOP)
    assert (day.opens, day.closes) == (time(13), time(19))
    state = CALENDAR.state_at(clock.at(date(2026, 2, 18), 12, 30), SINOP)
    assert state.reason == "Cinzas: abre às 13h"
    assert state.next_change == clock.at(date(2026, 2, 18), 13)


def test_a_municipal_day_closes_only_its_comarca() -> None:
    day = date(2026, 4, 8)
    assert not CALENDAR.day_state(day, CUIABA).is_open
    assert CALENDAR.day_state(day, SINOP).is_open


def test_a_holiday_is_named() -> None:
    assert CALENDAR.day_state(date(2026, 12, 8), SINOP).reason == "feriado: Dia da Justiça"


def test_the_recess_is_plantao_only_and_ends_on_seven_january() -> None:
    state = CALENDAR.state_at(clock.at(date(2026, 12, 22), 14), SINOP)
    assert state.reason == "recesso forense: só plantão"
    assert state.deadlines_suspended
    assert state.next_change == clock.at(date(2027, 1, 7), 12)


def test_after_the_recess_it_is_open_with_deadlines_suspended() -> None:
    state = CALENDAR.state_at(clock.at(date(2027, 1, 8), 14), SINOP)
    assert state.is_open
    assert state.deadlines_suspended


def test_a_closure_with_an_end_reopens_then() -> None:
    day = date(2026, 11, 24)
    closure = ClosureRule(
        clock.at(day, 13), clock.at(day, 15), "sem energia elétrica", "Portaria 9/2026", 73
    )
    calendar = CourtCalendar((), (closure,))
    state = calendar.state_at(clock.at(day, 14), SINOP)
    assert state.reason == "sem energia elétrica (Portaria 9/2026)"
    assert state.next_change == clock.at(day, 15)
    assert calendar.state_at(clock.at(day, 12), SINOP).next_change == clock.at(day, 13)
    assert calendar.state_at(clock.at(day, 14), CUIABA).is_open
    assert len(calendar.open_spans(day, SINOP)) == 2


def test_a_closure_without_an_end_has_no_next_change() -> None:
    closure = ClosureRule(clock.at(date(2026, 11, 24), 0), None, "obras", "", None, 2)
    calendar = CourtCalendar((), (closure,))
    state = calendar.state_at(clock.at(date(2026, 12, 1), 14), SINOP)
    assert (state.is_open, state.reason, state.next_change) == (False, "obras", None)
    assert calendar.day_state(date(2026, 12, 1), SINOP).reason == "obras"
    assert calendar.state_at(clock.at(date(2026, 12, 1), 14), CUIABA).is_open


def test_a_place_open_around_the_clock_has_no_next_change() -> None:
    always = {str(n): [["00:00", "24:00"]] for n in range(7)}
    state = CourtCalendar().state_at(clock.at(date(2026, 11, 24), 3), SINOP, always)
    assert (state.is_open, state.next_change) == (True, None)


def test_open_days_are_counted_after_the_first_and_skip_the_recess() -> None:
    assert CALENDAR.add_open_days(date(2026, 12, 17), 2, SINOP) == date(2027, 1, 7)
    assert CALENDAR.add_open_days(date(2026, 12, 7), 1, SINOP) == date(2026, 12, 9)
    assert CALENDAR.first_open_day(date(2026, 12, 19), SINOP) == date(2027, 1, 7)


@pytest.mark.parametrize("broken", [{"1": [["19:00", "12:00"]]}, {"1": [["x", "y"]]}, {"1": []}])
def test_hours_that_are_no_span_open_nothing(broken: Week) -> None:
    assert not CALENDAR.day_state(date(2026, 11, 24), SINOP, broken).is_open


def test_the_missing_midnight_of_2018_becomes_the_first_moment_after_it() -> None:
    assert moment_of(date(2018, 11, 4), 0) == datetime(2018, 11, 4, 4, tzinfo=UTC)
    assert moment_of(date(2018, 11, 4), 30) == datetime(2018, 11, 4, 4, tzinfo=UTC)
    assert moment_of(date(2018, 11, 4), 90) == datetime(2018, 11, 4, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2018, 11, 4), date(2019, 2, 16), date(2019, 2, 17)])
def test_days_of_a_clock_change_are_complete(day: date) -> None:
    always = {str(n): [["00:00", "24:00"]] for n in range(7)}
    calendar = CourtCalendar((), ())
    spans = calendar.open_spans(day, SINOP, always)
    length = sum((end - start for start, end in spans), timedelta())
    expected = {date(2018, 11, 4): 23, date(2019, 2, 16): 25, date(2019, 2, 17): 24}[day]
    assert length == timedelta(hours=expected)
    assert calendar.state_at(spans[0][0], SINOP, always).is_open


DAYS = st.dates(date(2018, 10, 20), date(2019, 3, 1)) | st.dates(date(2026, 1, 1), date(2027, 2, 1))
MOMENTS = st.builds(
    lambda day, minute: (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    DAYS,
    st.integers(0, 1439),
)
TIMES = st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(
    lambda pair: [f"{n // 60:02d}:{n % 60:02d}" for n in pair]
)
HOURS = st.just({}) | st.dictionaries(
    st.sampled_from("0123456"), st.lists(TIMES, max_size=3), max_size=7
)
CLOSURES = st.lists(
    st.builds(
        lambda start, length, comarca, unit: ClosureRule(
            start, start + timedelta(minutes=length) if length else None, "obra", "", comarca, unit
        ),
        MOMENTS,
        st.none() | st.integers(1, 5000),
        st.sampled_from([None, 24, 73]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=3,
)
PLACES = st.sampled_from([CUIABA, SINOP, Place(24), Place()])


def _inside_hours(moment: datetime, hours: Week) -> bool:
    """Say it again in another way: by the wall clock, not by spans."""
    here = clock.local(moment)
    minute = here.hour * 60 + here.minute
    times = dict(read_hours(hours)).get(str(here.weekday()), ())
    return any(a <= minute < b for a, b in times)


@settings(max_examples=300, deadline=None)
@given(moment=MOMENTS, place=PLACES, hours=HOURS, closures=CLOSURES)
def test_open_means_inside_hours_and_no_closure(
    moment: datetime, place: Place, hours: Week, closures: list[ClosureRule]
) -> None:
    calendar = CourtCalendar(RULES, closures)
    state = calendar.state_at(moment, place, hours)
    day = clock.local_day(moment)
    closed = any(
        c.covers(moment)
        and c.comarca_id in (None, place.comarca_id)
        and c.unit_id in (None, place.unit_id)
        for c in closures
    )
    shut = any(
        r.first <= day <= r.last
        and r.effect in (Effect.CLOSED, Effect.RECESS)
        and r.comarca_id in (None, place.comarca_id)
        for r in RULES
    )
    late = day == date(2026, 2, 18) and clock.local(moment).hour < 13
    assert state.is_open == (_inside_hours(moment, hours) and not (closed or shut or late))
    assert bool(state.reason) != state.is_open


@settings(max_examples=300, deadline=None)
@given(moment=MOMENTS, place=PLACES, hours=HOURS, closures=CLOSURES)
def test_the_next_change_is_the_first_moment_that_differs(
    moment: datetime, place: Place, hours: Week, closures: list[ClosureRule]
) -> None:
    calendar = CourtCalendar(RULES, closures)
    state = calendar.state_at(moment, place, hours)
    if state.next_change is None:
        later = (moment + timedelta(hours=7 * n) for n in range(300))
        assert all(calendar.state_at(at, place, hours).is_open == state.is_open for at in later)
        return
    assert state.next_change > moment
    assert calendar.state_at(state.next_change, place, hours).is_open != state.is_open
    just_before = state.next_change - timedelta(microseconds=1)
    assert calendar.state_at(just_before, place, hours).is_open == state.is_open


@settings(max_examples=150, deadline=None)
@given(day=DAYS, place=PLACES, hours=HOURS, closures=CLOSURES)
def test_a_day_agrees_with_its_moments(
    day: date, place: Place, hours: Week, closures: list[ClosureRule]
) -> None:
    calendar = CourtCalendar(RULES, closures)
    spans = calendar.open_spans(day, place, hours)
    assert calendar.day_state(day, place, hours).is_open == bool(spans)
    for start, end in spans:
        assert start < end
        assert calendar.state_at(start, place, hours).is_open
        assert calendar.state_at(end - timedelta(microseconds=1), place, hours).is_open
