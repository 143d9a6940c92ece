"""Run a measurement in its own process on its own SQLite file."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_isolated(module: str, *words: object) -> dict[str, float]:
    """Run `python -m module words…` on an empty database; return the JSON of its last line."""
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as var:
        environment = {
            **os.environ,
            "CANAIS_VAR_DIR": var,
            "CANAIS_DATABASE_URL": f"sqlite:///{var}/bench.db",
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
    return json.loads(done.stdout.splitlines()[-1])


def seed_generated_units(units: int) -> None:
    """Write the demonstration's units and generated units into the empty database."""
    from random import Random

    from canais_app import wiring
    from canais_app.demo import bulk, seed
    from canais_app.demo import units as tree
    from canais_app.kit import clock, db
    from canais_app.kit.migrations import upgrade_database

    wiring.connect_hooks()
    upgrade_database()
    now = clock.now()
    db.write_sync(seed.load_facts)
    db.write_sync(tree.create_units, Random(7), now)
    db.write_sync(bulk.generate_rows, units=units, appointments=0, complaints=0, seed=7, now=now)
