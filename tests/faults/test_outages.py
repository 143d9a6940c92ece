"""The served portal, in two processes with rate limits, while a server it needs is away."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from bench.page_socket import PageSocket
from canais_app import routes
from canais_app.jobs.worker import LOCK_KEY
from canais_app.serve import SERVER_PROVED_SECONDS
from tests import servers
from tests.e2e.conftest import Server, serve_portal

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(
        servers.postgres_bin() is None or shutil.which("redis-server") is None,
        reason="needs PostgreSQL and Redis (apt: postgresql redis-server)",
    ),
]
BACK_SECONDS = 10
FLOOD = 20_000
ENGINE_CLOSED = "1"  # engine.io's packet of the end
REPORT = {"channel": "email", "kind": "sem_resposta"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[servers.Postgres]:
    made = servers.Postgres()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.home, ignore_errors=True)


@pytest.fixture(scope="module")
def redis_port() -> int:
    return servers.free_port()


@pytest.fixture(scope="module")
def portal(
    cluster: servers.Postgres, redis_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serve_portal(
        tmp_path_factory.mktemp("portal"),
        "bench-data --units 20 --appointments 0 --complaints 0",
        DATABASE_URL=cluster.url,
        REDIS_URL=f"redis://127.0.0.1:{redis_port}",
        WORKERS="2",
        RATE_LIMITS="on",
    ) as made:
        yield made


def knock(portal: Server, seconds: float) -> Counter[int]:
    """Read and write for a while, with a new connection each time; count the answers."""
    seen: Counter[int] = Counter()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with httpx.Client(base_url=portal.url, timeout=30) as client:
            seen[client.get("/api/v1/agendas").status_code] += 1
            unknown = {"unit": "nao-existe", **REPORT}
            seen[client.post("/api/v1/complaints", json=unknown).status_code] += 1
    return seen


def log_lines(portal: Server) -> int:
    return len(Path(portal.log).read_text("utf-8").splitlines())


def is_ready(portal: Server) -> bool:
    return httpx.get(f"{portal.url}/readyz", timeout=30).status_code == 200


def wait_until_ready(portal: Server) -> float:
    begun = time.monotonic()
    while not is_ready(portal):
        assert time.monotonic() < begun + BACK_SECONDS, "not back within ten seconds"
        time.sleep(0.1)
    return time.monotonic() - begun


def holders(cluster: servers.Postgres) -> int:
    """Return how many connections hold the worker's lock."""
    asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    with psycopg.connect(cluster.url) as connection:
        row = connection.execute(asked, (LOCK_KEY,)).fetchone()
        assert row is not None
        return row[0]


