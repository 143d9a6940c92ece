"""The Corregedoria signs in, watches a complaint arrive, filters, drills down."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from canais_app.demo import DEMO_PASSWORD
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
TOTAL = ".dash-rank tfoot .total td"


def _sign_in(page: Page, server: Server) -> None:
    answer = page.request.post(
        "/sessao/entrar",
        form={"email": "corregedoria@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
        max_redirects=0,
    )
    assert answer.status == 303


def _open(tabs: Callable[..., Page], server: Server, path: str = "/corregedoria") -> Page:
    page = tabs("/entrar")
    _sign_in(page, server)
    page.goto(path)
    expect(page.locator("#fig-serie")).to_be_visible()
    return page


def _file(server: Server) -> str:
    """File a complaint through the API; return the unit's slug."""
    unit = httpx.get(f"{server.url}/api/v1/units", params={"channel": "telefone"}).json()["items"][
        0
    ]
    sent = {"unit": unit["slug"], "channel": "telefone", "kind": "nao_atende"}
    assert httpx.post(f"{server.url}/api/v1/complaints", json=sent).status_code == 201
    return unit["slug"]


def test_a_stranger_is_led_to_sign_in_and_back(tabs: Callable[..., Page]) -> None:
    page = tabs("/corregedoria?p=7d")
    page.wait_for_url(re.compile(r"/entrar/?\?voltar=%2Fcorregedoria"), timeout=20_000)


def test_a_complaint_filed_elsewhere_moves_the_open_dashboard(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    before = page.locator(TOTAL).first.inner_text()
    _file(server)
    expect(page.locator(TOTAL).first).not_to_have_text(before)


def test_a_paused_dashboard_stands_still_and_catches_up(
    tabs: Callable[..., Page], server: Server
) -> None:
    page, watching = _open(tabs, server), _open(tabs, server)
    page.get_by_role("button", name="Pausar").click()
    resume = page.get_by_role("button", name="Continuar")
    expect(resume).to_be_visible()
    before = page.locator(TOTAL).first.inner_text()
    _file(server)
    expect(watching.locator(TOTAL).first).not_to_have_text(before)
    assert page.locator(TOTAL).first.inner_text() == before
    resume.click()
    expect(page.locator(TOTAL).first).not_to_have_text(before)


def test_filters_live_in_the_address_and_the_count_opens_the_complaints(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    page.get_by_role("link", name="30 dias").click()
    page.wait_for_url(re.compile(r"p=30d"))
    page.get_by_label("Comarca").select_option("sinop")
    page.wait_for_url(re.compile(r"p=30d&comarca=sinop"))
    expect(page.get_by_text(re.compile("na comarca de Sinop"))).to_be_visible()
    page.locator(".dash-rank tbody th a").first.click()
    expect(page.locator("#fig-unidade")).to_be_visible()
    page.locator(".dash-rank tbody td a").first.click()
    page.wait_for_url(re.compile(r"/corregedoria/reclamacoes/?\?p=30d&comarca=sinop&unidade="))


def test_wrong_dates_get_a_sentence_and_keep_what_was_typed(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    page.get_by_text("Outro período").click()
    page.get_by_label("De", exact=True).fill("2026-11-10")
    page.get_by_label("Até", exact=True).fill("2026-11-01")
    page.get_by_role("button", name="Mostrar").click()
    expect(page.get_by_text("A data final vem antes da inicial.")).to_be_visible()
    expect(page.get_by_label("De", exact=True)).to_have_value("2026-11-10")
    assert_accessible(page)


def test_an_unknown_filter_is_said_and_the_dashboard_shown_without_it(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server, "/corregedoria?comarca=lugar-nenhum")
    expect(page.locator("main").get_by_role("alert")).to_contain_text(
        "filtro que não conhecemos (comarca)"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dashboard_is_accessible_and_fits(
    tabs: Callable[..., Page], server: Server, scheme: str
) -> None:
    page = tabs("/entrar", color_scheme=scheme)
    _sign_in(page, server)
    page.goto("/corregedoria?p=7d&unidade=" + _file(server))
    expect(page.locator("#fig-unidade")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_figure_leaves_as_a_file(tabs: Callable[..., Page], server: Server) -> None:
    page = _open(tabs, server)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV das unidades").click()
    assert download.value.suggested_filename.endswith("unidades.csv")
