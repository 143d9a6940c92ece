"""The days of the calendar in the database: seeded, changed, moved, and who may change them."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.directory.reference import load_reference
from canais_app.expediente import service, years
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.places import comarca_ids
from canais_app.expediente.queries import calendar_rows, load_calendar
from canais_app.expediente.rules import Effect, Place
from canais_app.expediente.service import NewDay
from canais_app.kit import clock
from canais_app.kit.errors import AppError, ConflictError, InvalidError, NotFoundError
from canais_app.kit.forms import parse
from tests.factories.directory import notice as make_notice

ADMIN = Actor(staff_id=1, name="Administração", grants=(Grant(Role.ADMIN),))
CORREGEDORIA = Actor(staff_id=2, name="Corregedoria", grants=(Grant(Role.CORREGEDORIA),))
MANAGER = Actor(staff_id=3, name="Gestor", grants=(Grant(Role.MANAGER, "/1/"),))


@pytest.fixture
def seeded(session: Session) -> Session:
    load_reference(session)
    years.load_days(session, range(2024, 2029))
    return session


def _comarca(session: Session, slug: str) -> Place:
    return Place(comarca_ids(session)[slug])


def _day(session: Session, name: str, year: int) -> CalendarDay:
    rows = session.exec(select(CalendarDay).where(CalendarDay.name == name)).all()
    return next(row for row in rows if row.first_day.year == year)


def _wish(row: CalendarDay, **changes: object) -> NewDay:
    kept = row.model_dump(include=set(NewDay.model_fields))
    return NewDay.model_validate({**kept, **changes})


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2024, 1, 1), "recesso forense: só plantão"),
        (date(2024, 2, 12), "feriado: Carnaval"),
        (date(2024, 2, 13), "feriado: Carnaval"),
        (date(2024, 3, 29), "feriado: Sexta-feira Santa"),
        (date(2024, 5, 30), "feriado: Corpus Christi"),
        (date(2025, 4, 18), "feriado: Sexta-feira Santa"),
        (date(2025, 4, 21), "feriado: Tiradentes"),
        (date(2025, 5, 1), "feriado: Dia do Trabalhador"),
        (date(2025, 10, 28), "feriado: Dia do Servidor Público"),
        (date(2026, 9, 7), "feriado: Independência do Brasil"),
        (date(2026, 10, 12), "feriado: Nossa Senhora Aparecida"),
        (date(2026, 11, 2), "feriado: Finados"),
        (date(2026, 11, 20), "feriado: Dia Nacional de Zumbi e da Consciência Negra"),
        (date(2026, 12, 8), "feriado: Dia da Justiça"),
        (date(2026, 12, 25), "recesso forense: só plantão"),
        (date(2027, 1, 6), "recesso forense: só plantão"),
        (date(2027, 2, 9), "feriado: Carnaval"),
        (date(2027, 11, 15), "feriado: Proclamação da República"),
    ],
)
def test_the_state_is_closed_on(seeded: Session, day: date, reason: str) -> None:
    state = load_calendar(seeded).day_state(day, _comarca(seeded, "sinop"))
    assert (state.is_open, state.reason) == (False, reason)


@pytest.mark.parametrize(
    "day", [date(2026, 8, 11), date(2026, 12, 18), date(2027, 1, 7), date(2024, 4, 8)]
)
def test_sinop_is_open_on(seeded: Session, day: date) -> None:
    assert load_calendar(seeded).day_state(day, _comarca(seeded, "sinop")).is_open


@pytest.mark.parametrize("day", [date(2024, 2, 14), date(2025, 3, 5), date(2026, 2, 18)])
def test_ash_wednesday_opens_at_one_every_year(seeded: Session, day: date) -> None:
    assert load_calendar(seeded).day_state(day, Place()).opens == time(13)


@pytest.mark.parametrize(
    ("slug", "day"),
    [
        ("cuiaba", date(2026, 4, 8)),
        ("itauba", date(2026, 5, 13)),
        ("matupa", date(2025, 7, 25)),
        ("barra-do-garcas", date(2026, 9, 15)),
        ("jauru", date(2027, 9, 20)),
        ("paranatinga", date(2026, 12, 3)),
    ],
)
def test_a_municipal_day_closes_its_comarca_alone(seeded: Session, slug: str, day: date) -> None:
    calendar = load_calendar(seeded)
    assert not calendar.day_state(day, _comarca(seeded, slug)).is_open
    assert calendar.day_state(day, _comarca(seeded, "sinop")).is_open


def test_deadlines_are_suspended_until_twenty_january(seeded: Session) -> None:
    calendar = load_calendar(seeded)
    assert calendar.day_state(date(2027, 1, 20), Place()).deadlines_suspended
    assert not calendar.day_state(date(2027, 1, 21), Place()).deadlines_suspended


def test_loading_days_again_changes_nothing_and_keeps_edits(seeded: Session) -> None:
    edited = seeded.exec(select(CalendarDay).where(CalendarDay.name == "Dia da Justiça")).first()
    assert edited is not None
    edited.name = "Dia da Justiça (transferido)"
    seeded.add(edited)
    assert years.load_days(seeded, range(2024, 2029)) == 0
    assert edited.name == "Dia da Justiça (transferido)"


def test_a_removed_or_moved_day_does_not_come_back_with_the_next_seed(
    seeded: Session, now: datetime
) -> None:
    servants = _day(seeded, "Dia do Servidor Público", 2026)
    moved = _wish(servants, first_day=date(2026, 10, 30), last_day=date(2026, 10, 30))
    service.change_day(seeded, ADMIN, servants.id or 0, moved, now=now)
    service.remove_day(seeded, ADMIN, _day(seeded, "Dia da Justiça", 2026).id or 0, now=now)
    seeded.flush()
    assert years.load_days(seeded, range(2024, 2029)) == 0
    calendar = load_calendar(seeded)
    assert calendar.day_state(date(2026, 10, 28), Place()).is_open
    assert calendar.day_state(date(2026, 10, 30), Place()).reason == "feriado: " + servants.name
    assert calendar.day_state(date(2026, 12, 8), Place()).is_open


def test_an_added_day_closes_and_is_recorded(seeded: Session, now: datetime) -> None:
    day = date(2026, 11, 26)
    wish = NewDay(first_day=day, last_day=day, effect=Effect.CLOSED, name="Luto oficial")
    row = service.add_day(seeded, ADMIN, wish, now=now)
    assert load_calendar(seeded).day_state(day, Place()).reason == "feriado: Luto oficial"
    assert [r.id for r in calendar_rows(seeded, day, day)] == [row.id]
    with pytest.raises(ConflictError):
        service.add_day(seeded, ADMIN, wish, now=now)
    service.remove_day(seeded, ADMIN, row.id or 0, now=now)
    seeded.flush()
    assert load_calendar(seeded).day_state(day, Place()).is_open
    assert seeded.exec(select(AuditEntry.action)).all() == ["incluir dia", "retirar dia"]


def test_a_move_is_recorded_field_by_field_and_doing_it_twice_says_nothing(
    seeded: Session, now: datetime
) -> None:
    row = _day(seeded, "Dia do Servidor Público", 2026)
    moved = _wish(row, first_day=date(2026, 10, 30), last_day=date(2026, 10, 30), act="Portaria 7")
    for _ in range(2):
        service.change_day(seeded, ADMIN, row.id or 0, moved, now=now)
    (entry,) = seeded.exec(select(AuditEntry)).all()
    assert entry.action == "transferir dia"
    assert entry.changes == {
        "primeiro dia": ["28/10/2026", "30/10/2026"],
        "último dia": ["28/10/2026", "30/10/2026"],
        "ato": ["", "Portaria 7"],
    }


def test_a_day_cannot_be_moved_onto_another_of_the_same_kind(
    seeded: Session, now: datetime
) -> None:
    row = _day(seeded, "Dia do Servidor Público", 2026)
    onto = _wish(row, first_day=date(2026, 11, 2), last_day=date(2026, 11, 2))
    with pytest.raises(ConflictError):
        service.change_day(seeded, ADMIN, row.id or 0, onto, now=now)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("last_day", {"last_day": date(2026, 11, 25)}),
        ("last_day", {"last_day": date(2028, 11, 26)}),
        ("first_day", {"first_day": date(9999, 1, 1)}),
        ("opens_at", {"opens_at": time(13)}),
        ("opens_at", {"effect": Effect.OPENS_LATE}),
        ("name", {"name": ""}),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_at_its_field(
    field: str, wrong: dict[str, object]
) -> None:
    day = date(2026, 11, 26)
    sent = {"first_day": day, "last_day": day, "effect": "closed", "name": "Luto", **wrong}
    with pytest.raises(InvalidError) as refused:
        parse(NewDay, sent)
    assert field in refused.value.errors


def test_a_year_is_proposed_and_only_what_was_chosen_is_written(
    seeded: Session, now: datetime
) -> None:
    proposed = years.proposed(seeded, 2029)
    assert {day.name for day in proposed} >= {"Carnaval", "Recesso forense", "Dia da Justiça"}
    kept = [day.key for day in proposed if day.name != "Dia do Servidor Público"]
    assert years.accept(seeded, ADMIN, 2029, kept, now=now) == len(proposed) - 1
    assert [day.name for day in years.proposed(seeded, 2029)] == ["Dia do Servidor Público"]
    assert load_calendar(seeded).day_state(date(2029, 10, 29), Place()).is_open
    with pytest.raises(InvalidError):
        years.accept(seeded, ADMIN, 2029, kept, now=now)


def test_a_day_moved_within_its_year_is_not_proposed_again(seeded: Session, now: datetime) -> None:
    row = _day(seeded, "Dia do Servidor Público", 2026)
    moved = _wish(row, first_day=date(2026, 10, 30), last_day=date(2026, 10, 30))
    service.change_day(seeded, ADMIN, row.id or 0, moved, now=now)
    assert years.proposed(seeded, 2026) == []


@pytest.mark.parametrize("stranger", [PUBLIC, CORREGEDORIA, MANAGER])
def test_only_an_administrator_changes_the_calendar(
    session: Session, now: datetime, stranger: Actor
) -> None:
    day = NewDay(first_day=now.date(), last_day=now.date(), effect=Effect.CLOSED, name="Nada")
    with pytest.raises(AppError):
        service.add_day(session, stranger, day, now=now)
    with pytest.raises(AppError):
        service.change_day(session, stranger, 1, day, now=now)
    with pytest.raises(AppError):
        service.remove_day(session, stranger, 1, now=now)
    with pytest.raises(AppError):
        years.accept(session, stranger, 2029, ["2029-01-01..closed"], now=now)


def test_what_is_not_there_is_not_found(session: Session, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        service.remove_day(session, ADMIN, 99, now=now)


def test_the_clock_alone_is_told_when_something_changed(seeded: Session, now: datetime) -> None:
    def told(since: datetime, until: datetime) -> bool:
        return service.tell_passing_time(seeded, since, until)

    assert not told(now, now + timedelta(minutes=5))
    assert told(now, clock.at(date(2026, 11, 23), 19))
    assert told(clock.at(date(2026, 11, 23), 23, 59), clock.at(date(2026, 11, 24), 0))
    make_notice(seeded, "Obras", starts_at=now + timedelta(minutes=3))
    assert told(now, now + timedelta(minutes=5))
    assert not told(now + timedelta(minutes=3), now + timedelta(minutes=5))


def test_twenty_thousand_units_are_answered_from_memory(now: datetime) -> None:
    calendar = CourtCalendar()
    states = {id(calendar.state_at(now, Place(n % 79, n))) for n in range(20_000)}
    assert len(states) == 1
    assert clock.local(now).hour == 14
