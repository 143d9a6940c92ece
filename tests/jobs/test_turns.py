"""The loops' work is done by one process of all, and goes on when that one is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from canais_app.jobs import turns
from canais_app.kit import clock, db
from canais_app.outbox import service
from canais_app.outbox.models import OutboxMessage
from tests.factories.outbox import letter

ANSWERING = "import asyncio; from canais_app.jobs import turns; asyncio.run(turns.run())"
SECONDS = 30


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, "nothing of the kind within half a minute"
        time.sleep(0.05)


@contextmanager
def answering() -> Iterator[subprocess.Popen[bytes]]:
    """Run what a process that answers requests does for the loops."""
    process = subprocess.Popen([sys.executable, "-c", ANSWERING], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the living children of a process."""
    found = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(pid) for file in found for pid in file.read_text().split() if runs(int(pid))]


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that ended and was not buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def put(number: int) -> None:
    db.run(service.enqueue, letter(number), now=clock.now())


def sent() -> int:
    def count(session: Session) -> int:
        asked = select(func.count()).where(col(OutboxMessage.status) == "sent")
        return session.exec(asked).one()

    return db.run_reading(count)


def test_one_of_two_processes_has_a_child_that_does_the_work(any_database: str) -> None:
    if any_database == "sqlite":
        pytest.skip("it has no child there: the last test")
    with answering() as a, answering() as b:
        put(1)
        wait_for(lambda: sent() == 1)
        assert sorted(len(children(one)) for one in (a, b)) == [0, 1]
        (child,) = children(a) + children(b)
        assert os.getpriority(os.PRIO_PROCESS, child) == turns.NICENESS

        os.kill(child, signal.SIGKILL)
        put(2)
        wait_for(lambda: sent() == 2)

        owner, other = (a, b) if children(a) else (b, a)
        (child,) = children(owner)
        owner.kill()
        wait_for(lambda: not runs(child))
        put(3)
        wait_for(lambda: sent() == 3)
        assert len(children(other)) == 1


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_the_child_ends_when_it_is_told_to(any_database: str, told: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "canais_app.jobs"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    put(1)
    wait_for(lambda: sent() == 1)
    child.send_signal(told)
    _, said = child.communicate(timeout=SECONDS)
    assert child.returncode == 0
    assert b"error" not in said
    assert b"Traceback" not in said


def test_on_sqlite_the_process_does_the_work_itself(database: Path) -> None:
    with answering() as process:
        put(1)
        wait_for(lambda: sent() == 1)
        assert not children(process)
