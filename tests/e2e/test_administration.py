"""The administrator's screens: what the search understands, the record, a lost second step."""

import re
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from canais_app import routes
from canais_app.demo.staff import DEMO_PASSWORD
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]


def sign_in(tabs: Tabs, server: Server, path: str, **options: object) -> Page:
    page = tabs(routes.SIGN_IN, **options)
    page.request.post(
        routes.SIGN_IN_FORM,
        form={"email": "administrador@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
    )
    page.goto(path)
    expect(page.get_by_role("table").first).to_be_visible()
    return page


def checked(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_new_synonym_is_understood_by_the_next_search(
    tabs: Tabs, server: Server, scheme: str
) -> None:
    public = tabs("/?q=sinop")
    box = public.get_by_role("searchbox")
    expect(public.locator(".finder-card").first).to_be_visible()
    page = sign_in(tabs, server, routes.ADMIN_SYNONYMS, color_scheme=scheme)
    said, means = page.get_by_label("O que as pessoas dizem"), page.get_by_label("O que a busca")
    page.get_by_label("Procurar na tabela").fill("perrengue")
    expect(page.get_by_text("Nenhuma linha tem estas palavras.")).to_be_visible()
    checked(page)
    said.fill("Sinop")
    means.fill("juizado especial cível")
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    expect(page.locator("#said-erro")).to_contain_text("nome de um lugar")
    expect(means).to_have_value("juizado especial cível")
    checked(page)
    said.fill("perrengue")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("A busca já o entende.")).to_be_visible()
    checked(page)

    box.fill("perrengue sinop")
    understood = public.get_by_role("button", name=re.compile("^Juizado especial cível"))
    expect(understood).to_be_visible()

    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Mudar perrengue").click()
    expect(said).to_be_focused()
    expect(said).to_have_value("perrengue")
    page.get_by_role("button", name="Retirar perrengue").click()
    expect(page.get_by_text("Sinônimo retirado.")).to_be_visible()
    expect(page.get_by_text("Nenhuma linha tem estas palavras.")).to_be_visible()
    expect(said).to_have_value("perrengue")  # one click brings it back
    checked(page)


def test_the_list_of_units_is_what_the_address_asks_for(tabs: Tabs, server: Server) -> None:
    page = sign_in(tabs, server, f"{routes.ADMIN_UNITS}?q=cejusc&comarca=sinop")
    rows = page.locator("tbody tr")
    expect(page.get_by_label("Comarca", exact=True).first).to_have_value("sinop")
    expect(rows.first).to_contain_text("Sinop")
    expect(rows.filter(has_not_text="Sinop")).to_have_count(0)
    checked(page)


def test_the_records_filters_stand_in_the_address_and_name_nobody(
    tabs: Tabs, server: Server
) -> None:
    page = sign_in(tabs, server, routes.ADMIN_AUDIT)
    expect(page.locator("tbody tr").first).to_be_visible()
    page.get_by_label("Ação", exact=True).select_option("entrar")
    page.get_by_label("Quem", exact=True).select_option(label="Administrador (demonstração)")
    page.get_by_role("button", name="Filtrar").click()
    page.wait_for_url(re.compile(r"\?quem=\d+&acao=entrar$"))
    assert "dministrador" not in page.url
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("Administrador (demonstração)")
    page.reload()
    expect(page.get_by_label("Ação", exact=True)).to_have_value("entrar")
    checked(page)
    export = page.get_by_role("link", name="Exportar CSV").get_attribute("href") or ""
    assert re.fullmatch(r".*\?(quem=\d+&acao=entrar|acao=entrar&quem=\d+)", export)
    lines = page.request.get(export).text().splitlines()
    assert len(lines) > 1
    assert all(";entrar;" in line for line in lines[1:])

    page.get_by_label("De", exact=True).fill("2030-01-01")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_text("Nada foi registrado com estes filtros.")).to_be_visible()
    checked(page)
    page.go_back()
    expect(page.get_by_label("De", exact=True)).to_have_value("")
    expect(first).to_contain_text("Administrador (demonstração)")
    page.goto(f"{routes.ADMIN_AUDIT}?de=ontem")
    expect(page.locator("#resumo-de-erros")).to_be_visible()
    checked(page)


def test_a_lost_second_step_is_removed_by_somebody_who_gives_their_password(
    tabs: Tabs, server: Server
) -> None:
    """The test turns the step on behind the portal's back, as the person's phone is gone."""
    path = server.environment["CANAIS_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=30) as database:
        database.execute("UPDATE staff SET totp_sealed = 'x' WHERE email LIKE 'leitura@%'")
    database.close()
    page = sign_in(tabs, server, routes.ADMIN_STAFF)
    remove = page.get_by_role("button", name=re.compile("^Retirar segunda etapa"))
    remove.click()
    own = page.get_by_label("A sua senha")
    expect(own).to_be_focused()
    own.fill("errada")
    page.get_by_role("button", name="Retirar", exact=True).click()
    expect(page.locator("#own_password-erro")).to_be_visible()
    checked(page)
    own.fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Retirar", exact=True).click()
    expect(page.get_by_text("as sessões terminaram.")).to_be_visible()
    expect(remove).to_have_count(0)
    checked(page)
