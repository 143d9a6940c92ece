"""The gabinete's desk: who may see it, mark, cancel and block."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.agenda import appointment_views, queries
from canais_app.agenda.booking import booking
from canais_app.agenda.chambers import blocks, chambers_desk
from canais_app.agenda.models import Agenda, Appointment
from canais_app.kit import clock
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A, CHAMBERS_B, CORREGEDORIA

TOMORROW = timedelta(days=1)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    return factory.make_agenda(session, unit_id=accounts.make_unit(session, "a", now=now).id)


@pytest.fixture
def booked(session: Session, agenda: Agenda, now: datetime) -> Appointment:
    start = clock.from_wall_clock(clock.to_local_day(now + TOMORROW), 14)
    made = booking.book(session, agenda.slug, factory.make_booking_request(start), now=now)
    return appointment_views.load_appointment_by_token(session, made.token)


def test_the_desk_shows_today_and_this_weeks_appointments(
    session: Session, graca: Actor, agenda: Agenda, booked: Appointment, now: datetime
) -> None:
    desk = chambers_desk.load_desk(session, graca, agenda.id or 0, now=now)
    assert [(day.today, len(day.people)) for day in desk.days] == [(True, 0), (False, 1)]
    person = desk.days[1].people[0]
    assert (person.time, person.oab, person.can_mark) == ("14h–14h20", "1/MT", False)


def test_another_gabinetes_desk_does_not_exist(
    session: Session, agenda: Agenda, booked: Appointment, now: datetime
) -> None:
    gil = accounts.make_actor(session, CHAMBERS_B, now=now)
    with pytest.raises(NotFoundError):
        chambers_desk.load_desk(session, gil, agenda.id or 0, now=now)
    with pytest.raises(NotFoundError):
        chambers_desk.cancel_as_chambers(session, gil, booked.id or 0, "motivo", now=now)
    assert chambers_desk.list_desk_agendas(session, gil, now=now) == []


def test_strangers_and_other_roles_are_refused(
    session: Session, agenda: Agenda, booked: Appointment, now: datetime
) -> None:
    celia = accounts.make_actor(session, CORREGEDORIA, now=now)
    with pytest.raises(AuthenticationRequiredError):
        chambers_desk.load_desk(session, PUBLIC, agenda.id or 0, now=now)
    with pytest.raises(PermissionDeniedError):
        chambers_desk.load_desk(session, celia, agenda.id or 0, now=now)
    with pytest.raises(AuthenticationRequiredError):
        chambers_desk.mark_attendance(session, PUBLIC, booked.id or 0, "attended", now=now)


def test_an_appointment_is_marked_once_it_has_begun(
    session: Session, graca: Actor, booked: Appointment, now: datetime
) -> None:
    with pytest.raises(InvalidError):
        chambers_desk.mark_attendance(session, graca, booked.id or 0, "attended", now=now)
    later = booked.starts_at + timedelta(minutes=1)
    chambers_desk.mark_attendance(session, graca, booked.id or 0, "attended", now=later)
    assert booked.status == "attended"
    chambers_desk.mark_attendance(session, graca, booked.id or 0, "confirmed", now=later)
    assert booked.status == "confirmed"
    entries = session.exec(select(AuditEntry).where(col(AuditEntry.entity) == "appointment")).all()
    assert len(entries) == 2


def test_only_three_statuses_can_be_marked(
    session: Session, graca: Actor, booked: Appointment, now: datetime
) -> None:
    later = booked.starts_at + timedelta(minutes=1)
    with pytest.raises(InvalidError):
        chambers_desk.mark_attendance(session, graca, booked.id or 0, "cancelled", now=later)


def test_a_cancellation_needs_a_reason_which_the_lawyer_reads(
    session: Session, graca: Actor, booked: Appointment, now: datetime
) -> None:
    with pytest.raises(InvalidError) as refused:
        chambers_desk.cancel_as_chambers(session, graca, booked.id or 0, "  ", now=now)
    assert "reason" in refused.value.errors
    chambers_desk.cancel_as_chambers(session, graca, booked.id or 0, "Sessão do Pleno", now=now)
    assert (booked.status, booked.cancelled_by) == ("cancelled", "chambers")
    told = session.exec(
        select(OutboxMessage).where(col(OutboxMessage.kind) == "appointment_cancelled")
    ).all()
    assert "lawyer" in {letter.party for letter in told}
    assert all("Sessão do Pleno" in payload_of(letter).text for letter in told)


def test_a_slot_cancelled_by_the_gabinete_stays_blocked_by_default(
    session: Session, graca: Actor, agenda: Agenda, booked: Appointment, now: datetime
) -> None:
    day = clock.to_local_day(booked.starts_at)
    chambers_desk.cancel_as_chambers(session, graca, booked.id or 0, "Sessão", now=now)
    later = now + timedelta(hours=1)
    slots = queries.list_open_slots(session, agenda.slug, day, day, now=later)
    assert not any("T14:00" in slot.start for slot in slots)


def test_a_block_refuses_bookings_and_marks_conflicts(
    session: Session, graca: Actor, agenda: Agenda, booked: Appointment, now: datetime
) -> None:
    day = clock.to_local_day(booked.starts_at)
    start, end = clock.from_wall_clock(day, 13), clock.from_wall_clock(day, 17)
    blocks.create_block(session, graca, agenda.id or 0, start, end, "Correição", now=now)
    assert queries.list_open_slots(session, agenda.slug, day, day, now=now) == []
    desk = chambers_desk.load_desk(session, graca, agenda.id or 0, now=now)
    assert desk.days[1].people[0].conflict == "em período bloqueado"
    blocks.remove_block(session, graca, desk.blocks[0].id, now=now)
    assert queries.list_open_slots(session, agenda.slug, day, day, now=now)


@pytest.mark.parametrize("hours", [0, -1, 24 * 121])
def test_a_block_ends_after_it_begins_and_within_120_days(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, hours: int
) -> None:
    start = now + TOMORROW
    with pytest.raises(InvalidError):
        blocks.create_block(
            session, graca, agenda.id or 0, start, start + timedelta(hours=hours), "", now=now
        )


def test_conflicts_of_later_weeks_are_listed(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    day = clock.to_local_day(now) + timedelta(days=15)
    booking.book(
        session, agenda.slug, factory.make_booking_request(clock.from_wall_clock(day, 14)), now=now
    )
    assert chambers_desk.load_desk(session, graca, agenda.id or 0, now=now).conflicts == []
    start, end = clock.from_wall_clock(day, 13), clock.from_wall_clock(day, 17)
    blocks.create_block(session, graca, agenda.id or 0, start, end, "Férias", now=now)
    (later,) = chambers_desk.load_desk(session, graca, agenda.id or 0, now=now).conflicts
    assert (later.iso, later.people[0].conflict) == (day.isoformat(), "em período bloqueado")
