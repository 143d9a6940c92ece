"""The processes of a server begin to serve together, and one that is replaced begins at once."""

import asyncio
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from canais_app.jobs import muster
from canais_app.settings import settings

SERVE = """
import asyncio, sys
from canais_app.jobs import muster
async def serve():
    print("here", flush=True)
    async with muster.before_serving():
        print("serves", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(serve())
"""


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Settings of a server with three processes; where they leave their marks."""
    monkeypatch.setenv("CANAIS_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("CANAIS_DATABASE_URL", "postgresql+psycopg://ninguem@localhost/nada")
    monkeypatch.setenv("CANAIS_WORKERS", "3")
    settings.cache_clear()
    yield tmp_path / "serving"
    settings.cache_clear()


def begun() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert said(process) == "here"
    return process


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_none_serves_before_the_last_is_there(three: Path) -> None:
    first, second = begun(), begun()
    while len(list(three.glob(f"{os.getpid()}.*"))) < 2:
        assert first.poll() is None
    assert first.stdout is not None
    assert not select.select([first.stdout], [], [], 0.5)[0]
    third = begun()
    assert [said(one) for one in (first, second, third)] == ["serves"] * 3

    third.kill()
    third.communicate()
    fourth = begun()
    assert said(fourth) == "serves"
    for one in (first, second, fourth):
        one.communicate()
    assert [mark.name for mark in three.iterdir()] == []


def test_whoever_is_there_serves_when_the_others_do_not_come(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(muster, "PATIENCE", 0.1)
    three.mkdir()
    (three / f"{os.getppid()}.not-a-process").touch()

    async def serve() -> list[Path]:
        async with muster.before_serving():
            return await asyncio.to_thread(lambda: list(three.iterdir()))

    assert len(asyncio.run(serve())) == 1
