"""A full agenda in a browser: the line is joined, a freed time is offered, accepted, passed on."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from canais_app.kit import clock
from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll
from tests.e2e.test_appointment_page import press

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
WAITS = "Você está na fila de espera"
OFFERED = "Vagou um horário para você"


@dataclass(frozen=True)
class Full:
    """An agenda whose two times are taken; `taken` are the paths of their owners' pages."""

    slug: str
    day: str
    taken: list[str]


@pytest.fixture
def full(server: Server) -> Full:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.full_agenda"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Full(**json.loads(done.stdout))


def assert_calm(page: Page) -> None:
    """Read the page as it stands by axe, light and dark, and at the widths people have."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
        assert_accessible(page)
    assert_no_sideways_scroll(page)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def fill(page: Page, oab: str) -> None:
    for name, words in (
        ("name", "Pessoa que espera"),
        ("oab_number", oab),
        ("email", f"espera-{oab}@exemplo.invalid"),
        ("phone", "(65) 3000-0000"),
        ("subject", "Tutela de urgência pendente"),
    ):
        page.fill(f"#{name}", words)
    page.check("#consent")


def join(tabs: Tabs, full: Full, oab: str, **options: object) -> Page:
    page = tabs(f"/espera/{full.slug}", **options)
    expect(page.locator("#name")).to_be_visible()
    fill(page, oab)
    page.get_by_role("button", name="Entrar na fila").click()
    page.wait_for_url("**/fila/**")
    heading(page, WAITS)
    return page


def give_up(tabs: Tabs, path: str) -> None:
    """Let a lawyer cancel on the page of the private link."""
    page = tabs(path)
    page.get_by_role("button", name="Cancelar", exact=True).click()
    page.get_by_role("button", name="Sim, cancelar").click()
    heading(page, "Atendimento cancelado")


def pass_time(server: Server, column: str) -> None:
    """Let what was to last until `column` be over; the portal's own loop does the rest."""
    engine = create_engine(server.environment["CANAIS_DATABASE_URL"])
    past = (clock.now().replace(tzinfo=None) - timedelta(seconds=1)).isoformat(" ")
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE appointment SET {column} = :past WHERE {column} IS NOT NULL"),  # noqa: S608
            {"past": past},
        )
    engine.dispose()


