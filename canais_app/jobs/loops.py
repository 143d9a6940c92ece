"""The loops of a running portal: each calls a service function again and again.

One process of all does it (`turns.py`); claims of work are conditional, so that two of them, where
there are two for a moment, never do it twice.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import structlog
from sqlmodel import Session

from canais_app.agenda import figures
from canais_app.agenda import service as agenda
from canais_app.agenda.mail import daily, reminders
from canais_app.complaints import instability
from canais_app.expediente import service as calendar
from canais_app.jobs import nightly
from canais_app.kit import clock, db
from canais_app.outbox import delivery

AT_ONCE = 20  # of what has run out in an agenda, in a transaction
NIGHT = 3  # the hour of the court's clock from which the night's work is done
log = structlog.get_logger()


@dataclass(frozen=True)
class Loop:
    """Work, and how many seconds lie between two rounds of it."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


@dataclass
class Night:
    """Does the night's work once a day, in the first round after three in the morning."""

    tell: Callable[[], datetime] = clock.now
    done_on: date | None = field(default=None)

    async def work(self) -> nightly.Done | None:
        """Do it when it is due; return what was done."""
        now = self.tell()
        today = clock.local_day(now)
        if self.done_on == today or clock.local(now).hour < NIGHT:
            return None
        done = await db.in_session(nightly.run, now=now)
        self.done_on = today
        log.info("nightly_done", **done.__dict__)
        return done


@dataclass
class Tide:
    """Tells open pages what time alone has changed since the last round."""

    tell: Callable[[], datetime] = clock.now
    last: datetime | None = field(default=None)

    async def work(self) -> bool:
        """Say whether anything opened, closed, began or ended meanwhile."""
        now = self.tell()
        turned = await db.in_session(calendar.tell_passing_time, self.last or now, now)
        self.last = now
        return turned


async def _settle() -> int:
    """End what has run out, a little in each transaction: others may wait for its locks."""
    now, done = clock.now(), 0
    for due, end in ((agenda.overdue, agenda.lapse), (agenda.due, agenda.settle)):
        for one in await db.in_reading(due, now=now):
            work = partial(end, agenda_id=one, most=AT_ONCE)
            done += await _until_done(work)
    return done


async def _remind() -> int:
    return await _until_done(reminders.remind)


async def _tell_days() -> int:
    return await _until_done(daily.tell)


async def _count_figures() -> None:
    now = clock.now()
    counted = await db.in_reading(figures.count, now=now)
    await db.in_session(figures.keep, counted, now=now)


async def _until_done(work: Callable[..., int]) -> int:
    """Do work that takes a little at a time, each time a transaction, until none is left.

    Between two it rests: who books has the processors, and the disk, first.
    """
    done, began = 0, time.perf_counter()
    while count := await db.in_session(_job, work, now=clock.now()):
        done += count
        await asyncio.sleep(delivery.REST * (time.perf_counter() - began))
        began = time.perf_counter()
    return done


def _job(session: Session, work: Callable[..., int], *, now: datetime) -> int:
    """Do a loop's work in the loops' own turn (`kit.db.turn`): who books does not wait for it."""
    return work(session, now=now)


def everywhere() -> Loop:
    """Return the loop of every process that answers: what it keeps in memory is its own."""
    return Loop("instability", 2, instability.watch.look)


def loops() -> tuple[Loop, ...]:
    """Return the portal's loops."""
    return (
        Loop("outbox", 2, partial(delivery.drain, rest=delivery.REST)),
        Loop("agendas", 5, _settle),
        Loop("reminders", 30, _remind),
        Loop("days", 60, _tell_days),
        Loop("figures", 300, _count_figures),
        Loop("calendar", 15, Tide().work),
        Loop("nightly", 600, Night().work),
    )


async def keep(loop: Loop) -> None:
    """Do a loop's work until cancelled; a failure is logged and the next round comes."""
    while True:
        try:
            await loop.work()
        except Exception:
            log.exception("loop_failed", loop=loop.name)
        await asyncio.sleep(loop.seconds)


async def run() -> None:
    """Run every loop of the portal until cancelled."""
    async with asyncio.TaskGroup() as group:
        for loop in loops():
            group.create_task(keep(loop))
