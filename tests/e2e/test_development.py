"""`reflex run` as a developer uses it: one address, live data, hot reload."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(300)]
PARTS = ("canais_app", "alembic", "assets", "reflex.lock", "rxconfig.py", "pyproject.toml")
WAIT = 90_000  # ms; a busy machine compiles slowly
LEAD = "Comarca, vara, assunto ou nº do processo"
OLD_TEXT = "Com o protocolo e o código"


def _two_free_ports() -> int:
    """Return a free port that is followed by another one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@dataclass
class Copy:
    """A copy of the project, its environment, and the running `reflex run`."""

    root: Path
    environment: dict[str, str]
    url: str

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a Python module in the copy."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Copy what `reflex run` needs; the database has no tables yet."""
    root = tmp_path / "copy"
    root.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        else:
            shutil.copy2(source, root)
    port = _two_free_ports()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "CANAIS_VAR_DIR": str(root / "var"),
        "CANAIS_DATABASE_URL": f"sqlite:///{root / 'var' / 'dev.db'}",
        "CANAIS_PORT": str(port),
        "REFLEX_TELEMETRY_ENABLED": "false",
    }
    return Copy(root, environment, f"http://127.0.0.1:{port}")


@pytest.fixture
def running(copy: Copy) -> Iterator[Copy]:
    """Start `reflex run` on demonstration data, and end all its processes."""
    refused = copy.call("reflex", "run")
    assert refused.returncode == 1
    assert "Rode `canais migrate`" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    for command in ("migrate", "seed"):
        assert copy.call("canais_app.cli", command).returncode == 0
    with (copy.root / "dev.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "reflex", "run"],
            cwd=copy.root,
            env=copy.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_backend(copy, process)
        yield copy
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            _kill_group(process.pid)


def _await_backend(copy: Copy, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + WAIT / 1000
    while time.monotonic() < until:
        assert process.poll() is None, (copy.root / "dev.log").read_text()
        try:
            answer = httpx.get(f"{copy.url}/api/v1/comarcas", timeout=5)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == httpx.codes.OK:
            assert answer.headers["content-type"].startswith("application/json")
            return
        time.sleep(0.2)
    pytest.fail((copy.root / "dev.log").read_text())


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_a_page_has_live_data_and_shows_a_changed_text(running: Copy, browser: Browser) -> None:
    page = browser.new_page(base_url=running.url)
    page.set_default_timeout(WAIT)
    page.goto("/")
    page.get_by_label(LEAD).fill("juizado sinop")
    found = page.get_by_role("link", name="Juizado Especial Cível de Sinop").first
    expect(found).to_be_visible(timeout=WAIT)

    parts = running.root / "canais_app" / "directory" / "finder" / "parts.py"
    text = parts.read_text(encoding="utf-8")
    # The start page: with a search in the address it would come back as a list of units.
    page.goto("/")
    expect(page.get_by_text(OLD_TEXT)).to_be_visible(timeout=WAIT)
    parts.write_text(text.replace(OLD_TEXT, "Texto novo"), encoding="utf-8")
    expect(page.get_by_text("Texto novo")).to_be_visible(timeout=WAIT)

    page.get_by_label(LEAD).fill("juizado sinop")
    expect(found).to_be_visible(timeout=WAIT)
    page.close()
