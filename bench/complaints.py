"""Claims: the Corregedoria's desk answers at once with a million complaints, in each database.

Each database is generated and measured in a process of its own:
`python -m bench.complaints sqlite 100000` prints one JSON object.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import quantiles

from fastapi.testclient import TestClient
from reflex.utils.format import json_dumps
from sqlmodel import col, select

import canais_app.models  # noqa: F401 (importing registers the tables)
from bench.claim import Claim, sized
from canais_app import wiring
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.api.app import create_app
from canais_app.complaints import rollups, search
from canais_app.complaints.analysis import state
from canais_app.complaints.analysis.query import AnalysisQuery
from canais_app.complaints.public_status import open_data
from canais_app.complaints.schemas import Report
from canais_app.complaints.service import file_complaint
from canais_app.complaints.statistics.columns import fact_store
from canais_app.complaints.statistics.filters import Scope
from canais_app.complaints.triage.listing import QUEUES, ListFilter, load_queue_page
from canais_app.demo import bulk
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock, db
from canais_app.kit.migrations import upgrade_database
from tests import servers

ROOT = Path(__file__).parents[1]
COMPLAINTS, SMALL, UNITS, ASKED = sized(1_000_000, 400), sized(100_000, 200), 1200, sized(40, 3)
ROOMS = sized(50, 4)
BARS = {  # milliseconds, p95
    "snapshot": ("um recorte novo do painel", 100),
    "update": ("o painel depois de mais um relato", 20),
    "queue": ("a primeira página da fila", 30),
    "deep": ("uma página ao fundo da fila", 30),
    "search": ("a busca por palavras", 100),
    "filing": ("o registro de um relato", 15),
    "open_data": ("um pedido de dados abertos", 50),
}
CHANNELS = ("", "telefone", "email", "balcao_virtual")
VIEWS = ("", *(queue.code for queue in QUEUES))
WORDS = ("ninguem atende", "certidao", '"caiu no meio"', "alvara parado", "inexistente")
ROOMS_BAR, GROWTH_BAR, MEMORY_BAR = 500, 1.5, 50
FILES = (
    *(f"/api/v1/open-data/{name}" for name in ("complaints.csv", "status.csv", "units.json")),
    "/catalogo.jsonld",
    "/api/v1/status",
)


def claims() -> Iterable[Claim]:
    """Measure SQLite and, where it is installed, PostgreSQL."""
    for engine in ("sqlite", "postgresql"):
        with _database(engine) as environment:
            if environment is None:
                continue
            found = _run(environment, engine, COMPLAINTS)
        for key, (words, bar) in BARS.items():
            p95 = found[key]
            yield Claim(
                f"{words}, {COMPLAINTS} reclamações em {engine} (processador)",
                f"p95 {p95:.1f} ms",
                f"p95 ≤ {bar} ms",
                p95 <= bar,
            )
        yield Claim(
            f"{ROOMS} recortes abertos, de um relato à última vista, em {engine}",
            f"{found['rooms']:.0f} ms",
            f"≤ {ROOMS_BAR} ms",
            found["rooms"] <= ROOMS_BAR,
        )
        yield Claim(
            f"memória de {ASKED} pedidos de dados abertos, {COMPLAINTS} reclamações em {engine}",
            f"{found['memory']:.0f} MB a mais",
            f"≤ {MEMORY_BAR} MB",
            found["memory"] <= MEMORY_BAR,
        )
        yield Claim(
            f"contagens iguais às reclamações, em {engine}",
            f"{found['different']:.0f} diferenças",
            "0",
            found["different"] == 0,
            exact=True,
        )
        if engine == "sqlite":
            with _database(engine) as environment:
                assert environment is not None
                small = _run(environment, engine, SMALL)
            ratio = found["snapshot"] / small["snapshot"]
            yield Claim(
                f"um recorte novo, de {SMALL} para {COMPLAINTS} reclamações",
                f"{ratio:.2f}×",
                f"≤ {GROWTH_BAR}×",
                ratio <= GROWTH_BAR,
            )


@contextlib.contextmanager
def _database(engine: str) -> Iterator[dict[str, str] | None]:
    """Yield the environment of an empty database; None where the engine is not installed."""
    with (
        tempfile.TemporaryDirectory(prefix="canais-bench-") as var,
        contextlib.ExitStack() as stack,
    ):
        url = f"sqlite:///{var}/bench.db"
        if engine == "postgresql":
            if servers.postgres_bin() is None:
                yield None
                return
            cluster = stack.enter_context(servers.start_postgres())
            url = servers.create_database(cluster, "bench")
        yield {
            **os.environ,
            "CANAIS_VAR_DIR": var,
            "CANAIS_DATABASE_URL": url,
            "CANAIS_RATE_LIMITS": "off",
            "PYTHONPATH": str(ROOT),
        }


def _run(environment: dict[str, str], engine: str, complaints: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.complaints", engine, str(complaints)],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _p95(work: Callable[[int], object]) -> float:
    """Return the 95th percentile of the milliseconds of CPU that a piece of work takes."""
    times: list[float] = []
    for n in range(ASKED):
        began = time.process_time()
        work(n)
        times.append((time.process_time() - began) * 1000)
    return quantiles(times, n=20)[-1]


class Desk:
    """The services behind the Corregedoria's screens, on the database of this process."""

    def __init__(self, complaints: int) -> None:
        wiring.connect_hooks()
        upgrade_database()
        with db.long_running():
            for units, count in ((UNITS, 0), (0, complaints)):
                db.write_sync(
                    bulk.generate_rows,
                    units=units,
                    complaints=count,
                    appointments=0,
                    seed=1,
                    now=clock.now(),
                )
        self.actor = Actor(1, "Corregedoria", (Grant(Role.CORREGEDORIA, ""),))
        with db.read_transaction() as session:
            self.units = session.exec(select(Unit.slug).order_by(col(Unit.id)).limit(200)).all()
            places = session.exec(select(Comarca.slug).where(col(Comarca.installed))).all()
        self.scopes = [
            Scope(period, comarca=place, channel=channel)
            for place in ("", *places)
            for channel in CHANNELS
            for period in ("28d", "7d")
        ]
        fact_store.keeps = True
        fact_store.reload(clock.now())
        self.view(Scope("30d"))  # what every scope shares

    def view(self, scope: Scope) -> object:
        """Read the analysis of a scope as it is sent to a page."""
        query = AnalysisQuery(scope)
        return json_dumps(db.read_sync(state.load_view, self.actor, query, now=clock.now()))

    def file(self, number: int) -> None:
        """File a complaint."""
        unit = self.units[number % len(self.units)]
        report = Report.model_validate({"unit": unit, "channel": "telefone", "kind": "nao_atende"})
        db.write_sync(file_complaint, report, now=clock.now())

    def page(self, cursor: str = "", view: str = "") -> str:
        """Read a page of the list; return the cursor of the next one."""
        filters = ListFilter.model_validate({"view": view})
        return db.read_sync(
            load_queue_page, self.actor, filters, now=clock.now(), cursor=cursor
        ).next

    def bottom(self) -> str:
        """Return a cursor twenty pages down."""
        cursor = ""
        for _ in range(20):
            cursor = self.page(cursor) or cursor
        return cursor


