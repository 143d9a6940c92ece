"""Claim: of twenty rivals at once over HTTP exactly one wins each round, and no answer is a 5xx.

Each database has a server of its own: PostgreSQL with four processes, SQLite with one. A round
races for a time that nobody has had; what is stored afterwards is counted in the database.
The winner's time has no bar. It is printed beside that of the bare constraint: the fastest of
twenty INSERTs of one time, sent at once to the same PostgreSQL.
`python -m bench.race sqlite 5` runs five rounds of each race and prints what was seen as JSON.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.claim import Claim, sized
from bench.server import serve_portal
from tests import servers

if TYPE_CHECKING:
    from bench.arena import RaceArena

RIVALS, ROUNDS = 20, sized(50, 3)
ROOT = Path(__file__).parents[1]
HttpRequest = tuple[str, str, dict[str, Any]]  # method, path, body


@dataclass
class RaceResult:
    """What one race's rounds gave: winners of each, milliseconds of the winner, faults.

    `bare` is the winner's p95 in milliseconds when the constraint alone decides (PostgreSQL).
    """

    race: str
    winners: list[int] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    winner_ms: list[float] = field(default_factory=list)
    faults: int = 0
    bare: float = 0.0


def claims() -> Iterable[Claim]:
    """Race on both databases, each in a process of its own."""
    for database in ("postgresql", "sqlite"):
        done = subprocess.run(
            [sys.executable, "-m", "bench.race", database, str(ROUNDS)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
        )
        for one in json.loads(done.stdout.splitlines()[-1]):
            yield _claim(database, RaceResult(**one))


def _claim(database: str, seen: RaceResult) -> Claim:
    p95 = _p95(seen.winner_ms)
    ratio = f", {p95 / seen.bare:.1f}× a restrição pura, {seen.bare:.0f} ms" if seen.bare else ""
    return Claim(
        f"disputa {seen.race}, {RIVALS} rivais por HTTP, {database}",
        f"{seen.winners.count(1)} de {len(seen.winners)} rodadas com um vencedor "
        f"(p95 dele {p95:.0f} ms{ratio}), {seen.faults} respostas 5xx",
        "todas, nenhuma 5xx",
        set(seen.winners) == {1} and set(seen.stored) == {1} and not seen.faults,
        exact=True,
    )


def _p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[18] if len(spent) > 1 else float("inf")


@contextmanager
def serve_in_process(database: str, workers: int = 4) -> Iterator[tuple[str, str]]:
    """Serve on a database of this kind, which this process then uses too.

    Yields the server's URL and PostgreSQL's (empty for SQLite, which has one process).
    """
    if database == "sqlite":
        with serve_portal(seeded=False) as url:
            yield url, ""
        return
    with (
        servers.start_postgres(durable=True) as address,
        serve_portal(address, workers, seeded=False) as url,
    ):
        yield url, address


def main() -> None:
    """Run every race on one database."""
    database, rounds = sys.argv[1], int(sys.argv[2])
    with serve_in_process(database) as (url, address):
        print(
            json.dumps([asdict(seen) for seen in asyncio.run(run_all_races(url, address, rounds))])
        )


async def run_all_races(url: str, address: str, rounds: int) -> list[RaceResult]:
    """Run each race for so many rounds; on PostgreSQL the bare constraint too, as often."""
    from bench.arena import RACES, RaceArena
    from canais_app import wiring

    wiring.connect_hooks()
    rivals = RivalConnections(url)
    await rivals.connect()
    seen = [
        await _race(rivals, name, make(RaceArena(name, rounds))) for name, make in RACES.items()
    ]
    rivals.close()
    if address:
        bare = _p95(await _bare(address, RaceArena("restrição pura", rounds)))
        for one in seen:
            one.bare = bare
    return seen


async def _bare(address: str, arena: "RaceArena") -> list[float]:
    """Let rivals INSERT one time at once, each on its own connection; return winners' times."""
    lines = [await psycopg.AsyncConnection.connect(address, autocommit=True) for _ in range(RIVALS)]
    statement = """
        INSERT INTO appointment (agenda_id, seat, status, starts_at, ends_at, busy_from, busy_until,
            modality, code, token_hash, sealed_token, ics_uid, ics_sequence, name, oab, email,
            phone, case_number, subject, created_at, cancelled_by, cancel_reason)
        VALUES (%s, 0, 'confirmed', %s, %s, %s, %s, '', '', %s, '', '', 0, '', '', '', '', '', '',
            now(), '', '')"""

    async def insert(line: psycopg.AsyncConnection, start: datetime, number: int) -> float:
        end = start + timedelta(minutes=20)
        row = (arena.id, start, end, start, end, f"{start.isoformat()} {number}")
        began = time.perf_counter()
        try:
            await line.execute(statement, row)
        except (psycopg.errors.IntegrityError, psycopg.errors.DeadlockDetected):
            return 0.0
        return (time.perf_counter() - began) * 1000

    spent: list[float] = []
    for start in arena.iterate_starts():
        tried = await asyncio.gather(*(insert(line, start, n) for n, line in enumerate(lines)))
        spent += filter(None, tried)
    for line in lines:
        await line.close()
    assert len(spent) == arena.rounds, "a restrição deixou passar mais de um, ou nenhum"
    return spent


async def _race(
    rivals: "RivalConnections", name: str, rounds: Iterator[tuple[list[HttpRequest], Any]]
) -> RaceResult:
    seen = RaceResult(name)
    for asks, count in rounds:
        answers = await rivals.send_all(asks)
        won = [spent for status, spent in answers if status < 300]
        seen.winners.append(len(won))
        seen.stored.append(count())
        if won:
            seen.winner_ms.append(won[0])
        seen.faults += sum(status >= 500 for status, _ in answers)
    return seen


class RivalConnections:
    """Twenty kept connections that send a request each at the same moment.

    Bare sockets: a client library would spend more of two processors than the server.
    """

    def __init__(self, url: str) -> None:
        self.host, _, port = url.removeprefix("http://").partition(":")
        self.port = int(port)
        self.lines: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def connect(self) -> None:
        """Open the connections, and let each server process meet its first request."""
        self.lines = [await asyncio.open_connection(self.host, self.port) for _ in range(RIVALS)]
        for _ in range(10):
            await self.send_all([("GET", "/agendas", {})] * RIVALS)

    def close(self) -> None:
        """Hang up."""
        for _, writer in self.lines:
            writer.close()

    async def send_all(self, asks: list[HttpRequest]) -> list[tuple[int, float]]:
        """Send all and return each status with its milliseconds."""
        ready = [_encode_request(self.host, ask) for ask in asks]
        work: list[Awaitable[tuple[int, float]]] = [
            _send_request(*line, sent) for line, sent in zip(self.lines, ready, strict=False)
        ]
        return await asyncio.gather(*work)


def _encode_request(host: str, ask: HttpRequest) -> bytes:
    method, path, body = ask
    token = body.pop("__bearer", "")
    said = json.dumps(body).encode() if body else b""
    head = [
        f"{method} /api/v1{path} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(said)}",
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + said


async def _send_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes
) -> tuple[int, float]:
    began = time.perf_counter()
    writer.write(sent)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    spent = (time.perf_counter() - began) * 1000
    length = head.partition("content-length:")[2].partition("\r\n")[0].strip()
    if length:
        await reader.readexactly(int(length))
    return int(head.split()[1]), spent


if __name__ == "__main__":
    main()
