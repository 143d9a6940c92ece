"""A real server on a database of its own, and a real browser: one of each in a test process."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The journeys say whether a thing comes about; how soon is measured in `bench/`. A machine that
# does other things besides must not decide a verdict.
expect.set_options(timeout=20_000)


@dataclass
class Server:
    """The portal, running; `restart` keeps address and data."""

    url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "canais_app.cli", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + 240
        while time.monotonic() < until:
            if self.process.poll() is not None:
                pytest.fail("o servidor parou ao iniciar")
            try:
                httpx.get(f"{self.url}/api/v1/comarcas", timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("o servidor não respondeu em 4 minutos")

    def stop(self) -> None:
        """End it and wait for its end."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=30)

    def canais(self, *words: str) -> str:
        """Run the command `canais` on the same data, as an operator would."""
        done = subprocess.run(
            [sys.executable, "-m", "canais_app.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def serve_portal(var: Path, *prepared: str, port: int = 0, **settings: str) -> Iterator[Server]:
    """Serve the portal on data of its own in `var`, once these commands have been run on it."""
    port = port or free_port()
    environment = {
        **os.environ,
        "CANAIS_VAR_DIR": str(var),
        "CANAIS_DATABASE_URL": f"sqlite:///{var / 'portal.db'}",
        "CANAIS_PORT": str(port),
        "CANAIS_RATE_LIMITS": "off",
        "PYTHONPATH": str(ROOT),
        **{f"CANAIS_{name}": value for name, value in settings.items()},
    }
    made = Server(f"http://127.0.0.1:{port}", environment, var / "server.log")
    for command in ("migrate", *prepared):
        made.canais(*command.split())
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal with demonstration data."""
    with serve_portal(tmp_path_factory.mktemp("portal"), "seed") as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    if CHROMIUM is None:
        pytest.skip("falta o Chromium (pacote chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def tabs(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a browser context (person) of its own."""
    opened: list[BrowserContext] = []

    def open_tab(path: str = "/", width: int = 1280, **options: object) -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 900},
            locale="pt-BR",
            **{"timezone_id": "America/Cuiaba", **options},
        )
        opened.append(context)
        page = context.new_page()
        page.goto(path)
        if options.get("java_script_enabled", True):
            be_there(page)
        return page

    yield open_tab
    for context in opened:
        context.close()


def be_there(page: Page) -> None:
    """Give the page a sign of a person, and wait until React has drawn it, if it is to."""
    page.mouse.move(4, 4)
    page.wait_for_function("() => !document.querySelector('.before-js')")


def assert_accessible(page: Page) -> None:
    """Fail with axe's findings, if any."""
    found = Axe().run(page).response["violations"]
    said = [f"{v['id']}: {[n['html'][:160] for n in v['nodes']][:4]}" for v in found]
    assert not said, "\n".join(said)


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than its window at 320, 375 or 1280 px."""
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("() => true")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px de largura numa janela de {width} px"