def measure(complaints: int) -> dict[str, float]:
    """Generate the complaints and measure each claim, in milliseconds of CPU."""
    desk = Desk(complaints)
    bottom, updates = desk.bottom(), []
    found = {
        "snapshot": _p95(lambda n: desk.view(desk.scopes[n % len(desk.scopes)])),
        "queue": _p95(lambda n: desk.page(view=VIEWS[n % len(VIEWS)])),
        "deep": _p95(lambda _: desk.page(bottom)),
        "search": _p95(
            lambda n: db.read_sync(search.find_ids, search.parse_text_query(WORDS[n % len(WORDS)]))
        ),
        "filing": _p95(desk.file),
    }
    for number in range(ASKED):
        desk.file(number)
        began = time.process_time()
        desk.view(Scope("28d"))
        updates.append((time.process_time() - began) * 1000)
    found["update"] = quantiles(updates, n=20)[-1]
    for scope in desk.scopes[:ROOMS]:
        desk.view(scope)
    desk.file(0)
    began = time.process_time()
    for scope in desk.scopes[:ROOMS]:
        desk.view(scope)
    found["rooms"] = (time.process_time() - began) * 1000
    found |= _measure_open_data()
    found["different"] = float(sum(check.different for check in db.read_sync(rollups.verify)))
    return found


def _measure_open_data() -> dict[str, float]:
    """Ask for the files that the worker writes, and for the status, as anybody may."""
    db.read_sync(open_data.write_files, now=clock.now())
    api = TestClient(create_app())

    def ask(number: int) -> None:
        with api.stream("GET", FILES[number % len(FILES)]) as answer:
            assert answer.status_code == 200
            for _ in answer.iter_raw():
                pass

    for number in range(len(FILES)):
        ask(number)
    before = _memory()
    return {"open_data": _p95(ask), "memory": _memory() - before}


def _memory() -> float:
    """Return the megabytes of this process's memory that are in use."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[2]))))
