"""Which process does the loops' work: one of all, and for a server's database a process of its own.

Whoever books has the processors first (ADR 18). The processes that answer requests contend for a
presence; who has it does the loops' work itself on SQLite, which has one writer, and starts a
process of low priority for it on PostgreSQL. When either dies the other or another takes over.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import structlog

from canais_app.jobs import loops
from canais_app.kit import logs, presence
from canais_app.settings import ROOT, settings

NAME = "loops"
RETRY = 2.0  # seconds between two looks whether nobody does the work
NICENESS = 10  # a tenth of a processor that others want, all of one that nobody wants
FAREWELL = 4.0  # seconds in which a child ends; Reflex gives its lifespan tasks five
log = structlog.get_logger()


async def run() -> None:
    """Take part until the process ends (a lifespan task of the app)."""
    async with asyncio.TaskGroup() as group:
        group.create_task(loops.keep(loops.everywhere()))
        group.create_task(loops.keep(loops.Loop(NAME, RETRY, _take_turn)))


async def _take_turn() -> None:
    """Do the loops' work, or see to it, unless another process does: then return at once.

    Whoever loses the database's connection may lose the turn without knowing. Two at work do
    nothing twice.
    """
    async with presence.here(NAME) as is_ours:
        if is_ours:
            await (loops.run() if settings().is_sqlite else _see_to_a_child())


async def _see_to_a_child() -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "canais_app.jobs", cwd=ROOT, stdin=asyncio.subprocess.PIPE
    )
    log.info("loops_begun", pid=child.pid)
    try:
        log.error("loops_ended", status=await child.wait())
    finally:
        await asyncio.shield(_end(child))


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), FAREWELL)
        except TimeoutError:
            child.kill()
            await child.wait()


def main() -> None:
    """Do the loops' work until told to end, or until who started this process is gone."""
    os.nice(NICENESS)
    logs.set_up()
    with suppress(asyncio.CancelledError):
        asyncio.run(_until_told())


async def _until_told() -> None:
    work = asyncio.create_task(loops.run())
    here = asyncio.get_running_loop()
    # A terminal's Ctrl-C reaches this process too.
    for told in (signal.SIGTERM, signal.SIGINT):
        here.add_signal_handler(told, work.cancel)
    # Nobody writes there: what can be read is the end of who holds the other side.
    here.add_reader(sys.stdin.fileno(), _orphaned, work)
    await work


def _orphaned(work: asyncio.Task[None]) -> None:
    asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
    work.cancel()
