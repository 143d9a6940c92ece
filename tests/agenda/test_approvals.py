"""Approvals: several requests for one slot, one approved, the others refused."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.agenda import appointment_views, queries, tokens
from canais_app.agenda.booking import approvals, booking, cancellation
from canais_app.agenda.errors import SlotTakenError
from canais_app.agenda.models import Agenda, Appointment
from canais_app.kit import clock
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
)
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as make
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A, CHAMBERS_B


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    unit = accounts.make_unit(session, "a", now=now)
    return make.make_agenda(session, unit_id=unit.id, needs_approval=True)


def request(
    session: Session, agenda: Agenda, start: datetime, number: int, now: datetime
) -> Appointment:
    sent = make.make_booking_request(
        start, oab_number=str(number), email=f"oab{number}@exemplo.invalid"
    )
    booked = booking.book(session, agenda.slug, sent, now=now)
    assert booked.status == "pending"
    return appointment_views.load_appointment_by_token(session, booked.token)


def messages_about(session: Session, row: Appointment) -> list[tuple[str, str]]:
    asked = select(OutboxMessage).where(col(OutboxMessage.thread) == tokens.appointment_topic(row))
    rows = session.exec(asked.order_by(col(OutboxMessage.id)))
    return [(m.kind.removeprefix("appointment_"), m.party) for m in rows]


def test_a_pending_request_does_not_block_its_slot(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    first = request(session, agenda, start, 1, now)
    second = request(session, agenda, start, 2, now)
    assert messages_about(session, first) == [("pending", "lawyer")]
    assert first.confirmed_at is None
    day = clock.to_local_day(start)
    listed = [s.start for s in queries.list_open_slots(session, agenda.slug, day, day, now=now)]
    assert clock.to_rfc3339(start) in listed
    assert (first.seat, first.starts_at) == (second.seat, second.starts_at)


def test_the_second_approval_is_refused_with_the_reason_and_its_lawyer_notified(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> None:
    first, second = (request(session, agenda, start, n, now) for n in (1, 2))
    later = request(session, agenda, start + timedelta(minutes=20), 3, now)
    approvals.approve_request(session, graca, first.id or 0, now=now)
    with pytest.raises(ConflictError, match="aprovou outro pedido para este horário"):
        approvals.approve_request(session, graca, second.id or 0, now=now)
    approvals.expire_requests(session, agenda.id or 0, now=now)
    assert (first.status, second.status, later.status) == ("confirmed", "refused", "pending")
    assert messages_about(session, first)[-1][0] == "booked"
    assert messages_about(session, second)[-1] == ("refused", "lawyer")
    with pytest.raises(ConflictError, match="aprovou outro pedido para este horário"):
        approvals.approve_request(session, graca, second.id or 0, now=now)
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number="9"), now=now
        )


def test_with_two_seats_the_third_request_is_refused(
    session: Session, graca: Actor, start: datetime, now: datetime
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id, needs_approval=True, capacity=2)
    rows = [request(session, agenda, start, n, now) for n in (1, 2, 3)]
    approvals.approve_request(session, graca, rows[0].id or 0, now=now)
    approvals.expire_requests(session, agenda.id or 0, now=now)
    assert [row.status for row in rows] == ["confirmed", "pending", "pending"]
    assert approvals.agendas_with_expired_requests(session, now=now) == []
    approvals.approve_request(session, graca, rows[1].id or 0, now=now)
    approvals.expire_requests(session, agenda.id or 0, now=now)
    assert [row.status for row in rows] == ["confirmed", "confirmed", "refused"]
    assert sorted(row.seat for row in rows[:2]) == [0, 1]


def test_a_request_may_be_approved_inside_the_notice_but_not_after_its_start(
    session: Session, graca: Actor, now: datetime
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id, needs_approval=True, notice_minutes=60)
    first = request(session, agenda, clock.from_wall_clock(now.date(), 15), 1, now)
    second = request(session, agenda, clock.from_wall_clock(now.date(), 15, 20), 2, now)
    approvals.approve_request(session, graca, first.id or 0, now=now + timedelta(minutes=50))
    with pytest.raises(InvalidError, match="já passou"):
        approvals.approve_request(session, graca, second.id or 0, now=now + timedelta(minutes=80))


def test_a_refusal_needs_a_reason_which_the_lawyer_reads(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> None:
    row = request(session, agenda, start, 1, now)
    with pytest.raises(InvalidError):
        approvals.refuse_request(session, graca, row.id or 0, " ", now=now)
    approvals.refuse_request(session, graca, row.id or 0, "Processo em\nsegredo", now=now)
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == "appointment_refused")
    assert "Processo em segredo" in payload_of(session.exec(asked).one()).text
    with pytest.raises(ConflictError, match="já foi respondido"):
        approvals.approve_request(session, graca, row.id or 0, now=now)
    actions = [entry.action for entry in session.exec(select(AuditEntry))]
    assert "recusou pedido" in actions


def test_a_request_without_answer_expires_at_its_start_and_the_lawyer_is_notified(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    row = request(session, agenda, start, 1, now)
    assert approvals.agendas_with_expired_requests(session, now=start - timedelta(seconds=1)) == []
    assert approvals.agendas_with_expired_requests(session, now=start) == [agenda.id]
    approvals.expire_requests(session, agenda.id or 0, now=start)
    assert row.status == "expired"
    assert messages_about(session, row)[-1] == ("refused", "lawyer")


def test_a_request_may_be_cancelled_and_moved_without_a_deadline(
    session: Session, graca: Actor, start: datetime, now: datetime
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id, needs_approval=True, cancel_notice=6000)
    sent = make.make_booking_request(start)
    token = booking.book(session, agenda.slug, sent, now=now).token
    moved = cancellation.move_appointment(session, token, start + timedelta(minutes=20), now=now)
    assert (moved.status, moved.start) == ("pending", start + timedelta(minutes=20))
    cancellation.cancel_by_link(session, token, now=now)
    assert appointment_views.load_appointment_by_token(session, token).status == "cancelled"


def approved(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> tuple[str, Appointment]:
    token = booking.book(session, agenda.slug, make.make_booking_request(start), now=now).token
    row = appointment_views.load_appointment_by_token(session, token)
    approvals.approve_request(session, graca, row.id or 0, now=now)
    return token, row


def open_request(session: Session, row: Appointment) -> Appointment:
    asked = select(Appointment).where(
        col(Appointment.moves_id) == row.id, col(Appointment.status) == "pending"
    )
    return session.exec(asked).one()


def test_moving_an_approved_appointment_keeps_its_time_until_the_answer(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> None:
    token, row = approved(session, agenda, graca, start, now)
    later = start + timedelta(hours=1)
    moved = cancellation.move_appointment(session, token, later, now=now)
    assert (moved.status, moved.start, moved.token) == ("pending", later, token)
    assert (row.status, row.starts_at, row.ics_sequence) == ("confirmed", start, 0)
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number="2"), now=now
        )
    view = appointment_views.load_view_by_token(session, token, now=now)
    assert (view.status, view.needs_approval) == ("confirmed", True)
    assert "15h" in view.move_asked_words
    asked = open_request(session, row)
    assert messages_about(session, asked) == [("pending", "lawyer")]
    letters = select(OutboxMessage).where(
        col(OutboxMessage.thread) == tokens.appointment_topic(asked)
    )
    for letter in session.exec(letters):
        said = payload_of(letter).text
        assert "14h" in said.partition("quarta-feira")[2]
        assert (token in said) == (letter.party == "lawyer")

    approvals.approve_request(session, graca, asked.id or 0, now=now)
    assert (row.status, row.starts_at, row.ics_sequence) == ("confirmed", later, 1)
    assert messages_about(session, row)[-1] == ("moved", "lawyer")
    assert booking.book(
        session, agenda.slug, make.make_booking_request(start, oab_number="2"), now=now
    )


def test_a_refused_move_leaves_the_first_time_standing(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> None:
    token, row = approved(session, agenda, graca, start, now)
    cancellation.move_appointment(session, token, start + timedelta(hours=1), now=now)
    asked = open_request(session, row)
    approvals.refuse_request(session, graca, asked.id or 0, "Sessão do tribunal", now=now)
    assert (row.status, row.starts_at) == ("confirmed", start)
    said = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id).desc())).first()
    assert said is not None
    text = payload_of(said).text
    assert "continua valendo: quarta-feira, 25 de novembro de 2026, às 14h" in text
    assert appointment_views.load_view_by_token(session, token, now=now).move_asked_words == ""


def test_a_second_move_replaces_the_first_request_and_cancelling_ends_it(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> None:
    token, row = approved(session, agenda, graca, start, now)
    for hours in (1, 2):
        cancellation.move_appointment(session, token, start + timedelta(hours=hours), now=now)
    asked = open_request(session, row)
    assert asked.starts_at == start + timedelta(hours=2)
    cancellation.cancel_by_link(session, token, now=now)
    session.refresh(asked)
    assert (row.status, asked.status) == ("cancelled", "cancelled")
    with pytest.raises(ConflictError):
        approvals.approve_request(session, graca, asked.id or 0, now=now)


def test_a_request_to_move_ends_when_the_appointment_begins(
    session: Session, agenda: Agenda, graca: Actor, start: datetime, now: datetime
) -> None:
    token, row = approved(session, agenda, graca, start, now)
    cancellation.move_appointment(session, token, start + timedelta(hours=1), now=now)
    asked = open_request(session, row)
    assert approvals.agendas_with_expired_requests(session, now=now) == []
    assert approvals.agendas_with_expired_requests(session, now=start) == [agenda.id]
    approvals.expire_requests(session, agenda.id or 0, now=start)
    session.refresh(asked)
    assert (row.status, asked.status) == ("confirmed", "expired")


def test_another_gabinetes_requests_are_not_found(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    row = request(session, agenda, start, 1, now)
    gil = accounts.make_actor(session, CHAMBERS_B, now=now)
    for call in (
        approvals.approve_request,
        lambda *a, now: approvals.refuse_request(*a, "motivo", now=now),
    ):
        with pytest.raises(NotFoundError):
            call(session, gil, row.id or 0, now=now)
        with pytest.raises(AuthenticationRequiredError):
            call(session, PUBLIC, row.id or 0, now=now)
        with pytest.raises(NotFoundError):
            call(session, gil, 999_999, now=now)
