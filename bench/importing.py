"""Claim: importing 20,000 new or known units, and checking their contacts, takes bounded time.

Measures the whole command on SQLite, with its start.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.claim import Claim, sized

ROOT = Path(__file__).parents[1]
UNITS = sized(20_000, 200)
SECONDS, MEGABYTES, LINT_SECONDS = 30, 600, 5


@dataclass(frozen=True)
class CommandRun:
    """A command's output, duration and peak memory."""

    output: str
    seconds: float
    megabytes: float


class Portal:
    """A database of its own, and the command on it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.environment = {
            **os.environ,
            "CANAIS_VAR_DIR": str(folder),
            "CANAIS_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "PYTHONPATH": str(ROOT),
        }
        self.canais("migrate")

    def canais(self, *words: str) -> CommandRun:
        """Run the command to its end."""
        begun = time.perf_counter()
        with tempfile.TemporaryFile() as out:
            command = [sys.executable, "-m", "canais_app.cli", *words]
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, words
            out.seek(0)
            output = out.read().decode()
        return CommandRun(output, time.perf_counter() - begun, used.ru_maxrss / 1024)


def claims() -> Iterable[Claim]:
    """Import the same 20,000 units into a portal without them, and into one that has them."""
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as name:
        folder = Path(name)
        known = Portal(folder / "known")
        known.canais("bench-data", "--units", str(UNITS), "--seed", "7")
        for kind in ("csv", "xlsx"):
            file = folder / f"unidades.{kind}"
            known.canais("export", str(file))
            empty = Portal(folder / kind)
            empty.canais("bench-data", "--units", "0")
            what = f"importar {UNITS} unidades de {kind.upper()}"
            yield from _claims(f"{what}, todas novas", empty, file, "new")
            yield from _claims(f"{what}, nenhuma mudada", known, file, "same")
        yield _linted(known)


def _claims(what: str, portal: Portal, file: Path, expected: str) -> Iterable[Claim]:
    run = portal.canais("import", str(file), "--json")
    counts = json.loads(run.output)["counts"]
    fine = counts[expected] == UNITS
    figure = f"{run.seconds:.1f} s" if fine else f"{counts}"
    yield Claim(what, figure, f"≤ {SECONDS} s", fine and run.seconds <= SECONDS)
    yield Claim(
        f"{what}: memória",
        f"{run.megabytes:.0f} MB",
        f"≤ {MEGABYTES} MB",
        run.megabytes <= MEGABYTES,
    )


def _linted(portal: Portal) -> Claim:
    run = portal.canais("doctor", "--contacts", "--json")
    report = json.loads(run.output)
    fine = report["units"] == UNITS and run.seconds <= LINT_SECONDS
    what = f"examinar os {report['contacts']} contatos de {UNITS} unidades"
    return Claim(what, f"{run.seconds:.1f} s", f"≤ {LINT_SECONDS} s", fine)
