"""A booking that waits for the link in its e-mail: kept meanwhile, free again without it."""

import re
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda import own, queries, service
from canais_app.agenda.errors import NoSuchAppointmentError, SlotTakenError, TooLateError
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Agenda, Appointment, Status
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories.outbox import body


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.at(now.date() + timedelta(days=2), 14)


@pytest.fixture
def agenda(session: Session) -> Agenda:
    return make.agenda(session, confirms_by_email=True, confirm_minutes=30)


def kinds(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
    return [(row.kind.removeprefix("appointment_"), row.party) for row in rows]


def key_in_letter(session: Session) -> str:
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == "appointment_to_confirm")
    found = re.search(r"\?confirmar=([\w-]+)", body(session.exec(asked).one()).text)
    assert found
    return found[1]


def free(session: Session, agenda: Agenda, start: datetime, now: datetime) -> bool:
    day = clock.local_day(start)
    listed = queries.open_slots(session, agenda.slug, day, day, now=now)
    return clock.rfc3339(start) in [slot.start for slot in listed]


def test_only_the_lawyer_is_told_and_the_time_is_kept_meanwhile(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    assert booked.status == "preconfirmed"
    assert kinds(session) == [("to_confirm", "lawyer")]
    assert not free(session, agenda, start, now)
    with pytest.raises(SlotTakenError):
        service.book(session, agenda.slug, make.wish(start, oab_number="2"), now=now)


def test_the_link_of_the_email_confirms_and_then_everyone_is_told(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    key = key_in_letter(session)
    later = now + timedelta(minutes=29)
    confirmed = service.confirm(session, booked.token, now=later, key=key)
    assert (confirmed.status, confirmed.code) == ("confirmed", booked.code)
    assert kinds(session)[1:] == [
        ("booked", "lawyer"),
        ("booked", "chambers"),
        ("booked", "registry"),
    ]
    again = service.confirm(session, booked.token, now=later, key=key)
    assert again == confirmed
    assert len(kinds(session)) == 4


@pytest.mark.parametrize("key", ["", "x", "x" * 22])
def test_the_answer_of_the_booking_does_not_confirm_without_the_email(
    session: Session, agenda: Agenda, start: datetime, now: datetime, key: str
) -> None:
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    with pytest.raises(NoSuchAppointmentError):
        service.confirm(session, booked.token, now=now, key=key)


def test_without_it_the_time_returns_and_the_link_says_so(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    over = now + timedelta(minutes=30)
    with pytest.raises(TooLateError, match="prazo para confirmar"):
        service.confirm(session, booked.token, now=over, key=key_in_letter(session))
    assert not free(session, agenda, start, over), "until the loop has offered it to the line"
    assert service.due(session, now=over) == [agenda.id]
    assert service.settle(session, agenda.id or 0, now=over) == 1
    assert free(session, agenda, start, over)
    assert service.due(session, now=over) == []
    assert own.view_by_token(session, booked.token, now=over).status == "expired"
    with pytest.raises(TooLateError, match="não há o que confirmar"):
        service.confirm(session, booked.token, now=over, key=key_in_letter(session))


def test_what_is_not_confirmed_has_no_calendar_event_and_cannot_be_moved(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    with pytest.raises(NotFoundError):
        letters.invitation(session, booked.token, now=now)
    with pytest.raises(InvalidError):
        service.move(session, booked.token, start + timedelta(hours=1), now=now)


def test_it_counts_against_the_limits_and_can_be_given_up(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.agenda(session, confirms_by_email=True, max_active_per_oab=1)
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    other = make.wish(start + timedelta(days=1))
    with pytest.raises(InvalidError):
        service.book(session, agenda.slug, other, now=now)
    service.cancel(session, booked.token, now=now)
    assert kinds(session) == [("to_confirm", "lawyer")], "nobody else had heard of it"
    assert free(session, agenda, start, now)
    assert service.book(session, agenda.slug, other, now=now)


def test_the_timer_never_reaches_past_the_time_itself(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    soon = clock.at(now.date(), 14, 20)
    service.book(session, agenda.slug, make.wish(soon), now=now)
    assert session.exec(select(Appointment)).one().expires_at == soon


def test_where_the_gabinete_approves_the_confirmed_request_waits_for_it(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.agenda(session, confirms_by_email=True, needs_approval=True)
    booked = service.book(session, agenda.slug, make.wish(start), now=now)
    confirmed = service.confirm(session, booked.token, now=now, key=key_in_letter(session))
    assert confirmed.status == Status.PENDING
    assert kinds(session) == [
        ("to_confirm", "lawyer"),
        ("pending", "lawyer"),
        ("pending", "chambers"),
    ]
