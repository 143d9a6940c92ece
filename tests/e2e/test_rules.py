"""A gabinete sets its rules: what is typed is seen at once, and by the public once published."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from canais_app.demo.staff import DEMO_PASSWORD
from canais_app.kit import clock
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll
from tests.e2e.test_trouble import without

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
SLUG = "gabinete-da-1a-vara-civel-de-sinop"


@pytest.fixture
def terms_as_before(server: Server) -> Iterator[None]:
    """Take back after the test what it publishes: terms of a later day are in every preview."""
    path = server.environment["CANAIS_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=30) as database:
        (newest,) = database.execute("SELECT max(id) FROM agenda_version").fetchone()
        ends = database.execute("SELECT ends_on, id FROM agenda_version").fetchall()
    database.close()
    yield
    with sqlite3.connect(path, timeout=30) as database:
        database.execute("DELETE FROM agenda_version WHERE id > ?", (newest,))
        database.executemany("UPDATE agenda_version SET ends_on = ? WHERE id = ?", ends)
    database.close()


def sign_in(tabs: Tabs, server: Server, **options: object) -> Page:
    page = tabs("/entrar", **options)
    page.context.request.post(
        "/sessao/entrar",
        form={"email": "gabinete@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"Origin": server.url},
    )
    page.goto("/gabinete/agenda")
    expect(page.locator(".rules-form")).to_be_visible()
    return page


def total(page: Page) -> int:
    said = page.locator("#previa-semanas strong").inner_text()
    return int(re.sub(r"\D", "", said))


def test_without_windows_in_the_dark_on_a_phone_and_when_something_of_ours_fails(
    tabs: Tabs, server: Server
) -> None:
    page = sign_in(tabs, server, width=375, color_scheme="dark")
    assert_accessible(page)
    rows = page.locator("#windows .rules-row")
    for left in range(rows.count() - 1, -1, -1):
        rows.first.get_by_role("button", name=re.compile("^Retirar")).click()
        expect(rows).to_have_count(left)
    expect(page.locator("#previa-semanas strong")).to_have_text(re.compile("^(0|Nenhum)"))
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 375, "height": 900})
    place = page.locator("#place")
    said = page.get_by_role("alert").filter(has_text="Algo falhou do nosso lado")
    with without(server, "agenda_draft"):
        place.fill("Sala 7")
        page.get_by_role("button", name="Salvar rascunho").click()
        expect(said).to_be_visible()
        expect(place).to_have_value("Sala 7")
        assert_accessible(page)
    said.get_by_role("button", name="Fechar").click()
    page.get_by_role("button", name="Descartar").click()
    expect(rows.first).to_be_visible()


@pytest.mark.usefixtures("terms_as_before")
def test_a_new_window_is_previewed_published_and_seen_by_the_public_at_once(
    tabs: Tabs, server: Server
) -> None:
    chambers, public = sign_in(tabs, server), tabs(f"/agenda/{SLUG}")
    expect(public.locator(".picker-time").first).to_be_visible()
    before = total(chambers)
    assert_accessible(chambers)
    assert_no_sideways_scroll(chambers)
    chambers.set_viewport_size({"width": 1280, "height": 900})

    chambers.get_by_role("button", name="Incluir janela").click()
    row = chambers.locator("#windows .rules-row").last
    expect(row.get_by_label("Dia")).to_be_focused()
    row.get_by_label("Dia").select_option("4")
    row.get_by_label("Das").fill("09:00")
    row.get_by_label("Às").fill("09:40")
    expect(chambers.locator("#previa-semanas strong")).not_to_have_text(f"{before} horários")
    fridays = chambers.locator(".rules-preview td:nth-child(5) button")
    expect(fridays.filter(has_text="2 horários").first).to_be_visible()
    expect(chambers.get_by_text("Rascunho salvo às")).to_be_visible()

    chambers.get_by_role("button", name="Publicar", exact=True).click()
    expect(chambers.locator("#situacao")).to_contain_text("Publicada às")
    expect(chambers.locator("#situacao")).to_be_focused()
    seen = public.locator(".picker-cal td:nth-child(5) button")
    expect(seen.filter(has_text="2 livres").first).to_be_visible()
    assert_accessible(chambers)

    change = (clock.to_local_day(clock.now()) + timedelta(days=7)).isoformat()
    chambers.locator("#starts_on").fill(change)
    chambers.locator("#slot_minutes").fill("40")
    chambers.locator("#step_minutes").fill("40")
    expect(fridays.filter(has_text="1 horário").first).to_be_visible()
    chambers.get_by_role("button", name="Publicar", exact=True).click()
    expect(chambers.locator("#situacao")).to_contain_text("outras valem a partir de")
    expect(chambers.locator(".rules-history")).to_contain_text("marcada")
    lengths = {False: set[int](), True: set[int]()}
    for one in httpx.get(f"{server.url}/api/v1/agendas/{SLUG}/slots", timeout=30).json()["items"]:
        start, end = (datetime.fromisoformat(one[name]) for name in ("start", "end"))
        lengths[one["start"][:10] >= change].add((end - start).seconds // 60)
    assert lengths == {False: {20}, True: {40}}


@pytest.mark.usefixtures("terms_as_before")
def test_a_kind_of_attendance_is_written_by_keyboard_published_and_kept(
    tabs: Tabs, server: Server
) -> None:
    page = sign_in(tabs, server, width=375)
    rows = page.locator("#kinds .rules-row")
    for name in ("Conversa", "Despacho de urgência"):
        page.get_by_role("button", name="Incluir tipo").press("Enter")
        expect(rows.last.get_by_label("Tipo de atendimento")).to_be_focused()
        page.keyboard.type(name)
        expect(page.get_by_text("Rascunho salvo às")).to_be_visible()
    rows.last.get_by_label("Duração (min)").fill("900")
    page.get_by_role("button", name="Publicar", exact=True).click()
    expect(rows.last.locator(".err")).to_contain_text("De 0 minutos a 8 horas.")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    rows.last.get_by_label("Duração (min)").fill("10")
    rows.last.get_by_label("O gabinete aprova cada pedido deste tipo").check()
    rows.last.get_by_label("Orientações a quem marca").fill("Traga a petição.")
    page.get_by_role("button", name="Publicar", exact=True).click()
    expect(page.locator("#situacao")).to_contain_text("Publicada às")
    page.reload()
    expect(rows).to_have_count(2)
    expect(rows.last.get_by_label("O gabinete aprova cada pedido deste tipo")).to_be_checked()
    expect(page.locator(".rules-history")).to_contain_text("Tipos de atendimento")
    (found,) = (
        one
        for one in httpx.get(f"{server.url}/api/v1/agendas", timeout=30).json()["items"]
        if one["slug"] == SLUG
    )
    assert [(kind["name"], kind["minutes"], kind["needs_approval"]) for kind in found["kinds"]] == [
        ("Conversa", 20, False),
        ("Despacho de urgência", 10, True),
    ]


def test_contradictions_stand_at_their_fields_and_what_was_typed_stays(
    tabs: Tabs, server: Server
) -> None:
    page = sign_in(tabs, server)
    first = page.locator("#windows .rules-row").first
    first.get_by_label("Às").fill("01:00")
    page.locator("#place").fill("")
    page.get_by_role("button", name="Publicar", exact=True).click()
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    expect(first.locator(".err")).to_contain_text("vem antes do começo")
    expect(page.locator("#place-erro")).to_contain_text("Diga a sala")
    expect(first.get_by_label("Às")).to_have_value("01:00")
    assert_accessible(page)
    page.reload()
    expect(page.locator(".rules-form")).to_be_visible()
    expect(page.locator("#windows .rules-row").first.get_by_label("Às")).to_have_value("01:00")
    page.get_by_role("button", name="Descartar").click()
    expect(page.locator("#place")).not_to_have_value("")


def test_the_preview_is_walked_with_the_arrow_keys(tabs: Tabs, server: Server) -> None:
    page = sign_in(tabs, server)
    chosen = page.locator(".rules-preview button[aria-pressed=true]")
    chosen.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".rules-day h3")).to_have_count(1)
    assert page.locator(".rules-preview td button[tabindex='0']").count() == 1


def test_a_stranger_is_led_to_sign_in(tabs: Tabs) -> None:
    page = tabs("/gabinete/agenda")
    page.wait_for_url(re.compile(r"/entrar\?voltar=%2Fgabinete%2Fagenda"), timeout=20_000)
