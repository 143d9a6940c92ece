"""Journey: the frame leads everywhere, a draft outlives the session, the keyboard suffices."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
PASSWORD = "demonstracao-dos-canais"
TEXT = "O aparelho foi trocado hoje."


def sign_in(page: Page, role: str) -> None:
    page.get_by_label("E-mail").fill(f"{role}@exemplo.invalid")
    page.get_by_label("Senha").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()


def opened(tabs: Tabs, path: str, role: str, **options: object) -> Page:
    page = tabs(path, **options)
    sign_in(page, role)
    expect(page.locator(".frame-me b").first).not_to_be_empty()
    return page


def test_a_draft_outlives_a_session_ended_elsewhere(tabs: Tabs) -> None:
    page = opened(tabs, "/corregedoria/reclamacoes", "corregedoria")
    protocol = page.locator("[data-row] a").first.inner_text()
    page.goto(f"/corregedoria/reclamacoes/{protocol}")
    field = page.locator("textarea[data-draft]").first
    field.press_sequentially(TEXT)
    note = page.locator(".draft-note").first
    expect(note).to_contain_text("Rascunho guardado às")
    field.press_sequentially(" Confirmamos.")
    admin = opened(tabs, "/admin/sessoes", "administrador")
    # Other files that share the server have left sessions of the same person.
    rows = admin.get_by_role("row").filter(has_text="Corregedoria (demonstração)")
    expect(rows.first).to_be_visible()
    for left in reversed(range(rows.count())):
        rows.first.get_by_role("button", name="Encerrar").click()
        expect(rows).to_have_count(left)
    expect(page.get_by_text("Sua sessão terminou.")).to_be_visible()
    expect(field).to_have_value(f"{TEXT} Confirmamos.")
    page.get_by_role("main").get_by_role("link", name="Entrar").click()
    sign_in(page, "corregedoria")
    expect(page.locator("textarea[data-draft]").first).to_have_value(f"{TEXT} Confirmamos.")


def test_the_menu_follows_the_keyboard_and_the_phone(tabs: Tabs) -> None:
    page = opened(tabs, "/mesa", "corregedoria")
    assert_accessible(page)
    page.get_by_label("Menu da equipe").get_by_role("link", name="Comigo").press("Enter")
    expect(page).to_have_url(re.compile("view=comigo"))
    expect(page.locator("h1#titulo")).to_be_focused()
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 375, "height": 740})
    bar = page.get_by_label("Menu do telefone")
    assert bar.locator("a,button").count() == 4
    heights = bar.locator("a,button").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert min(heights) >= 44
    bar.get_by_role("button", name="Eu, sair").click()
    expect(page.get_by_role("dialog", name="Sua conta")).to_be_visible()
    assert_accessible(page)


def test_single_letters_can_be_switched_off(tabs: Tabs) -> None:
    page = opened(tabs, "/corregedoria/reclamacoes", "corregedoria")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("[data-row]:focus, [data-row] :focus")).to_have_count(1)
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Usar atalhos de uma letra").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(dialog).to_have_count(0)


def test_a_manager_sees_nothing_of_other_areas(tabs: Tabs, server: Server) -> None:
    page = opened(tabs, "/gestao", "gestor")
    menu = page.get_by_label("Menu da equipe")
    expect(menu.get_by_role("link", name="Minha unidade")).to_be_visible()
    assert menu.get_by_role("link", name="Pessoal").count() == 0
    assert menu.get_by_role("link", name="Reclamações").count() == 0
    page.goto(f"{server.url}/admin")
    expect(page).to_have_url(re.compile("/admin/avisos/?$"))
