"""A restart of the server takes nothing of what a person is typing, on whichever page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
UNIT = "2a-vara-de-familia-de-varzea-grande"
TOLD = "Ninguém atende desde segunda"


def restart(server: Server, *pages: Page) -> None:
    """Stop the portal and start it again; the pages have come back by themselves."""
    server.stop()
    for page in pages:
        expect(page.get_by_text("Sem conexão")).to_be_visible()
    server.start()
    for page in pages:
        expect(page.get_by_text("Sem conexão")).to_have_count(0, timeout=30_000)


def test_what_the_public_typed_outlives_a_restart(tabs: Tabs, server: Server) -> None:
    report = tabs(f"/relatar?unidade={UNIT}", width=375)
    report.locator("input[name=channel]").last.check(force=True, timeout=20_000)
    report.get_by_label("Caiu no meio").check()
    report.get_by_label("O que você tentou e o que apareceu").fill(TOLD)

    receipt = tabs(f"/relatar?unidade={UNIT}")
    receipt.locator("input[name=channel]").first.check(force=True, timeout=20_000)
    receipt.get_by_label("Caiu no meio").check()
    receipt.get_by_role("button", name="Enviar relato").click()
    expect(receipt.get_by_role("heading", name="Relato recebido")).to_be_focused()
    protocol, secret = receipt.inner_text("#recibo-protocol"), receipt.inner_text("#recibo-secret")

    track = tabs("/acompanhar")
    track.get_by_label("Protocolo").fill(protocol)
    track.get_by_label("Código secreto").fill(secret)
    track.get_by_role("button", name="Abrir relato").click()
    track.get_by_role("textbox", name="Mensagem").fill(TOLD)

    unit = tabs(f"/unidade/{UNIT}")
    unit.locator("summary").filter(has_text="Informação errada? Avise").click(timeout=20_000)
    correction = unit.locator(".unit-correction")
    correction.get_by_label("Qual canal?").select_option(index=1)
    correction.get_by_label("O que está errado?").select_option("extinto")
    correction.get_by_label("Como você sabe?").fill(TOLD)

    restart(server, report, receipt, track, unit)

    expect(report.locator("input[name=channel]").last).to_be_checked()
    expect(report.get_by_label("Caiu no meio")).to_be_checked()
    expect(report.get_by_label("O que você tentou e o que apareceu")).to_have_value(TOLD)
    report.get_by_role("button", name="Enviar relato").click()
    expect(report.get_by_role("heading", name="Relato recebido")).to_be_focused()

    expect(receipt.locator("#recibo-secret")).to_have_text(secret)
    receipt.get_by_role("button", name="Relatar outra falha").click()
    expect(receipt.get_by_label("Unidade")).to_be_visible()

    track.get_by_role("button", name="Abrir relato").click()
    expect(track.get_by_role("textbox", name="Mensagem")).to_have_value(TOLD)
    track.get_by_role("button", name="Enviar mensagem").click()
    expect(track.get_by_text("Mensagem enviada.")).to_be_visible()
    track.get_by_role("button", name="Fechar este relato").click()
    expect(track.get_by_label("Código secreto")).to_have_value("")

    expect(correction.get_by_label("Como você sabe?")).to_have_value(TOLD)
    correction.get_by_role("button", name="Enviar aviso").click()
    expect(correction.get_by_text("A unidade recebeu o seu aviso")).to_be_visible()
