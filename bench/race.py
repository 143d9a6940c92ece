"""Claim: twenty rivals at once over HTTP, fifty rounds of each race: one winner, and quickly.

Each database has a server of its own: PostgreSQL with four processes, SQLite with one. A round
races for a time that nobody has had; what is stored afterwards is counted in the database.
Before each round a processor does a small fixed piece of work, whose time says how fast the machine
is just then: the bar is for a quiet one, and shared machines may take twice as long.
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
from pathlib import Path
from typing import Any

from bench.claim import Claim
from bench.server import portal
from tests import servers

RIVALS, ROUNDS, BAR = 20, 50, 30
QUIET = 0.31  # milliseconds of `_reference` on a core that nobody else uses, the quickest seen
ROOT = Path(__file__).parents[1]
Ask = tuple[str, str, dict[str, Any]]  # method, path, body


@dataclass
class Seen:
    """What one race's rounds gave: winners of each, milliseconds of the winner, faults.

    `reference` is the milliseconds of the fixed piece of work just before each round.
    """

    race: str
    winners: list[int] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)
    faults: int = 0


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
            yield _claim(database, Seen(**one))


def _claim(database: str, seen: Seen) -> Claim:
    p95 = _p95(seen.spent)
    slow = statistics.median(seen.reference) / QUIET
    exact = set(seen.winners) == {1} and set(seen.stored) == {1} and not seen.faults
    quick = p95 <= BAR or database == "sqlite"
    bar = f", p95 ≤ {BAR} ms" if database == "postgresql" else ""
    return Claim(
        f"disputa {seen.race}, {RIVALS} rivais por HTTP, {database}",
        f"{seen.winners.count(1)} de {len(seen.winners)} rodadas com um vencedor "
        f"(p95 dele {p95:.0f} ms, mediana {statistics.median(seen.spent):.0f} ms, com a máquina "
        f"{slow:.1f}× mais lenta que quieta: {_p95(_as_if_quiet(seen)):.0f} ms nela), "
        f"{seen.faults} respostas 5xx",
        f"todas, nenhuma 5xx{bar}",
        exact and quick,
    )


def _p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[18] if len(spent) > 1 else float("inf")


def _as_if_quiet(seen: Seen) -> list[float]:
    """Return each winner's time as it would be if the reference took as long as on a quiet core.

    The reference of a round is the median of those around it: one alone may be interrupted.
    """
    around = [
        statistics.median(seen.reference[max(0, n - 2) : n + 3]) for n in range(len(seen.spent))
    ]
    return [spent * QUIET / there for spent, there in zip(seen.spent, around, strict=True)]


def _reference() -> float:
    """Return how many milliseconds a fixed piece of work takes just now."""
    began = time.perf_counter()
    kept: dict[int, str] = {}
    for number in range(4000):
        kept[number % 97] = str(number)
    return (time.perf_counter() - began) * 1000


@contextmanager
def running(database: str) -> Iterator[str]:
    """Serve on an empty database of this kind, which this process then uses too."""
    if database == "sqlite":
        with portal() as url:
            yield url
        return
    with servers.postgres(durable=True) as address, portal(address, workers=4) as url:
        yield url


def main() -> None:
    """Run every race on one database."""
    database, rounds = sys.argv[1], int(sys.argv[2])
    with running(database) as url:
        print(json.dumps([asdict(seen) for seen in asyncio.run(every(url, rounds))]))


async def every(url: str, rounds: int) -> list[Seen]:
    """Run each race for so many rounds."""
    from bench.arena import RACES, Arena

    rivals = Rivals(url)
    await rivals.connect()
    seen = [await _race(rivals, name, make(Arena(name, rounds))) for name, make in RACES.items()]
    rivals.close()
    return seen


async def _race(rivals: "Rivals", name: str, rounds: Iterator[tuple[list[Ask], Any]]) -> Seen:
    seen = Seen(name)
    for asks, count in rounds:
        reference = _reference()
        answers = await rivals.at_once(asks)
        won = [spent for status, spent in answers if status < 300]
        seen.winners.append(len(won))
        seen.stored.append(count())
        if won:
            seen.spent.append(won[0])
            seen.reference.append(reference)
        seen.faults += sum(status >= 500 for status, _ in answers)
    return seen


class Rivals:
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
            await self.at_once([("GET", "/agendas", {})] * RIVALS)

    def close(self) -> None:
        """Hang up."""
        for _, writer in self.lines:
            writer.close()

    async def at_once(self, asks: list[Ask]) -> list[tuple[int, float]]:
        """Send all and return each status with its milliseconds."""
        ready = [_written(self.host, ask) for ask in asks]
        work: list[Awaitable[tuple[int, float]]] = [
            _ask(*line, sent) for line, sent in zip(self.lines, ready, strict=False)
        ]
        return await asyncio.gather(*work)


def _written(host: str, ask: Ask) -> bytes:
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


async def _ask(
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
