"""Claim: the cached calendar answers for 20,000 units, with many closures too."""

import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial

from bench.claim import Claim, sized
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.holidays import generate_year
from canais_app.expediente.rules import ClosureRule, DayRule, Location
from canais_app.kit import clock

UNITS, COMARCAS, CLOSURES = sized(20_000, 1_000), 79, 500
DAY = date(2026, 11, 24)


def claims() -> Iterable[Claim]:
    """Query every unit of a large state at one moment, with five years of days."""
    plain, closed = _calendar(0), _calendar(CLOSURES)
    for name, calendar in (("sem fechamentos", plain), (f"com {CLOSURES} fechamentos", closed)):
        took = _seconds(partial(_query_all, calendar))
        yield Claim(
            f"calendário: aberto ou não, para {UNITS} unidades, {name}",
            f"{took * 1000:.0f} ms ({took / UNITS * 1e6:.1f} µs por unidade)",
            "≤ 500 ms",
            took <= 0.5,
        )


def _calendar(closures: int) -> CourtCalendar:
    days = [
        DayRule(d.first, d.last, d.effect, d.name, d.opens, None if not d.comarca else 1)
        for year in range(2024, 2029)
        for d in generate_year(year)
    ]
    start = clock.from_wall_clock(DAY, 0)
    rules = [
        ClosureRule(start, start + timedelta(hours=30), "obras", unit_id=n, below=_below(n))
        for n in range(1, closures + 1)
    ]
    return CourtCalendar(tuple(days), tuple(rules))


def _below(unit: int) -> frozenset[int]:
    return frozenset(range(unit * 10, unit * 10 + 10))


def _query_all(calendar: CourtCalendar) -> None:
    moment = clock.from_wall_clock(DAY, 14)
    for number in range(UNITS):
        calendar.open_state_at(moment, Location(number % COMARCAS, number))


def _seconds(query: Callable[[], None]) -> float:
    start = time.perf_counter()
    query()
    return time.perf_counter() - start