def worker_processes(portal: Server) -> list[int]:
    """Return the worker processes below the server."""
    assert portal.process is not None
    found = subprocess.run(
        ["/usr/bin/pgrep", "-f", f"canais_app.cli worker --parent {portal.process.pid}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line) for line in found.stdout.split()]


def test_without_redis_nothing_is_refused_and_it_is_said(portal: Server) -> None:
    """Redis has not been started: the counters are those of each process."""
    assert set(knock(portal, 3)) <= {200, 404, 422, 429}
    assert httpx.get(f"{portal.url}/readyz").json()["checks"]["redis"] == "degraded"
    assert "FALHA contadores: degraded" in doctor(portal)


def doctor(portal: Server) -> str:
    try:
        return portal.canais("doctor")
    except subprocess.CalledProcessError as ended:
        return str(ended.stdout)


def test_any_process_answers_a_scrape_for_all(portal: Server) -> None:
    def counted() -> float:
        told = httpx.get(f"{portal.url}/metrics", timeout=30).text
        wanted = 'canais_http_requests_total{method="GET",route="/healthz",status="200"}'
        return next((float(x.split()[-1]) for x in told.splitlines() if x.startswith(wanted)), 0.0)

    before = counted()
    for _ in range(30):  # each on a new connection: the kernel shares them among the processes
        httpx.get(f"{portal.url}/healthz", timeout=30)
    assert {counted() - before for _ in range(8)} == {30.0}


def test_a_socket_that_floods_is_closed_the_log_is_bounded_and_others_go_on(portal: Server) -> None:
    before = log_lines(portal)

    async def flood() -> None:
        """Send events that nobody knows until the server says or shows that it is over."""
        page = await PageSocket.open(portal.url, routes.HOME, {})
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            for _ in range(FLOOD):
                await page.send('42/_event,["event",{"name":"x"}]')
            while await asyncio.wait_for(page.frame(), 30) != ENGINE_CLOSED:
                pass
        with contextlib.suppress(ConnectionError):
            await page.close()

    async def look() -> None:
        page = await PageSocket.open(portal.url, routes.HOME, {})
        await asyncio.wait_for(page.frame(), 30)
        await page.close()

    asyncio.run(flood())
    asyncio.run(look())
    assert "socket_closed" in Path(portal.log).read_text("utf-8")
    assert log_lines(portal) - before < 500  # of 20,000


def test_while_the_database_is_away_calls_get_503_and_it_comes_back(
    portal: Server, cluster: servers.Postgres
) -> None:
    wait_until_ready(portal)
    before = log_lines(portal)
    cluster.stop()
    seen = knock(portal, 5)
    failed = seen[503]
    cluster.start()
    took = wait_until_ready(portal)
    assert failed > 0
    assert set(seen) <= {200, 404, 422, 429, 503}, seen
    assert set(knock(portal, 2)) <= {200, 404, 422, 429}
    assert log_lines(portal) - before <= 2 * failed + 40, took  # 40: of the background tasks


def test_after_a_restart_of_the_database_one_worker_is_active(
    portal: Server, cluster: servers.Postgres
) -> None:
    cluster.stop()
    cluster.start()
    until = time.monotonic() + 30
    while holders(cluster) != 1:
        assert time.monotonic() < until, "no worker is active"
        time.sleep(0.2)
    assert len(worker_processes(portal)) == 1


def test_a_worker_process_that_is_killed_is_replaced(
    portal: Server, cluster: servers.Postgres
) -> None:
    (before,) = worker_processes(portal)
    os.kill(before, signal.SIGKILL)
    until = time.monotonic() + 30
    while holders(cluster) != 1 or worker_processes(portal) in ([], [before]):
        assert time.monotonic() < until, "no new worker"
        time.sleep(0.2)


def web_processes(portal: Server) -> list[int]:
    """Return granian's web processes, the oldest first; not multiprocessing's tracker."""
    assert portal.process is not None
    server = children(portal.process.pid, "granian")
    return children(server[0], "spawn_main|granian") if server else []


def children(parent: int, pattern: str) -> list[int]:
    found = subprocess.run(
        ["/usr/bin/pgrep", "-P", str(parent), "-f", pattern],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line) for line in found.stdout.split()]


def age_seconds(process: int) -> int:
    command = ["/usr/bin/ps", "-o", "etimes=", "-p", str(process)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_web_process_killed_again_and_again_does_not_end_the_server(portal: Server) -> None:
    """Granian gives up when one that has just been replaced ends too; it is started anew."""
    assert portal.process is not None
    (server,) = children(portal.process.pid, "granian")
    while age_seconds(server) <= SERVER_PROVED_SECONDS + 1:  # it has shown that it can start
        time.sleep(0.5)
    until = time.monotonic() + 60
    while "server_ended" not in Path(portal.log).read_text("utf-8"):
        assert portal.process.poll() is None, "the server ended"
        assert time.monotonic() < until, "granian did not give up: the test shows nothing"
        for process in web_processes(portal):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.5)
    until = time.monotonic() + 60
    while True:
        assert portal.process.poll() is None, "the server ended"
        assert time.monotonic() < until, "not back"
        with contextlib.suppress(httpx.TransportError):
            if is_ready(portal):
                break
        time.sleep(0.2)


def test_a_stop_does_not_wait_for_a_web_process_that_hangs(portal: Server) -> None:
    assert portal.process is not None
    paused = web_processes(portal)[-1]
    os.kill(paused, signal.SIGSTOP)
    portal.process.terminate()
    portal.process.wait(timeout=15)  # three seconds for it, and those of the worker
    assert not Path(f"/proc/{paused}").exists()
    portal.start()
