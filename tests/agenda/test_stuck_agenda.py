"""A row lock that does not end: other agendas are not delayed, its own writers are refused."""

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import queries
from canais_app.agenda.models import Appointment
from canais_app.api.app import create_app as make_api
from canais_app.kit import clock, db
from canais_app.kit.errors import BusyError
from canais_app.settings import settings
from tests.factories import agenda as make

BOOKINGS = 8
STUCK = 4
NOISE = 0.1  # seconds that a busy machine may add to a median; a waiting booking would take 3


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    fixed = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: fixed)
    return fixed


@pytest.fixture
def api(any_database: str, now: datetime) -> Iterator[TestClient]:
    with TestClient(make_api(), raise_server_exceptions=False) as client:
        yield client


def agenda(title: str) -> str:
    windows = [make.make_window(day) for day in range(7)]
    return db.write_sync(lambda session: make.make_agenda(session, windows, title=title).slug)


def starts(slug: str, now: datetime) -> list[datetime]:
    day = clock.to_local_day(now)
    found = db.read_sync(queries.list_open_slots, slug, day, day.replace(day=day.day + 6), now=now)
    return [datetime.fromisoformat(one.start) for one in found]


def book(api: TestClient, slug: str, start: datetime, number: int) -> tuple[Response, float]:
    form = {
        **make.make_booking_form(start, oab_number=str(number)),
        "start": clock.to_rfc3339(start),
    }
    began = time.perf_counter()
    answer = api.post(f"{routes.API}/agendas/{slug}/appointments", json=form)
    return answer, time.perf_counter() - began


@pytest.mark.alone
@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_a_locked_agenda_does_not_block_others_and_its_bookings_are_refused_in_time(
    api: TestClient, now: datetime
) -> None:
    stuck, other = agenda("Presa"), agenda("Livre")
    times = starts(other, now)[: 3 * BOOKINGS]
    url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")

    def run(free: list[datetime], first: int) -> float:
        spent = []
        for number, start in enumerate(free, start=first):
            answer, seconds = book(api, other, start, number)
            assert answer.status_code == 201, answer.text
            spent.append(seconds)
        return statistics.median(spent)

    run(times[:BOOKINGS], 1)  # statements are compiled, the cache is filled
    usual = run(times[BOOKINGS : 2 * BOOKINGS], 100)
    with psycopg.connect(url) as foreign, ThreadPoolExecutor(STUCK) as threads:
        foreign.execute("SELECT id FROM agenda WHERE slug = %s FOR UPDATE", (stuck,))
        waiting = [
            threads.submit(book, api, stuck, start, number)
            for number, start in enumerate(starts(stuck, now)[:STUCK], start=500)
        ]
        meanwhile = run(times[2 * BOOKINGS :], 200)
        assert not any(one.done() for one in waiting)
        answers = [one.result() for one in waiting]
        foreign.rollback()
    assert meanwhile <= 2 * usual + NOISE
    for answer, seconds in answers:
        assert answer.status_code == BusyError.status
        assert answer.headers["Retry-After"] == str(BusyError.retry_after)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == BusyError.message
        assert seconds < 4
    answer, _ = book(api, stuck, starts(stuck, now)[0], 500)
    assert answer.status_code == 201


def test_on_sqlite_a_writer_behind_an_endless_one_is_refused_in_time(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "SQLITE_TIMEOUT", 0.2)
    with ThreadPoolExecutor(1) as threads, db.write_transaction(), pytest.raises(BusyError):
        threads.submit(db.write_sync, count).result()
    assert db.write_sync(count) == 0


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_a_long_running_command_waits_longer_than_the_web(any_database: str) -> None:
    slow = lambda session: session.connection().exec_driver_sql("SHOW lock_timeout").scalar()  # noqa: E731
    assert db.write_sync(slow) == f"{db.LOCK_TIMEOUT}s"
    with db.long_running():
        assert db.write_sync(slow) == "0"
    assert db.write_sync(slow) == f"{db.LOCK_TIMEOUT}s"


def count(session: Session) -> int:
    return len(session.exec(select(col(Appointment.id))).all())
