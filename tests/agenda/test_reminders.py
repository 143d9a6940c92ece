"""Every party gets a reminder 24 hours before an appointment."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda.booking import booking, cancellation
from canais_app.agenda.notifications import reminders
from canais_app.kit import clock
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories.outbox import payload_of

DAY = timedelta(hours=24)


@pytest.fixture
def start(now: datetime) -> datetime:
    """Thursday, 26 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=3), 14)


def reminded(session: Session) -> list[str]:
    found = session.exec(
        select(OutboxMessage.party)
        .where(col(OutboxMessage.kind) == "appointment_reminder")
        .order_by(col(OutboxMessage.id))
    )
    return sorted(found)


def test_all_parties_are_reminded_once_a_day_before(
    session: Session, now: datetime, start: datetime
) -> None:
    booking.book(session, make.make_agenda(session).slug, make.make_booking_request(start), now=now)
    assert reminders.send_reminders(session, now=start - DAY - timedelta(minutes=1)) == 0
    assert reminders.send_reminders(session, now=start - DAY + timedelta(minutes=1)) == 1
    assert reminders.send_reminders(session, now=start - DAY + timedelta(minutes=2)) == 0
    assert reminded(session) == ["chambers", "lawyer", "registry"]


def test_the_reminder_has_the_link_of_the_booking(
    session: Session, now: datetime, start: datetime
) -> None:
    booked = booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=now
    )
    reminders.send_reminders(session, now=start - timedelta(hours=23))
    message = session.exec(
        select(OutboxMessage).where(
            col(OutboxMessage.kind) == "appointment_reminder", col(OutboxMessage.party) == "lawyer"
        )
    ).one()
    assert f"/agendamento/{booked.token}" in payload_of(message).text


def test_a_booking_within_24_hours_gets_no_reminder(
    session: Session, now: datetime, start: datetime
) -> None:
    late = start - timedelta(hours=20)
    booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=late
    )
    assert reminders.send_reminders(session, now=late + timedelta(hours=1)) == 0


def test_a_cancelled_appointment_gets_no_reminder(
    session: Session, now: datetime, start: datetime
) -> None:
    booked = booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=now
    )
    cancellation.cancel_by_link(session, booked.token, now=now)
    assert reminders.send_reminders(session, now=start - timedelta(hours=23)) == 0


def test_a_change_withdraws_a_reminder_that_has_not_been_sent(
    session: Session, now: datetime, start: datetime
) -> None:
    booked = booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=now
    )
    reminders.send_reminders(session, now=start - timedelta(hours=23))
    cancellation.move_appointment(
        session, booked.token, start + DAY, now=start - timedelta(hours=22)
    )
    states = select(OutboxMessage.kind, OutboxMessage.status).distinct()
    assert set(session.exec(states)) == {
        ("appointment_booked", "waiting"),
        ("appointment_reminder", "withdrawn"),
        ("appointment_moved", "waiting"),
    }


def test_a_moved_appointment_gets_its_reminder_for_the_new_start(
    session: Session, now: datetime, start: datetime
) -> None:
    booked = booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=now
    )
    assert reminders.send_reminders(session, now=start - timedelta(hours=23)) == 1
    later = start + timedelta(days=1)
    cancellation.move_appointment(session, booked.token, later, now=start - timedelta(hours=22))
    assert reminders.send_reminders(session, now=start - timedelta(hours=21)) == 0
    assert reminders.send_reminders(session, now=later - timedelta(hours=23)) == 1
    assert len(reminded(session)) == 6
