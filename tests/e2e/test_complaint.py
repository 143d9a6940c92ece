"""Journey: a failure is reported, followed, and read by the Corregedoria."""

import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
PASSWORD = "demonstracao-dos-canais"
TOLD = "Caiu no processo 0000001-68.2026.8.11.0041"


UNIT = "juizado-especial-criminal-de-sinop-secretaria"


def choose_unit(page: Page) -> None:
    page.get_by_label("Unidade").fill("juizado especial criminal sinop secretaria")
    page.get_by_role("button", name="Procurar").click()
    page.locator(".report-found a").first.click()
    expect(page.get_by_role("group", name="Canal")).to_be_visible()


def report(page: Page) -> tuple[str, str]:
    choose_unit(page)
    page.get_by_label("Balcão Virtual", exact=True).check(force=True)
    page.get_by_role("radio", name=re.compile("^Caiu no meio")).first.check(force=True)
    page.get_by_label("Quer contar mais?").fill(TOLD)
    page.get_by_role("button", name="Enviar relato").click()
    expect(page.get_by_role("heading", name="Relato recebido")).to_be_visible()
    return page.inner_text("#recibo-protocol"), page.inner_text("#recibo-secret")


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("corregedoria@exemplo.invalid")
    page.get_by_label("Senha").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()


