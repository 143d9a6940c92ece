"""The public status in the browser: live, without JavaScript, on a phone, by keyboard."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
SENTENCE = re.compile("falhas? confirmadas?")


@pytest.fixture(scope="module")
def failing(server: Server) -> str:
    """Return the unit of a confirmed failure; an incident of two units stands beside it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.public_failures"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_status_says_what_fails_and_what_comes(tabs: Tabs, failing: str) -> None:
    page = tabs("/situacao")
    expect(page.get_by_role("status").filter(has_text=SENTENCE)).to_be_visible()
    expect(page.get_by_text("Técnico a caminho do fórum.")).to_be_visible()
    expect(page.get_by_text(re.compile("^Próxima notícia até ")).first).to_be_visible()
    expect(page.get_by_text("agora mesmo").or_(page.get_by_text("há 10 s")).first).to_be_visible()
    assert_accessible(page)
    page.get_by_text("Ver tabela").click()
    expect(page.get_by_role("table")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_me_too_takes_one_press(tabs: Tabs, failing: str) -> None:
    page = tabs("/situacao")
    page.get_by_role("button", name=re.compile("^Eu também")).first.click()
    expect(page.get_by_text(re.compile("Contamos você"))).to_be_visible()


def test_without_a_script_everything_is_there(tabs: Tabs, failing: str) -> None:
    page = tabs("/situacao", java_script_enabled=False)
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.locator(".skeleton").first).to_be_hidden()
    page.get_by_label("Nome da comarca").fill("Sinop")
    page.get_by_role("button", name="Ver", exact=True).click()
    expect(page.get_by_text(re.compile("Comarca de Sinop")).first).to_be_visible()
    page.get_by_role("textbox", name="E-mail").fill("advogada@exemplo.invalid")
    page.get_by_role("button", name="Receber por e-mail").click()
    expect(page.get_by_role("heading", name="Confira o seu e-mail")).to_be_visible()


def test_the_map_is_one_tab_stop_with_arrows(tabs: Tabs, failing: str) -> None:
    page = tabs("/situacao")
    tiles = page.locator(".tiles.links .tile")
    expect(tiles).to_have_count(79)
    assert page.locator(".tiles.links .tile[tabindex='0']").count() == 1
    tiles.first.focus()
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.title")
    assert focused != tiles.first.get_attribute("title")
    assert page.locator(".tiles.links .tile[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/situacao\?comarca="))


def test_on_a_phone_the_menu_is_one_bar_and_the_map_a_picture(tabs: Tabs, failing: str) -> None:
    page = tabs("/situacao", width=375, color_scheme="dark")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Mapa de quadros"))).to_be_visible()
    expect(page.locator(".tiles.links")).to_be_hidden()
    assert_accessible(page)
    menu = page.get_by_role("navigation", name="Principal")
    assert menu.get_by_role("link").all_inner_texts() == [
        "Início",
        "Agendar",
        "Relatar",
        "Situação",
    ]
    box = menu.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == 900
    fixed = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(e => getComputedStyle(e).position === 'fixed').length"
    )
    assert fixed == 1


def test_a_form_has_the_menu_under_its_header(tabs: Tabs) -> None:
    page = tabs("/relatar", width=375)
    box = page.get_by_role("navigation", name="Principal").bounding_box()
    assert box is not None
    assert box["y"] < 200


def test_open_data_explains_its_columns(tabs: Tabs) -> None:
    page = tabs("/dados-abertos")
    page.get_by_text("O que cada coluna quer dizer").first.click()
    expect(page.get_by_text("número do WhatsApp")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
