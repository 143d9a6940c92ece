"""Real servers for tests: a temporary PostgreSQL cluster, Redis."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

START_TIMEOUT_SECONDS = 30


def postgres_bin() -> Path | None:
    """Return where PostgreSQL's programs are, the newest first; None when not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> str | None:
    """Return the user to run as, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Postgres:
    """A cluster on loopback in a folder of its own. `durable` keeps fsync on, for measurements."""

    def __init__(self, *, durable: bool = False) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="canais-pg-"))
        self.user = _unprivileged()
        if self.user:
            shutil.chown(self.home, self.user)
        self.port = free_port()
        self.flags = f"-p {self.port} -h 127.0.0.1 -k {self.home} -c max_connections=200"
        self.flags += "" if durable else " -c fsync=off"
        self.url = f"postgresql://canais@127.0.0.1:{self.port}/postgres"
        data = str(self.home / "data")
        self._run("initdb", "-D", data, "-U", "canais", "-A", "trust", "-E", "UTF8", "--no-locale")

    def start(self) -> None:
        """Start it and wait until it answers."""
        patience = ("-w", "-t", str(START_TIMEOUT_SECONDS))
        log = ("-l", str(self.home / "log"))
        self._run(
            "pg_ctl", "-D", str(self.home / "data"), "-o", self.flags, *log, *patience, "start"
        )

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self._run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *args: str) -> None:
        binaries = postgres_bin()
        assert binaries is not None
        done = subprocess.run(
            [binaries / program, *args],
            user=self.user,
            cwd=self.home,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()


@contextlib.contextmanager
def start_postgres(*, durable: bool = False) -> Iterator[str]:
    """Start an empty cluster and yield its URL. Needs `postgres_bin()`."""
    cluster = Postgres(durable=durable)
    cluster.start()
    try:
        yield cluster.url
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)


def create_database(cluster: str, name: str, template: str = "template0") -> str:
    """Create a database in a cluster, in place of any of that name, and return its URL.

    A copy of a migrated template takes a tenth of the time of the migrations.
    """
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{cluster.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def start_redis(port: int = 0) -> Iterator[str]:
    """Start an empty Redis on loopback and yield its URL; it ends with the block."""
    port = port or free_port()
    program = shutil.which("redis-server")
    assert program is not None
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, "redis-server ended"
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
