"""The worker: one of several is active, another takes over, SIGTERM ends it."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from canais_app.complaints.models import Calibration
from canais_app.jobs.worker import CalendarTransitions, CalibrationJob
from canais_app.kit import clock, db
from canais_app.kit.models import LiveChange
from canais_app.outbox import queue, service
from canais_app.outbox.models import OutboxMessage
from tests.factories import directory as make
from tests.factories.outbox import make_message

SECONDS = 60
IN_SERVER = (
    "import asyncio; from canais_app.jobs import worker; asyncio.run(worker.run_in_server())"
)
HOLDERS = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
postgresql = pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, "it did not happen within a minute"
        time.sleep(0.05)


@contextmanager
def worker(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `canais worker`, or this code, in a process of its own."""
    command = words or ("-m", "canais_app.cli", "worker")
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def put(number: int) -> None:
    db.write_sync(service.enqueue, make_message(number), now=clock.now())


def sent() -> int:
    def count(session: Session) -> int:
        asked = select(func.count()).where(col(OutboxMessage.status) == "sent")
        return session.exec(asked).one()

    return db.read_sync(count)


def holders() -> list[int]:
    """Return the database sessions that hold the worker's lock."""
    return db.read_sync(lambda session: list(session.connection().execute(HOLDERS).scalars()))


def says_active(process: subprocess.Popen[str]) -> bool:
    """Wait until a worker says that it is the active one."""
    assert process.stdout is not None
    return any("worker_active" in line for line in process.stdout)


@postgresql
def test_one_of_two_workers_is_active_and_the_other_takes_over(any_database: str) -> None:
    with worker() as first:
        assert says_active(first)
        (holder,) = holders()
        with worker() as second:
            put(1)
            wait_for(lambda: sent() == 1)
            assert holders() == [holder]

            first.send_signal(signal.SIGKILL)
            assert says_active(second)
            assert holders() != [holder]
            put(2)
            wait_for(lambda: sent() == 2)


@postgresql
def test_a_worker_that_lost_its_connection_stops_and_tries_again(any_database: str) -> None:
    with worker() as only:
        assert says_active(only)
        (holder,) = holders()
        cut = text("SELECT pg_terminate_backend(:pid)")
        db.write_sync(lambda session: session.connection().execute(cut, {"pid": holder}).scalar())
        assert says_active(only)
        assert holders() != [holder]
        put(1)
        wait_for(lambda: sent() == 1)


@postgresql
def test_a_dead_workers_message_is_sent_once_after_the_lease(any_database: str) -> None:
    put(1)
    dead = clock.now() - queue.LEASE + timedelta(seconds=3)
    claimed = db.write_sync(queue.claim_next, now=clock.now())
    assert claimed is not None

    def age(session: Session) -> None:
        session.get_one(OutboxMessage, claimed.id).claimed_at = dead

    db.write_sync(age)
    with worker():
        wait_for(lambda: sent() == 1)
        assert clock.now() >= dead + queue.LEASE


@postgresql
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_quietly_on_sigterm(any_database: str, number: signal.Signals) -> None:
    with worker() as process:
        assert says_active(process)
        process.send_signal(number)
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert "Traceback" not in said


@postgresql
def test_a_worker_ends_with_the_process_that_started_it(any_database: str) -> None:
    start = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'canais_app.cli', 'worker',"
        " '--parent', str(os.getpid())])\n"
        "time.sleep(600)"
    )
    with worker("-c", start) as parent:
        assert says_active(parent)
        parent.kill()
        wait_for(lambda: not holders())


@pytest.mark.sqlite
def test_on_sqlite_the_server_process_is_the_worker(database: Path) -> None:
    with worker() as refused:
        said, _ = refused.communicate(timeout=SECONDS)
        assert refused.returncode != 0
        assert "No SQLite o próprio servidor faz este trabalho" in said
    with worker("-c", IN_SERVER):
        put(1)
        wait_for(lambda: sent() == 1)


def test_a_notice_that_begins_between_two_runs_is_published_once(
    session: Session, now: datetime
) -> None:
    make.make_notice(session, "Obras", starts_at=now + timedelta(seconds=20))
    session.commit()
    moments = iter(
        [now, now + timedelta(seconds=15), now + timedelta(seconds=30), now + timedelta(seconds=45)]
    )
    tide = CalendarTransitions(lambda: next(moments))
    told = [asyncio.run(tide.work()) for _ in range(4)]
    assert told == [False, False, True, False]
    assert session.exec(select(LiveChange.topic)).all() == ["calendar:all"]


def test_the_alarms_are_calibrated_once_a_day_by_a_process_that_ends_with_ours(
    database: Path,
) -> None:
    late = clock.from_wall_clock(clock.to_local_day(clock.now()), 23)

    async def story() -> list[bool]:
        job = CalibrationJob(now=lambda: late)
        cut = asyncio.create_task(job.work())
        while job.child is None:  # noqa: ASYNC110 (it starts within a few turns of the loop)
            await asyncio.sleep(0.01)
        cut.cancel()
        with suppress(asyncio.CancelledError):
            await cut
        assert job.child.returncode == -signal.SIGKILL
        return [await job.work(), await job.work()]

    assert asyncio.run(story()) == [True, False]
    with db.read_transaction() as session:
        assert len(session.exec(select(Calibration)).all()) == 1
