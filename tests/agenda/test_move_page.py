"""The page that moves an appointment, sent through Reflex's own pipeline."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import queries
from canais_app.agenda.appointment.state import MOVE_ASKED, MOVED
from canais_app.agenda.booking import booking
from canais_app.agenda.models import Agenda, AgendaVersion, Appointment, AppointmentStatus
from canais_app.kit import clock, db, text
from tests.doors import Browser, EventResult, list_handlers
from tests.factories import agenda as factory

HANDLERS = list_handlers()
SLUG = "quem-muda"


@pytest.fixture
def starts(database: Path) -> list[datetime]:
    """Two free times of the same agenda, on different days."""
    now = clock.now()
    today = clock.to_local_day(now)

    def store(session: Session) -> list[datetime]:
        factory.make_agenda(session, slug=SLUG)
        last = today + timedelta(days=14)  # on the first four weeks that the page shows
        slots = queries.list_open_slots(session, SLUG, today + timedelta(days=1), last, now=now)
        return [datetime.fromisoformat(slot.start) for slot in (slots[0], slots[-1])]

    return db.write_sync(store)


def move(first: datetime, second: datetime) -> EventResult:
    """Book the first time and move to the second on the page; return the last answer."""
    made = factory.make_booking_request(first, case_number="")
    token = db.write_sync(booking.book, SLUG, made, now=clock.now()).token
    page = Browser("", routes.move(token))

    def send(name: str, **sent: Any) -> EventResult:
        answer = asyncio.run(page.send(HANDLERS[f"MoveState.{name}"][1], sent))
        assert answer.wrong == []
        return answer

    send("load")
    day = clock.to_local_day(second)
    send("choose_day", day=day.isoformat())
    send("choose_time", label=text.format_hour(second))
    return send("move")


def statuses() -> list[str]:
    with db.read_transaction() as session:
        rows = session.exec(select(Appointment).order_by(col(Appointment.id))).all()
        return [row.status for row in rows]


def test_a_move_is_said_to_be_done(starts: list[datetime]) -> None:
    (path,) = move(*starts).redirects
    assert path.endswith(f"?{routes.DONE_QUERY}={MOVED}")


def test_a_move_to_a_day_that_needs_approval_is_said_to_be_asked(starts: list[datetime]) -> None:
    first, second = starts

    def approve_from_then_on(session: Session) -> None:
        agenda, version = (
            session.exec(select(Agenda)).one(),
            session.exec(select(AgendaVersion)).one(),
        )
        version.ends_on = clock.to_local_day(second)
        factory.make_version(
            session,
            agenda,
            factory.weekday_windows(),
            number=2,
            starts_on=version.ends_on,
            needs_approval=True,
        )

    db.write_sync(approve_from_then_on)
    (path,) = move(first, second).redirects
    assert path.endswith(f"?{routes.DONE_QUERY}={MOVE_ASKED}")
    assert statuses() == [AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING]
