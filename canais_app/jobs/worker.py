"""The worker: background jobs for mail, expiries, reminders, statistics and the nightly job.

On SQLite it runs inside the server process. On PostgreSQL it is the process `canais worker`, which
`canais serve` starts unless `CANAIS_WORKER=off`; of several workers, the one that holds a
session-level advisory lock is active. Jobs claim their work by conditional statements, so that
workers that overlap for a moment do nothing twice.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import psycopg
import structlog

from canais_app.agenda import consequences, statistics
from canais_app.agenda.booking import approvals, expiry, holds, request_clock
from canais_app.agenda.busy import service as busy_calendars
from canais_app.agenda.notifications import reminders
from canais_app.complaints import attachments, erasure
from canais_app.complaints import service as complaints
from canais_app.complaints.public_status import open_data, outages
from canais_app.complaints.situations import nightly_fit
from canais_app.complaints.situations.engine import Engine
from canais_app.complaints.triage import escalation
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.expediente import service as calendar
from canais_app.expediente.queries import VERSIONS as CALENDAR_VERSIONS
from canais_app.jobs import retention
from canais_app.kit import cache_version, clock, db
from canais_app.kit.errors import BusyError
from canais_app.outbox import delivery
from canais_app.settings import settings
from canais_app.webhooks import service as webhooks

BATCH = 20  # rows per transaction, as others wait for its locks
NIGHTLY_HOUR = 3  # in the court's zone, from which the nightly job runs
CALIBRATE = (sys.executable, "-m", "canais_app.cli", "calibrate")
LOCK_KEY = 20261130  # any number that nothing else in the portal locks
NICENESS = 10  # requests have priority
LOCK_POLL = 2.0  # seconds between attempts to get the lock, and between checks of it
log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """A function, and the seconds between two runs of it."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


@dataclass
class DailyJob:
    """Runs the nightly job once a day, at the first call after three in the morning."""

    now: Callable[[], datetime] = clock.now
    done_on: date | None = field(default=None)

    async def work(self) -> retention.RetentionSummary | None:
        """Run it when it is due; return what was done."""
        now = self.now()
        today = clock.to_local_day(now)
        if self.done_on == today or clock.to_local(now).hour < NIGHTLY_HOUR:
            return None
        done = await db.write(retention.run_retention, now=now)
        stray = await db.read(attachments.find_stray_files, now=now)
        await asyncio.to_thread(attachments.delete_files, stray)
        is_first = True
        while await db.write(erasure.merge_search_index, first=is_first):
            is_first = False
        await asyncio.to_thread(db.truncate_wal)
        self.done_on = today
        log.info("nightly_job_completed", **done.__dict__)
        return done


@dataclass
class CalibrationJob:
    """Calibrates the alarms once a day, at the first call after three in the morning.

    It takes seconds of processor time, so it is a child process: requests do not share an
    interpreter with it, and the end of this process does not wait for it.
    """

    now: Callable[[], datetime] = clock.now
    child: asyncio.subprocess.Process | None = field(default=None)

    async def work(self) -> bool:
        """Calibrate when it is due; return whether it was done."""
        now = self.now()
        if clock.to_local(now).hour < NIGHTLY_HOUR:
            return False
        if await db.read(nightly_fit.is_calibrated_today, now=now):
            return False
        self.child = await asyncio.create_subprocess_exec(*CALIBRATE, stdout=subprocess.DEVNULL)
        try:
            code = await self.child.wait()
        except asyncio.CancelledError:
            self.child.kill()
            await self.child.wait()
            raise
        log.info("alarms_calibrated", exit_code=code)
        return code == 0


@dataclass
class CalendarTransitions:
    """Updates open pages when the calendar changes with time alone."""

    now: Callable[[], datetime] = clock.now
    last: datetime | None = field(default=None)

    async def work(self) -> bool:
        """Publish what opened, closed, began or ended since the last run; return whether any."""
        now = self.now()
        changed = await db.write(calendar.publish_transitions, self.last or now, now)
        self.last = now
        return changed


