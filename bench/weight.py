"""What a browser downloads to show a page for the first time: JavaScript and CSS, as sent."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, sync_playwright

from bench.claim import Claim
from bench.server import serve_portal
from canais_app import routes
from canais_app.accounts.roles import Role
from canais_app.demo.staff import DEMO_PASSWORD

KB = 1000
READ_JS, HOME_JS, HOME_CSS, CHARTS_JS = 10, 190, 15, 320
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@dataclass
class PageWeight:
    """Bytes on the wire, compressed."""

    script: float = 0
    style: float = 0


def claims() -> Iterable[Claim]:
    """Weigh the pages in a real browser with an empty cache."""
    with serve_portal() as url, sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        read = _weigh(browser.new_context(base_url=url), "/", uses=False)
        yield _claim("JavaScript de quem só lê /", read.script, READ_JS)
        home = _weigh(browser.new_context(base_url=url), "/")
        yield _claim("JavaScript da primeira visita a /, com a busca", home.script, HOME_JS)
        yield _claim("CSS da primeira visita a /", home.style, HOME_CSS)
        analysis = routes.CORREGEDORIA_ANALYSIS
        charts = _weigh(_signed_in(browser.new_context(base_url=url), url), analysis)
        yield _claim(f"JavaScript da primeira visita a {analysis}", charts.script, CHARTS_JS)
        browser.close()


def _claim(what: str, size: float, bar: int) -> Claim:
    return Claim(f"{what} (gzip)", f"{size / KB:.1f} KB", f"≤ {bar} KB", 0 < size <= bar * KB)


def _signed_in(context: BrowserContext, url: str) -> BrowserContext:
    """Sign in by the form's own door; the cookie stays, nothing is cached."""
    form = {"email": f"{Role.CORREGEDORIA}@exemplo.invalid", "password": DEMO_PASSWORD}
    context.request.post(routes.SIGN_IN_FORM, form=form, headers={"Origin": url})
    return context


def _weigh(context: BrowserContext, path: str, *, uses: bool = True) -> PageWeight:
    """Open the page and add up what the network carried for scripts and styles.

    A page that somebody `uses` has been touched, which starts React.
    """
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    kinds: dict[str, str] = {}
    weight = PageWeight()

    def respond(event: dict[str, str]) -> None:
        kinds[event["requestId"]] = event["type"]

    def finish(event: dict[str, float | str]) -> None:
        kind = kinds.get(str(event["requestId"]))
        if kind == "Script":
            weight.script += float(event["encodedDataLength"])
        elif kind == "Stylesheet":
            weight.style += float(event["encodedDataLength"])

    devtools.on("Network.responseReceived", respond)
    devtools.on("Network.loadingFinished", finish)
    answer = page.goto(path, wait_until="networkidle")
    if uses:
        page.mouse.move(4, 4)
        page.wait_for_function("() => !document.querySelector('.before-js')")
    assert answer is not None
    assert answer.ok, f"{path} respondeu {answer.status}"
    assert page.url.rstrip("/").endswith(path.rstrip("/")), f"{path} levou a {page.url}"
    page.close()
    return weight