def mailed(server: Server, address: str, page: str) -> str:
    """Wait for the letter to an address that leads to one of its pages; return the path."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for file in Path(server.environment["CANAIS_VAR_DIR"], "mail").glob("*.eml"):
            letter = message_from_bytes(file.read_bytes(), policy=default)
            body = letter.get_body(("plain",)) if address in str(letter["To"]) else None
            if body and (found := re.search(rf"/{page}/[\w-]+", body.get_content())):
                return found[0]
        time.sleep(0.1)
    pytest.fail(f"nenhuma mensagem leva {address} a /{page}/")


def test_a_full_agenda_is_no_dead_end(tabs: Tabs, full: Full) -> None:
    page = tabs(f"/agenda/{full.slug}")
    expect(page.get_by_role("heading", name=re.compile("Nenhum horário livre"))).to_be_visible()
    ways = page.locator(".picker-way")
    expect(ways).to_have_count(4)
    assert_calm(page)
    press_link(page, "Como chegar e outros canais")
    expect(page).to_have_url(re.compile("/unidade/"))
    page.go_back()
    press_link(page, "Entrar na fila")
    expect(page).to_have_url(re.compile(f"/espera/{full.slug}"))


def press_link(page: Page, words: str) -> None:
    link = page.get_by_role("link", name=words)
    expect(link).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("(a) => a === document.activeElement"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"o teclado não chega a “{words}”")


def test_what_was_typed_stays_when_the_line_refuses_it(tabs: Tabs, full: Full) -> None:
    page = tabs(f"/espera/{full.slug}", width=375)
    expect(page.locator("#name")).to_be_visible()
    fill(page, "801")
    page.fill("#email", "sem arroba")
    page.fill("#to", "2020-01-01")
    press(page, "Entrar na fila")
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#name")).to_have_value("Pessoa que espera")
    expect(page.locator("#to")).to_have_value("2020-01-01")
    expect(page.locator("#consent")).to_be_checked()
    assert_calm(page)
    page.get_by_role("link", name="e-mail", exact=True).click()
    expect(page.locator("#email")).to_be_focused()
    page.fill("#email", "espera-801@exemplo.invalid")
    page.fill("#to", full.day)
    press(page, "Entrar na fila")
    page.wait_for_url("**/fila/**")
    heading(page, WAITS)
    again = tabs(f"/espera/{full.slug}")
    expect(again.locator("#name")).to_be_visible()
    fill(again, "801")
    again.get_by_role("button", name="Entrar na fila").click()
    expect(again.locator("#resumo-de-erros")).to_contain_text("já está na fila")
    expect(again.locator("#name")).to_have_value("Pessoa que espera")


def test_a_freed_time_is_offered_live_and_accepted_by_keyboard(
    tabs: Tabs, full: Full, server: Server
) -> None:
    joined, second = join(tabs, full, "811"), join(tabs, full, "812")
    expect(second.get_by_text("1 pessoa", exact=True)).to_be_visible()
    page = tabs(mailed(server, "espera-811@exemplo.invalid", "fila"), width=375)
    heading(page, WAITS)
    assert_calm(page)
    give_up(tabs, full.taken[0])
    heading(page, OFFERED)
    heading(joined, OFFERED)  # the same person's other tab
    expect(page.locator("main .waitlist-news")).to_contain_text(re.compile("às 14h.*até"))
    # By night an offer lasts until the morning, and no seconds are counted.
    until = page.get_by_role("timer").or_(page.get_by_text("Guardado para você até"))
    expect(until.first).to_be_visible()
    heading(second, WAITS)
    expect(second.get_by_text("ninguém", exact=True)).to_be_visible()  # live: the first is served
    assert_calm(page)
    offer = mailed(server, "espera-811@exemplo.invalid", "agendamento")
    press(page, "Aceitar este horário")
    page.wait_for_url("**/agendamento/**")
    heading(page, "Horário confirmado")
    assert page.url.endswith(offer)
    assert_calm(page)
    heading(joined, "Seu horário foi marcado")
    assert_calm(joined)
    joined.get_by_role("link", name="Ver o agendamento").click()
    heading(joined, "Horário confirmado")


def test_declined_or_run_out_it_goes_to_the_next_and_at_last_to_everybody(
    tabs: Tabs, full: Full, server: Server
) -> None:
    first, second = join(tabs, full, "821"), join(tabs, full, "822")
    watching = tabs(f"/agenda/{full.slug}")
    expect(watching.locator(".picker-none")).to_be_visible()
    give_up(tabs, full.taken[1])
    heading(first, OFFERED)
    press(first, "Não quero este horário")
    heading(second, OFFERED)
    heading(first, WAITS)
    expect(first.locator("#titulo")).to_be_focused()
    expect(first.get_by_text("passou para a próxima pessoa")).to_be_visible()
    assert_calm(first)
    expect(watching.locator(".picker-none")).to_be_visible()  # still nobody else's
    pass_time(server, "expires_at")
    heading(second, WAITS)
    expect(second.get_by_text("passou para a próxima pessoa")).to_be_visible()
    assert_calm(second)
    expect(watching.locator(".picker-none")).to_be_visible()  # it waits for its release
    pass_time(server, "released_at")
    expect(watching.locator(".picker-none")).to_have_count(0)
    watching.locator(".picker-day.free").click()
    expect(watching.locator(".picker-time.free")).to_have_text("14h30")
    assert_calm(watching)


def test_who_leaves_the_line_passes_the_kept_time_on(tabs: Tabs, full: Full) -> None:
    first, second = join(tabs, full, "831"), join(tabs, full, "832")
    give_up(tabs, full.taken[0])
    heading(first, OFFERED)
    press(first, "Sair da fila")
    expect(first.locator("#pergunta")).to_be_focused()
    assert_calm(first)
    press(first, "Sim, sair")
    heading(first, "Você saiu da fila")
    heading(second, OFFERED)
    assert_calm(first)
    first.get_by_role("link", name="Entrar na fila de novo").click()
    expect(first.locator("#name")).to_be_visible()
