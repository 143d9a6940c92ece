"""The slot rule as a table: rules and what is taken in, starts out (court's clock)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.agenda import slots
from canais_app.agenda.court import CourtHere
from canais_app.agenda.slots import Rules, Taken, Window
from canais_app.expediente.calendar import ClosureRule, CourtCalendar, DayRule, Place
from canais_app.kit import clock

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 11, 23) + timedelta(days=n) for n in range(7))
NOW = clock.at(date(2026, 11, 16), 9)
COMARCA, OTHER = 1, 2
DAYS = (
    DayRule(date(2026, 12, 8), date(2026, 12, 8), "closed", "Dia da Justiça"),
    DayRule(date(2026, 12, 20), date(2027, 1, 6), "recess", "Recesso forense"),
    DayRule(date(2027, 1, 7), date(2027, 1, 20), "deadlines_suspended", "Prazos suspensos"),
    DayRule(date(2027, 2, 10), date(2027, 2, 10), "opens_late", "Cinzas", time(13)),
    DayRule(date(2026, 11, 26), date(2026, 11, 26), "closed", "Aniversário", comarca_id=COMARCA),
    DayRule(date(2026, 11, 27), date(2026, 11, 27), "closed", "Alheio", comarca_id=OTHER),
)
CLOSURES = (
    ClosureRule(
        clock.at(date(2026, 12, 1), 14), clock.at(date(2026, 12, 1), 15), "Queda de energia"
    ),
    ClosureRule(clock.at(date(2027, 3, 1), 0), None, "Obras", unit_id=7),
)
HERE = Place(COMARCA, 5)
COURT = CourtHere(CourtCalendar(DAYS, CLOSURES), HERE)


def at(day: date, words: str) -> datetime:
    hour, _, minute = words.partition(":")
    return clock.at(day, int(hour), int(minute or 0))


def win(weekday: int, starts: str = "13:00", ends: str = "15:00", **more: Any) -> Window:
    return Window(weekday, time.fromisoformat(starts), time.fromisoformat(ends), **more)


def busy(day: date, starts: str, ends: str, seat: int = 0, **more: Any) -> Taken:
    return Taken(seat, at(day, starts), at(day, ends), day=day, **more)


@dataclass(frozen=True)
class Case:
    """One row of the table. `starts` are those free on `day`."""

    name: str
    day: date
    starts: str
    windows: tuple[Window, ...] = (win(2),)
    rules: dict[str, Any] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    now: datetime = NOW
    state: str = ""
    place: Place = HERE


W = WED
FULL = "13:00 13:20 13:40 14:00 14:20 14:40"
LONG = {"horizon": 400}


def span(day: date, starts: str, ends: str) -> slots.Span:
    return at(day, starts), at(day, ends)


def own(*spans: str) -> tuple[slots.Clock, ...]:
    halves = (s.split("-") for s in spans)
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in halves)


NOV4, FEB16, FEB17 = date(2018, 11, 4), date(2019, 2, 16), date(2019, 2, 17)
THEN, THEN2 = clock.at(date(2018, 11, 1), 9), clock.at(date(2019, 2, 10), 9)

CASES = [
    # the grid
    Case("twenty minutes fill two hours", W, FULL),
    Case("a slot that does not fit is left out", W, "13:00 13:20", (win(2, "13:00", "13:59"),)),
    Case("a slot ends where the window ends", W, "13:00 13:20", (win(2, "13:00", "13:40"),)),
    Case("a window shorter than a slot is empty", W, "", (win(2, "13:00", "13:19"),), state="none"),
    Case("a window as long as a slot has one", W, "13:00", (win(2, "13:00", "13:20"),)),
    Case("anchored at the window's beginning", W, "13:07 13:27 13:47", (win(2, "13:07", "14:07"),)),
    Case("an end before the start gives none", W, "", (win(2, "15:00", "13:00"),), state="none"),
    Case("an end at the start gives none", W, "", (win(2, "13:00", "13:00"),), state="none"),
    Case("thirty minutes", W, "13:00 13:30 14:00 14:30", rules={"slot": 30, "step": 30}),
    Case(
        "a step shorter than the slot",
        W,
        "13:00 13:10 13:20 13:30 13:40",
        (win(2, "13:00", "14:00"),),
        {"step": 10},
    ),
    Case("a step longer than the slot", W, "13:00 13:30 14:00 14:30", rules={"step": 30}),
    Case("a step of an hour", W, "13:00 14:00", rules={"step": 60}),
    Case(
        "a long slot, a short step",
        W,
        "13:00 13:15 13:30",
        (win(2, "13:00", "14:30"),),
        {"slot": 60, "step": 15},
    ),
    Case(
        "five minutes", W, "13:00 13:05 13:10", (win(2, "13:00", "13:15"),), {"slot": 5, "step": 5}
    ),
    Case(
        "two windows each have their anchor",
        W,
        "09:05 09:25 13:00 13:20",
        (win(2, "09:05", "09:45"), win(2, "13:00", "13:40")),
    ),
    Case(
        "touching windows are two grids",
        W,
        "13:00 13:30 13:50",
        (win(2, "13:00", "13:30"), win(2, "13:30", "14:10")),
    ),
    Case(
        "overlapping windows name a start once",
        W,
        "13:00 13:20 13:40",
        (win(2, "13:00", "13:40"), win(2, "13:20", "14:00")),
    ),
    Case(
        "before public hours the gabinete may receive",
        W,
        "08:00 08:20 08:40",
        (win(2, "08:00", "09:00"),),
    ),
    Case("until late", W, "23:00 23:20", (win(2, "23:00", "23:59"),)),
    Case("from midnight", W, "00:00 00:20", (win(2, "00:00", "00:40"),)),
    # weekdays and recurrence (RFC 5545)
    Case("no window that weekday", TUE, "", state="none"),
    Case(
        "a Saturday window is the gabinete's own choice",
        SAT,
        "13:00 13:20",
        (win(5, "13:00", "13:40"),),
    ),
    Case("a Sunday window too", SUN, "13:00", (win(6, "13:00", "13:20"),)),
    Case(
        "every two weeks: the first",
        W,
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
    ),
    Case(
        "every two weeks: not the second",
        W + timedelta(7),
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
    ),
    Case(
        "every two weeks: the third",
        W + timedelta(14),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
    ),
    Case(
        "weeks begin on Monday: valid from Sunday, that week counts",
        W,
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=date(2026, 11, 22)),),
    ),
    Case(
        "weeks begin on Monday: valid from Monday",
        W,
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=MON),),
    ),
    Case(
        "valid from Friday, two weeks: the next Wednesday is off",
        W,
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=date(2026, 11, 20)),),
    ),
    Case(
        "every three weeks: third week off",
        date(2026, 12, 9),
        "",
        (win(2, "13:00", "13:20", every_weeks=3, valid_from=W),),
    ),
    Case(
        "every three weeks: fourth week on",
        date(2026, 12, 16),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=3, valid_from=W),),
        LONG,
    ),
    Case(
        "every four weeks over the year's end",
        date(2027, 1, 20),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=4, valid_from=W),),
        LONG,
    ),
    Case(
        "every two weeks without a first day counts from a fixed Monday",
        W,
        "",
        (win(2, "13:00", "13:20", every_weeks=2),),
    ),
    Case(
        "and the week after is on",
        date(2026, 12, 2),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2),),
    ),
    Case("first Wednesday", date(2026, 12, 2), "13:00", (win(2, "13:00", "13:20", nth_week=1),)),
    Case(
        "not the second Wednesday", date(2026, 12, 9), "", (win(2, "13:00", "13:20", nth_week=1),)
    ),
    Case("second Wednesday", date(2026, 12, 9), "13:00", (win(2, "13:00", "13:20", nth_week=2),)),
    Case(
        "third Wednesday",
        date(2026, 12, 16),
        "13:00",
        (win(2, "13:00", "13:20", nth_week=3),),
        LONG,
    ),
    Case("fourth Wednesday", W, "13:00", (win(2, "13:00", "13:20", nth_week=4),)),
    Case("a month with four has no fifth", W, "", (win(2, "13:00", "13:20", nth_week=5),)),
    Case("a fifth Monday", date(2026, 11, 30), "13:00", (win(0, "13:00", "13:20", nth_week=5),)),
    Case("the last Wednesday", W, "13:00", (win(2, "13:00", "13:20", nth_week=-1),)),
    Case(
        "not the last Wednesday", date(2026, 11, 18), "", (win(2, "13:00", "13:20", nth_week=-1),)
    ),
    Case(
        "the last Monday is the fifth",
        date(2026, 11, 30),
        "13:00",
        (win(0, "13:00", "13:20", nth_week=-1),),
    ),
    Case("valid from that day", W, "13:00", (win(2, "13:00", "13:20", valid_from=W),)),
    Case("valid from the next day", W, "", (win(2, "13:00", "13:20", valid_from=THU),)),
    Case("valid until that day", W, "13:00", (win(2, "13:00", "13:20", valid_until=W),)),
    Case("valid until the day before", W, "", (win(2, "13:00", "13:20", valid_until=TUE),)),
    Case(
        "valid on one day only",
        W,
        "13:00",
        (win(2, "13:00", "13:20", valid_from=W, valid_until=W),),
    ),
    Case(
        "two versions change over",
        W,
        "14:00",
        (win(2, "13:00", "13:20", valid_until=TUE), win(2, "14:00", "14:20", valid_from=W)),
    ),
    # overrides
    Case(
        "an override replaces the day",
        W,
        "09:00 09:20",
        rules={"overrides": {W: own("09:00-09:40")}},
    ),
    Case(
        "an override of two spans",
        W,
        "09:00 16:00",
        rules={"overrides": {W: own("16:00-16:20", "09:00-09:20")}},
    ),
    Case(
        "an override without times closes the day",
        W,
        "",
        rules={"overrides": {W: ()}},
        state="none",
    ),
    Case(
        "an override opens a day without window",
        TUE,
        "10:00",
        rules={"overrides": {TUE: own("10:00-10:20")}},
    ),
    Case(
        "an override opens a Saturday", SAT, "10:00", rules={"overrides": {SAT: own("10:00-10:20")}}
    ),
    Case(
        "an override with its end first gives none",
        W,
        "",
        rules={"overrides": {W: own("10:00-09:00")}},
        state="none",
    ),
    Case("another day's override changes nothing", W, FULL, rules={"overrides": {TUE: ()}}),
    Case(
        "an override does not open a holiday",
        date(2026, 12, 8),
        "",
        (win(1),),
        {"overrides": {date(2026, 12, 8): own("10:00-11:00")}},
        state="closed",
    ),
    # blocks
    Case(
        "a block takes what it touches",
        W,
        "13:00 13:20 14:20 14:40",
        rules={"blocks": (span(W, "13:40", "14:20"),)},
    ),
    Case(
        "a block of one minute takes the slot",
        W,
        "13:00 13:40 14:00 14:20 14:40",
        rules={"blocks": (span(W, "13:39", "13:40"),)},
    ),
    Case(
        "a block that ends at the start leaves it",
        W,
        FULL,
        rules={"blocks": (span(W, "12:00", "13:00"),)},
    ),
    Case(
        "a block that begins at the end leaves it",
        W,
        FULL,
        rules={"blocks": (span(W, "15:00", "16:00"),)},
    ),
    Case(
        "a block of the whole day",
        W,
        "",
        rules={"blocks": ((at(W, "0"), at(THU, "0")),)},
        state="none",
    ),
    Case(
        "a block over several days",
        W,
        "",
        rules={"blocks": ((at(MON, "8"), at(FRI, "8")),)},
        state="none",
    ),
    Case("an empty block takes nothing", W, FULL, rules={"blocks": (span(W, "13:20", "13:20"),)}),
    Case(
        "two blocks",
        W,
        "13:00 14:40",
        rules={"blocks": (span(W, "13:20", "14:00"), span(W, "14:00", "14:40"))},
    ),
    Case(
        "a block does not move the grid",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"blocks": (span(W, "13:00", "13:05"),)},
    ),
    # the court's calendar
    Case("a national holiday", date(2026, 12, 8), "", (win(1),), state="closed"),
    Case(
        "the holiday the magistrate opted out of",
        date(2026, 12, 8),
        FULL,
        (win(1),),
        {"opt_outs": frozenset({date(2026, 12, 8)})},
    ),
    Case(
        "opting out of another day does not help",
        date(2026, 12, 8),
        "",
        (win(1),),
        {"opt_outs": frozenset({W})},
        state="closed",
    ),
    Case("a municipal holiday of this comarca", THU, "", (win(3),), state="closed"),
    Case("not in another comarca", THU, FULL, (win(3),), place=Place(OTHER, 9)),
    Case("another comarca's holiday", FRI, FULL, (win(4),)),
    Case("recesso", date(2026, 12, 22), "", (win(1),), LONG, state="closed"),
    Case("the last day of recesso", date(2027, 1, 6), "", (win(2),), LONG, state="closed"),
    Case("suspended deadlines do not close", date(2027, 1, 7), FULL, (win(3),), LONG),
    Case(
        "Ash Wednesday opens at 13h",
        date(2027, 2, 10),
        "13:00 13:20",
        (win(2, "12:00", "13:40"),),
        LONG,
    ),
    Case(
        "the late opening does not move the grid",
        date(2027, 2, 10),
        "13:10 13:30",
        (win(2, "12:50", "13:50"),),
        LONG,
    ),
    Case("a closure by Portaria cuts the hour", date(2026, 12, 1), "13:00 13:20 13:40", (win(1),)),
    Case(
        "the slot that reaches into the closure goes too",
        date(2026, 12, 1),
        "13:10 13:30 15:10 15:30",
        (win(1, "13:10", "16:00"),),
    ),
    Case(
        "an opt-out is of holidays, not of closures",
        date(2026, 12, 1),
        "13:00 13:20 13:40",
        (win(1),),
        {"opt_outs": frozenset({date(2026, 12, 1)})},
    ),
    Case(
        "a closure without end",
        date(2027, 3, 3),
        "",
        (win(2),),
        LONG,
        place=Place(COMARCA, 7),
        state="closed",
    ),
    Case("of another unit", date(2027, 3, 3), FULL, (win(2),), LONG),
    # taken, half-open, buffers
    Case("a taken slot", W, "13:00 13:20 14:00 14:20 14:40", taken=(busy(W, "13:40", "14:00"),)),
    Case("what ends at the start does not touch", W, FULL, taken=(busy(W, "12:40", "13:00"),)),
    Case("what begins at the end does not touch", W, FULL, taken=(busy(W, "15:00", "15:20"),)),
    Case(
        "off the grid it takes two",
        W,
        "13:00 13:20 14:20 14:40",
        taken=(busy(W, "13:50", "14:10"),),
    ),
    Case("all taken is full", W, "", taken=(busy(W, "13:00", "15:00"),), state="full"),
    Case(
        "a held slot is not free",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        taken=(busy(W, "13:00", "13:20", held=True),),
    ),
    Case(
        "a time waiting for its release is not free",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        taken=(busy(W, "13:00", "13:20", counts=False),),
    ),
    Case(
        "buffer after",
        W,
        "13:00 14:00 14:20 14:40",
        rules={"after": 10},
        taken=(busy(W, "13:40", "14:00"),),
    ),
    Case(
        "buffer before",
        W,
        "13:00 13:20 14:20 14:40",
        rules={"before": 10},
        taken=(busy(W, "13:40", "14:00"),),
    ),
    Case(
        "both buffers",
        W,
        "13:00 14:20 14:40",
        rules={"before": 10, "after": 10},
        taken=(busy(W, "13:40", "14:00"),),
    ),
    Case(
        "the appointment's own buffers count",
        W,
        "13:00 14:20 14:40",
        taken=(busy(W, "13:30", "14:10"),),
    ),
    Case("buffers may reach out of the window", W, FULL, rules={"before": 30, "after": 30}),
    Case(
        "a buffer reaches over midnight",
        W,
        "23:00",
        (win(2, "23:00", "23:59"),),
        {"after": 30},
        (busy(THU, "0:00", "0:20"),),
    ),
    Case(
        "a step shorter than the slot, one taken",
        W,
        "13:00 13:40",
        (win(2, "13:00", "14:00"),),
        {"step": 10},
        (busy(W, "13:20", "13:40"),),
    ),
    # seats
    Case(
        "two seats, one taken", W, FULL, rules={"capacity": 2}, taken=(busy(W, "13:00", "13:20"),)
    ),
    Case(
        "two seats, both taken",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"capacity": 2},
        taken=(busy(W, "13:00", "13:20"), busy(W, "13:00", "13:20", 1)),
    ),
    Case(
        "the same seat twice is one",
        W,
        FULL,
        rules={"capacity": 2},
        taken=(busy(W, "13:00", "13:10"), busy(W, "13:10", "13:20")),
    ),
    Case(
        "a seat no longer offered still counts",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        taken=(busy(W, "13:00", "13:20", 3),),
    ),
    # limit per day
    Case(
        "the day's limit is reached",
        W,
        "",
        rules={"max_per_day": 1},
        taken=(busy(W, "13:00", "13:20"),),
        state="full",
    ),
    Case(
        "the day's limit is not reached",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"max_per_day": 2},
        taken=(busy(W, "13:00", "13:20"),),
    ),
    Case(
        "a cancelled time does not count for it",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"max_per_day": 1},
        taken=(busy(W, "13:00", "13:20", counts=False),),
    ),
    Case(
        "another day's do not count",
        W,
        FULL,
        rules={"max_per_day": 1},
        taken=(busy(TUE, "13:00", "13:20"),),
    ),
    # notice
    Case("notice to the minute", W, "14:00 14:20 14:40", rules={"notice": 60}, now=at(W, "13:00")),
    Case(
        "a minute late",
        W,
        "14:20 14:40",
        rules={"notice": 60},
        now=at(W, "13:00") + timedelta(minutes=1),
    ),
    Case("without notice the present start is open", W, "14:00 14:20 14:40", now=at(W, "14:00")),
    Case("a second later it is gone", W, "14:20 14:40", now=at(W, "14:00") + timedelta(seconds=1)),
    Case("a day's notice", W, "14:00 14:20 14:40", rules={"notice": 1440}, now=at(TUE, "14:00")),
    Case("all of today gone", W, "", now=at(W, "15:00"), state="past"),
    Case("yesterday", TUE, "", (win(1),), now=at(W, "9"), state="past"),
    Case(
        "the court's day, not UTC's",
        W,
        FULL,
        now=datetime(2026, 11, 26, 3, 0, tzinfo=UTC) - timedelta(hours=14),
    ),
    # horizon
    Case("the last day of the horizon", W, FULL, rules={"horizon": 9}),
    Case("the day after it", W, "", rules={"horizon": 8}, state="none"),
    Case("horizon of today only", W, FULL, rules={"horizon": 0}, now=at(W, "9")),
    Case(
        "tomorrow with a horizon of today",
        W,
        "",
        rules={"horizon": 0},
        now=at(TUE, "9"),
        state="none",
    ),
    Case("seven business days", W, FULL, rules={"horizon": 7, "in_business_days": True}),
    Case("six business days end before", W, "", rules={"horizon": 6, "in_business_days": True}),
    Case(
        "a holiday is no business day",
        FRI,
        FULL,
        (win(4),),
        {"horizon": 3, "in_business_days": True},
        now=at(MON, "9"),
    ),
    # zones
    Case(
        "a midnight that does not exist: from 1h",
        NOV4,
        "01:00 01:20 01:40",
        (win(6, "00:00", "02:00"),),
        now=THEN,
    ),
    Case("a window inside the gap is empty", NOV4, "", (win(6, "00:00", "00:59"),), now=THEN),
    Case(
        "a window that begins in the gap begins after it",
        NOV4,
        "01:00",
        (win(6, "00:30", "01:20"),),
        now=THEN,
    ),
    Case("after the gap as always", NOV4, "13:00 13:20", (win(6, "13:00", "13:40"),), now=THEN),
    Case(
        "the evening before the clock goes back",
        FEB16,
        "22:00 22:20",
        (win(5, "22:00", "22:40"),),
        now=THEN2,
    ),
    Case(
        "the day after it went back", FEB17, "00:00 00:20", (win(6, "00:00", "00:40"),), now=THEN2
    ),
    Case(
        "no summer time since: Cuiabá is UTC−4",
        date(2027, 1, 20),
        "13:00",
        (win(2, "13:00", "13:20"),),
        LONG,
    ),
    Case("leap day", date(2028, 2, 29), "13:00", (win(1, "13:00", "13:20"),), {"horizon": 800}),
    Case("New Year's Eve is recesso", date(2026, 12, 31), "", (win(3),), LONG, state="closed"),
]


def plan_of(case: Case) -> slots.DayPlan:
    rules = replace(Rules(windows=case.windows), **case.rules)
    court = CourtHere(COURT.calendar, case.place)
    return slots.plan([case.day], rules, case.taken, court, now=case.now)[0]


def test_the_table_is_as_long_as_promised() -> None:
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_slots(case: Case) -> None:
    plan = plan_of(case)
    found = [f"{clock.local(s.start):%H:%M}" for s in plan.slots if s.is_free]
    assert " ".join(found) == case.starts
    if case.state:
        assert plan.state == case.state


def test_a_closed_day_says_why() -> None:
    case = Case("", date(2026, 12, 8), "", (win(1),))
    assert plan_of(case).reason == "feriado: Dia da Justiça"


def test_slots_are_in_utc_and_as_long_as_the_agenda_says() -> None:
    first = plan_of(Case("", W, "")).slots[0]
    assert first.start == datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    assert first.end - first.start == timedelta(minutes=20)


def test_a_held_time_is_shown_as_held_and_a_taken_one_as_taken() -> None:
    case = Case("", W, "", taken=(busy(W, "13:00", "13:20", held=True), busy(W, "13:20", "13:40")))
    assert [s.status for s in plan_of(case).slots[:3]] == ["held", "taken", "free"]


def test_the_lowest_free_seats_are_offered() -> None:
    case = Case("", W, "", rules={"capacity": 3}, taken=(busy(W, "13:00", "13:20", 1),))
    assert plan_of(case).slots[0].seats == (0, 2)


minutes = st.integers(0, 24 * 60 - 1)
WHOLE_DAY = (Window(2, time(0), time(23, 59)),)


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
        Taken(seat, midnight + timedelta(minutes=a), midnight + timedelta(minutes=a + n), day=W)
        for a, n, seat in spans
    ]
    rules = Rules(WHOLE_DAY, slot=slot, step=step, before=before, after=after, capacity=capacity)
    plan = slots.plan([W], rules, taken, COURT, now=NOW)[0]
    for found in plan.slots:
        mine = slots.busy_span(found.start, rules)
        for seat in found.seats:
            clash = [
                t
                for t in taken
                if t.seat == seat and slots.overlaps(mine, (t.busy_from, t.busy_until))
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
    window = Window(2, time(*divmod(starts, 60)), time(*divmod(ends, 60)))
    plan = slots.plan([W], Rules((window,), slot=slot, step=step), [], COURT, now=NOW)[0]
    first = at(W, "0") + timedelta(minutes=starts)
    for number, found in enumerate(plan.slots):
        assert found.start == first + timedelta(minutes=step * number)
        assert found.end <= at(W, "0") + timedelta(minutes=ends)
    assert len(plan.slots) == (
        max(0, (ends - starts - slot)) // step + 1 if ends - starts >= slot else 0
    )
