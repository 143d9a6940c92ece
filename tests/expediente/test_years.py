"""2024 to 2027 day by day: what `domain.md` and the law say, written down without any library.

Easter by hand (31/03/2024, 20/04/2025, 05/04/2026, 28/03/2027): Carnival 48 and 47 days before
it, Ash Wednesday 46, Paixão de Cristo 2, Corpus Christi 60 days after. National days: Lei 662/49,
6.802/80 and 14.759/23. Dia do Servidor 28/10, Dia da Justiça 08/12. Recesso from 20/12 to 06/01
(Res. CNJ 244/2016), deadlines suspended until 20/01 (CPC art. 220).
"""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from sqlmodel import Session

from canais_app.directory.reference import load_reference
from canais_app.expediente import years
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.places import load_comarca_ids
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.rules import Location
from canais_app.kit import clock

# Closed in the whole state, outside the recesso: day/month.
CLOSED = {
    2024: "12/2 13/2 29/3 21/4 1/5 30/5 7/9 12/10 28/10 2/11 15/11 20/11 8/12",
    2025: "3/3 4/3 18/4 21/4 1/5 19/6 7/9 12/10 28/10 2/11 15/11 20/11 8/12",
    2026: "16/2 17/2 3/4 21/4 1/5 4/6 7/9 12/10 28/10 2/11 15/11 20/11 8/12",
    2027: "8/2 9/2 26/3 21/4 1/5 27/5 7/9 12/10 28/10 2/11 15/11 20/11 8/12",
}
ASH_WEDNESDAY = {2024: "14/2", 2025: "5/3", 2026: "18/2", 2027: "10/2"}
MUNICIPAL = {
    "cuiaba": "8/4",
    "itauba": "13/5",
    "matupa": "25/7",
    "barra-do-garcas": "15/9",
    "jauru": "20/9",
    "paranatinga": "3/12",
    "sinop": "",
}
SATURDAY = 5


@pytest.fixture
def calendar(session: Session) -> CourtCalendar:
    load_reference(session)
    years.seed_years(session, range(2024, 2029))
    return load_calendar(session)


@pytest.fixture
def comarcas(session: Session, calendar: CourtCalendar) -> dict[str, int]:
    return load_comarca_ids(session)


def _days(words: str, year: int) -> set[date]:
    pairs = (one.split("/") for one in words.split())
    return {date(year, int(month), int(day)) for day, month in pairs}


def _all(year: int) -> Iterator[date]:
    return (date(year, 1, 1) + timedelta(days=n) for n in range(366) if n < 365 or year == 2024)


def _in_recess(day: date) -> bool:
    return (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6)


@pytest.mark.parametrize("slug", MUNICIPAL)
@pytest.mark.parametrize("year", CLOSED)
def test_the_court_opens_on_exactly_these_days(
    calendar: CourtCalendar, comarcas: dict[str, int], year: int, slug: str
) -> None:
    closed = _days(CLOSED[year], year) | _days(MUNICIPAL[slug], year)
    place = Location(comarcas[slug])
    for day in _all(year):
        expected = day.weekday() < SATURDAY and day not in closed and not _in_recess(day)
        assert calendar.open_state_on(day, place).is_open == expected, day
        assert calendar.is_open_day(day, place) == expected, day


@pytest.mark.parametrize("year", CLOSED)
def test_ash_wednesday_alone_opens_late(calendar: CourtCalendar, year: int) -> None:
    (ashes,) = _days(ASH_WEDNESDAY[year], year)
    for day in _all(year):
        state = calendar.open_state_on(day, Location())
        if state.is_open:
            assert state.opens == (time(13) if day == ashes else time(12)), day
            assert state.closes == time(19)


@pytest.mark.parametrize("year", CLOSED)
def test_deadlines_are_suspended_from_20_december_to_20_january(
    calendar: CourtCalendar, year: int
) -> None:
    for day in _all(year):
        expected = (day.month, day.day) <= (1, 20) or (day.month, day.day) >= (12, 20)
        assert calendar.open_state_on(day, Location()).deadlines_suspended == expected, day


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2024, 1, 1), "recesso forense: só plantão"),
        (date(2024, 2, 12), "feriado: Carnaval"),
        (date(2024, 3, 29), "feriado: Sexta-feira Santa"),
        (date(2024, 5, 30), "feriado: Corpus Christi"),
        (date(2025, 4, 21), "feriado: Tiradentes"),
        (date(2025, 5, 1), "feriado: Dia do Trabalhador"),
        (date(2025, 10, 28), "feriado: Dia do Servidor Público"),
        (date(2026, 9, 7), "feriado: Independência do Brasil"),
        (date(2026, 10, 12), "feriado: Nossa Senhora Aparecida"),
        (date(2026, 11, 2), "feriado: Finados"),
        (date(2026, 11, 20), "feriado: Dia Nacional de Zumbi e da Consciência Negra"),
        (date(2026, 12, 8), "feriado: Dia da Justiça"),
        (date(2026, 12, 25), "recesso forense: só plantão"),
        (date(2027, 11, 15), "feriado: Proclamação da República"),
        (date(2026, 11, 28), "fim de semana"),
    ],
)
def test_a_closed_day_has_its_reason(calendar: CourtCalendar, day: date, reason: str) -> None:
    assert calendar.open_state_on(day, Location()).reason == reason


@pytest.mark.parametrize(
    ("received", "business_days", "due"),
    [
        (date(2024, 2, 9), 3, date(2024, 2, 16)),  # Friday, then Carnival; Ash Wednesday counts
        (date(2025, 4, 16), 2, date(2025, 4, 22)),  # Paixão de Cristo and Tiradentes between
        (date(2026, 12, 17), 2, date(2027, 1, 7)),  # over the recesso
        (date(2026, 10, 27), 1, date(2026, 10, 29)),
    ],
)
def test_business_days_are_counted_as_the_court_counts(
    calendar: CourtCalendar, received: date, business_days: int, due: date
) -> None:
    assert calendar.add_open_days(received, business_days, Location()) == due


def test_from_friday_evening_before_carnival_it_opens_on_ash_wednesday_at_one(
    calendar: CourtCalendar,
) -> None:
    state = calendar.open_state_at(clock.from_wall_clock(date(2026, 2, 13), 20), Location())
    assert state.next_change == clock.from_wall_clock(date(2026, 2, 18), 13)
