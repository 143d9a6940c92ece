"""Build the pages when their sources changed, then serve with granian."""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import structlog

from canais_app.settings import ROOT, settings

WEB = ROOT / ".web"
BUILD_FOLDER = WEB / "build" / "client"
STAMP_FILE = WEB / "canais.stamp"
LOCK = ROOT / "var" / "pages.lock"
SOURCE_PATTERNS = ("canais_app/**/*.py", "canais_app/**/*.csv", "assets/**/*", "rxconfig.py")
PINNED_PATTERNS = ("requirements.txt", "reflex.lock/*")
WATCH_SECONDS = 0.5
WORKER_RESTART_SECONDS = 2
WORKER_STOP_SECONDS = 10
# A web process that has not ended this long after a stop was asked is killed.
WEB_STOP_SECONDS = 3
# A server that ends unasked is started again when it had run this long: it can start, then.
SERVER_PROVED_SECONDS = 30
# Bytes and seconds of a request's headers, whatever stands in front.
HEADER_BYTES, HEADER_SECONDS = 65_536, 10
# The only settings that pages read while they are built.
BUILD_SETTINGS = ("profile", "appointment_retention_days")
log = structlog.get_logger()


def compute_fingerprint() -> str:
    """Return a hash of all sources of the built pages."""
    values = {name: getattr(settings(), name) for name in BUILD_SETTINGS}
    digest = hashlib.sha256(repr(values).encode())
    for pattern in SOURCE_PATTERNS + PINNED_PATTERNS:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _environment() -> dict[str, str]:
    """Return the environment of Reflex: bun and node of the virtual environment come first."""
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": programs + os.pathsep + os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT) + os.pathsep + os.environ.get("PYTHONPATH", ""),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_ENV_MODE": "prod",
    }


def build_pages() -> None:
    """Build the pages unless the last build had the same fingerprint.

    One process builds at a time; others wait and find the pages built.

    Raises:
        SystemExit: the build failed; its output is printed.
    """
    fingerprint = compute_fingerprint()
    if _is_built(fingerprint):
        return
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_built(fingerprint):
            _build(fingerprint)


def write_archive(file: Path) -> None:
    """Build the pages and write them as one archive, which any machine with these sources serves.

    Unpacked into `.web/` it needs neither node nor bun; addresses and ports are not in it.
    """
    build_pages()
    with tarfile.open(file, "w:gz") as archive:
        for path in sorted(WEB.iterdir()):
            if path.name != "node_modules":
                archive.add(path, arcname=path.name)


def _is_built(fingerprint: str) -> bool:
    return (
        STAMP_FILE.exists()
        and STAMP_FILE.read_text() == fingerprint
        and (BUILD_FOLDER / "index.html").exists()
    )


def _build(fingerprint: str) -> None:
    sys.stdout.write("Construindo as páginas…\n")
    sys.stdout.flush()
    shutil.rmtree(WEB / "build", ignore_errors=True)
    STAMP_FILE.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (BUILD_FOLDER / "index.html").exists():
        sys.exit(f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}\nA construção das páginas falhou.")
    STAMP_FILE.write_text(fingerprint)


def run_server(*, rolling: bool = False) -> None:
    """Migrate, build, then serve with granian until stopped.

    On PostgreSQL the worker runs beside it as a second child; otherwise granian replaces this
    process. `rolling`: another server may still have the port, during an upgrade.

    Raises:
        SystemExit: a setting is wrong, or another server has this port or this SQLite file.
    """
    from canais_app.accounts.oidc_accounts import parse_role_map
    from canais_app.kit.migrations import upgrade_database

    host = os.environ.get("CANAIS_HOST", "127.0.0.1")
    if settings().is_sqlite:
        if rolling:
            sys.exit("No SQLite não há troca com dois servidores: pare um, depois inicie o outro.")
        _lock_database_file(Path(settings().database_url.removeprefix("sqlite:///")))
    if not rolling:
        _require_free_port(host, settings().port)
    try:
        parse_role_map(settings().oidc_role_map)
    except ValueError as wrong:
        sys.exit(str(wrong))
    upgrade_database()
    build_pages()
    sys.stdout.write(f"No ar: {settings().base_url}\n")
    sys.stdout.flush()
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory",
        "--host", host, "--port", str(settings().port),
        "--workers", str(settings().workers), "--respawn-failed-workers",
        "--workers-kill-timeout", str(WEB_STOP_SECONDS),
        "--http1-buffer-size", str(HEADER_BYTES),
        "--http1-header-read-timeout", str(HEADER_SECONDS * 1000),
        "--log-level", "warning", "canais_app.canais_app:app",
    ]  # fmt: skip
    measures = settings().var_dir / f"metrics-{settings().port}"  # shared by the processes
    shutil.rmtree(measures, ignore_errors=True)
    measures.mkdir(parents=True)
    environment = {
        **_environment(),
        "PROMETHEUS_MULTIPROC_DIR": str(measures),
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }
    os.chdir(ROOT)
    if not settings().is_sqlite and settings().worker == "auto":
        sys.exit(_serve_with_worker(command, environment))
    os.execve(sys.executable, command, environment)  # noqa: S606 (granian replaces it)


def _lock_database_file(path: Path) -> None:
    """Keep other servers off a SQLite file for as long as this process, or granian in it, lives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{path}.server", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(
            f"Outro `canais serve` já usa {path}. Pare-o antes; para vários servidores, "
            "defina CANAIS_DATABASE_URL para um PostgreSQL."
        )


def _require_free_port(host: str, port: int) -> None:
    """Stop unless nothing listens at the port: the kernel would share connections among both."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            sys.exit(
                f"Não é possível escutar em {host}:{port} ({wrong.strerror}). Pare o programa que "
                "usa a porta ou defina outra em CANAIS_PORT; numa troca de versão com PostgreSQL, "
                "use `canais serve --rolling`."
            )


def _serve_with_worker(command: list[str], environment: dict[str, str]) -> int:
    """Run the server and the worker until the server ends; return its exit code.

    Signals are passed on to the server. A worker that ends is restarted; so is a server that ran
    for a while and ends unasked: granian gives up when the same web process ends twice within
    5.5 seconds.
    """
    asked: list[int] = []
    servers: list[subprocess.Popen[bytes]] = []  # the last one runs

    def pass_on(number: int, _frame: object) -> None:
        asked.append(number)
        if servers:
            servers[-1].send_signal(number)

    def start_server() -> float:
        started = time.monotonic()
        servers.append(subprocess.Popen(command, env=environment, process_group=0))  # noqa: S603 (our own)
        for number in asked:  # those that came before its process was known
            servers[-1].send_signal(number)
        return started

    # Before the server starts: a signal in between would end this process and leave the server.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    started = start_server()
    worker = _start_worker()
    while True:
        code = servers[-1].poll()
        if code is not None:
            if asked or time.monotonic() - started < SERVER_PROVED_SECONDS:
                break
            log.error("server_ended", status=code)
            started = start_server()
        try:
            worker.wait(timeout=WATCH_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        log.error("worker_ended", status=worker.returncode)
        time.sleep(WORKER_RESTART_SECONDS)
        worker = _start_worker()
    _end_worker(worker)
    return code


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "canais_app.cli", "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, process_group=0)  # noqa: S603 (our own)


def _end_worker(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(timeout=WORKER_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
