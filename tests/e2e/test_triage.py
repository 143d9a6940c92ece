"""The desk and the unit's inbox in two browsers: forwarded, answered, seen live, recovered."""

import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from canais_app.demo.staff import DEMO_PASSWORD
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
UNIT = "2a-vara-de-familia-de-varzea-grande-secretaria"  # of the demonstration's manager
DESK = "/corregedoria/reclamacoes"
TASK = "Verifiquem o aparelho e digam desde quando responde."


def sign_in(page: Page, server: Server, who: str, path: str) -> None:
    page.request.post(
        "/sessao/entrar",
        form={"email": f"{who}@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
    )
    page.goto(path)


def file(server: Server, **changes: Any) -> str:
    """Report a failure as a person would; return its protocol."""
    said = {"unit": UNIT, "channel": "telefone", "kind": "nao_atende", **changes}
    with httpx.Client(base_url=server.url, timeout=30) as client:
        answer = client.post("/api/v1/complaints", json=said)
        while answer.status_code == 503:  # the machine does other things besides
            time.sleep(int(answer.headers["Retry-After"]))
            answer = client.post("/api/v1/complaints", json=said)
    assert answer.status_code == 201, answer.text
    return answer.json()["protocol"]


def open_panel(page: Page, protocol: str) -> Any:
    page.goto(f"{DESK}?q={protocol}")
    page.get_by_role("link", name=protocol).click()
    panel = page.get_by_role("region", name="Reclamação aberta")
    expect(panel.get_by_role("heading", level=2)).to_contain_text(protocol)
    return panel


def test_a_forwarded_complaint_is_answered_by_its_unit_and_seen_live(
    tabs: Tabs, server: Server
) -> None:
    protocol = file(server, text="Toca até cair")
    desk, unit = tabs("/entrar"), tabs("/entrar", width=375)
    sign_in(desk, server, "corregedoria", DESK)
    sign_in(unit, server, "gestor", "/gestao")
    expect(unit.get_by_role("heading", level=1)).to_be_visible()
    panel = open_panel(desk, protocol)
    panel.get_by_label("Resposta").fill(TASK)
    panel.get_by_role("button", name=re.compile("^Encaminhar")).click()
    expect(desk.get_by_text(f"{protocol}: Encaminhada à unidade.")).to_be_visible()
    row = unit.locator(f"[data-row='{protocol}']")  # it arrives without a reload
    expect(row).to_be_visible()
    assert_accessible(unit)
    assert_no_sideways_scroll(unit)
    row.click()
    expect(unit.get_by_text(TASK)).to_be_visible()
    unit.get_by_label("Religamos ou trocamos o aparelho").check()
    unit.get_by_label("Resposta", exact=True).fill("Ligado hoje às 15h.")
    assert_accessible(unit)
    assert_no_sideways_scroll(unit)
    unit.get_by_role("button", name="Enviar à Corregedoria").click()
    expect(unit.get_by_text(f"{protocol}: enviada à Corregedoria.")).to_be_visible()
    # The open desk shows it in the conversation and in its row.
    expect(panel.locator(".talk")).to_contain_text("Ligado hoje às 15h.")
    expect(desk.locator(f"[data-row='{protocol}']")).to_contain_text("Unidade respondeu")
    letters = server.canais("outbox", "status")
    assert letters
    panel.get_by_label("Resposta").fill("A secretaria voltou a atender.")
    panel.get_by_role("button", name=re.compile("^Responder")).click()
    # What the unit did meanwhile has to be read first; the text stays.
    expect(panel.get_by_role("button", name=re.compile("^Responder"))).to_be_visible()
    if desk.get_by_text(f"{protocol}: Respondida.").count() == 0:
        expect(panel.get_by_label("Resposta")).to_have_value("A secretaria voltou a atender.")
        panel.get_by_role("button", name=re.compile("^Responder")).click()
    expect(desk.get_by_text(f"{protocol}: Respondida.")).to_be_visible()


def test_a_stale_desk_recovers_by_itself(tabs: Tabs, server: Server) -> None:
    protocol = file(server)
    first, second = tabs("/entrar"), tabs("/entrar")
    sign_in(first, server, "corregedoria", DESK)
    sign_in(second, server, "corregedoria", DESK)
    one, other = open_panel(first, protocol), open_panel(second, protocol)
    other.get_by_label("Resposta").fill("Resposta da segunda mesa")
    one.get_by_role("button", name=re.compile("^Em análise")).click()
    expect(first.get_by_text(f"{protocol}: Em análise.")).to_be_visible()
    # The other desk shows the new status and its moves, and keeps what was typed.
    expect(second.locator(f"[data-row='{protocol}']")).to_contain_text("Em análise")
    expect(other.get_by_role("button", name=re.compile("^Em análise"))).to_have_count(0)
    expect(other.get_by_label("Resposta")).to_have_value("Resposta da segunda mesa")
    answer = other.get_by_role("button", name=re.compile("^Responder"))
    answer.click()
    done = second.get_by_text(f"{protocol}: Respondida.")
    refused = second.get_by_text("leia o que mudou antes de enviar")
    expect(done.or_(refused).first).to_be_visible()
    if refused.count():
        answer.click()
    expect(done).to_be_visible()


def test_fourteen_reports_of_one_outage_take_three_actions(tabs: Tabs, server: Server) -> None:
    unit = "1a-vara-civel-de-sinop-secretaria"
    protocols = [file(server, unit=unit) for _ in range(14)]
    page = tabs("/entrar")
    sign_in(page, server, "corregedoria", f"{DESK}?unidade={unit}&view=livres&sort=-prazo")
    expect(page.locator(f"[data-row='{protocols[-1]}']")).to_be_visible()
    for protocol in protocols:
        page.get_by_label(f"Escolher {protocol}").click()
    expect(page.get_by_text("14 escolhidas")).to_be_visible()
    page.get_by_role("button", name="Responder…").click()  # 1
    page.get_by_label("Resposta a todas").fill("O {canal} voltou a atender.")  # 2
    assert_accessible(page)
    page.get_by_role("button", name="Responder a todas").click()  # 3
    expect(page.get_by_text("14 reclamações respondidas.")).to_be_visible()
    expect(page.locator(f"[data-row='{protocols[0]}']")).to_contain_text("Respondida")


def test_the_desk_works_by_keyboard_and_undoes(tabs: Tabs, server: Server) -> None:
    file(server)
    page = tabs("/entrar")
    sign_in(page, server, "corregedoria", f"{DESK}?view=livres&sort=recentes")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Reclamação aberta")
    expect(panel).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Está com você.")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("1 reclamação desfeita.")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Atalhos do teclado")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_new_complaints_wait_behind_a_line(tabs: Tabs, server: Server) -> None:
    page = tabs("/entrar")
    sign_in(page, server, "corregedoria", f"{DESK}?view=abertas&sort=recentes")
    expect(page.locator("[data-row]").first).to_be_visible()
    protocol = file(server)
    more = page.get_by_role("button", name=re.compile("nova"))
    expect(more).to_be_visible()
    assert page.locator(f"[data-row='{protocol}']").count() == 0
    more.click()
    expect(page.locator(f"[data-row='{protocol}']")).to_be_visible()


def test_what_looks_like_a_case_number_stays_out_of_the_address(tabs: Tabs, server: Server) -> None:
    page = tabs("/entrar")
    sign_in(page, server, "corregedoria", DESK)
    box = page.get_by_role("searchbox", name=re.compile("Buscar"))
    box.fill("0000001-68.2026.8.11.0041")
    box.press("Enter")
    expect(page.get_by_text("As palavras procuradas não vão ao endereço.")).to_be_visible()
    assert "0000001" not in page.url
