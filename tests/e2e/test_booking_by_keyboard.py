"""The whole booking with the keyboard alone, at 200 % zoom; and the states on the way to it."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from canais_app.kit import clock
from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
HALF = 640  # CSS pixels of a 1280 px window at 200 %
MOST_TABS = 120
MOST_KEYS = 30


@pytest.fixture
def slug() -> str:
    """An agenda of the demonstration that no other file books: it confirms at once."""
    return "gabinete-da-2a-vara-de-familia-de-varzea-grande"


def focused(page: Page, selector: str) -> bool:
    return page.evaluate("(s) => document.activeElement.matches(s)", selector)


def tab_to(page: Page, selector: str) -> None:
    """Walk on with Tab until `selector` has the focus, and see that the focus shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if focused(page, selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "dashed", f"{selector}: o foco não se vê"
            return
    pytest.fail(f"{selector}: não se chega com a tecla Tab")


def write(page: Page, name: str, words: str) -> None:
    tab_to(page, f"#{name}")
    page.keyboard.insert_text(words)


def test_a_time_is_booked_with_the_keyboard_alone_at_200_percent(tabs: Tabs, slug: str) -> None:
    page = tabs(f"/agenda/{slug}", HALF, device_scale_factor=2)
    expect(page.locator(".picker-time.free").first).to_be_visible()
    tab_to(page, ".picker-cal button[aria-pressed=true]")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    chosen = page.locator(".picker-cal button[aria-pressed=true]")
    expect(chosen).to_be_focused()
    expect(page.locator(".picker-time.free").first).to_be_visible()
    tab_to(page, ".picker-time.free")
    page.keyboard.press("Enter")
    expect(page.locator("#reserva")).to_be_focused()
    assert_accessible(page)
    write(page, "oab_number", "77")
    write(page, "name", "Pessoa de demonstração")
    write(page, "email", "teclado@exemplo.invalid")
    write(page, "phone", "(65) 3000-0000")
    write(page, "subject", "Assunto escrito pelo teclado")
    tab_to(page, "#consent")
    page.keyboard.press("Space")
    tab_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#conferir")).to_be_focused()
    assert_accessible(page)
    tab_to(page, ".btn.pri")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agendamento/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    assert page.evaluate("document.documentElement.scrollWidth") <= HALF
    assert_accessible(page)


def _expire(server: Server) -> None:
    """Let every hold have run out, as five minutes would."""
    engine = create_engine(server.environment["CANAIS_DATABASE_URL"])
    past = clock.now().replace(tzinfo=None) - timedelta(seconds=1)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE appointment SET expires_at = :past WHERE status = 'held'"),
            {"past": past.isoformat(" ")},
        )
    engine.dispose()


def test_when_the_hold_is_over_the_page_says_so_and_the_form_still_books(
    tabs: Tabs, slug: str, server: Server
) -> None:
    page = tabs(f"/agenda/{slug}")
    first = page.locator(".picker-time.free").first
    expect(first).to_be_visible()
    first.click()
    expect(page.locator(".picker-hold")).to_be_visible()
    _expire(server)
    expect(page.locator("#reserva")).to_contain_text("A reserva acabou")
    assert_accessible(page)
    for name, words in (
        ("name", "Pessoa de demonstração"),
        ("oab_number", "78"),
        ("email", "tarde@exemplo.invalid"),
        ("phone", "(65) 3000-0000"),
        ("subject", "Enviado depois do prazo"),
    ):
        page.fill(f"#{name}", words)
    page.check("#consent")
    page.get_by_role("button", name="Conferir e confirmar").click()
    page.get_by_role("button", name="Confirmar agendamento").click()
    page.wait_for_url("**/agendamento/**")


def test_a_lawyer_elsewhere_sees_both_clocks(tabs: Tabs, slug: str) -> None:
    page = tabs(f"/agenda/{slug}", timezone_id="America/Sao_Paulo")
    free = page.locator(".picker-time.free").first
    expect(free).to_be_visible()
    expect(page.get_by_text("no seu fuso (São Paulo), 1 h a mais")).to_be_visible()
    free.click()
    expect(page.locator(".picker-hold")).to_contain_text(re.compile(r"no seu fuso \(São Paulo\)"))
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Trocar horário").click()


def test_in_cuiaba_one_clock_is_enough(tabs: Tabs, slug: str) -> None:
    page = tabs(f"/agenda/{slug}")
    expect(page.locator(".picker-time.free").first).to_be_visible()
    expect(page.get_by_text("no seu fuso")).to_have_count(0)


def test_a_lawyer_books_with_few_keys_and_a_minute_to_spare(tabs: Tabs, slug: str) -> None:
    """Count every key but those of the answers themselves, and time what the portal takes."""
    page = tabs(f"/agenda/{slug}")
    expect(page.locator(".picker-time.free").first).to_be_visible()
    keys = 0

    def go(selector: str, then: str = "") -> None:
        nonlocal keys
        while not focused(page, selector):
            assert keys < MOST_KEYS, f"{selector}: {keys} teclas"
            page.keyboard.press("Tab")
            keys += 1
        if then:
            page.keyboard.press(then)
            keys += 1

    began = time.monotonic()
    go(".skip", "Enter")
    go(".picker-time.free", "Enter")
    expect(page.locator("#reserva")).to_be_focused()
    for name, words in (
        ("oab_number", "7788"),
        ("name", "Pessoa de demonstração"),
        ("email", "teclas@exemplo.invalid"),
        ("phone", "(65) 3000-0000"),
        ("subject", "Poucas teclas"),
    ):
        go(f"#{name}")
        page.keyboard.insert_text(words)
    go("#consent", "Space")
    go("button[type=submit]", "Enter")
    expect(page.locator("#conferir")).to_be_focused()
    go(".btn.pri", "Enter")
    page.wait_for_url("**/agendamento/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    assert time.monotonic() - began < 15  # of a minute; the rest is the person's
