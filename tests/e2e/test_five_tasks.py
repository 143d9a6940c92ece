"""Five tasks of a citizen on a phone of 375 x 740, counted in taps; with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
CASE = "0000001-49.2026.8.11.0015"


class Phone:
    """A page that is tapped; what is tapped must be seen without scrolling when `in_view`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, what: Locator, *, in_view: bool = False) -> None:
        """Tap once."""
        self.taps += 1
        if in_view:
            expect(what).to_be_in_viewport(ratio=0.9)
        what.tap()

    def write(self, words: str) -> None:
        """Type into the field tapped last and press the keyboard's own button."""
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(tabs: Tabs, request: pytest.FixtureRequest) -> Phone:
    """A phone on the home page."""
    page = tabs("/", width=375, has_touch=True, java_script_enabled=request.param)
    page.set_viewport_size({"width": 375, "height": 740})
    return Phone(page)


def _search(phone: Phone, words: str) -> None:
    phone.tap(phone.page.locator("#busca:visible"), in_view=True)
    phone.write(words)
    expect(phone.page.locator(".finder-card:visible").first).to_be_visible()


def test_write_to_the_juizado_by_whatsapp(phone: Phone) -> None:
    _search(phone, "whatsapp juizado sinop")
    button = phone.page.locator(".finder-card:visible").first.locator("a.btn").first
    expect(button).to_be_in_viewport(ratio=0.9)
    expect(button).to_contain_text("WhatsApp (66) 3000-")
    expect(button).to_have_attribute("href", re.compile(r"^https://wa\.me/5566"))
    assert phone.taps + 1 == 2


def test_call_the_forum(phone: Phone) -> None:
    _search(phone, "telefone forum sinop")
    call = phone.page.locator(".finder-card:visible").first.locator("a[href^='tel:']").first
    expect(call).to_be_in_viewport(ratio=0.9)
    assert phone.taps + 1 == 2


def test_know_what_fails_now(phone: Phone) -> None:
    menu = phone.page.get_by_role("navigation", name="Principal").filter(visible=True)
    phone.tap(menu.get_by_role("link", name="Situação"), in_view=True)
    expect(phone.page.locator(".say:visible")).to_be_in_viewport()
    assert phone.taps == 1


def test_find_where_a_case_is(phone: Phone) -> None:
    phone.tap(phone.page.locator("#busca:visible"), in_view=True)
    phone.write(CASE)
    pje = phone.page.get_by_role("link", name="Ver no PJe em que unidade está").filter(visible=True)
    expect(pje).to_be_in_viewport()
    expect(phone.page.get_by_role("heading", name="Ou escolha o assunto")).to_be_visible()
    assert "0015" not in phone.page.url
    assert phone.taps + 1 == 2


def test_report_a_failure(phone: Phone) -> None:
    page = phone.page
    menu = page.get_by_role("navigation", name="Principal").filter(visible=True)
    phone.tap(menu.get_by_role("link", name="Relatar"), in_view=True)
    phone.tap(page.get_by_label("Unidade"), in_view=True)
    phone.write("juizado especial criminal sinop secretaria")
    phone.tap(page.locator(".report-found a").first, in_view=True)
    phone.tap(page.locator("label").filter(has_text=re.compile("^ *Telefone *$")).first)
    phone.tap(page.locator("label:visible").filter(has_text="Toca").first)
    phone.tap(page.get_by_role("button", name="Enviar relato"), in_view=True)
    expect(page.get_by_role("heading", name="Relato recebido")).to_be_visible()
    expect(page.locator("#recibo-protocol")).to_have_text(re.compile(r"^\d{4}-\d{8}$"))
    assert phone.taps == 6
