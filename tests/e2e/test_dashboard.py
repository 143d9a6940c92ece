"""The Corregedoria signs in, watches a complaint arrive, filters, drills down."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from canais_app.demo import DEMO_PASSWORD
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
TOTAL = ".an-units .an-sum:last-child td >> nth=0"
PATH = "/corregedoria/analise"


def _sign_in(page: Page, server: Server) -> None:
    answer = page.request.post(
        "/sessao/entrar",
        form={"email": "corregedoria@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
        max_redirects=0,
    )
    assert answer.status == 303


def _open(tabs: Callable[..., Page], server: Server, path: str = PATH) -> Page:
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
    page = tabs(f"{PATH}?p=7d")
    page.wait_for_url(re.compile(r"/entrar/?\?voltar=%2Fcorregedoria"), timeout=20_000)


def test_a_complaint_filed_elsewhere_moves_the_open_analysis(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    before = page.locator(TOTAL).inner_text()
    _file(server)
    expect(page.locator(TOTAL)).not_to_have_text(before)


def test_a_paused_analysis_stands_still_and_catches_up(
    tabs: Callable[..., Page], server: Server
) -> None:
    page, watching = _open(tabs, server), _open(tabs, server)
    page.get_by_role("button", name="Pausar").click()
    resume = page.get_by_role("button", name="Continuar")
    expect(resume).to_be_visible()
    before = page.locator(TOTAL).inner_text()
    _file(server)
    expect(watching.locator(TOTAL)).not_to_have_text(before)
    assert page.locator(TOTAL).inner_text() == before
    resume.click()
    expect(page.locator(TOTAL)).not_to_have_text(before)


def test_the_worst_unit_of_last_week_and_why_takes_two_clicks(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    page.get_by_role("link", name="Semana passada").click()
    page.wait_for_url(re.compile(r"p=semana"))
    worst = page.locator(".an-units tbody tr").first
    expect(worst.locator(".an-kind")).to_contain_text("%")
    name = worst.locator("th a").inner_text()
    worst.locator("th a").click()
    page.wait_for_url(re.compile(r"/corregedoria/dossies/?\?unidade="))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.get_by_role("heading", name=re.compile("pedem ação"))).to_be_visible()


def test_the_series_is_read_by_keys_and_a_drag_chooses_the_period(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    chart = page.locator("[data-chart]")
    chart.focus()
    said = chart.locator("output")
    expect(said).to_contain_text("normal")
    last = said.inner_text()
    page.keyboard.press("ArrowLeft")
    expect(said).not_to_have_text(last)
    box = chart.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile(r"de=\d{4}-\d\d-\d\d&ate="))


def test_columns_sort_and_the_count_opens_the_complaints(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _open(tabs, server)
    page.locator(".an-units thead").get_by_role("link", name="No prazo").click()
    page.wait_for_url(re.compile(r"ordem=-prazo"))
    expect(page.locator(".an-units th[aria-sort=descending]")).to_contain_text("No prazo")
    page.locator(".an-units tbody td a").first.click()
    page.wait_for_url(re.compile(r"/corregedoria/reclamacoes/?\?"))


def test_a_ready_question_opens_its_answer(tabs: Callable[..., Page], server: Server) -> None:
    page = _open(tabs, server)
    page.get_by_role("link", name="De quem nunca ouvimos falar?").click()
    expect(page.locator("#resposta")).to_contain_text("sem nenhum relato até hoje")
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [PATH, "/corregedoria/dossies"])
def test_the_analysis_is_accessible_and_fits(
    tabs: Callable[..., Page], server: Server, scheme: str, path: str
) -> None:
    page = tabs("/entrar", color_scheme=scheme)
    _sign_in(page, server)
    page.goto(f"{path}?unidade=" + _file(server))
    expect(page.locator("#fig-serie")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_view_leaves_as_a_file(tabs: Callable[..., Page], server: Server) -> None:
    page = _open(tabs, server)
    for name in ("PDF", "XLSX"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        assert download.value.suggested_filename.endswith(f"analise.{name.lower()}")
