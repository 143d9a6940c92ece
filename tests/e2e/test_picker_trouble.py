"""What can go wrong while a lawyer books: whatever it is, what was typed stays."""

import json
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from tests.e2e.conftest import ROOT, Server
from tests.e2e.test_booking_by_keyboard import _expire as let_holds_run_out
from tests.e2e.test_waiting import Full, assert_calm, pass_time

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
TYPED = {
    "name": "Pessoa de demonstração",
    "oab_number": "4711",
    "email": "voce@exemplo.invalid",
    "phone": "(65) 3000-0000",
    "subject": "Tutela de urgência pendente",
}


@pytest.fixture
def full(server: Server) -> Full:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.full_agenda"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Full(**json.loads(done.stdout))


def give_up(server: Server, full: Full) -> None:
    """Free the first time for everybody."""
    token = full.taken[0].rpartition("/")[2]
    httpx.delete(f"{server.url}/api/v1/appointments/{token}", timeout=30).raise_for_status()
    pass_time(server, "released_at")


def hold(server: Server, full: Full) -> str:
    """Hold the first time as somebody else; return the address that gives it up."""
    api = f"{server.url}/api/v1/agendas/{full.slug}"
    start = httpx.get(f"{api}/slots", timeout=30).json()["items"][0]["start"]
    held = httpx.post(f"{api}/holds", json={"start": start, "modality": "video"}, timeout=30)
    held.raise_for_status()
    return f"{api}/holds/{held.json()['hold_token']}"


def publish(server: Server, full: Full, *, on: bool) -> None:
    engine = create_engine(server.environment["CANAIS_DATABASE_URL"])
    with engine.begin() as connection:
        changed = text("UPDATE agenda SET published = :on WHERE slug = :slug")
        connection.execute(changed, {"on": on, "slug": full.slug})
    engine.dispose()


def type_in(page: Page) -> None:
    for name, words in TYPED.items():
        page.fill(f"#{name}", words)
    page.check("#consent")


def go_to_form(page: Page) -> None:
    """Go on to the form, which is a step of its own on a phone."""
    page.get_by_role("button", name="Continuar: seus dados").click()
    expect(page.locator("#seus-dados")).to_be_focused()


def assert_kept(page: Page) -> None:
    for name, words in TYPED.items():
        expect(page.locator(f"#{name}")).to_have_value(words)
    expect(page.locator("#consent")).to_be_checked()


def open_picker(tabs: Tabs, full: Full, **options: object) -> Page:
    page = tabs(f"/agenda/{full.slug}", **options)
    expect(page.locator(".picker-time.free")).to_have_count(1)
    return page


def test_what_was_typed_outlives_a_restart_of_the_server(
    tabs: Tabs, full: Full, server: Server
) -> None:
    give_up(server, full)
    page = open_picker(tabs, full)
    page.locator(".picker-time.free").click()
    expect(page.locator("#reserva")).to_be_focused()
    type_in(page)
    server.stop()
    expect(page.get_by_text("Sem conexão")).to_be_visible()
    assert_kept(page)
    server.start()
    expect(page.get_by_text("Sem conexão")).to_have_count(0, timeout=30_000)
    expect(page.locator(".picker-hold")).to_be_visible()
    assert_kept(page)
    page.get_by_role("button", name="Conferir e confirmar").click()
    page.get_by_role("button", name="Confirmar agendamento").click()
    page.wait_for_url("**/agendamento/**")


def test_what_was_typed_outlives_a_full_agenda(tabs: Tabs, full: Full, server: Server) -> None:
    give_up(server, full)
    page = open_picker(tabs, full)
    type_in(page)
    theirs = hold(server, full)
    expect(page.locator(".picker-none")).to_be_visible()
    assert_calm(page)
    httpx.delete(theirs, timeout=30).raise_for_status()
    expect(page.locator(".picker-none")).to_have_count(0)
    assert_kept(page)


def test_an_agenda_taken_off_the_air_says_so_and_leads_on(
    tabs: Tabs, full: Full, server: Server
) -> None:
    give_up(server, full)
    page, other = open_picker(tabs, full, width=375), open_picker(tabs, full)
    page.locator(".picker-time.free").click()
    go_to_form(page)
    expect(other.locator(".picker-none")).to_be_visible()  # the hold's own news is over
    type_in(page)
    page.get_by_role("button", name="Conferir e confirmar").click()
    expect(page.locator("#conferir")).to_be_focused()
    publish(server, full, on=False)
    page.get_by_role("button", name="Confirmar agendamento").click()
    gone = page.get_by_role("heading", name="O gabinete tirou esta agenda do ar")
    expect(gone).to_be_visible()
    expect(gone).to_be_focused()
    expect(page.locator(".picker-choose")).to_be_hidden()
    expect(page.get_by_role("link", name="Entrar na fila", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Como chegar e outros canais")).to_be_visible()
    assert_calm(page)
    publish(server, full, on=True)
    page.reload()
    expect(page.locator(".picker-time").first).to_be_visible()


def test_a_time_lost_after_the_hold_keeps_the_form_and_the_next_time_is_taken(
    tabs: Tabs, full: Full, server: Server
) -> None:
    give_up(server, full)
    page = open_picker(tabs, full, width=320)
    page.locator(".picker-time.free").click()
    go_to_form(page)
    type_in(page)
    let_holds_run_out(server)
    expect(page.locator("#reserva")).to_contain_text("A reserva acabou")
    assert_calm(page)
    theirs = hold(server, full)
    page.get_by_role("button", name="Conferir e confirmar").click()
    page.get_by_role("button", name="Confirmar agendamento").click()
    alert = page.locator("main").get_by_role("alert")
    expect(alert).to_contain_text("Outra pessoa está preenchendo os dados")
    expect(alert).to_contain_text("O que você digitou fica guardado")
    assert_calm(page)
    httpx.delete(theirs, timeout=30).raise_for_status()
    expect(page.locator(".picker-time.free")).to_have_count(1)
    assert_kept(page)
    page.locator(".picker-time.free").click()
    page.get_by_role("button", name="Conferir e confirmar").click()
    page.get_by_role("button", name="Confirmar agendamento").click()
    page.wait_for_url("**/agendamento/**")
