"""The calendar in the database: seeded days, closures, who may change them."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.directory.models import Unit
from canais_app.directory.reference import load_reference
from canais_app.expediente import service
from canais_app.expediente.calendar import CourtCalendar, Effect, Place
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.queries import calendar_rows, closure_rows, load_calendar
from canais_app.expediente.service import NewClosure, NewDay
from canais_app.kit import clock
from canais_app.kit.errors import AppError, ConflictError, InvalidError, NotFoundError

ADMIN = Actor(staff_id=1, name="Administração", grants=(Grant(Role.ADMIN),))
CORREGEDORIA = Actor(staff_id=2, name="Corregedoria", grants=(Grant(Role.CORREGEDORIA),))


@pytest.fixture
def seeded(session: Session) -> Session:
    load_reference(session)
    service.load_days(session, range(2024, 2029))
    return session


def _comarca(session: Session, slug: str) -> Place:
    table = service._COMARCA
    return Place(session.scalar(service.select(table.c.id).where(table.c.slug == slug)))


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
    assert service.load_days(seeded, range(2024, 2029)) == 0
    assert edited.name == "Dia da Justiça (transferido)"


def test_an_added_day_closes_and_is_recorded(seeded: Session, now: datetime) -> None:
    day = date(2026, 11, 26)
    wish = NewDay(first_day=day, last_day=day, effect=Effect.CLOSED, name="Luto oficial")
    row = service.add_day(seeded, ADMIN, wish, now=now)
    assert load_calendar(seeded).day_state(day, Place()).reason == "feriado: Luto oficial"
    assert [r.id for r in calendar_rows(seeded, day, day)] == [row.id]
    assert seeded.exec(select(AuditEntry.action)).all() == ["incluir dia"]
    with pytest.raises(ConflictError):
        service.add_day(seeded, ADMIN, wish, now=now)
    service.remove_day(seeded, ADMIN, row.id or 0, now=now)
    seeded.flush()
    assert load_calendar(seeded).day_state(day, Place()).is_open


def test_a_closed_unit_closes_what_hangs_under_it(session: Session, now: datetime) -> None:
    vara = Unit(code="v", slug="v", name="Vara", kind="vara", degree=1, path="/1/", updated_at=now)
    session.add(vara)
    session.flush()
    vara.path = f"/{vara.id}/"
    registry = Unit(
        code="s", slug="s", name="Sec", kind="secretaria", degree=1, path="", updated_at=now
    )
    session.add(registry)
    session.flush()
    registry.path = f"{vara.path}{registry.id}/"
    session.flush()
    wish = NewClosure(starts_at=now - timedelta(hours=1), reason="obras", unit_id=vara.id)
    closure = service.close(session, ADMIN, wish, now=now)
    state = load_calendar(session).state_at(now, Place(None, registry.id))
    assert (state.is_open, state.reason, state.next_change) == (False, "obras", None)
    assert closure_rows(session, now)[0].reason == "obras"
    service.end_closure(session, ADMIN, closure.id or 0, now, now=now)
    session.flush()
    assert load_calendar(session).state_at(now, Place(None, registry.id)).is_open
    with pytest.raises(InvalidError):
        service.end_closure(session, ADMIN, closure.id or 0, now - timedelta(days=1), now=now)


@pytest.mark.parametrize("stranger", [PUBLIC, CORREGEDORIA])
def test_only_an_administrator_changes_the_calendar(
    session: Session, now: datetime, stranger: Actor
) -> None:
    day = NewDay(first_day=now.date(), last_day=now.date(), effect=Effect.CLOSED, name="Nada")
    with pytest.raises(AppError):
        service.add_day(session, stranger, day, now=now)
    with pytest.raises(AppError):
        service.remove_day(session, stranger, 1, now=now)
    with pytest.raises(AppError):
        service.close(session, stranger, NewClosure(starts_at=now, reason="obras"), now=now)


def test_what_is_not_there_is_not_found(session: Session, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        service.remove_day(session, ADMIN, 99, now=now)
    with pytest.raises(NotFoundError):
        service.end_closure(session, ADMIN, 99, now, now=now)


def test_twenty_thousand_units_are_answered_from_memory(now: datetime) -> None:
    calendar = CourtCalendar()
    states = {id(calendar.state_at(now, Place(n % 79, n))) for n in range(20_000)}
    assert len(states) == 1
    assert clock.local(now).hour == 14