def test_a_failure_is_reported_and_followed_with_its_code(tabs: Tabs) -> None:
    page = tabs("/relatar", width=375)
    protocol, secret = report(page)
    assert re.fullmatch(r"\d{4}-\d{8}", protocol)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", secret)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.reload()
    expect(page.get_by_text("O código já foi mostrado e não aparece de novo.")).to_be_visible()
    assert secret not in page.content()
    page.goto("/acompanhar")
    expect(page.get_by_text(TOLD)).to_be_visible()
    page.get_by_role("button", name="Fechar este relato").click()
    page.get_by_label("Protocolo").fill(protocol)
    page.get_by_label("Código secreto").fill("AAAA-AAAA-AAAA")
    page.get_by_role("button", name="Abrir relato").click()
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    assert page.get_by_label("Protocolo").input_value() == protocol
    assert_accessible(page)
    page.get_by_label("Código secreto").fill(secret.replace("-", "").lower())
    page.get_by_role("button", name="Abrir relato").click()
    expect(page.get_by_text(TOLD)).to_be_visible()
    page.get_by_role("textbox", name="Mensagem").fill("Aconteceu de novo")
    page.get_by_role("button", name="Enviar mensagem").click()
    expect(page.get_by_text("Mensagem enviada.")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_send_button_is_in_reach_and_says_what_is_missing(tabs: Tabs) -> None:
    page = tabs(f"/relatar?unidade={UNIT}&canal=balcao_virtual", width=375)
    page.set_viewport_size({"width": 375, "height": 740})
    page.get_by_label("Quer contar mais?").fill("Texto que fica")
    page.evaluate("scrollTo(0, 0)")
    send = page.get_by_role("button", name="Enviar relato")
    box = send.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 740
    send.click()
    expect(page.locator("#falta-resumo")).to_be_focused()
    expect(page.locator("#falta-resumo")).to_contain_text("Falta 1 resposta")
    assert page.get_by_label("Quer contar mais?").input_value() == "Texto que fica"
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("radio", name=re.compile("^O link não abre")).check(force=True)
    expect(page.locator("#falta-resumo")).to_be_hidden()
    expect(page.locator("#resumo")).to_contain_text("Balcão Virtual · o link não abre · agora")


def test_a_link_inside_the_app_leads_to_the_form_and_back(tabs: Tabs) -> None:
    page = tabs("/sobre")
    page.wait_for_load_state("networkidle")
    title = page.inner_text("h1")
    page.get_by_role("navigation", name="Principal").get_by_role("link", name="Relatar").click()
    expect(page.get_by_role("button", name="Procurar")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_use_of_a_channel_is_counted(tabs: Tabs) -> None:
    page = tabs(f"/unidade/{UNIT}")
    button = page.locator("[data-visita]").filter(visible=True).first
    expect(button).to_be_visible()
    page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    with page.expect_response("**/api/v1/visits") as answer:  # a beacon's body is not shown
        button.click()
    assert answer.value.status == 204  # the unit publishes the channel
    assert (button.get_attribute("data-visita") or "").startswith(f"{UNIT}|")


def test_personal_data_is_warned_of_and_sent_all_the_same(tabs: Tabs) -> None:
    page = tabs(f"/relatar?unidade={UNIT}&canal=balcao_virtual", width=375)
    page.get_by_label("Quer contar mais?").fill("Ligue 65 99999-1234, CPF 123.456.789-09")
    expect(page.locator("#text-achado")).to_contain_text("um telefone e um CPF")
    page.get_by_role("radio", name=re.compile("^Caiu no meio")).first.check(force=True)
    page.get_by_role("button", name="Enviar relato").click()
    page.get_by_role("button", name="Retirar o texto").click()
    expect(page.get_by_text("Texto, mensagens e foto retirados.")).to_be_visible()
    assert "99999-1234" not in page.content()


def test_an_anonymous_report_without_a_script_is_asked_answered_and_reopened(
    tabs: Tabs, server: Server
) -> None:
    page = tabs(f"/relatar?unidade={UNIT}&canal=balcao_virtual", java_script_enabled=False)
    page.get_by_role("button", name="Enviar relato").click()
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    page.get_by_role("radio", name=re.compile("^Caiu no meio")).first.check(force=True)
    page.get_by_label("Juntar foto da tela").set_input_files(
        {"name": "tela.png", "mimeType": "image/png", "buffer": photo()}
    )
    page.get_by_role("button", name="Enviar relato").click()
    protocol = page.inner_text("#recibo-protocol")
    expect(page.get_by_text("1 foto enviada")).to_be_visible()
    work_on(server, protocol, "ask")
    page.goto("/acompanhar")
    expect(page.get_by_text("Esperamos a sua resposta.")).to_be_visible()
    page.get_by_role("textbox", name="Mensagem").fill("Foi no navegador do celular")
    page.get_by_role("button", name="Enviar mensagem").click()
    expect(page.get_by_text("Esperamos a sua resposta.")).to_be_hidden()
    work_on(server, protocol, "answer")
    page.goto("/acompanhar")
    page.get_by_role("button", name="Não resolveu").click()
    page.get_by_role("textbox", name="O que ainda acontece").fill("Continua caindo")
    page.get_by_role("button", name="Reabrir relato").click()
    expect(page.get_by_text("Relato reaberto.")).to_be_visible()
    expect(page.get_by_text("Em análise").first).to_be_visible()


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (640, 480), "navy").save(out, "PNG")
    return out.getvalue()


def work_on(server: Server, protocol: str, step: str) -> None:
    """Ask or answer as the Corregedoria, by the services, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.staff_work", protocol, step],
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_corregedoria_reads_the_report_without_personal_data(tabs: Tabs) -> None:
    protocol, _ = report(tabs("/relatar"))
    page = tabs("/corregedoria/reclamacoes?tipo=caiu_no_meio&p=24h")
    sign_in(page)
    page.get_by_role("link", name=protocol).click()
    panel = page.get_by_role("region", name="Reclamação aberta")
    expect(panel.get_by_role("heading", level=2)).to_contain_text(protocol)
    expect(panel.locator(".talk")).to_contain_text("Caiu no processo [processo]")
    assert "0000001-68" not in page.content()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    panel.get_by_role("button", name="Em análise").click()
    expect(page.get_by_text(f"{protocol}: Em análise.")).to_be_visible()
    panel.get_by_text("Anônima · identidade").click()
    panel.get_by_label("Por que é preciso saber").fill("Conferir a chamada")
    panel.get_by_role("button", name="Abrir identidade").click()
    expect(panel.get_by_text(TOLD)).to_be_visible()


def test_the_list_keeps_its_filters_in_the_address(tabs: Tabs) -> None:
    page = tabs("/corregedoria/reclamacoes")
    sign_in(page)
    expect(page.locator("[data-row]").first).to_be_visible()
    page.get_by_label("Tipo").select_option("caiu_no_meio")
    page.wait_for_url(re.compile("tipo=caiu_no_meio"))
    page.reload()
    expect(page.get_by_label("Tipo")).to_have_value("caiu_no_meio")
    expect(page.locator("[data-row]").first).to_contain_text("Caiu no meio")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
