"""The lawyer's page at each stage, in a browser: by keyboard, enlarged, read by axe."""

import json
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
HEADINGS = {
    "on": "Horário confirmado",
    "late": "Horário confirmado",
    "to_confirm": "Falta confirmar pelo link do e-mail",
    "no_key": "Falta confirmar pelo link do e-mail",
    "pending": "Pedido aguarda o gabinete",
    "refused": "Pedido recusado",
    "offered": "Horário guardado para você",
    "cancelled": "Atendimento cancelado",
    "attended": "Atendimento realizado",
    "missed": "Não compareceu",
}


@pytest.fixture(scope="module")
def paths(server: Server) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.states"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def opened(tabs: Tabs, path: str, heading: str, **options: object) -> Page:
    page = tabs(path, **options)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    return page


def press(page: Page, name: str) -> None:
    """Reach a button by the Tab key and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.closest('button, a')?.innerText || ''"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"o teclado não chega a “{name}”")


@pytest.mark.parametrize("stage", HEADINGS)
def test_every_stage_reads_well_on_a_phone_and_a_desk(
    tabs: Tabs, paths: dict[str, str], stage: str
) -> None:
    page = opened(tabs, paths[stage], HEADINGS[stage], color_scheme="dark", width=375)
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_time_is_moved_and_cancelled_by_keyboard_enlarged_twice(
    tabs: Tabs, paths: dict[str, str]
) -> None:
    page = opened(tabs, paths["to_move"], HEADINGS["on"], width=640, device_scale_factor=2)
    press(page, "Mudar horário")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mudar horário")
    expect(page.locator(".picker-time.free").first).to_be_visible()
    assert_accessible(page)
    press(page, "Manter como está")
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS["on"])
    press(page, "Mudar horário")
    expect(page.locator(".picker-time.free").first).to_be_visible()
    free = page.locator(".picker-time.free").first.locator("span").inner_text()
    press(page, free)
    expect(page.locator(".move-both .to")).to_contain_text(free)
    press(page, "Confirmar mudança")
    expect(page.get_by_text("Horário mudado")).to_be_visible()
    expect(page.locator("#titulo")).to_be_focused()
    press(page, "Cancelar")
    assert_accessible(page)
    press(page, "Sim, cancelar")
    expect(page.get_by_role("heading", level=1)).to_have_text("Atendimento cancelado")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_link_of_the_email_confirms_by_keyboard(tabs: Tabs, paths: dict[str, str]) -> None:
    bare = opened(tabs, paths["to_accept"].partition("?")[0], HEADINGS["no_key"])
    expect(bare.get_by_role("button", name="Confirmar o horário")).to_have_count(0)
    page = opened(tabs, paths["to_accept"], HEADINGS["to_confirm"])
    expect(page.get_by_role("timer")).to_be_visible()
    press(page, "Confirmar o horário")
    expect(bare.get_by_role("heading", level=1)).to_have_text(HEADINGS["to_confirm"])
    press(page, "Sim, quero este horário")
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    expect(bare.get_by_role("heading", level=1)).to_have_text("Horário confirmado")  # live


def test_an_alternative_is_accepted_where_the_cancellation_is_read(
    tabs: Tabs, paths: dict[str, str]
) -> None:
    page = opened(tabs, paths["to_replace"], HEADINGS["cancelled"])
    expect(page.get_by_role("link", name="Aceitar")).to_have_count(3)
    page.get_by_role("link", name="Aceitar").first.click()
    press(page, "Aceitar este horário")
    press(page, "Sim, quero este horário")
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    assert urlsplit(page.url).path != paths["to_replace"]


def test_an_offer_is_declined(tabs: Tabs, paths: dict[str, str]) -> None:
    page = opened(tabs, paths["to_decline"], HEADINGS["offered"])
    press(page, "Não quero este horário")
    press(page, "Sim, soltar")
    expect(page.get_by_text("Horário recusado")).to_be_visible()


def test_no_other_site_is_asked_before_a_press(tabs: Tabs, paths: dict[str, str]) -> None:
    page = opened(tabs, paths["late"], HEADINGS["late"])
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.reload()
    page.get_by_text("Adicionar ao Google ou ao Outlook").click()
    link = page.get_by_role("link", name="Google Agenda")
    expect(link).to_be_visible()
    assert str(link.get_attribute("href")).startswith("https://calendar.google.com/")
    here = urlsplit(page.url).netloc
    assert {urlsplit(url).netloc for url in asked} == {here}


def test_my_appointments_are_found_again_by_the_mailed_link(
    tabs: Tabs, paths: dict[str, str]
) -> None:
    page = opened(tabs, "/agendar", "Agendar com magistrado")
    page.get_by_role("link", name="ver meus agendamentos").click()
    page.get_by_label("E-mail usado ao agendar").fill("não é e-mail")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail usado ao agendar")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("E-mail usado ao agendar").fill("ninguem@exemplo.invalid")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Se há agendamentos com este e-mail")).to_be_visible()
    assert_accessible(page)
    page.goto(paths["mine"])
    press(page, "Ver meus agendamentos")
    expect(page.locator("#pergunta")).to_be_focused()
    press(page, "Sim, mostrar a lista")
    expect(page.get_by_role("heading", name="Próximos")).to_be_visible()
    expect(page.get_by_role("heading", name="Dos últimos 30 dias")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="Ver, mudar ou cancelar").first.click()
    page.wait_for_url("**/agendamento/*")
    page.goto(paths["mine"])
    expect(page.get_by_text("Este link já foi usado ou venceu.")).to_be_visible()
    assert_accessible(page)
