"""The public pages in a browser without JavaScript: search → unit → call, agendas, comarcas."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import assert_no_sideways_scroll

pytestmark = pytest.mark.browser
CASE = "0000001-49.2026.8.11.0015"


@pytest.fixture
def plain(tabs: Callable[..., Page]) -> Callable[..., Page]:
    return partial(tabs, java_script_enabled=False)


def test_a_person_searches_and_calls(plain: Callable[..., Page]) -> None:
    page = plain("/", width=375)
    page.get_by_role("searchbox").fill("whatsapp juizado sinop")
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"/\?q=whatsapp"))
    first = page.get_by_role("link", name=re.compile("Juizado Especial .* de Sinop")).first
    first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sinop")
    expect(page.get_by_role("navigation", name="Principal")).to_be_visible()
    expect(page.locator("a[href^='tel:']").first).to_be_visible()
    page.get_by_role("link", name="Relatar falha").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relatar falha")


def test_a_case_number_stays_out_of_the_address(plain: Callable[..., Page]) -> None:
    page = plain("/")
    page.get_by_role("searchbox").fill(CASE)
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_text("confirme a unidade no PJe")).to_be_visible()
    assert "0015" not in page.url


def test_the_home_page_tells_what_is_closed(plain: Callable[..., Page]) -> None:
    page = plain("/")
    shown = page.get_by_role("complementary", name="Avisos")
    expect(shown.get_by_text("Marcelândia").first).to_be_visible()
    assert "Nenhum aviso agora." not in page.locator("main").inner_text()


def test_the_agendas_and_comarcas_are_lists_of_links(plain: Callable[..., Page]) -> None:
    page = plain("/agendar")
    # Playwright's `get_by_text` passes over `noscript`.
    expect(page.locator(".agendas-card:visible").first).to_contain_text("Próximo horário:")
    page.get_by_role("link", name=re.compile("^Ver a agenda")).first.click()
    expect(page.locator("noscript p")).to_contain_text("precisa de JavaScript")
    page.goto("/comarcas")
    page.get_by_role("link", name="Sinop", exact=True).click()
    expect(page).to_have_url(re.compile("/comarcas/sinop$"))
    expect(page.get_by_role("heading", name="Comarca de Sinop")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/", "/?q=fam%C3%ADlia+sinop", "/agendar", "/comarcas/sinop", "/situacao"]
)
def test_nothing_scrolls_sideways(plain: Callable[..., Page], path: str) -> None:
    page = plain(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        box = page.locator("main").bounding_box()
        assert box
        assert box["width"] <= width


def test_what_the_server_drew_gives_way_to_the_page(tabs: Callable[..., Page]) -> None:
    page = tabs("/unidade/diretoria-do-foro-de-sinop")
    expect(page.get_by_role("button", name=re.compile("^Copiar")).first).to_be_visible()
    expect(page.locator(".before-js")).to_have_count(0)
    expect(page.locator("h1")).to_have_count(1)
    assert_no_sideways_scroll(page)
