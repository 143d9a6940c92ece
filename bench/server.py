"""The portal on a database of its own with demonstration data, started for a measurement."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
START_SECONDS = 240  # a cold build of the pages is in it
STOP_SECONDS = 15


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _canais(environment: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "canais_app.cli", *words],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def serve_portal(database: str = "", workers: int = 1, *, seeded: bool = True) -> Iterator[str]:
    """Serve the portal and give its address; it ends with the block.

    Its data, the demonstration's when `seeded`, is in a file of its own, or in `database`. This
    process's settings become the same.
    """
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as var:
        port = _free_port()
        environment = {
            **os.environ,
            "CANAIS_VAR_DIR": var,
            "CANAIS_DATABASE_URL": database or f"sqlite:///{var}/bench.db",
            "CANAIS_WORKERS": str(workers),
            "CANAIS_PORT": str(port),
            "CANAIS_RATE_LIMITS": "off",
            "PYTHONPATH": str(ROOT),
        }
        os.environ.update(environment)
        if seeded:
            _canais(environment, "migrate")
            _canais(environment, "seed")
        served = subprocess.Popen(
            [sys.executable, "-m", "canais_app.cli", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(served, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            served.terminate()
            try:
                served.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                served.kill()
            finally:
                with contextlib.suppress(ProcessLookupError):  # its workers, if any are left
                    os.killpg(served.pid, signal.SIGKILL)


def _wait(served: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if served.poll() is not None:
            break
        try:
            httpx.get(f"{url}/readyz", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("O servidor da medição não ficou pronto.")
