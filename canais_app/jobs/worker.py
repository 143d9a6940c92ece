"""What runs by itself: mail, expiries, reminders, figures, the night's work.

On SQLite it runs inside the server process. On PostgreSQL it is the process `canais worker`, which
`canais serve` starts unless `CANAIS_WORKER=off`; of several workers one is active, the one that
holds a session-level advisory lock. Every job claims its work by conditional statements, so that
two workers that overlap for a moment do nothing twice.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import psycopg
import structlog
from sqlmodel import Session

from canais_app.agenda import statistics
from canais_app.agenda.booking import approvals, expiry
from canais_app.agenda.notifications import reminders
from canais_app.complaints.public_status import outages
from canais_app.expediente import service as calendar
from canais_app.jobs import retention
from canais_app.kit import clock, db
from canais_app.outbox import delivery
from canais_app.settings import settings

BATCH = 20  # what one transaction ends in an agenda; others may wait for its locks
NIGHTLY_HOUR = 3  # of the court's clock, from which the night's work is done
LOCK_KEY = 20261130  # any number that nothing else in the portal locks
NICENESS = 10  # requests have the processors first
LOCK_POLL = 2.0  # seconds between two tries for the lock, and between two checks that it is held
log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """Work, and how many seconds lie between two runs of it."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


@dataclass
class DailyJob:
    """Does the night's work once a day, in the first run after three in the morning."""

    now: Callable[[], datetime] = clock.now
    done_on: date | None = field(default=None)

    async def work(self) -> retention.RetentionSummary | None:
        """Do it when it is due; return what was done."""
        now = self.now()
        today = clock.to_local_day(now)
        if self.done_on == today or clock.to_local(now).hour < NIGHTLY_HOUR:
            return None
        done = await db.write(retention.run_retention, now=now)
        self.done_on = today
        log.info("nightly_done", **done.__dict__)
        return done


@dataclass
class CalendarTransitions:
    """Tells open pages what time alone has changed since the last run."""

    now: Callable[[], datetime] = clock.now
    last: datetime | None = field(default=None)

    async def work(self) -> bool:
        """Return whether anything opened, closed, began or ended meanwhile."""
        now = self.now()
        turned = await db.write(calendar.publish_transitions, self.last or now, now)
        self.last = now
        return turned


async def _expire() -> int:
    """End what has run out, a little in each transaction: others may wait for its locks."""
    now, done = clock.now(), 0
    for due, end in (
        (approvals.agendas_with_expired_requests, approvals.expire_requests),
        (expiry.agendas_with_expired, expiry.expire_due),
    ):
        for one in await db.read(due, now=now):
            done += await _run_until_done(partial(end, agenda_id=one, limit=BATCH))
    return done


async def _send_reminders() -> int:
    return await _run_until_done(reminders.send_reminders)


async def _send_daily_lists() -> int:
    return await _run_until_done(reminders.send_day_lists)


async def _count_statistics() -> None:
    now = clock.now()
    counted = await db.read(statistics.count_appointments, now=now)
    await db.write(statistics.store_counts, counted, now=now)


async def _run_until_done(work: Callable[..., int]) -> int:
    """Repeat work that takes a little at a time, each a transaction, until none is left."""
    done = 0
    while count := await db.write(_run_in_writer_lock, work, now=clock.now()):
        done += count
    return done


def _run_in_writer_lock(session: Session, work: Callable[..., int], *, now: datetime) -> int:
    return work(session, now=now)


def jobs() -> tuple[Job, ...]:
    """Return the worker's jobs."""
    return (
        Job("outbox", 2, delivery.send_due_messages),
        Job("expiries", 5, _expire),
        Job("reminders", 30, _send_reminders),
        Job("daily_lists", 60, _send_daily_lists),
        Job("figures", 300, _count_statistics),
        Job("calendar", 15, CalendarTransitions().work),
        Job("nightly", 600, DailyJob().work),
    )


async def run_forever(job: Job) -> None:
    """Run a job until cancelled; a failure is logged and the next run comes."""
    while True:
        try:
            await job.work()
        except Exception:
            log.exception("job_failed", job=job.name)
        await asyncio.sleep(job.seconds)


async def run_jobs() -> None:
    """Run the worker's jobs until cancelled, without the web's timeouts."""
    with db.long_running():
        async with asyncio.TaskGroup() as group:
            for job in jobs():
                group.create_task(run_forever(job))


async def run_in_server() -> None:
    """Run what belongs to a server process (a lifespan task of the app), until it ends.

    Every process keeps its own memory of outages; on SQLite the one process is the worker too.
    """
    async with asyncio.TaskGroup() as group:
        group.create_task(run_forever(Job("outages", 2, outages.outage_cache.refresh)))
        if settings().is_sqlite and settings().worker == "auto":
            group.create_task(run_jobs())


async def run_when_alone() -> None:
    """Run the jobs whenever this process holds the database's lock, until cancelled.

    A lost connection loses the lock: the jobs stop, and this process tries for it again.
    """
    while True:
        try:
            await _run_with_lock()
        except* (psycopg.Error, OSError) as wrong:
            log.warning("worker_lock_lost", error=type(wrong.exceptions[0]).__name__)
        await asyncio.sleep(LOCK_POLL)


async def _run_with_lock() -> None:
    async with await db.connect_psycopg() as connection:
        while not await _try_lock(connection):  # noqa: ASYNC110 (another process's lock)
            await asyncio.sleep(LOCK_POLL)
        log.info("worker_active", pid=os.getpid())
        async with asyncio.TaskGroup() as group:  # a check that fails cancels the jobs
            group.create_task(_check_connection(connection))
            group.create_task(run_jobs())


async def _try_lock(connection: psycopg.AsyncConnection) -> bool:
    asked = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,))
    row = await asked.fetchone()
    return bool(row and row[0])


async def _check_connection(connection: psycopg.AsyncConnection) -> None:
    while True:
        await asyncio.sleep(LOCK_POLL)
        async with asyncio.timeout(LOCK_POLL * 5):
            await connection.execute("SELECT 1")


def main(parent: int = 0) -> None:
    """Run the worker until SIGTERM or SIGINT, or until the process `parent` has ended.

    Raises:
        SystemExit: on SQLite, where the server process is the worker.
    """
    if settings().is_sqlite:
        sys.exit("No SQLite o próprio servidor faz este trabalho: não inicie `canais worker`.")
    os.nice(NICENESS)
    with suppress(asyncio.CancelledError):
        asyncio.run(_until_stopped(parent))


async def _until_stopped(parent: int) -> None:
    work = asyncio.create_task(run_when_alone())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    watch = asyncio.create_task(_end_with(parent, work)) if parent else None
    try:
        await work
    finally:
        if watch:
            watch.cancel()


async def _end_with(parent: int, work: asyncio.Task[None]) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 (another process)
        await asyncio.sleep(1)
    work.cancel()
