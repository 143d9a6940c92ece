"""The gabinete's desk in a browser: who arrives is listed live for a colleague, and on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from canais_app.demo.staff import DEMO_PASSWORD
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]


def open_desk(tabs: Tabs, server: Server) -> Page:
    page = tabs("/entrar")
    page.context.request.post(
        "/sessao/entrar",
        form={"email": "gabinete@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"Origin": server.url},
    )
    page.goto("/gabinete")
    expect(page.get_by_role("heading", name="Ordem de chegada")).to_be_visible()
    return page


def test_an_arrival_is_seen_by_a_colleague_and_called(tabs: Tabs, server: Server) -> None:
    mine, theirs = open_desk(tabs, server), open_desk(tabs, server)
    mine.get_by_text("Incluir quem chegou").click()
    mine.get_by_role("button", name="Incluir na lista").click()
    expect(mine.locator("#oab_number-erro")).to_be_visible()
    assert_accessible(mine)
    mine.fill("#name", "Pessoa que chegou agora")
    mine.fill("#oab_number", "4242")
    mine.get_by_role("button", name="Incluir na lista").click()
    expect(mine.get_by_role("status").filter(has_text="está na lista")).to_be_visible()
    waits = theirs.locator(".desk-waits").filter(has_text="Pessoa que chegou agora")
    expect(waits).to_be_visible()
    waits.get_by_role("button", name="Chamar").click()
    expect(mine.locator(".desk-waits").filter(has_text="Pessoa que chegou agora")).to_contain_text(
        "foi chamada"
    )
    waits.get_by_role("button", name="Atendida").click()
    expect(waits).to_have_count(0)
    assert_accessible(theirs)
    assert_no_sideways_scroll(theirs)


def test_cancelling_offers_other_times(tabs: Tabs, server: Server) -> None:
    page = open_desk(tabs, server)
    page.get_by_role("button", name="Cancelar").last.click()
    expect(page.locator("#reason")).to_be_focused()
    expect(page.get_by_text("Oferecer no lugar, guardados por 48 horas")).to_be_visible()
    assert_accessible(page)
    page.fill("#reason", "Audiência marcada para o mesmo horário")
    page.get_by_role("button", name="Cancelar atendimento").click()
    said = page.get_by_role("status").filter(has_text="com os horários oferecidos")
    expect(said).to_be_visible()


def test_the_day_prints_without_its_buttons(tabs: Tabs, server: Server) -> None:
    page = open_desk(tabs, server)
    page.emulate_media(media="print")
    expect(page.locator(".desk-today h2")).to_be_visible()
    expect(page.get_by_role("heading", name="Bloquear período")).to_be_hidden()
    expect(page.locator(".desk-item .acts").first).to_be_hidden()


def test_the_gabinete_books_for_who_telephones_and_gives_them_a_room(
    tabs: Tabs, server: Server
) -> None:
    page = open_desk(tabs, server)
    page.get_by_role("button", name="Marcar um horário").click()
    expect(page.locator("#para_start")).to_be_focused()
    page.get_by_role("button", name="Marcar e avisar todos").click()
    expect(page.locator("#para_name-erro")).to_be_visible()
    assert_accessible(page)
    page.locator("#para_start").select_option(index=1)
    page.locator("#para_modality").select_option("video")
    for name, words in {
        "name": "Pessoa ao telefone",
        "oab_number": "515151",
        "email": "telefone@exemplo.invalid",
        "phone": "(65) 3000-0000",
        "subject": "Marcado pelo telefone",
    }.items():
        page.fill(f"#para_{name}", words)
    page.check("#para_consent")
    page.get_by_role("button", name="Marcar e avisar todos").click()
    done = page.locator("#marcado-pelo-gabinete")
    expect(done).to_contain_text("Marcado para Pessoa ao telefone")
    expect(done).to_be_focused()
    page.get_by_role("button", name=re.compile(r"^Abrir\s*: Pessoa ao telefone")).last.click()
    card = page.get_by_role("region", name="Atendimento escolhido")
    expect(card.locator("h2")).to_be_focused()
    expect(card).to_contain_text("Marcado por")
    card.get_by_text("Sala de vídeo").click()
    card.get_by_label("Link só deste atendimento").fill("https://sala.exemplo.invalid/a?b=%7bc%7d")
    card.get_by_label("Link de moderação").fill("https://sala.exemplo.invalid/chefe")
    assert_accessible(page)
    card.get_by_role("button", name="Guardar os links").click()
    expect(page.get_by_text("Todos foram avisados da nova sala.")).to_be_visible()
    expect(card.get_by_role("link", name="Entrar como moderador(a)")).to_be_attached()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
