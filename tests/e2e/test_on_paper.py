"""What a printed page is for: the contacts, as text that can be dialled and typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
UNIT = "/unidade/2a-vara-de-familia-de-varzea-grande"
SHOWN = "(e) => getComputedStyle(e, '::after').content"


def test_a_units_page_prints_its_contacts_and_no_buttons(tabs: Tabs) -> None:
    page = tabs(UNIT)
    ways = page.locator(".unit-way .unit-print")
    expect(page.locator(".unit-way").first).to_be_visible()
    expect(ways.first).to_be_hidden()
    page.emulate_media(media="print")
    for way in ways.all():
        expect(way).to_be_visible()
    expect(ways.filter(has_text="(65) 3000-").first).to_be_visible()
    expect(page.locator(".btn:visible")).to_have_count(0)
    expect(page.get_by_text("Abre o OpenStreetMap")).to_be_hidden()


def test_a_search_prints_the_contacts_of_each_unit_on_white(tabs: Tabs) -> None:
    page = tabs("/?q=2a+vara+de+familia+varzea+grande")
    phone = page.locator(".finder-acts a[href^='tel:']").first
    expect(phone).to_be_visible()
    page.emulate_media(media="print")
    expect(phone).to_be_visible()
    expect(phone).to_contain_text(str(phone.get_attribute("title")))
    email = page.locator(".finder-acts a[href^='mailto:']").first
    assert str(email.get_attribute("title")) in email.evaluate(SHOWN)
    assert page.locator("h1").evaluate("(e) => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    expect(page.get_by_role("searchbox")).to_be_hidden()
