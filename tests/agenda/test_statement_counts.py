"""Few statements run under an agenda's lock, because other writers wait for it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import event
from sqlmodel import Session

from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import appointment_views, queries
from canais_app.agenda.booking import approvals, booking, cancellation, holds, waitlist
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.expediente import service as calendar
from canais_app.expediente.rules import Effect
from canais_app.kit import clock, db
from canais_app.kit.forms import parse_form
from tests.factories import agenda as make

numbers = count(1)


@pytest.fixture
def asked(any_database: str) -> Iterator[list[str]]:
    """The statements sent since it was last emptied, without timeouts and emitted topics."""
    assert any_database
    statements: list[str] = []

    def record(_c: object, _k: object, statement: str, *_more: object) -> None:
        if "live_change" not in statement and "_timeout" not in statement:
            statements.append(statement)

    event.listen(db.get_engine(), "before_cursor_execute", record)
    yield statements
    event.remove(db.get_engine(), "before_cursor_execute", record)


@pytest.fixture
def place(asked: list[str], now: datetime) -> tuple[str, list[datetime]]:
    """An agenda whose rules the process knows, and its free times."""

    def made(session: Session) -> tuple[str, list[datetime]]:
        slug = make.make_agenda(
            session, [make.make_window(day) for day in range(7)], capacity=3
        ).slug
        today = clock.to_local_day(now)
        free = queries.list_open_slots(session, slug, today, today + timedelta(days=9), now=now)
        return slug, [datetime.fromisoformat(slot.start) for slot in free]

    def a_calendar(session: Session) -> None:
        day = now.date() + timedelta(days=300)
        request = calendar.CalendarDayForm(
            first_day=day, last_day=day, effect=Effect.CLOSED, name="Feriado"
        )
        calendar.add_day(session, SYSTEM, request, now=now)

    db.write_sync(a_calendar)
    slug, free = db.write_sync(made)
    book(slug, free[-1], now)
    asked.clear()
    return slug, free


def book(slug: str, start: datetime, now: datetime) -> str:
    """Book as one more lawyer and return the private link's token."""
    request = make.make_booking_request(start, oab_number=str(next(numbers)))
    return db.write_sync(booking.book, slug, request, now=now).token


def test_a_hold_and_a_booking(
    place: tuple[str, list[datetime]], asked: list[str], now: datetime
) -> None:
    slug, free = place
    db.write_sync(holds.hold_slot, slug, free[30], "", now=now)
    assert len(asked) <= 5, asked
    asked.clear()
    book(slug, free[31], now)
    assert len(asked) <= 8, asked


def test_a_move(place: tuple[str, list[datetime]], asked: list[str], now: datetime) -> None:
    slug, free = place
    token = book(slug, free[30], now)
    asked.clear()
    db.write_sync(cancellation.move_appointment, token, free[35], now=now)
    assert len(asked) <= 12, asked


def test_a_cancellation_that_offers_the_time(
    place: tuple[str, list[datetime]], asked: list[str], now: datetime
) -> None:
    slug, free = place
    token = book(slug, free[30], now)
    waits = parse_form(
        WaitlistRequest, make.make_booking_form(free[30], oab_number=str(next(numbers)))
    )
    db.write_sync(waitlist.join_waitlist, slug, waits, now=now)
    asked.clear()
    db.write_sync(cancellation.cancel_by_link, token, now=now)
    assert len(asked) <= 13, asked


def test_an_approval(place: tuple[str, list[datetime]], asked: list[str], now: datetime) -> None:
    slug, free = place
    token = book(slug, free[30], now)

    def ask_first(session: Session) -> int:
        row = appointment_views.load_appointment_by_token(session, token)
        row.status = "pending"
        session.add(row)
        return row.id or 0

    pending = db.write_sync(ask_first)
    asked.clear()
    db.write_sync(approvals.approve_request, SYSTEM, pending, now=now)
    assert len(asked) <= 12, asked
