"""Bookings that wait for the link in their e-mail: blocked meanwhile, then confirmed or freed."""

import re
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, queries
from canais_app.agenda.booking import booking, cancellation, expiry
from canais_app.agenda.errors import AppointmentNotFoundError, OfferExpiredError, SlotTakenError
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories.outbox import payload_of


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


@pytest.fixture
def agenda(session: Session) -> Agenda:
    return make.make_agenda(session, confirms_by_email=True, confirm_minutes=30)


def kinds(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
    return [(row.kind.removeprefix("appointment_"), row.party) for row in rows]


def key_in_letter(session: Session) -> str:
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == "appointment_to_confirm")
    found = re.search(r"\?confirmar=([\w-]+)", payload_of(session.exec(asked).one()).text)
    assert found
    return found[1]


def free(session: Session, agenda: Agenda, start: datetime, now: datetime) -> bool:
    day = clock.to_local_day(start)
    listed = queries.list_open_slots(session, agenda.slug, day, day, now=now)
    return clock.to_rfc3339(start) in [slot.start for slot in listed]


def test_only_the_lawyer_is_notified_and_the_slot_is_blocked_meanwhile(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    assert booked.status == "preconfirmed"
    assert kinds(session) == [("to_confirm", "lawyer")]
    assert not free(session, agenda, start, now)
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number="2"), now=now
        )


def test_the_link_of_the_email_confirms_and_then_all_parties_are_notified(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    key = key_in_letter(session)
    later = now + timedelta(minutes=29)
    confirmed = booking.confirm_appointment(session, booked.token, now=later, key=key)
    assert (confirmed.status, confirmed.code) == ("confirmed", booked.code)
    assert kinds(session)[1:] == [
        ("booked", "lawyer"),
        ("booked", "chambers"),
        ("booked", "registry"),
    ]
    again = booking.confirm_appointment(session, booked.token, now=later, key=key)
    assert again == confirmed
    assert len(kinds(session)) == 4


@pytest.mark.parametrize("key", ["", "x", "x" * 22])
def test_the_token_alone_does_not_confirm_without_the_emails_key(
    session: Session, agenda: Agenda, start: datetime, now: datetime, key: str
) -> None:
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    with pytest.raises(AppointmentNotFoundError):
        booking.confirm_appointment(session, booked.token, now=now, key=key)


def test_without_confirmation_the_slot_is_freed_and_the_link_says_so(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    over = now + timedelta(minutes=30)
    with pytest.raises(OfferExpiredError, match="prazo para confirmar"):
        booking.confirm_appointment(session, booked.token, now=over, key=key_in_letter(session))
    assert not free(session, agenda, start, over), "until the loop has offered it to the line"
    assert expiry.agendas_with_expired(session, now=over) == [agenda.id]
    assert expiry.expire_due(session, agenda.id or 0, now=over) == 1
    assert free(session, agenda, start, over)
    assert expiry.agendas_with_expired(session, now=over) == []
    assert appointment_views.load_view_by_token(session, booked.token, now=over).status == "expired"
    with pytest.raises(OfferExpiredError, match="não há o que confirmar"):
        booking.confirm_appointment(session, booked.token, now=over, key=key_in_letter(session))


def test_an_unconfirmed_booking_has_no_calendar_event_and_cannot_be_moved(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    with pytest.raises(NotFoundError):
        appointments.build_invitation(session, booked.token, now=now)
    with pytest.raises(InvalidError):
        cancellation.move_appointment(session, booked.token, start + timedelta(hours=1), now=now)


def test_an_unconfirmed_booking_counts_for_the_limits_and_can_be_cancelled(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, confirms_by_email=True, max_active_per_oab=1)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    other = make.make_booking_request(start + timedelta(days=1))
    with pytest.raises(InvalidError):
        booking.book(session, agenda.slug, other, now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)
    assert kinds(session) == [("to_confirm", "lawyer")], "no other party was notified"
    assert free(session, agenda, start, now)
    assert booking.book(session, agenda.slug, other, now=now)


def test_the_time_to_confirm_ends_at_the_start_at_the_latest(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    soon = clock.from_wall_clock(now.date(), 14, 20)
    booking.book(session, agenda.slug, make.make_booking_request(soon), now=now)
    assert session.exec(select(Appointment)).one().expires_at == soon


def test_a_confirmed_booking_waits_for_approval_if_the_agenda_requires_it(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, confirms_by_email=True, needs_approval=True)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    confirmed = booking.confirm_appointment(
        session, booked.token, now=now, key=key_in_letter(session)
    )
    assert confirmed.status == AppointmentStatus.PENDING
    assert kinds(session) == [
        ("to_confirm", "lawyer"),
        ("pending", "lawyer"),
        ("pending", "chambers"),
    ]
