"""Who is present is known, and who is gone too, however they went."""

import asyncio
import signal
import subprocess
import sys
import time

import pytest

from canais_app.kit import db, presence

STAY = """
import asyncio
from canais_app.kit import presence
async def stay():
    async with presence.here("outra") as name:
        print(name, flush=True)
        await asyncio.Event().wait()
asyncio.run(stay())
"""


def is_here(name: str) -> bool:
    return db.run_reading(presence.is_here, name)


def test_one_is_present_until_the_end_of_the_block(any_database: str) -> None:
    async def look() -> tuple[str, bool]:
        async with presence.here() as name:
            return name, await asyncio.to_thread(is_here, name)

    name, seen = asyncio.run(look())
    assert seen
    assert not is_here(name)


def test_a_name_is_had_by_one_at_a_time(any_database: str) -> None:
    async def both() -> tuple[str, str, str]:
        async with presence.here("caixa") as first, presence.here("caixa") as second:
            pass
        async with presence.here("caixa") as third:
            return first, second, third

    assert asyncio.run(both()) == ("caixa", "", "caixa")


def test_a_killed_process_is_not_present(any_database: str) -> None:
    other = subprocess.Popen([sys.executable, "-c", STAY], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"outra\n"
    assert is_here("outra")
    other.send_signal(signal.SIGKILL)
    other.communicate()
    until = time.monotonic() + 20  # the server notices the broken line in its own time
    while is_here("outra") and time.monotonic() < until:
        pass
    assert not is_here("outra")


@pytest.mark.parametrize("name", ["", "../fora", "a/b"])
def test_a_name_that_nobody_could_have_is_not_present(any_database: str, name: str) -> None:
    assert not is_here(name)
