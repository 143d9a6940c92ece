"""A Defensora's colleague books for her; a stranger verifies the proof; nothing by one press."""

import json
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll
from tests.e2e.test_booking import fill

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
SLUG = "gabinete-do-juizado-especial-civel-e-criminal-de-primavera-do-leste"
REGISTRATION = "Defensoria Pública, matrícula 4321 (MT)"


def test_a_colleague_books_for_a_public_defender_and_a_stranger_verifies_the_proof(
    tabs: Tabs,
) -> None:
    page = tabs(f"/agenda/{SLUG}", width=375)
    page.locator(".picker-time.free").last.click()
    page.get_by_role("button", name="Continuar: seus dados").click()
    expect(page.locator("#seus-dados")).to_be_focused()
    page.select_option("#requester", "defensoria")
    expect(page.locator("#oab_number")).to_be_hidden()
    for name, words in {
        "institution": "Defensoria Pública",
        "registration": "4321",
        "name": "Membro de demonstração",
        "email": "defensora@exemplo.invalid",
        "phone": "(65) 3000-0000",
        "subject": "Tutela de urgência pendente",
    }.items():
        page.fill(f"#{name}", words)
    page.get_by_text("Preferência legal ou acessibilidade").click()
    page.get_by_label("Intérprete de Libras").check()
    page.get_by_text("Marco para outra pessoa").click()
    page.fill("#booked_by_name", "Colega de demonstração")
    page.fill("#booked_by_email", "colega@exemplo.invalid")
    page.check("#consent")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Conferir e confirmar").click()
    expect(page.locator("#conferir")).to_be_focused()
    expect(page.get_by_text(REGISTRATION)).to_be_visible()
    page.get_by_role("button", name="Confirmar agendamento").click()
    page.wait_for_url("**/agendamento/**")
    expect(page.get_by_text(REGISTRATION)).to_be_visible()
    expect(page.locator(".booked-sent")).to_contain_text("colega@exemplo.invalid")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Agendamento", exact=True).click()
    code = re.fullmatch(r"comprovante-([\w-]+)\.pdf", saved.value.suggested_filename)
    assert code is not None
    stranger = tabs(f"/comprovante/{code[1]}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Comprovante autêntico")
    expect(stranger.get_by_text("demonstração", exact=False)).to_have_count(0)
    assert_accessible(stranger)


def test_a_kind_of_attendance_is_chosen_and_named_wherever_it_matters(
    tabs: Tabs, server: Server
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.kinds_agenda"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    page = tabs(f"/agenda/{json.loads(done.stdout)['slug']}", width=375)
    times = page.locator(".picker-time.free")
    expect(times.first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 375, "height": 740})
    short = times.count()
    page.get_by_label("Despacho longo").click()  # the server answers with the kind chosen
    expect(page.get_by_text("O gabinete pede: Traga a petição.")).to_be_visible()
    expect(page.locator(".picker-line")).to_contain_text("60 minutos")
    expect(times).not_to_have_count(short)
    times.first.click()
    page.get_by_role("button", name="Continuar: seus dados").click()
    fill(page, oab_number="6161", case_number="")
    page.get_by_role("button", name="Conferir e confirmar").click()
    expect(page.locator("#conferir")).to_be_focused()
    answers = page.locator("section", has=page.locator("#conferir"))
    expect(answers).to_contain_text("Despacho longo")
    expect(answers).to_contain_text("o gabinete aprova ou recusa")
    page.get_by_role("button", name="Enviar pedido").click()
    page.wait_for_url("**/agendamento/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pedido aguarda o gabinete")
    expect(page.locator("main")).to_contain_text("Despacho longo")
    assert_accessible(page)
