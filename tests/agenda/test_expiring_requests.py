"""Expiring requests do not delay bookings, and do not overwrite concurrent answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import text as sql

from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import appointment_views
from canais_app.agenda.booking import approvals, booking, cancellation
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError, InvalidError
from tests.factories import agenda as make

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
START = clock.from_wall_clock(date(2026, 11, 25), 14)
PATIENCE = 10  # seconds
# SQLite has one writer: there nothing happens at the same moment.
pytestmark = pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)


@pytest.fixture
def other(any_database: str) -> Iterator[Callable[..., "Future[object]"]]:
    """Begin another transaction."""
    assert any_database
    with ThreadPoolExecutor(1) as pool:
        yield lambda *work, **named: pool.submit(db.write_sync, *work, **named)


@pytest.fixture
def place(any_database: str) -> tuple[int, str]:
    """An agenda whose gabinete approves."""
    assert any_database
    made = db.write_sync(lambda session: make.make_agenda(session, needs_approval=True))
    return made.id or 0, made.slug


def request(slug: str, number: int, start: datetime = START) -> tuple[int, str]:
    """Ask for a time and return the request's id and its private token."""
    sent = make.make_booking_request(start, oab_number=str(number))
    token = db.write_sync(booking.book, slug, sent, now=NOW).token
    return db.read_sync(
        lambda s: appointment_views.load_appointment_by_token(s, token).id or 0
    ), token


def somebody_waits() -> None:
    """Return once a transaction waits for another one's lock."""
    until = monotonic() + PATIENCE
    waiting = sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while monotonic() < until:
        if db.read_sync(lambda s: s.connection().execute(waiting).scalar_one()):
            return
    pytest.fail("no transaction waits")


def test_a_booking_does_not_wait_for_the_messages_of_expiring_requests(
    place: tuple[int, str], other: Callable[..., "Future[object]"]
) -> None:
    agenda_id, slug = place
    first, _ = request(slug, 1)
    for number in range(2, 6):
        request(slug, number)
    db.write_sync(approvals.approve_request, SYSTEM, first, now=NOW)
    sent = make.make_booking_request(START + timedelta(minutes=20), oab_number="9")
    with db.write_transaction() as open_one:
        assert approvals.expire_requests(open_one, agenda_id, now=NOW) == 4
        other(booking.book, slug, sent, now=NOW).result(PATIENCE)
    assert db.read_sync(approvals.agendas_with_expired_requests, now=NOW) == []


def test_cancelling_a_request_that_expires_meanwhile_is_refused(
    place: tuple[int, str], other: Callable[..., "Future[object]"]
) -> None:
    agenda_id, slug = place
    (first, _), (_, token) = request(slug, 1), request(slug, 2)
    db.write_sync(approvals.approve_request, SYSTEM, first, now=NOW)
    with db.write_transaction() as open_one:
        assert approvals.expire_requests(open_one, agenda_id, now=NOW) == 1
        late = other(cancellation.cancel_by_link, token, now=NOW)
        somebody_waits()
    with pytest.raises(InvalidError, match="não há mais o que mudar"):
        late.result(PATIENCE)
    assert (
        db.read_sync(lambda s: appointment_views.load_appointment_by_token(s, token).status)
        == "refused"
    )


def test_approving_a_request_that_expires_meanwhile_is_refused(
    place: tuple[int, str], other: Callable[..., "Future[object]"]
) -> None:
    agenda_id, slug = place
    asked, token = request(slug, 1)
    with db.write_transaction() as open_one:
        assert approvals.expire_requests(open_one, agenda_id, now=START) == 1
        late = other(approvals.approve_request, SYSTEM, asked, now=START - timedelta(minutes=1))
        somebody_waits()
    with pytest.raises(ConflictError, match="já foi respondido"):
        late.result(PATIENCE)
    assert (
        db.read_sync(lambda s: appointment_views.load_appointment_by_token(s, token).status)
        == "expired"
    )


def test_a_request_being_answered_is_skipped_by_the_expiry(
    place: tuple[int, str], other: Callable[..., "Future[object]"]
) -> None:
    agenda_id, slug = place
    (asked, token), (_, rival) = request(slug, 1), request(slug, 2)
    with db.write_transaction() as open_one:
        approvals.refuse_request(open_one, SYSTEM, asked, "Sessão", now=START)
        assert other(approvals.expire_requests, agenda_id, now=START).result(PATIENCE) == 1
    statuses = [
        db.read_sync(lambda s, one=one: appointment_views.load_appointment_by_token(s, one).status)
        for one in (token, rival)
    ]
    assert statuses == ["refused", "expired"]
    assert db.write_sync(approvals.expire_requests, agenda_id, now=START) == 0
