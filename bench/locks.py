"""Claims: what is locked makes only those wait who want the same.

PostgreSQL: while a foreign connection holds one agenda's row for ten seconds, bookings in another
agenda of the same server process take their usual time, and one in the locked agenda is answered
with a 503. SQLite: while a file of 60,000 units is imported, bookings wait at most a second.
`python -m bench.locks postgresql` and `python -m bench.locks sqlite 500` print figures as JSON.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.arena import RaceArena
from bench.claim import Claim, sized
from bench.importing import Portal
from bench.race import serve_in_process

ROOT = Path(__file__).parents[1]
STUCK_SECONDS = 10  # how long the row is locked: longer than the engine's lock timeout
WITHIN_SECONDS = 4.0
TIMES_USUAL = 2.0
ASKED = sized(60, 15)  # bookings for the usual time
AT_LEAST = sized(20, 5)  # bookings while the row is locked
UNITS = sized(60_000, 300)
WAIT_SECONDS = 1.0
PATIENCE_SECONDS = 60


@dataclass
class Stuck:
    """Milliseconds of a booking elsewhere, usually and meanwhile; the locked one's answer."""

    usual: float
    meanwhile: float
    bookings: int
    status: int
    seconds: float
    retry_after: str


@dataclass
class Imported:
    """The longest booking during the import, in seconds; how many, how many were refused."""

    worst: float
    bookings: int
    failed: int
    seconds: float


def claims() -> Iterable[Claim]:
    """Lock a row on PostgreSQL, then import on SQLite, each in a process of its own."""
    stuck = Stuck(**_measured("postgresql"))
    times = stuck.meanwhile / stuck.usual
    yield Claim(
        f"uma agenda trancada por {STUCK_SECONDS} s: marcar em outra, no mesmo processo",
        f"{stuck.meanwhile:.0f} ms, em geral {stuck.usual:.0f} ms ({times:.1f}×, medianas, "
        f"{stuck.bookings} marcações)",
        f"≤ {TIMES_USUAL:.0f}×",
        times <= TIMES_USUAL and stuck.bookings >= AT_LEAST,
    )
    yield Claim(
        "o mesmo: marcar na agenda trancada",
        f"resposta {stuck.status} em {stuck.seconds:.1f} s, Retry-After {stuck.retry_after or '–'}",
        f"503 com Retry-After em ≤ {WITHIN_SECONDS:.0f} s",
        stuck.status == httpx.codes.SERVICE_UNAVAILABLE
        and stuck.seconds <= WITHIN_SECONDS
        and bool(stuck.retry_after),
        exact=True,
    )
    seen = Imported(**_measured("sqlite", UNITS))
    yield Claim(
        f"importar {UNITS} unidades no SQLite ({seen.seconds:.0f} s): a marcação que mais espera",
        f"{seen.worst:.2f} s de {seen.bookings} marcações, {seen.failed} falhas",
        f"≤ {WAIT_SECONDS:.0f} s, nenhuma falha",
        seen.worst <= WAIT_SECONDS and not seen.failed and seen.bookings > 0,
    )


def _measured(*words: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.locks", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


class Bookings:
    """A lawyer after another who books in one agenda over HTTP, each another time."""

    def __init__(self, url: str, name: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=PATIENCE_SECONDS)
        self.arena = RaceArena(name, rounds=400)
        starts = list(self.arena.iterate_starts())
        shifts = [[start.replace(minute=minute) for start in starts] for minute in (0, 20, 40)]
        self.starts: Iterator[datetime] = chain.from_iterable(shifts)

    def one(self) -> tuple[httpx.Response, float]:
        """Book the next time; return the answer and its seconds."""
        _, path, form = self.arena.booking_request(next(self.starts))
        began = time.perf_counter()
        answer = self.http.post(path, json=form)
        return answer, time.perf_counter() - began

    def seconds(self) -> float:
        """Book the next time, which has to succeed; return its seconds."""
        answer, spent = self.one()
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return spent


def stuck() -> Stuck:
    """Measure bookings while one agenda's row is locked by a foreign connection."""
    with serve_in_process("postgresql", workers=1) as (url, address):
        locked, other = Bookings(url, "trancada"), Bookings(url, "outra")
        locked.seconds()  # both agendas are warm
        usual = [other.seconds() for _ in range(ASKED)][ASKED // 3 :]
        answers: list[tuple[httpx.Response, float]] = []
        rival = threading.Thread(target=lambda: answers.append(locked.one()))
        meanwhile: list[float] = []
        with _row_locked(address, locked.arena.id):
            until = time.monotonic() + STUCK_SECONDS
            rival.start()
            while rival.is_alive() and time.monotonic() < until:
                meanwhile.append(other.seconds())
        rival.join()
        answer, seconds = answers[0]
    return Stuck(
        usual=statistics.median(usual) * 1000,
        meanwhile=statistics.median(meanwhile) * 1000,
        bookings=len(meanwhile),
        status=answer.status_code,
        seconds=seconds,
        retry_after=answer.headers.get("retry-after", ""),
    )


@contextmanager
def _row_locked(address: str, agenda_id: int) -> Iterator[None]:
    with psycopg.connect(address) as connection:
        connection.execute("SELECT id FROM agenda WHERE id = %s FOR UPDATE", (agenda_id,))
        release = threading.Timer(STUCK_SECONDS, connection.rollback)
        release.start()
        yield
        release.cancel()
        release.join()
        connection.rollback()


def importing(units: int) -> Imported:
    """Book again and again while the command imports a file into the server's database."""
    with serve_in_process("sqlite") as (url, _):
        folder = Path(os.environ["CANAIS_VAR_DIR"])
        source = Portal(folder / "source")
        source.canais("bench-data", "--units", str(units), "--seed", "7")
        file = folder / "unidades.csv"
        source.canais("export", str(file))
        command = [sys.executable, "-m", "canais_app.cli"]
        comarcas = [*command, "bench-data", "--units", "0"]
        subprocess.run(comarcas, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        bookings = Bookings(url, "marcar")
        bookings.seconds()
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "import", str(file), "--json"], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        answers: list[tuple[httpx.Response, float]] = []
        while process.poll() is None:
            answers.append(bookings.one())
            time.sleep(0.1)  # a lawyer ten times a second, so that the times last
        taken = time.perf_counter() - began
    assert process.returncode == 0, "a importação falhou"
    return Imported(
        worst=max(spent for _, spent in answers),
        bookings=len(answers),
        failed=sum(answer.status_code != httpx.codes.CREATED for answer, _ in answers),
        seconds=taken,
    )


def main() -> None:
    """Measure on one database and print the figures."""
    found = stuck() if sys.argv[1] == "postgresql" else importing(int(sys.argv[2]))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
