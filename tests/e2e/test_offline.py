"""Without a connection the last directory can still be read, and says how old it is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
KEPT = """async () => {
  const cache = await caches.open("canais-1");
  return (await cache.keys()).map((request) => new URL(request.url).pathname).sort();
}"""


@pytest.fixture
def gone(server: Server) -> Iterator[Callable[[], None]]:
    """Take the portal off the net; it is back when the test ends."""
    yield server.stop
    server.start()


def _wait_until_kept(page: Page) -> None:
    page.evaluate(
        """async () => {
          await navigator.serviceWorker.ready;
          const cache = await caches.open("canais-1");
          while (!(await cache.match("/diretorio.json")))
            await new Promise((again) => setTimeout(again, 50));
        }"""
    )


def test_the_last_directory_is_read_offline_with_its_age(
    server: Server, tabs: Callable[..., Page], gone: Callable[[], None]
) -> None:
    page = tabs("/", 375)
    _wait_until_kept(page)
    gone()
    page.goto("/?q=familia sinop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sem conexão: contatos guardados")
    expect(page.locator("#age")).to_contain_text("agora há pouco")
    expect(page.get_by_role("heading", level=3).first).to_contain_text("Vara de Família de Sinop")
    assert page.locator("a[href^='tel:+5566']").count()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_label("Comarca ou unidade").fill("nada disso existe")
    expect(page.locator("#count")).to_have_text("Nenhuma unidade guardada com essas palavras.")


def test_an_old_copy_says_so(
    server: Server, tabs: Callable[..., Page], gone: Callable[[], None]
) -> None:
    page = tabs("/")
    _wait_until_kept(page)
    page.evaluate(
        """async () => {
          const cache = await caches.open("canais-1");
          const text = await (await cache.match("/diretorio.json")).text();
          const long_ago = String(Date.now() - 9 * 24 * 60 * 60 * 1000);
          const headers = { "x-kept-at": long_ago };
          await cache.put("/diretorio.json", new Response(text, { headers }));
        }"""
    )
    gone()
    page.goto("/comarcas")
    expect(page.locator("#age")).to_contain_text("há 9 dias")
    expect(page.locator("#age")).to_have_class("old")


def test_nothing_but_the_directory_and_its_reader_is_kept(
    server: Server, tabs: Callable[..., Page]
) -> None:
    page = tabs("/")
    _wait_until_kept(page)
    for path in ("/acompanhar", "/entrar", "/relatar", "/agendar"):
        page.goto(path)
    assert page.evaluate(KEPT) == [
        "/diretorio.json",
        "/fonts/raleway.woff2",
        "/offline.css",
        "/offline.html",
        "/offline.js",
    ]
