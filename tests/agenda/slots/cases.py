"""What a row of the tables is: rules and what is taken in, starts out (the court's clock)."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from canais_app.agenda.availability.service import UnitCalendar
from canais_app.agenda.availability.slots import (
    ClockSpan,
    DayPlan,
    SlotRules,
    Span,
    TakenSpan,
    WeeklyWindow,
    iterate_day_plans,
)
from canais_app.expediente.calendar import ClosureRule, CourtCalendar, DayRule, Location
from canais_app.kit import clock

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 11, 23) + timedelta(days=n) for n in range(7))
W = WED
NOW = clock.from_wall_clock(date(2026, 11, 16), 9)
NOV4, FEB16, FEB17 = date(2018, 11, 4), date(2019, 2, 16), date(2019, 2, 17)
THEN, THEN2 = (
    clock.from_wall_clock(date(2018, 11, 1), 9),
    clock.from_wall_clock(date(2019, 2, 10), 9),
)
COMARCA, OTHER = 1, 2
CLOSED_UNIT = 7
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
        clock.from_wall_clock(date(2026, 12, 1), 14),
        clock.from_wall_clock(date(2026, 12, 1), 15),
        "Queda de energia",
    ),
    ClosureRule(clock.from_wall_clock(date(2027, 3, 1), 0), None, "Obras", unit_id=CLOSED_UNIT),
)
HERE = Location(COMARCA, 5)
COURT = UnitCalendar(CourtCalendar(DAYS, CLOSURES), HERE)
FULL = "13:00 13:20 13:40 14:00 14:20 14:40"
LONG = {"horizon": 400}


def at(day: date, words: str) -> datetime:
    hour, _, minute = words.partition(":")
    return clock.from_wall_clock(day, int(hour), int(minute or 0))


def win(weekday: int, starts: str = "13:00", ends: str = "15:00", **more: Any) -> WeeklyWindow:
    return WeeklyWindow(weekday, clock_of(starts), clock_of(ends), **more)


def clock_of(words: str) -> time:
    return time.max if words == "24:00" else time.fromisoformat(words)


def own(*spans: str) -> tuple[ClockSpan, ...]:
    halves = (s.split("-") for s in spans)
    return tuple((clock_of(a), clock_of(b)) for a, b in halves)


def span(day: date, starts: str, ends: str) -> Span:
    return at(day, starts), at(day, ends)


def busy(day: date, starts: str, ends: str, seat: int = 0, **more: Any) -> TakenSpan:
    return TakenSpan(seat, at(day, starts), at(day, ends), day=day, **more)


@dataclass(frozen=True)
class Case:
    """One row of a table. `starts` are those free on `day`."""

    name: str
    day: date
    starts: str
    windows: tuple[WeeklyWindow, ...] = (win(2),)
    rules: dict[str, Any] = field(default_factory=dict)
    taken: tuple[TakenSpan, ...] = ()
    now: datetime = NOW
    state: str = ""
    place: Location = HERE

    @property
    def its(self) -> SlotRules:
        return replace(SlotRules(windows=self.windows), **self.rules)


def plan_of(case: Case) -> DayPlan:
    court = UnitCalendar(COURT.calendar, case.place)
    return next(iterate_day_plans([case.day], case.its, case.taken, court, now=case.now))


def free_starts(case: Case) -> list[datetime]:
    return [slot.start for slot in plan_of(case).slots if slot.is_free]
