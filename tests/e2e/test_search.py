"""From words to a working channel; every public page and its refusals read by axe."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
CASE = "0000001-49.2026.8.11.0015"


def _search(page: Page, words: str) -> None:
    page.get_by_role("searchbox").or_(page.locator("input[type=search]")).first.fill(words)


def test_a_person_searches_opens_the_unit_and_finds_the_call_link(
    tabs: Callable[..., Page],
) -> None:
    page = tabs("/", width=375)
    page.wait_for_load_state("networkidle")
    _search(page, "whatsapp juizado sinop")
    first = page.get_by_role("link", name=re.compile("Juizado Especial .* de Sinop")).first
    expect(first).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=whatsapp"))
    assert_accessible(page)
    first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sinop")
    expect(page.locator("a[href^='tel:']").first).to_be_visible()
    expect(page.locator("a[href^='https://wa.me/55']").first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_case_number_is_answered_and_stays_out_of_the_address(tabs: Callable[..., Page]) -> None:
    page = tabs("/")
    page.wait_for_load_state("networkidle")
    _search(page, CASE)
    expect(page.get_by_text("confirme a unidade no PJe")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Sinop")).first).to_be_visible()
    assert "0015" not in page.url
    assert_accessible(page)


def test_nothing_found_leads_on(tabs: Callable[..., Page]) -> None:
    page = tabs("/")
    page.wait_for_load_state("networkidle")
    _search(page, "xqzw kkkk")
    expect(page.get_by_role("link", name=re.compile("Comarcas de A a Z")).first).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/comarcas",
        "/agendar",
        "/relatar",
        "/acompanhar",
        "/situacao",
        "/sobre",
        "/acessibilidade",
        "/privacidade",
        "/dados-abertos",
        "/transparencia",
        "/transparencia?comarca=sinop",
        "/entrar",
        "/api/docs",
        "/unidade/nao-existe",
        "/agenda/nao-existe",
        "/nada/disso",
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_public_page_is_accessible_and_fits(
    tabs: Callable[..., Page], path: str, scheme: str
) -> None:
    page = tabs(path, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page).to_have_title(re.compile(r"\w"))
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_comarcas_are_readable_without_a_script(
    server: Server, tabs: Callable[..., Page]
) -> None:
    page = tabs("/comarcas", java_script_enabled=False)
    expect(page.get_by_text("Várzea Grande").first).to_be_visible()
    found = httpx.get(f"{server.url}/comarcas", follow_redirects=True).text
    names = [c["name"] for c in httpx.get(f"{server.url}/api/v1/comarcas").json()["items"]]
    assert len(names) == 79
    assert [
        name for name in names if name.replace("'", "&#x27;") not in found and name not in found
    ] == []


def test_an_unknown_unit_is_a_real_404(server: Server) -> None:
    assert httpx.get(f"{server.url}/unidade/nao-existe").status_code == 404


def test_a_wrong_password_is_said_in_one_sentence_and_keeps_the_address(
    tabs: Callable[..., Page],
) -> None:
    page = tabs("/entrar")
    page.wait_for_load_state("networkidle")
    page.get_by_label("E-mail").fill("corregedoria@exemplo.invalid")
    page.get_by_label("Senha").fill("outra senha qualquer")
    page.get_by_role("button", name="Entrar").click()
    expect(page.locator("main").get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("corregedoria@exemplo.invalid")
    assert_accessible(page)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("administrador", "/mesa"),
        ("administrador", "/conta"),
        ("administrador", "/admin/pessoal"),
        ("administrador", "/admin/sessoes"),
        ("administrador", "/admin/auditoria"),
        ("administrador", "/admin/chaves"),
        ("administrador", "/admin/mensagens"),
        ("administrador", "/admin/configuracao"),
        ("gabinete", "/gabinete"),
        ("corregedoria", "/corregedoria/reclamacoes"),
    ],
)
def test_each_staff_page_is_accessible_and_fits(
    tabs: Callable[..., Page], who: str, path: str
) -> None:
    page = tabs(f"/entrar?voltar={path}")
    page.wait_for_load_state("networkidle")
    page.get_by_label("E-mail").fill(f"{who}@exemplo.invalid")
    page.get_by_label("Senha").fill("demonstracao-dos-canais")
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(re.compile(re.escape(path)))
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_on_a_phone_the_answer_is_seen_without_scrolling(tabs: Callable[..., Page]) -> None:
    page = tabs("/", width=375, has_touch=True)
    page.set_viewport_size({"width": 375, "height": 740})
    page.wait_for_load_state("networkidle")
    _search(page, "whatsapp juizado sinop")
    card = page.locator(".finder-card:visible").first
    expect(card).to_be_visible()
    page.locator("#busca").press("Enter")
    expect(page.locator("#busca")).not_to_be_focused()
    menu = page.get_by_role("navigation", name="Principal").bounding_box()
    button = card.locator("a.btn").first
    where, first = button.bounding_box(), card.bounding_box()
    assert menu
    assert where
    assert first
    assert first["y"] <= 200
    assert where["y"] + where["height"] <= menu["y"]
    expect(button).to_contain_text("WhatsApp (66) 3000-")
    for link in page.get_by_role("navigation", name="Principal").get_by_role("link").all():
        box = link.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_copy_button_says_that_it_has_copied(tabs: Callable[..., Page]) -> None:
    page = tabs("/unidade/diretoria-do-foro-de-sinop", permissions=["clipboard-write"])
    button = page.get_by_role("button", name="Copiar Telefone")
    button.click()
    expect(page.locator(".unit-copy").first).to_have_text("Copiado")


def test_notices_of_later_are_folded(tabs: Callable[..., Page]) -> None:
    page = tabs("/unidade/diretoria-do-foro-de-sinop")
    soon = page.locator("details.unit-soon")
    expect(soon.get_by_text(re.compile(r"^Em breve: \d+$"))).to_be_visible()
    expect(soon.get_by_text("recesso forense", exact=False).first).to_be_hidden()
