"""Journey: a failure is reported, followed, and read by the Corregedoria."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
PASSWORD = "demonstracao-dos-canais"
TOLD = "Caiu no processo 0000001-68.2026.8.11.0041"


def choose_unit(page: Page) -> None:
    expect(page.get_by_label("Unidade")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.get_by_label("Unidade").press_sequentially("juizado especial sinop")
    page.locator(".report-found a").first.click()
    expect(page.get_by_text("O que aconteceu?")).to_be_visible()


def report(page: Page) -> tuple[str, str]:
    choose_unit(page)
    page.locator("input[name=channel]").first.check(force=True)
    page.get_by_label("Caiu no meio").check()
    page.get_by_label("O que você tentou e o que apareceu").fill(TOLD)
    page.get_by_role("button", name="Enviar relato").click()
    expect(page.get_by_role("heading", name="Relato recebido")).to_be_focused()
    return page.inner_text("#recibo-protocol"), page.inner_text("#recibo-secret")


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("corregedoria@exemplo.invalid")
    page.get_by_label("Senha").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()


def test_a_failure_is_reported_and_followed_with_its_code(tabs: Tabs) -> None:
    page = tabs("/relatar", width=375)
    protocol, secret = report(page)
    assert re.fullmatch(r"\d{4}-\d{6}", protocol)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", secret)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="Acompanhar o relato").click()
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


def test_what_is_missing_is_said_at_its_place_and_nothing_typed_is_lost(tabs: Tabs) -> None:
    page = tabs("/relatar")
    choose_unit(page)
    page.get_by_label("O que você tentou e o que apareceu").fill("Texto que fica")
    page.get_by_role("button", name="Enviar relato").click()
    expect(page.locator("#kind-erro")).to_have_text("Escolha o que aconteceu.")
    assert page.get_by_label("O que você tentou e o que apareceu").input_value() == "Texto que fica"
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_corregedoria_reads_the_report_without_personal_data(tabs: Tabs) -> None:
    protocol, _ = report(tabs("/relatar"))
    page = tabs("/corregedoria/reclamacoes?tipo=caiu_no_meio&p=24h")
    sign_in(page)
    page.get_by_role("link", name=protocol).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Reclamação {protocol}")
    expect(page.locator(".facts")).to_contain_text("Caiu no processo [processo]")
    assert "0000001-68" not in page.content()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Registrar movimento").click()
    expect(page.get_by_text("Movimento registrado.")).to_be_visible()
    page.get_by_text("Abrir a identidade").click()
    page.get_by_label("Por que é preciso saber").fill("Conferir a chamada")
    page.get_by_role("button", name="Abrir identidade").click()
    expect(page.get_by_text(TOLD)).to_be_visible()


def test_the_list_keeps_its_filters_in_the_address(tabs: Tabs) -> None:
    page = tabs("/corregedoria/reclamacoes")
    sign_in(page)
    expect(page.locator(".queue-item").first).to_be_visible()
    page.get_by_label("O que houve").select_option("caiu_no_meio")
    page.get_by_label("Período").select_option("7d")
    page.get_by_role("button", name="Filtrar").click()
    page.wait_for_url(re.compile("tipo=caiu_no_meio"))
    page.reload()
    expect(page.get_by_label("O que houve")).to_have_value("caiu_no_meio")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_status_counts_what_was_reported(tabs: Tabs) -> None:
    report(tabs("/relatar"))
    page = tabs("/situacao?comarca=sinop")
    expect(page.get_by_role("heading", name="Comarca de Sinop")).to_be_visible()
    expect(page.get_by_text("nas últimas 24 horas, em")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
