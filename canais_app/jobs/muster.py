"""A server's processes take their first request together.

A process that listens before the others gets everybody's connections, and keeps them: open pages
come back at once after a restart, and their sockets stay where they are.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from canais_app.settings import settings

PATIENCE = 20.0  # seconds; then whoever is there serves
LOOK = 0.02
log = structlog.get_logger()


@asynccontextmanager
async def before_serving() -> AsyncIterator[None]:
    """Wait until all processes of this server are here (a lifespan task of the app)."""
    folder = settings().var_dir / "serving"
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / f"{os.getppid()}.{os.getpid()}"
    mark.touch()
    try:
        await asyncio.to_thread(_wait, folder)
        yield
    finally:
        mark.unlink(missing_ok=True)


def _wait(folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while (here := _count(folder)) < settings().workers:
        if time.monotonic() > until:
            log.warning("muster_incomplete", here=here)
            return
        time.sleep(LOOK)


def _count(folder: Path) -> int:
    """Count the living processes of this server's; the marks of dead ones are taken away."""
    here = 0
    for mark in folder.iterdir():
        server, _, process = mark.name.partition(".")
        if _lives(process):
            here += server == str(os.getppid())
        else:
            mark.unlink(missing_ok=True)
    return here


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except PermissionError:  # another user's, which has the number of a dead one of ours
        return True
    except (ProcessLookupError, ValueError):
        return False
    return True
