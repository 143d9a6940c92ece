"""What a visitor sees at once: the server's page, without a socket until somebody is there."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Server, assert_accessible, be_there

pytestmark = pytest.mark.browser
UNIT = "/unidade/diretoria-do-foro-de-sinop"
SHIFTS = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) sum += shift.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => tell(sum), 300);
})"""


@pytest.fixture
def untouched(browser: Browser, server: Server) -> Callable[[str], tuple[Page, list[str]]]:
    """Open a page that nobody touches; returns it with the sockets that it opens."""

    def open_page(path: str) -> tuple[Page, list[str]]:
        context = browser.new_context(
            base_url=server.url, viewport={"width": 375, "height": 740}, locale="pt-BR"
        )
        page = context.new_page()
        sockets: list[str] = []
        page.on("websocket", lambda opened: sockets.append(opened.url))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page, sockets

    return open_page


@pytest.mark.parametrize("path", ["/", "/?q=familia+sinop", "/agendar", "/comarcas", "/sobre"])
def test_reading_opens_no_socket(
    untouched: Callable[[str], tuple[Page, list[str]]], path: str
) -> None:
    page, sockets = untouched(path)
    expect(page.locator("h1")).to_have_count(1)
    assert page.evaluate("performance.getEntriesByType('resource').filter(r => /entry.client/"
                         ".test(r.name)).length") == 0  # fmt: skip
    assert page.evaluate(SHIFTS) == 0
    assert sockets == []
    page.context.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/?q=juizado+sinop", "/?q=xqzw", UNIT, "/unidade/nao-existe", "/agendar", "/situacao",
     "/comarcas", "/acessibilidade"],
)  # fmt: skip
@pytest.mark.parametrize("contrast", ["no-preference", "more"])
def test_what_the_server_drew_is_accessible(
    browser: Browser, server: Server, path: str, contrast: Literal["more", "no-preference"]
) -> None:
    page = browser.new_page(base_url=server.url, contrast=contrast, locale="pt-BR")
    page.goto(path)
    assert_accessible(page)
    assert page.locator("h1").count() == 1
    page.close()


def test_words_typed_into_the_list_of_agendas_go_over(
    untouched: Callable[[str], tuple[Page, list[str]]],
) -> None:
    page, _ = untouched("/agendar")
    page.locator("#palavras-sem").focus()
    page.keyboard.type("nada assim")
    expect(page.get_by_text("Nenhuma agenda com essas palavras")).to_be_visible()
    expect(page.locator("#palavras")).to_have_value("nada assim")
    page.context.close()


@pytest.mark.parametrize("path", [UNIT, "/situacao"])
def test_a_live_page_becomes_alive_by_itself(
    untouched: Callable[[str], tuple[Page, list[str]]], path: str
) -> None:
    page, sockets = untouched(path)
    assert page.evaluate(SHIFTS) == 0
    assert sockets == []
    expect(page.locator(".before-js")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(sockets) == 1
    page.context.close()


def test_words_and_focus_outlive_the_change(
    untouched: Callable[[str], tuple[Page, list[str]]],
) -> None:
    page, _ = untouched("/")
    page.locator("#busca").focus()
    page.keyboard.type("juizado sinop")
    expect(page.locator("body > .page .finder-card").first).to_be_visible()
    expect(page.locator("#busca")).to_be_focused()
    expect(page.locator("#busca")).to_have_value("juizado sinop")
    expect(page).to_have_url(re.compile(r"q=juizado"))
    page.context.close()


def test_a_focused_link_keeps_the_focus(untouched: Callable[[str], tuple[Page, list[str]]]) -> None:
    page, _ = untouched(UNIT)
    link = page.get_by_role("link", name=re.compile(r"^\(\d\d\) ")).first
    link.focus()
    be_there(page)
    expect(page.get_by_role("link", name=re.compile(r"^\(\d\d\) ")).first).to_be_focused()
    page.context.close()
