"""A lawyer books in one browser while another watches; errors, keyboard, and the private page."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
FREE = ".picker-time.free"
CASE, WRONG_CASE = "0000001-49.2026.8.11.0015", "0000001-94.2026.8.11.0015"


@pytest.fixture
def slug() -> str:
    """An agenda of the demonstration that no other file books: its times are free."""
    return "gabinete-do-juizado-especial-civel-e-criminal-de-primavera-do-leste"


def open_picker(tabs: Tabs, slug: str) -> Page:
    page = tabs(f"/agenda/{slug}")
    expect(page.locator(FREE).first).to_be_visible()
    return page


def fill(page: Page, **other: str) -> None:
    typed = {
        "name": "Pessoa de demonstração",
        "oab_number": "000001",
        "email": "voce@exemplo.invalid",
        "phone": "(65) 3000-0000",
        "case_number": CASE,
        "subject": "Tutela de urgência pendente",
    } | other
    for name, words in typed.items():
        page.fill(f"#{name}", words)
    page.check("#consent")


def check_answers(page: Page) -> None:
    page.get_by_role("button", name="Conferir e confirmar").click()


def hold_first(page: Page) -> str:
    """Hold the first free time and return its words."""
    first = page.locator(FREE).first
    label = first.locator("span").first.inner_text()
    first.click()
    expect(page.locator(".picker-hold")).to_be_visible()
    return label


def test_a_time_booked_in_one_browser_goes_in_the_other(tabs: Tabs, slug: str) -> None:
    lawyer, other = open_picker(tabs, slug), open_picker(tabs, slug)
    label = hold_first(lawyer)
    expect(lawyer.locator("#reserva")).to_be_focused()
    theirs = other.locator(".picker-time").filter(has_text=re.compile(f"^{label}(?!\\d)"))
    expect(theirs).to_contain_text("em preenchimento por outra pessoa")
    expect(theirs).to_have_attribute("aria-disabled", "true")
    expect(other.get_by_role("status").filter(has_text=label)).to_be_visible()

    fill(lawyer)
    check_answers(lawyer)
    expect(lawyer.locator("#conferir")).to_be_focused()
    assert_accessible(lawyer)
    lawyer.get_by_role("button", name="Confirmar agendamento").click()
    lawyer.wait_for_url("**/agendamento/**")
    expect(lawyer.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    expect(theirs).to_contain_text("reservado")
    expect(lawyer.get_by_text("1/MT")).to_be_visible()
    expect(lawyer.locator(".booked-sent li").first).to_contain_text("voce@exemplo.invalid")
    assert_accessible(lawyer)
    assert_no_sideways_scroll(lawyer)


def test_errors_stand_at_the_field_and_what_was_typed_stays(tabs: Tabs, slug: str) -> None:
    page = open_picker(tabs, slug)
    hold_first(page)
    fill(page, case_number=WRONG_CASE, email="sem arroba")
    check_answers(page)
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    expect(page.locator("#case_number")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email-erro")).to_contain_text("e-mail válido")
    expect(page.locator("#name")).to_have_value("Pessoa de demonstração")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="e-mail", exact=True).click()
    expect(page.locator("#email")).to_be_focused()


def test_without_a_time_the_form_says_so(tabs: Tabs, slug: str) -> None:
    page = open_picker(tabs, slug)
    fill(page)
    check_answers(page)
    expect(page.locator("#resumo-de-erros")).to_contain_text("Falta escolher o dia e o horário")
    expect(page.locator("#name")).to_have_value("Pessoa de demonstração")


def test_a_change_through_the_api_is_seen_and_a_lost_time_is_said_plainly(
    tabs: Tabs, slug: str, server: Server
) -> None:
    page = open_picker(tabs, slug)
    day = httpx.get(f"{server.url}/api/v1/agendas/{slug}/slots", timeout=30).json()["items"]
    held = httpx.post(
        f"{server.url}/api/v1/agendas/{slug}/holds",
        json={"start": day[0]["start"], "modality": day[0]["modality"]},
        timeout=30,
    )
    assert held.status_code == 201
    lost = page.locator(".picker-time.held").first
    expect(lost).to_be_visible()
    lost.click(force=True)  # disabled for assistive technology, and answered all the same
    expect(page.locator("main").get_by_role("alert")).to_contain_text("preenchendo os dados")
    assert_accessible(page)


def test_a_held_time_can_be_given_up(tabs: Tabs, slug: str) -> None:
    page, other = open_picker(tabs, slug), open_picker(tabs, slug)
    label = hold_first(page)
    theirs = other.locator(".picker-time").filter(has_text=re.compile(f"^{label}(?!\\d)"))
    expect(theirs).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Trocar horário").click()
    expect(page.locator(".picker-hold")).to_have_count(0)
    expect(theirs).to_have_attribute("aria-disabled", "false")


def test_days_are_walked_with_the_arrow_keys(tabs: Tabs, slug: str) -> None:
    page = open_picker(tabs, slug)
    chosen = page.locator(".picker-cal button[aria-pressed=true]")
    before = chosen.inner_text()
    chosen.focus()
    page.keyboard.press("ArrowRight")
    walked = page.evaluate("document.activeElement.innerText")
    assert walked != before
    page.keyboard.press("Enter")
    expect(chosen).to_have_text(re.compile(re.escape(walked.split("\n")[0])))
    assert page.locator(".picker-cal button[tabindex='0']").count() == 1


def test_the_hold_outlives_a_reload(tabs: Tabs, slug: str) -> None:
    page = open_picker(tabs, slug)
    label = hold_first(page)
    page.reload()
    expect(page.locator(".picker-hold")).to_be_visible()
    expect(page.locator(".picker-time.mine")).to_contain_text(label)


def test_the_private_page_moves_and_cancels(tabs: Tabs, slug: str) -> None:
    page = open_picker(tabs, slug)
    hold_first(page)
    fill(page, oab_number="4321", case_number="")
    check_answers(page)
    page.get_by_role("button", name="Confirmar agendamento").click()
    page.wait_for_url("**/agendamento/**")
    invite = page.locator("a[download]").get_attribute("href") or ""
    assert page.request.get(invite).text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("link", name="Mudar horário").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mudar horário")
    expect(page.get_by_text("Escolha o novo horário", exact=True)).to_be_visible()
    expect(page.locator(".picker-time.mine")).to_have_count(0)  # nothing is chosen beforehand
    expect(page.get_by_role("button", name="Confirmar mudança")).to_have_count(0)
    expect(page.locator(".picker-time.current")).to_contain_text("o atual")
    assert_accessible(page)
    # The day of the appointment may have no other free time.
    page.locator("button.picker-day.free:not(.current)").first.click()
    page.locator(FREE).first.click()
    expect(page.locator(".picker-act")).to_contain_text("→")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Confirmar mudança").click()
    expect(page.get_by_text("Horário mudado")).to_be_visible()
    expect(page.locator(".booked-sent li").first).to_be_visible()
    page.get_by_role("button", name="Cancelar", exact=True).click()
    page.get_by_role("button", name="Sim, cancelar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Atendimento cancelado")
    assert_accessible(page)


def test_an_unknown_agenda_or_link_says_so_and_leads_on(tabs: Tabs) -> None:
    for path, words in (
        ("/agenda/nao-existe", "Agenda não encontrada"),
        ("/agendamento/nao-existe", "Agendamento não encontrado"),
    ):
        page = tabs(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
        expect(page.locator("main a.btn").first).to_be_visible()
        assert_accessible(page)


def test_the_list_is_narrowed_by_words_and_leads_to_an_agenda(tabs: Tabs) -> None:
    page = tabs("/agendar")
    cards = page.locator(".agendas-card")
    expect(cards.first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.fill("#palavras", "palavra que nenhuma agenda tem")
    expect(page.get_by_text("Nenhuma agenda com essas palavras")).to_be_visible()
    page.get_by_role("button", name="Ver todas").click()
    cards.first.get_by_role("link").click()
    page.wait_for_url("**/agenda/**")


def test_the_desk_asks_who_one_is(tabs: Tabs) -> None:
    page = tabs("/gabinete")
    page.wait_for_url(re.compile(r"/entrar\?voltar=%2Fgabinete"), timeout=20_000)
