"""Calendars on loopback: a web server that tests fill with answers, and a real CalDAV server."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.servers import free_port


@dataclass
class Answer:
    """What the server answers at a path; `seconds` before each part of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0


@dataclass
class WebServer:
    """`answers` by path; `seen` are the requests: path and `Authorization`."""

    origin: str
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def start_web_server() -> Iterator[WebServer]:
    """Start a web server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.seen.append((self.path, self.headers.get("Authorization", "")))
            answer = held.answers.get(self.path, Answer(status=404))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for start in range(0, len(answer.body), 65536):
                    stop.wait(answer.seconds)
                    self.wfile.write(answer.body[start : start + 65536])
            except OSError:
                pass  # the reader hung up: the test says whether it should have

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    stop = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held = WebServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def start_caldav_server(folder: Path) -> Iterator[str]:
    """Start Radicale with the user `gabinete`, password `senha`; return its origin."""
    (folder / "users").write_text("gabinete:senha\n")
    port = free_port()
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\n"
        "htpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'data'}\n"
    )
    log = (folder / "log").open("wb")
    child = subprocess.Popen(
        [sys.executable, "-m", "radicale", "--config", str(folder / "config")],
        stdout=log,
        stderr=log,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(origin, child, folder)
        yield origin
    finally:
        child.terminate()
        child.wait(20)
        log.close()


def _wait_until_up(origin: str, child: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and child.poll() is None:
        try:
            httpx.get(f"{origin}/.web/", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError((folder / "log").read_text())
