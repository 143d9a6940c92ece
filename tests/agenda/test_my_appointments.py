"""An address's appointments are listed by a mailed link, and in no other way."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import reflex as rx
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import schemas, views
from canais_app.agenda.booking import booking, cancellation, waitlist
from canais_app.agenda.models import Appointment, AppointmentStatus, MailedLink
from canais_app.agenda.my_appointments.state import MyAppointmentsLinkState
from canais_app.agenda.notifications import my_appointments
from canais_app.jobs import retention
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.service import render_redacted
from tests.doors import Browser, list_handlers
from tests.factories import agenda as make
from tests.factories.outbox import payload_of

ME = "voce@exemplo.invalid"
HOUR = timedelta(hours=1)


@pytest.fixture
def start(now: datetime) -> datetime:
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


def book(session: Session, now: datetime, start: datetime, **fields: object) -> views.BookingResult:
    return booking.book(
        session, make.make_agenda(session).slug, make.make_booking_request(start, **fields), now=now
    )


def link(session: Session, now: datetime, email: str = ME) -> str:
    """Ask for the link, and read its token in the mailbox; empty when nothing came."""
    before = len(letters(session))
    my_appointments.request_link(session, my_appointments.check_email(email), now=now)
    came = letters(session)[before:]
    if not came:
        return ""
    found = re.search(r"/meus-agendamentos/([\w-]+)", payload_of(came[0]).text)
    assert found is not None
    assert came[0].recipient == email.lower()
    return found[1]


def letters(session: Session) -> list[OutboxMessage]:
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == "my_appointments")
    return list(session.exec(asked.order_by(col(OutboxMessage.id))))


def test_the_link_lists_future_and_past_appointments(
    session: Session, now: datetime, start: datetime
) -> None:
    later = book(session, now, start + HOUR)
    sooner = book(session, now, start)
    gone = book(session, now, start + 2 * HOUR)
    cancellation.cancel_by_link(session, gone.token, now=now)
    book(session, now, start, email="outra@exemplo.invalid")
    listed = my_appointments.consume(session, link(session, now), now=now)
    assert [one.path for one in listed.coming] == [
        routes.appointment(sooner.token),
        routes.appointment(later.token),
    ]
    assert [(one.path, one.status_words) for one in listed.past] == [
        (routes.appointment(gone.token), "Atendimento cancelado")
    ]
    assert listed.coming[0].day == "quarta-feira, 25 de novembro de 2026"


def test_an_address_without_appointments_gets_no_message(session: Session, now: datetime) -> None:
    assert link(session, now) == ""
    assert session.exec(select(MailedLink)).all() == []


def test_the_address_is_found_however_it_was_typed(
    session: Session, now: datetime, start: datetime
) -> None:
    book(session, now, start, email="Voce@Exemplo.invalid")
    assert link(session, now, "VOCE@exemplo.INVALID")


def test_a_link_opens_once_and_for_an_hour(
    session: Session, now: datetime, start: datetime
) -> None:
    book(session, now, start)
    first = link(session, now)
    assert my_appointments.is_valid(session, first, now=now)
    my_appointments.consume(session, first, now=now)
    assert not my_appointments.is_valid(session, first, now=now)
    with pytest.raises(NotFoundError, match="já foi usado ou venceu"):
        my_appointments.consume(session, first, now=now)
    later = now + timedelta(minutes=10)
    second = link(session, later)
    with pytest.raises(NotFoundError):
        my_appointments.consume(session, second, now=later + HOUR)
    with pytest.raises(NotFoundError):
        my_appointments.consume(session, "inventado", now=now)


def test_a_second_request_within_minutes_sends_no_message(
    session: Session, now: datetime, start: datetime
) -> None:
    book(session, now, start)
    assert link(session, now)
    assert link(session, now + timedelta(minutes=4)) == ""
    assert link(session, now + timedelta(minutes=6))


def test_only_a_hash_of_the_link_is_stored_and_the_nightly_job_deletes_it(
    session: Session, now: datetime, start: datetime
) -> None:
    book(session, now, start)
    token = link(session, now)
    row = session.exec(select(MailedLink)).one()
    assert token not in row.model_dump_json()
    (letter,) = letters(session)
    assert token not in render_redacted(letter)[1]
    retention.run_retention(session, now=now + timedelta(minutes=30))
    assert len(session.exec(select(MailedLink)).all()) == 1
    retention.run_retention(session, now=now + 2 * HOUR)
    assert session.exec(select(MailedLink)).all() == []


def test_an_unconfirmed_booking_can_be_confirmed_from_the_list(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, confirms_by_email=True)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    (one,) = my_appointments.consume(session, link(session, now), now=now).coming
    token, _, key = one.path.rpartition("/")[2].partition("?confirmar=")
    assert token == booked.token
    assert (
        booking.confirm_appointment(session, token, now=now, key=key).status
        == AppointmentStatus.CONFIRMED
    )


def test_waitlist_entries_are_listed_too(session: Session, now: datetime, start: datetime) -> None:
    agenda = make.make_agenda(session)
    sent = make.make_booking_form(start)
    request = schemas.WaitlistRequest.model_validate({**sent, "from": None, "to": None})
    token = waitlist.join_waitlist(session, agenda.slug, request, now=now)
    (place,) = my_appointments.consume(session, link(session, now), now=now).waiting
    assert place.path == routes.waitlist_status(token)


def test_appointments_older_than_thirty_days_or_anonymised_are_not_listed(
    session: Session, now: datetime, start: datetime
) -> None:
    book(session, now, start)
    assert link(session, now + timedelta(days=33)) == ""
    row = session.exec(select(Appointment)).one()
    row.email = ""
    session.add(row)
    with pytest.raises(InvalidError):
        my_appointments.check_email("")
    assert link(session, now) == ""


@pytest.mark.parametrize("email", ["", "sem arroba", "a@b", "x" * 300, "a@b.c\nBcc: d@e.f"])
def test_an_invalid_address_is_refused_under_its_field(email: str) -> None:
    with pytest.raises(InvalidError) as refused:
        my_appointments.check_email(email)
    assert set(refused.value.errors) == {"email"}


@pytest.mark.usefixtures("database")
def test_the_screen_has_the_same_answer_for_every_address(now: datetime) -> None:
    def write(session: Session) -> None:
        start = clock.from_wall_clock(clock.to_local_day(clock.now()) + timedelta(days=2), 14)
        agenda = make.make_agenda(session, [make.make_window(day) for day in range(7)])
        booking.book(session, agenda.slug, make.make_booking_request(start), now=clock.now())

    db.write_sync(write)
    load, ask = (
        list_handlers()[f"MyAppointmentsLinkState.{name}"][1] for name in ("load", "request_link")
    )
    answers = []
    for email in (ME, "ninguem@exemplo.invalid"):
        browser = Browser(path="/meus-agendamentos")
        asyncio.run(browser.send(load, {}))
        answers.append(asyncio.run(browser.send(ask, {"form": {"email": email}})).deltas)
    assert answers[0] == answers[1]
    assert answers[0]["sent"] is True
    assert len(db.read_sync(letters)) == 1


async def _said(state: MyAppointmentsLinkState, form: object) -> list[dict[str, object]]:
    handled: AsyncIterator[object] = MyAppointmentsLinkState.request_link.fn(state, form)  # type: ignore[attr-defined]
    return [{"sent": state.sent, "letters": len(db.read_sync(letters))} async for _ in handled]


@pytest.mark.usefixtures("database")
def test_the_answer_is_given_before_anything_is_looked_up(now: datetime) -> None:
    def write(session: Session) -> None:
        book(session, now, clock.from_wall_clock(now.date() + timedelta(days=2), 14))

    db.write_sync(write)

    async def run() -> list[dict[str, object]]:
        root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
        return await _said(await root.get_state(MyAppointmentsLinkState), {"email": ME})

    assert asyncio.run(run()) == [{"sent": True, "letters": 0}]
