"""The administrator closes a comarca and opens it again, while people look on."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from canais_app.demo import DEMO_PASSWORD
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
WORDS = "Alagamento no fórum"


def _admin(tabs: Callable[..., Page], server: Server, path: str) -> Page:
    page = tabs("/entrar")
    answer = page.request.post(
        "/sessao/entrar",
        form={"email": "administrador@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
        max_redirects=0,
    )
    assert answer.status == 303
    page.goto(path)
    return page


def test_a_closure_is_seen_where_people_look_until_it_is_ended(
    tabs: Callable[..., Page], server: Server
) -> None:
    home, status = tabs("/?q=diretoria+do+foro+sinop"), tabs("/situacao")
    unit = tabs("/unidade/diretoria-do-foro-de-sinop")
    card = home.locator(".finder-card").first
    expect(card).to_be_visible()
    expect(unit.locator("h1")).to_have_text("Diretoria do Foro de Sinop")
    expect(status.get_by_role("heading", name="Programado")).to_be_visible()

    desk = _admin(tabs, server, "/admin/avisos")
    desk.get_by_role("button", name="Escrever um aviso").click()
    desk.get_by_label("Tipo", exact=True).select_option("fechada")
    desk.get_by_label("Onde", exact=True).select_option("comarca")
    desk.get_by_label("Comarca", exact=True).select_option(label="Sinop")
    desk.get_by_label("Texto", exact=True).fill(WORDS)
    expect(desk.get_by_text(re.compile(r"^Fecha \d+ unidades"))).to_be_visible()
    desk.get_by_label("Link do ato").fill("http://exemplo.invalid")
    desk.get_by_role("button", name="Publicar").click()
    expect(desk.get_by_text("O link precisa começar por https://.")).to_be_visible()
    expect(desk.get_by_label("Texto", exact=True)).to_have_value(WORDS)
    assert_accessible(desk)
    desk.get_by_label("Link do ato").fill("")
    desk.get_by_role("button", name="Publicar").click()
    expect(desk.get_by_text("Aviso publicado.")).to_be_visible()

    for page in (home, status, unit):
        expect(page.get_by_text(WORDS).first).to_be_visible()
    expect(card.get_by_text("Fechada, sem previsão")).to_be_visible()
    assert WORDS in httpx.get(f"{server.url}/avisos/sinop.atom").text
    assert_accessible(home)
    assert_accessible(status)

    row = desk.get_by_role("listitem").filter(has_text=WORDS)
    row.get_by_role("button", name="Encerrar").press("Enter")
    row.get_by_role("button", name="Sim, encerrar agora").press("Enter")
    expect(desk.get_by_text("Aviso encerrado.")).to_be_visible()
    for page in (home, status, unit):
        expect(page.get_by_text(f"{WORDS}.", exact=True)).to_have_count(0)
    expect(card.get_by_text("Fechada, sem previsão")).to_have_count(0)


def test_the_year_to_come_is_proposed_and_taken_over_day_by_day(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = _admin(tabs, server, "/admin/calendario")
    expect(page.get_by_text("Dia da Justiça").first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    for year in ("2027", "2028", "2029"):
        page.get_by_role("button", name="Ano seguinte").click()
        expect(page.get_by_role("heading", name=year)).to_be_visible()
    page.get_by_role("button", name="Propor dias de 2029").click()
    page.get_by_role("checkbox", name=re.compile("Dia do Servidor")).uncheck(timeout=10_000)
    assert_accessible(page)
    page.get_by_role("button", name="Incluir os marcados").click()
    expect(page.get_by_text(re.compile(r"\d+ dias incluídos\."))).to_be_visible()
    days = httpx.get(
        f"{server.url}/api/v1/calendar", params={"from": "2029-02-12", "to": "2029-02-12"}
    ).json()["items"]
    assert days[0]["reason"] == "feriado: Carnaval"
