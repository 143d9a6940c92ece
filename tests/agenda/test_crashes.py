"""The server killed at random moments of booking and sending; long runs are in `bench/crash.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.crash import CrashReport, list_flaws

ROOT = Path(__file__).parents[2]


def found(points: int, *words: str) -> CrashReport:
    done = subprocess.run(
        [sys.executable, "-m", "bench.crash", str(points), *words],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    return CrashReport(**json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("words", [(), ("down",)], ids=["mail up", "mail down to the end"])
def test_killed_at_four_moments_nothing_is_lost_and_nothing_doubled(words: tuple[str, ...]) -> None:
    end = found(4, *words)
    assert end.sent >= 3 * end.confirmed > 0
    assert list_flaws(end) == 0, end
