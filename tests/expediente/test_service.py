"""The days of the calendar in the database: seeded, changed, moved, and who may change them."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.directory.reference import load_reference
from canais_app.expediente import service, years
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.queries import load_calendar, load_calendar_rows
from canais_app.expediente.rules import Effect, Location
from canais_app.expediente.service import CalendarDayForm
from canais_app.kit import clock
from canais_app.kit.errors import AppError, ConflictError, InvalidError, NotFoundError
from canais_app.kit.forms import parse_form
from tests.factories.directory import make_notice

ADMIN = Actor(staff_id=1, name="Administração", grants=(Grant(Role.ADMIN),))
CORREGEDORIA = Actor(staff_id=2, name="Corregedoria", grants=(Grant(Role.CORREGEDORIA),))
MANAGER = Actor(staff_id=3, name="Gestor", grants=(Grant(Role.MANAGER, "/1/"),))


@pytest.fixture
def seeded(session: Session) -> Session:
    load_reference(session)
    years.seed_years(session, range(2024, 2029))
    return session


def _day(session: Session, name: str, year: int) -> CalendarDay:
    rows = session.exec(select(CalendarDay).where(CalendarDay.name == name)).all()
    return next(row for row in rows if row.first_day.year == year)


def _form(row: CalendarDay, **changes: object) -> CalendarDayForm:
    kept = row.model_dump(include=set(CalendarDayForm.model_fields))
    return CalendarDayForm.model_validate({**kept, **changes})


def test_seeding_again_changes_nothing_and_keeps_edits(seeded: Session) -> None:
    edited = seeded.exec(select(CalendarDay).where(CalendarDay.name == "Dia da Justiça")).first()
    assert edited is not None
    edited.name = "Dia da Justiça (transferido)"
    seeded.add(edited)
    assert years.seed_years(seeded, range(2024, 2029)) == 0
    assert edited.name == "Dia da Justiça (transferido)"


def test_seeding_again_does_not_restore_removed_or_moved_days(
    seeded: Session, now: datetime
) -> None:
    servants = _day(seeded, "Dia do Servidor Público", 2026)
    moved = _form(servants, first_day=date(2026, 10, 30), last_day=date(2026, 10, 30))
    service.change_day(seeded, ADMIN, servants.id or 0, moved, now=now)
    service.remove_day(seeded, ADMIN, _day(seeded, "Dia da Justiça", 2026).id or 0, now=now)
    seeded.flush()
    assert years.seed_years(seeded, range(2024, 2029)) == 0
    calendar = load_calendar(seeded)
    assert calendar.open_state_on(date(2026, 10, 28), Location()).is_open
    assert (
        calendar.open_state_on(date(2026, 10, 30), Location()).reason == "feriado: " + servants.name
    )
    assert calendar.open_state_on(date(2026, 12, 8), Location()).is_open


def test_an_added_day_closes_and_is_audited(seeded: Session, now: datetime) -> None:
    day = date(2026, 11, 26)
    form = CalendarDayForm(first_day=day, last_day=day, effect=Effect.CLOSED, name="Luto oficial")
    row = service.add_day(seeded, ADMIN, form, now=now)
    assert load_calendar(seeded).open_state_on(day, Location()).reason == "feriado: Luto oficial"
    assert [r.id for r in load_calendar_rows(seeded, day, day)] == [row.id]
    with pytest.raises(ConflictError):
        service.add_day(seeded, ADMIN, form, now=now)
    service.remove_day(seeded, ADMIN, row.id or 0, now=now)
    seeded.flush()
    assert load_calendar(seeded).open_state_on(day, Location()).is_open
    assert seeded.exec(select(AuditEntry.action)).all() == ["incluir dia", "retirar dia"]


def test_a_moved_day_is_audited_by_field_once(seeded: Session, now: datetime) -> None:
    row = _day(seeded, "Dia do Servidor Público", 2026)
    moved = _form(row, first_day=date(2026, 10, 30), last_day=date(2026, 10, 30), act="Portaria 7")
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
    onto = _form(row, first_day=date(2026, 11, 2), last_day=date(2026, 11, 2))
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
def test_an_invalid_day_gets_an_error_at_its_field(field: str, wrong: dict[str, object]) -> None:
    day = date(2026, 11, 26)
    sent = {"first_day": day, "last_day": day, "effect": "closed", "name": "Luto", **wrong}
    with pytest.raises(InvalidError) as refused:
        parse_form(CalendarDayForm, sent)
    assert field in refused.value.errors


def test_only_the_chosen_days_of_a_proposal_are_stored(seeded: Session, now: datetime) -> None:
    proposed = years.propose_year(seeded, 2029)
    assert {day.name for day in proposed} >= {"Carnaval", "Recesso forense", "Dia da Justiça"}
    kept = [day.key for day in proposed if day.name != "Dia do Servidor Público"]
    assert years.accept_proposal(seeded, ADMIN, 2029, kept, now=now) == len(proposed) - 1
    assert [day.name for day in years.propose_year(seeded, 2029)] == ["Dia do Servidor Público"]
    assert load_calendar(seeded).open_state_on(date(2029, 10, 29), Location()).is_open
    with pytest.raises(InvalidError):
        years.accept_proposal(seeded, ADMIN, 2029, kept, now=now)


def test_a_day_moved_within_its_year_is_not_proposed_again(seeded: Session, now: datetime) -> None:
    row = _day(seeded, "Dia do Servidor Público", 2026)
    moved = _form(row, first_day=date(2026, 10, 30), last_day=date(2026, 10, 30))
    service.change_day(seeded, ADMIN, row.id or 0, moved, now=now)
    assert years.propose_year(seeded, 2026) == []


@pytest.mark.parametrize("stranger", [PUBLIC, CORREGEDORIA, MANAGER])
def test_only_an_administrator_changes_the_calendar(
    session: Session, now: datetime, stranger: Actor
) -> None:
    day = CalendarDayForm(
        first_day=now.date(), last_day=now.date(), effect=Effect.CLOSED, name="Nada"
    )
    with pytest.raises(AppError):
        service.add_day(session, stranger, day, now=now)
    with pytest.raises(AppError):
        service.change_day(session, stranger, 1, day, now=now)
    with pytest.raises(AppError):
        service.remove_day(session, stranger, 1, now=now)
    with pytest.raises(AppError):
        years.accept_proposal(session, stranger, 2029, ["2029-01-01..closed"], now=now)


def test_unknown_days_are_not_found(session: Session, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        service.remove_day(session, ADMIN, 99, now=now)


def test_transitions_are_published_only_when_time_changed_something(
    seeded: Session, now: datetime
) -> None:
    def is_published(since: datetime, until: datetime) -> bool:
        return service.publish_transitions(seeded, since, until)

    assert not is_published(now, now + timedelta(minutes=5))
    assert is_published(now, clock.from_wall_clock(date(2026, 11, 23), 19))
    assert is_published(
        clock.from_wall_clock(date(2026, 11, 23), 23, 59),
        clock.from_wall_clock(date(2026, 11, 24), 0),
    )
    make_notice(seeded, "Obras", starts_at=now + timedelta(minutes=3))
    assert is_published(now, now + timedelta(minutes=5))
    assert not is_published(now + timedelta(minutes=3), now + timedelta(minutes=5))
