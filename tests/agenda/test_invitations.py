"""The calendar of each party follows an appointment, in two readers of different hands."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, tokens
from canais_app.agenda.booking import approvals, booking, cancellation
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.errors import AppointmentNotFoundError
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from canais_app.outbox.models import OutboxMessage
from tests.calendars import ReadCalendar, read_with_ical_js, read_with_icalendar
from tests.factories import accounts
from tests.factories import agenda as make
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A

Reader = Callable[[list[str]], list[ReadCalendar]]
READERS = pytest.mark.parametrize("reader", [read_with_icalendar, read_with_ical_js])
HOUR = timedelta(hours=1)


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


def events(session: Session, party: str) -> list[str]:
    """Return the calendar events of a party's letters, oldest first."""
    asked = select(OutboxMessage).where(col(OutboxMessage.party) == party)
    rows = session.exec(asked.order_by(col(OutboxMessage.id)))
    return [event for row in rows if (event := payload_of(row).ics)]


def row_of(session: Session, token: str) -> Appointment:
    return appointment_views.load_appointment_by_token(session, token)


@READERS
@pytest.mark.parametrize("party", ["lawyer", "chambers", "registry"])
def test_book_move_and_cancel_leave_no_event_behind(
    session: Session, now: datetime, start: datetime, party: str, reader: Reader
) -> None:
    booked = booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=now
    )
    cancellation.move_appointment(session, booked.token, start + HOUR, now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)
    made, moved, gone = reader(events(session, party))
    assert [one["start"][11:16] for one in made["held"] + moved["held"]] == ["18:00", "19:00"]
    assert gone["held"] == []
    attendee = moved["events"][0]["attendees"]
    assert attendee == [f"mailto:{_address(session, party)}"]


def _address(session: Session, party: str) -> str:
    asked = select(OutboxMessage.recipient).where(col(OutboxMessage.party) == party)
    return session.exec(asked).first() or ""


@READERS
def test_an_unconfirmed_appointment_is_in_no_calendar(
    session: Session, now: datetime, start: datetime, reader: Reader
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id, confirms_by_email=True, needs_approval=True)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    key = tokens.confirmation_key(row_of(session, booked.token))
    assert (
        booking.confirm_appointment(session, booked.token, now=now, key=key).status
        == AppointmentStatus.PENDING
    )
    assert events(session, "lawyer") == events(session, "chambers") == []
    with pytest.raises(NotFoundError):
        appointments.build_invitation(session, booked.token, now=now)
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    approvals.approve_request(session, actor, row_of(session, booked.token).id or 0, now=now)
    (step,) = reader(events(session, "lawyer"))
    assert [one["method"] for one in step["held"]] == ["REQUEST"]


@READERS
def test_an_alternative_is_another_event_and_the_old_one_is_gone(
    session: Session, now: datetime, start: datetime, reader: Reader
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    chambers_desk.cancel_as_chambers(
        session, actor, row_of(session, booked.token).id or 0, "Sessão", now=now
    )
    other = appointment_views.load_view_by_token(session, booked.token, now=now).alternatives[0]
    booking.confirm_appointment(session, other.token, now=now)
    first, gone, last = reader(events(session, "lawyer"))
    assert gone["held"] == []
    assert [one["uid"] for one in last["held"]] != [one["uid"] for one in first["held"]]
    assert [one["sequence"] for one in last["held"]] == [0]


@READERS
def test_the_file_of_the_page_is_the_event_of_the_mail(
    session: Session, now: datetime, start: datetime, reader: Reader
) -> None:
    booked = booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start), now=now
    )
    file = appointments.build_invitation(session, booked.token, now=now)
    mailed, downloaded = reader([*events(session, "lawyer"), file])
    assert downloaded["events"] == mailed["events"]
    cancellation.cancel_by_link(session, booked.token, now=now)
    assert (
        reader([file, appointments.build_invitation(session, booked.token, now=now)])[-1]["held"]
        == []
    )
    with pytest.raises(AppointmentNotFoundError):
        appointments.build_invitation(session, "outra", now=now)
