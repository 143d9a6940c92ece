"""Twenty rivals over HTTP against a real server: one winner each; long runs in `bench/race.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.race import RaceResult
from tests import servers

ROOT = Path(__file__).parents[2]
ROUNDS = 3


@pytest.mark.alone
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_race_has_one_winner_and_no_fault(database: str) -> None:
    if database == "postgresql" and servers.postgres_bin() is None:
        pytest.skip("PostgreSQL is not installed (apt package: postgresql)")
    done = subprocess.run(
        [sys.executable, "-m", "bench.race", database, str(ROUNDS)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    races = [RaceResult(**one) for one in json.loads(done.stdout.splitlines()[-1])]
    assert len(races) == 7
    for seen in races:
        assert seen.winners == seen.stored == [1] * ROUNDS, seen
        assert seen.faults == 0, seen
