"""The court's calendar: the table of domain.md, and properties that hold for any place."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from canais_app.expediente.calendar import CourtCalendar, merge_spans, moment_at, parse_hours
from canais_app.expediente.rules import ClosureRule, DayRule, Effect, Location
from canais_app.kit import clock

Week = dict[str, list[list[str]]]
CUIABA, SINOP = Location(24, 1), Location(73, 2)
RULES = (
    DayRule(date(2026, 2, 18), date(2026, 2, 18), Effect.OPENS_LATE, "Cinzas", time(13)),
    DayRule(date(2026, 4, 8), date(2026, 4, 8), Effect.CLOSED, "Cuiabá", None, 24),
    DayRule(date(2026, 12, 8), date(2026, 12, 8), Effect.CLOSED, "Dia da Justiça"),
    DayRule(date(2026, 12, 20), date(2027, 1, 6), Effect.RECESS, "Recesso forense"),
    DayRule(date(2027, 1, 7), date(2027, 1, 20), Effect.DEADLINES_SUSPENDED, "Prazos"),
)
CALENDAR = CourtCalendar(RULES)


def test_a_weekday_opens_at_noon_and_closes_at_seven() -> None:
    state = CALENDAR.open_state_at(clock.from_wall_clock(date(2026, 11, 24), 12), SINOP)
    assert state.is_open
    assert state.reason == ""
    assert state.next_change == clock.from_wall_clock(date(2026, 11, 24), 19)
    assert not CALENDAR.open_state_at(clock.from_wall_clock(date(2026, 11, 24), 19), SINOP).is_open


def test_friday_evening_opens_again_on_monday() -> None:
    state = CALENDAR.open_state_at(clock.from_wall_clock(date(2026, 11, 27), 20), SINOP)
    assert state.reason == "fora do horário"
    assert state.next_change == clock.from_wall_clock(date(2026, 11, 30), 12)


def test_saturdays_reason_is_the_weekend() -> None:
    assert CALENDAR.open_state_on(date(2026, 11, 28), SINOP).reason == "fim de semana"


def test_ash_wednesday_opens_at_one() -> None:
    day = CALENDAR.open_state_on(date(2026, 2, 18), SINOP)
    assert (day.opens, day.closes) == (time(13), time(19))
    state = CALENDAR.open_state_at(clock.from_wall_clock(date(2026, 2, 18), 12, 30), SINOP)
    assert state.reason == "Cinzas: abre às 13h"
    assert state.next_change == clock.from_wall_clock(date(2026, 2, 18), 13)


def test_a_municipal_day_closes_only_its_comarca() -> None:
    day = date(2026, 4, 8)
    assert not CALENDAR.open_state_on(day, CUIABA).is_open
    assert CALENDAR.open_state_on(day, SINOP).is_open


def test_a_holiday_is_named() -> None:
    assert CALENDAR.open_state_on(date(2026, 12, 8), SINOP).reason == "feriado: Dia da Justiça"


def test_the_recess_is_plantao_only_and_ends_on_seven_january() -> None:
    state = CALENDAR.open_state_at(clock.from_wall_clock(date(2026, 12, 22), 14), SINOP)
    assert state.reason == "recesso forense: só plantão"
    assert state.deadlines_suspended
    assert state.next_change == clock.from_wall_clock(date(2027, 1, 7), 12)


def test_after_the_recess_it_is_open_with_deadlines_suspended() -> None:
    state = CALENDAR.open_state_at(clock.from_wall_clock(date(2027, 1, 8), 14), SINOP)
    assert state.is_open
    assert state.deadlines_suspended


def test_a_closure_with_an_end_reopens_then() -> None:
    day = date(2026, 11, 24)
    closure = ClosureRule(
        clock.from_wall_clock(day, 13),
        clock.from_wall_clock(day, 15),
        "sem energia elétrica",
        "Portaria 9/2026",
        73,
    )
    calendar = CourtCalendar((), (closure,))
    state = calendar.open_state_at(clock.from_wall_clock(day, 14), SINOP)
    assert state.reason == "sem energia elétrica (Portaria 9/2026)"
    assert state.next_change == clock.from_wall_clock(day, 15)
    assert calendar.open_state_at(
        clock.from_wall_clock(day, 12), SINOP
    ).next_change == clock.from_wall_clock(day, 13)
    assert calendar.open_state_at(clock.from_wall_clock(day, 14), CUIABA).is_open
    assert len(calendar.list_open_spans(day, SINOP)) == 2


def test_a_closure_without_an_end_has_no_next_change() -> None:
    closure = ClosureRule(clock.from_wall_clock(date(2026, 11, 24), 0), None, "obras", "", None, 2)
    calendar = CourtCalendar((), (closure,))
    state = calendar.open_state_at(clock.from_wall_clock(date(2026, 12, 1), 14), SINOP)
    assert (state.is_open, state.reason, state.next_change) == (False, "obras", None)
    assert calendar.open_state_on(date(2026, 12, 1), SINOP).reason == "obras"
    assert calendar.open_state_at(clock.from_wall_clock(date(2026, 12, 1), 14), CUIABA).is_open


def test_a_unit_open_around_the_clock_has_no_next_change() -> None:
    always = {str(n): [["00:00", "24:00"]] for n in range(7)}
    state = CourtCalendar().open_state_at(
        clock.from_wall_clock(date(2026, 11, 24), 3), SINOP, always
    )
    assert (state.is_open, state.next_change) == (True, None)


def test_open_days_are_counted_after_the_first_and_skip_the_recess() -> None:
    assert CALENDAR.add_open_days(date(2026, 12, 17), 2, SINOP) == date(2027, 1, 7)
    assert CALENDAR.add_open_days(date(2026, 12, 7), 1, SINOP) == date(2026, 12, 9)
    assert CALENDAR.find_first_open_day(date(2026, 12, 19), SINOP) == date(2027, 1, 7)


@pytest.mark.parametrize("broken", [{"1": [["19:00", "12:00"]]}, {"1": [["x", "y"]]}, {"1": []}])
def test_invalid_hours_are_ignored(broken: Week) -> None:
    assert not CALENDAR.open_state_on(date(2026, 11, 24), SINOP, broken).is_open


def test_the_missing_midnight_of_2018_becomes_the_first_moment_after_it() -> None:
    assert moment_at(date(2018, 11, 4), 0) == datetime(2018, 11, 4, 4, tzinfo=UTC)
    assert moment_at(date(2018, 11, 4), 30) == datetime(2018, 11, 4, 4, tzinfo=UTC)
    assert moment_at(date(2018, 11, 4), 90) == datetime(2018, 11, 4, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2018, 11, 4), date(2019, 2, 16), date(2019, 2, 17)])
def test_days_of_a_clock_change_are_complete(day: date) -> None:
    always = {str(n): [["00:00", "24:00"]] for n in range(7)}
    calendar = CourtCalendar((), ())
    spans = calendar.list_open_spans(day, SINOP, always)
    length = sum((end - start for start, end in spans), timedelta())
    expected = {date(2018, 11, 4): 23, date(2019, 2, 16): 25, date(2019, 2, 17): 24}[day]
    assert length == timedelta(hours=expected)
    assert calendar.open_state_at(spans[0][0], SINOP, always).is_open


def test_a_weekend_with_a_clock_change_ends_on_monday_at_noon_of_the_new_clock() -> None:
    friday, monday = date(2018, 11, 2), datetime(2018, 11, 5, 15, tzinfo=UTC)  # UTC−3 from the 4th
    assert (
        CourtCalendar().open_state_at(clock.from_wall_clock(friday, 20), SINOP).next_change
        == monday
    )
    friday, monday = date(2019, 2, 15), datetime(2019, 2, 18, 16, tzinfo=UTC)  # UTC−4 again
    assert (
        CourtCalendar().open_state_at(clock.from_wall_clock(friday, 20), SINOP).next_change
        == monday
    )


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2018, 11, 2), 1, date(2018, 11, 5)),
        (date(2018, 11, 3), 2, date(2018, 11, 6)),
        (date(2018, 11, 4), 1, date(2018, 11, 5)),
        (date(2019, 2, 15), 1, date(2019, 2, 18)),
        (date(2019, 2, 16), 5, date(2019, 2, 22)),
    ],
)
def test_business_days_are_counted_over_a_clock_change(day: date, n: int, expected: date) -> None:
    assert CourtCalendar().add_open_days(day, n, SINOP) == expected


ON_CALL = {
    "before noon": clock.from_wall_clock(date(2026, 11, 24), 11, 59),
    "from seven": clock.from_wall_clock(date(2026, 11, 24), 19),
    "Saturday": clock.from_wall_clock(date(2026, 11, 28), 14),
    "holiday": clock.from_wall_clock(date(2026, 12, 8), 14),
    "recesso": clock.from_wall_clock(date(2026, 12, 22), 14),
    "Ash Wednesday before one": clock.from_wall_clock(date(2026, 2, 18), 12, 30),
}


@pytest.mark.parametrize("when", ON_CALL)
def test_the_plantao_attends_outside_the_courts_hours(when: str) -> None:
    assert CALENDAR.is_plantao(ON_CALL[when], SINOP)


@pytest.mark.parametrize(
    "moment",
    [
        clock.from_wall_clock(date(2026, 11, 24), 12),
        clock.from_wall_clock(date(2026, 11, 24), 18, 59),
        clock.from_wall_clock(date(2026, 2, 18), 13),
    ],
)
def test_the_plantao_does_not_attend_within_the_courts_hours(moment: datetime) -> None:
    assert not CALENDAR.is_plantao(moment, SINOP)


def test_a_closed_forum_has_no_plantao_in_the_courts_hours() -> None:
    closure = ClosureRule(
        clock.from_wall_clock(date(2026, 11, 24), 0), None, "obras", comarca_id=73
    )
    calendar = CourtCalendar((), (closure,))
    assert not calendar.is_plantao(clock.from_wall_clock(date(2026, 11, 24), 14), SINOP)


def test_a_closure_next_year_is_the_next_change_of_a_unit_open_around_the_clock() -> None:
    always = {str(n): [["00:00", "24:00"]] for n in range(7)}
    start = clock.from_wall_clock(date(2027, 11, 24), 9)
    calendar = CourtCalendar((), (ClosureRule(start, None, "obras"),))
    state = calendar.open_state_at(clock.from_wall_clock(date(2026, 11, 24), 14), SINOP, always)
    assert (state.is_open, state.next_change) == (True, start)


def test_a_closure_of_two_years_has_its_end_as_next_change() -> None:
    start, end = (
        clock.from_wall_clock(date(2026, 11, 24), 0),
        clock.from_wall_clock(date(2028, 11, 24), 0),
    )
    calendar = CourtCalendar((), (ClosureRule(start, end, "obras"),))
    state = calendar.open_state_at(clock.from_wall_clock(date(2026, 11, 24), 14), SINOP)
    assert state.next_change == clock.from_wall_clock(date(2028, 11, 24), 12)


def test_units_with_equal_closures_share_cached_answers() -> None:
    closure = ClosureRule(
        clock.from_wall_clock(date(2026, 11, 24), 0),
        None,
        "obras",
        unit_id=1,
        below=frozenset(range(2, 9000)),
    )
    calendar = CourtCalendar(RULES, (closure,))
    moment = clock.from_wall_clock(date(2026, 11, 24), 14)
    states = {id(calendar.open_state_at(moment, Location(73, n))) for n in range(1, 20_000)}
    assert len(states) == 2


# --- properties ---------------------------------------------------------------------------

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
EFFECTS = st.sampled_from([Effect.CLOSED, Effect.CLOSED, Effect.DEADLINES_SUSPENDED])
CLOSURES = st.lists(
    st.builds(
        lambda start, length, comarca, unit, below, effect: ClosureRule(
            start,
            start + timedelta(minutes=length) if length else None,
            "obra",
            "",
            comarca,
            unit,
            frozenset(below) if unit else frozenset(),
            effect,
        ),
        MOMENTS,
        st.none() | st.integers(1, 5000),
        st.sampled_from([None, 24, 73]),
        st.sampled_from([None, 1, 2]),
        st.sets(st.sampled_from([2, 3])),
        EFFECTS,
    ),
    max_size=4,
)
RULE = st.builds(
    lambda first, length, effect, opens, comarca: DayRule(
        first,
        first + timedelta(days=length),
        effect,
        "Dia",
        opens if effect == Effect.OPENS_LATE else None,
        comarca,
    ),
    DAYS,
    st.integers(0, 20),
    st.sampled_from(list(Effect)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from([None, 24, 73]),
)
CALENDARS = st.builds(CourtCalendar, st.just(RULES) | st.lists(RULE, max_size=4), CLOSURES)
PLACES = st.sampled_from(
    [CUIABA, SINOP, Location(24), Location(73, 3), Location(None, 3), Location()]
)
SOME = settings(max_examples=200, deadline=None)


def _twice(moment: datetime) -> bool:
    """Whether the clock showed this time before: 23h of 2019-02-16 came twice."""
    return clock.to_local(moment).fold == 1


def _holds(closure: ClosureRule, place: Location) -> bool:
    units = {closure.unit_id, *closure.below}
    return closure.comarca_id in (None, place.comarca_id) and (
        closure.unit_id is None or place.unit_id in units
    )


def _is_open(calendar: CourtCalendar, moment: datetime, place: Location, hours: Week) -> bool:
    """Say it again in another way: by the wall clock and row by row, not by spans."""
    here = clock.to_local(moment)
    minute, day = here.hour * 60 + here.minute, here.date()
    times = dict(parse_hours(hours)).get(str(here.weekday()), ())
    rows = [
        r
        for r in calendar.days
        if r.first <= day <= r.last and r.comarca_id in (None, place.comarca_id)
    ]
    return (
        any(a <= minute < b for a, b in times)
        and not any(r.effect in (Effect.CLOSED, Effect.RECESS) for r in rows)
        and not any(r.opens and minute < r.opens.hour * 60 + r.opens.minute for r in rows)
        and not any(
            c.effect == Effect.CLOSED and c.is_in_force_at(moment) and _holds(c, place)
            for c in calendar.closures
        )
    )


def _boundaries(calendar: CourtCalendar, hours: Week, first: date, days: int) -> list[datetime]:
    """List every moment at which anything could change, and the minute before each."""
    found = {at for c in calendar.closures for at in (c.starts, c.ends) if at}
    opens = [r.opens for r in calendar.days if r.opens]
    late = {at.hour * 60 + at.minute for at in opens}
    for number in range(days):
        day = first + timedelta(days=number)
        times = dict(parse_hours(hours)).get(str(day.weekday()), ())
        found |= {moment_at(day, m) for m in {0, *late, *(m for pair in times for m in pair)}}
    return sorted(at for turn in found for at in (turn - timedelta(minutes=1), turn))


@SOME
@given(calendar=CALENDARS, moment=MOMENTS, place=PLACES, hours=HOURS)
def test_open_means_inside_hours_and_no_closure(
    calendar: CourtCalendar, moment: datetime, place: Location, hours: Week
) -> None:
    assume(not _twice(moment))
    state = calendar.open_state_at(moment, place, hours)
    assert state.is_open == _is_open(calendar, moment, place, hours)
    assert bool(state.reason) != state.is_open
    assert bool(state.cause) != state.is_open


@SOME
@given(calendar=CALENDARS, moment=MOMENTS, place=PLACES, hours=HOURS)
def test_the_state_stays_the_same_until_the_next_change(
    calendar: CourtCalendar, moment: datetime, place: Location, hours: Week
) -> None:
    state = calendar.open_state_at(moment, place, hours)
    change = state.next_change
    first = clock.to_local_day(moment)
    if change is not None:
        assert change > moment
        assert calendar.open_state_at(change, place, hours).is_open != state.is_open
        days = (clock.to_local_day(change) - first).days + 1
    else:
        days = 120  # no rule and no closure of these lasts longer
    for at in _boundaries(calendar, hours, first, min(days, 120)):
        if moment <= at and (change is None or at < change) and not _twice(at):
            assert _is_open(calendar, at, place, hours) == state.is_open


@SOME
@given(calendar=CALENDARS, moment=MOMENTS, place=PLACES, hours=HOURS)
def test_successive_changes_match_the_days_spans(
    calendar: CourtCalendar, moment: datetime, place: Location, hours: Week
) -> None:
    """Over a change of year or of the clock too: from one end to the other, and back."""
    day = clock.to_local_day(moment)
    until = moment_at(day + timedelta(days=30), 0)
    walked: list[tuple[datetime, datetime]] = []
    at = moment_at(day, 0)
    while at < until:
        state = calendar.open_state_at(at, place, hours)
        end = min(state.next_change or until, until)
        walked += [(at, end)] if state.is_open else []
        at = end
    days = (day + timedelta(days=number) for number in range(30))
    assert walked == merge_spans(
        [s for d in days for s in calendar.list_open_spans(d, place, hours)]
    )


@SOME
@given(calendar=CALENDARS, day=DAYS, place=PLACES, hours=HOURS)
def test_a_day_agrees_with_its_moments(
    calendar: CourtCalendar, day: date, place: Location, hours: Week
) -> None:
    spans = calendar.list_open_spans(day, place, hours)
    state = calendar.open_state_on(day, place, hours)
    assert state.is_open == bool(spans)
    assert state.is_open or state.reason
    for start, end in spans:
        assert start < end
        assert calendar.open_state_at(start, place, hours).is_open
        assert calendar.open_state_at(end - timedelta(microseconds=1), place, hours).is_open


@SOME
@given(calendar=CALENDARS, day=DAYS, place=PLACES, n=st.integers(1, 15))
def test_business_days_are_open_days_in_order(
    calendar: CourtCalendar, day: date, place: Location, n: int
) -> None:
    last = calendar.add_open_days(day, n, place)
    between = [day + timedelta(days=k) for k in range(1, (last - day).days + 1)]
    assert sum(calendar.is_open_day(d, place) for d in between) == n
    assert calendar.is_open_day(last, place)


@SOME
@given(calendar=CALENDARS, day=DAYS, place=PLACES, hours=HOURS)
def test_rows_and_notices_suspend_deadlines_at_any_hour(
    calendar: CourtCalendar, day: date, place: Location, hours: Week
) -> None:
    by_row = any(
        r.effect in (Effect.RECESS, Effect.DEADLINES_SUSPENDED)
        and r.first <= day <= r.last
        and r.comarca_id in (None, place.comarca_id)
        for r in calendar.days
    )
    start, end = moment_at(day, 0), moment_at(day + timedelta(days=1), 0)
    by_notice = any(
        c.effect == Effect.DEADLINES_SUSPENDED
        and _holds(c, place)
        and c.starts < end
        and (c.ends is None or c.ends > start)
        for c in calendar.closures
    )
    assert calendar.open_state_on(day, place, hours).deadlines_suspended == (by_row or by_notice)