@dataclass
class ClosedDays:
    """Cancels the appointments on which the court does not open, when its calendar has changed."""

    last: object = None

    async def work(self) -> int:
        """Cancel them, each with other times for its lawyer; return how many."""
        now, done = clock.now(), 0
        version = await db.read(cache_version.read_tokens, *CALENDAR_VERSIONS[:1])
        if version == self.last:
            return done
        for appointment_id in await db.read(consequences.list_closed, now=now):
            done += await db.write(consequences.cancel_closed, appointment_id, now=now)
        self.last = version
        return done


async def _offer_new_days() -> int:
    """Offer the days that have just become bookable to who waits for them."""
    now, done = clock.now(), 0
    for agenda_id in await db.read(consequences.agendas_with_new_days, now=now):
        done += await db.write(consequences.offer_new_days, agenda_id, now=now)
    return done


async def _expire() -> int:
    """Expire requests and holds, a batch per transaction."""
    now, done = clock.now(), 0
    for list_agendas, expire in (
        (approvals.agendas_with_expired_requests, approvals.expire_requests),
        (expiry.agendas_with_expired, expiry.expire_due),
    ):
        for agenda_id in await db.read(list_agendas, now=now):
            done += await _run_until_done(partial(expire, agenda_id=agenda_id, limit=BATCH))
    return done


async def _count_statistics() -> None:
    now = clock.now()
    counted = await db.read(statistics.count_appointments, now=now)
    await db.write(statistics.store_counts, counted, now=now)


async def _forget_marks() -> int:
    """Remove the marks of addresses that are too old, of reports and of bookings."""
    now = clock.now()
    reports = await db.write(complaints.forget_marks, now=now)
    return reports + await db.write(holds.forget_clients, now=now)


async def _resume_import() -> bool:
    return await asyncio.to_thread(spreadsheet.resume_import, now=clock.now())


async def _write_open_data() -> bool:
    """Write the files of open data, once a day."""
    now = clock.now()
    if not open_data.is_due(now):
        return False
    await db.read(open_data.write_files, now=now)
    return True


async def _warn_of_deadlines() -> int:
    return await _run_until_done(escalation.warn_of_deadlines)


async def _run_until_done(work: Callable[..., int]) -> int:
    """Run a batched function in transactions of its own until it returns 0; return the sum."""
    done = 0
    while count := await db.write(lambda session: work(session, now=clock.now())):
        done += count
    return done


def jobs() -> tuple[Job, ...]:
    """Return the worker's jobs."""
    return (
        Job("outbox", 2, delivery.send_due_messages),
        Job("expiries", 5, _expire),
        Job("new_days", 10, _offer_new_days),
        Job("closed_days", 15, ClosedDays().work),
        Job("reminders", 30, partial(_run_until_done, reminders.send_reminders)),
        Job("daily_lists", 60, partial(_run_until_done, reminders.send_day_lists)),
        Job("overdue", 60, partial(_run_until_done, request_clock.escalate_overdue)),
        Job("statistics", 300, _count_statistics),
        Job("marks", 1800, _forget_marks),
        Job("deadlines", 300, _warn_of_deadlines),
        Job("imports", 60, _resume_import),
        Job("busy_calendars", 5, busy_calendars.read_due),
        Job("calendar", 15, CalendarTransitions().work),
        Job("situations", 2, Engine().work),
        Job("webhooks", 2, webhooks.deliver_due),
        Job("open_data", 600, _write_open_data),
        Job("nightly", 600, DailyJob().work),
        Job("calibration", 600, CalibrationJob().work),
    )


async def run_forever(job: Job) -> None:
    """Run a job again and again until cancelled; log failures."""
    while True:
        try:
            await job.work()
        except BusyError as wrong:
            log.warning("job_postponed", job=job.name, cause=wrong.event)
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

    Every process has its own cache of outages; on SQLite the only process is also the worker.
    """
    async with asyncio.TaskGroup() as group:
        group.create_task(run_forever(Job("outages", 2, outages.outage_cache.refresh)))
        if settings().is_sqlite and settings().worker == "auto":
            group.create_task(run_jobs())


async def run_when_alone() -> None:
    """Run the jobs while this process holds the database's lock, until cancelled.

    A lost connection loses the lock: the jobs stop until this process gets it again.
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
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,))
    row = await cursor.fetchone()
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
