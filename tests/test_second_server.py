"""A second `canais serve` on the same SQLite file or the same port is refused with a sentence."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from canais_app import serve
from tests.servers import free_port

HOLD = (
    "import sys, signal\n"
    "from pathlib import Path\n"
    "from canais_app import serve\n"
    "serve._lock_database_file(Path(sys.argv[1]))\n"
    "import os\n"
    "os.execv('/bin/sh', ['sh', '-c', 'echo held; read line'])"  # as granian replaces it
)


def test_one_server_has_a_sqlite_file_until_its_process_ends(tmp_path: Path) -> None:
    file = tmp_path / "canais.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(serve.ROOT)},
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(SystemExit, match="Outro `canais serve` já usa"):
            serve._lock_database_file(file)
        first.send_signal(signal.SIGKILL)
        first.wait()
    serve._lock_database_file(file)


def test_a_port_that_somebody_listens_at_is_refused(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environment = {
            **os.environ,
            "PYTHONPATH": str(serve.ROOT),
            "CANAIS_PORT": str(port),
            "CANAIS_DATABASE_URL": f"sqlite:///{tmp_path / 'canais.db'}",
        }
        done = subprocess.run(
            [sys.executable, "-m", "canais_app.cli", "serve"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert f"Não é possível escutar em 127.0.0.1:{port}" in done.stderr
        assert "Traceback" not in done.stderr
    serve._require_free_port("127.0.0.1", free_port())


def test_a_rolling_upgrade_needs_postgresql(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "canais_app.cli", "serve", "--rolling"],
        env={**os.environ, "PYTHONPATH": str(serve.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No SQLite não há troca com dois servidores" in done.stderr


IMPATIENT = """
import os, signal, subprocess, sys
from canais_app import serve

start = subprocess.Popen

def start_and_end(command, **options):
    process = start(command, **options)
    print(process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    return process

subprocess.Popen = start_and_end
sys.exit(serve._serve_with_worker([sys.executable, "-c", "import time; time.sleep(99)"], {}))
"""


def test_a_server_ends_though_the_signal_comes_while_it_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT],
        env={**os.environ, "PYTHONPATH": str(serve.ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    server = int(done.stdout.split()[0])
    assert not Path(f"/proc/{server}").exists(), done.stderr
    assert done.returncode == (-signal.SIGTERM) % 256, done.stderr
