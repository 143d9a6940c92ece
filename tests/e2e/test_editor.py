"""Managers keep a unit true: what they correct is seen at once, and nobody's work is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from canais_app import routes
from canais_app.demo.staff import DEMO_PASSWORD, MANAGED_UNIT
from tests.e2e.conftest import assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
PUBLIC = "/unidade/2a-vara-de-familia-de-varzea-grande"


def sign_in(page: Page, role: str) -> Page:
    answer = page.request.post(
        routes.SIGN_IN_FORM,
        form={"email": f"{role}@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": page.url.removesuffix(routes.SIGN_IN)},
        max_redirects=0,
    )
    assert answer.status == 303
    page.goto(routes.MANAGEMENT)
    return page


def editor(page: Page, role: str, code: str = "") -> Page:
    """Open the editor of the managed unit, as its manager or as an administrator."""
    sign_in(page, role)
    if code:
        page.goto(f"{routes.ADMIN_UNITS}/{code}")
    else:
        page.get_by_role("link", name=f"Corrigir {MANAGED_UNIT}", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MANAGED_UNIT)
    return page


def begin(page: Page) -> None:
    page.get_by_role("button", name="Editar", exact=True).click()
    expect(page.get_by_text("Você está editando.")).to_be_visible()
    expect(page.get_by_label("Nome", exact=True)).to_be_focused()


def channel(page: Page, kind: str) -> Locator:
    return page.locator(".editor-channels > li").filter(has_text=kind).first


def of_one_load(page: Page) -> Page:
    """Mark the page, so that a reload would be seen."""
    page.evaluate("window.loadedOnce = true")
    return page


def assert_not_reloaded(page: Page) -> None:
    assert page.evaluate("window.loadedOnce") is True


def checked(page: Page, width: int = 1280) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": width, "height": 900})


@pytest.mark.parametrize("width", [1280, 375])
def test_a_corrected_phone_is_seen_by_whoever_looks_and_is_taken_back(
    tabs: Tabs, width: int
) -> None:
    public = tabs(PUBLIC, width)
    phone = public.locator(".unit-way").filter(has_text="Telefone").locator(".btn").first
    before = phone.inner_text(timeout=20_000)
    of_one_load(public)
    search = of_one_load(tabs("/?q=2a+vara+de+familia+varzea+grande", width))
    card = search.locator(".finder-card").first
    expect(card.get_by_role("heading")).to_have_text(MANAGED_UNIT)

    manager = editor(tabs(routes.SIGN_IN, width), "gestor")
    checked(manager, width)
    channel(manager, "Telefone").get_by_role("button", name="Corrigir").click()
    field = manager.get_by_label("Contato", exact=True)
    expect(field).to_be_focused()
    checked(manager, width)
    field.fill("65 3000 7654")
    manager.get_by_role("button", name="Salvar canal").click()
    expect(manager.get_by_text("Canal salvo.")).to_be_visible()
    expect(phone).to_contain_text("(65) 3000-7654")
    expect(card.get_by_title("(65) 3000-7654")).to_be_visible()
    expect(search.get_by_text(f"Os dados de {MANAGED_UNIT} mudaram.")).to_be_attached()
    checked(manager, width)

    manager.get_by_role("button", name=re.compile("^Desfazer Telefone")).first.click()
    expect(manager.get_by_text(re.compile(r"^Desfeito\."))).to_be_visible()
    expect(phone).to_have_text(before)
    expect(card.get_by_title("(65) 3000-7654")).to_have_count(0)
    for page in (public, search):
        assert_not_reloaded(page)
    checked(manager, width)
    manager.get_by_role("button", name="Concluir").click()


@pytest.mark.parametrize("width", [1280, 375])
def test_what_a_citizen_says_is_published_once_the_manager_accepts_it(
    tabs: Tabs, width: int
) -> None:
    desk = sign_in(tabs(routes.SIGN_IN, width), "gestor")
    expect(desk.get_by_text("Nenhuma correção espera por você.")).to_be_visible()
    public = of_one_load(tabs(PUBLIC, width))
    address = public.locator(".unit-way").filter(has_text="E-mail").locator(".btn").first
    before = address.inner_text(timeout=20_000)

    public.locator("summary").filter(has_text="Informação errada? Avise").click()
    form = public.locator(".unit-correction")
    form.get_by_label("Qual canal?").select_option(label=f"E-mail: {before}")
    form.get_by_label("O que está errado?").select_option("valor")
    form.get_by_label("Qual é o certo?").fill("vara em casa")
    form.get_by_label("Como você sabe?").fill("Está na porta do fórum")
    form.get_by_role("button", name="Enviar aviso").click()
    expect(form.locator("#aviso-problema")).to_be_focused()
    expect(form.get_by_label("Como você sabe?")).to_have_value("Está na porta do fórum")
    checked(public, width)
    form.get_by_label("Qual é o certo?").fill("familia2vg@exemplo.invalid")
    form.get_by_role("button", name="Enviar aviso").click()
    expect(form.get_by_text("A unidade recebeu o seu aviso")).to_be_visible()
    checked(public, width)

    waiting = desk.locator(".desk-proposals > li")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("familia2vg@exemplo.invalid")
    expect(waiting).to_contain_text("Está na porta do fórum")
    checked(desk, width)
    waiting.get_by_role("button", name="Recusar").click()
    desk.get_by_role("button", name="Recusar correção").click()
    expect(desk.locator("#reason-erro")).to_be_visible()
    checked(desk, width)
    desk.get_by_role("button", name="Voltar").click()
    waiting.get_by_role("button", name="Aceitar").click()
    expect(desk.get_by_text("E-mail corrigido")).to_be_visible()
    expect(address).to_have_text("familia2vg@exemplo.invalid")
    assert_not_reloaded(public)

    desk.get_by_role("link", name=f"Corrigir {MANAGED_UNIT}", exact=True).click()
    desk.get_by_role("button", name=re.compile("^Desfazer E-mail")).first.click(timeout=20_000)
    expect(address).to_have_text(before)
    desk.get_by_role("button", name="Concluir").click()


def test_what_is_refused_keeps_what_was_typed(tabs: Tabs) -> None:
    page = editor(tabs(routes.SIGN_IN), "gestor")
    begin(page)
    page.get_by_label("Sala", exact=True).fill("Sala 12")
    page.get_by_label("Segunda", exact=True).fill("25 horas")
    page.get_by_role("button", name="Salvar cadastro").click()
    expect(page.locator("#resumo-de-erros")).to_be_focused()
    expect(page.locator("#day0-erro")).to_be_visible()
    expect(page.get_by_label("Sala", exact=True)).to_have_value("Sala 12")
    expect(page.get_by_label("Segunda", exact=True)).to_have_value("25 horas")
    checked(page)

    page.get_by_role("button", name="Novo canal").click()
    page.get_by_label("Canal", exact=True).select_option("whatsapp")
    page.get_by_label("Contato", exact=True).fill("meu zap")
    page.get_by_label("Observação (opcional)").fill("só à tarde")
    page.get_by_role("button", name="Salvar canal").click()
    expect(page.locator("#c-value-erro")).to_be_visible()
    expect(page.get_by_label("Contato", exact=True)).to_have_value("meu zap")
    expect(page.get_by_label("Observação (opcional)")).to_have_value("só à tarde")
    checked(page)
    page.get_by_role("button", name="Cancelar").click()
    page.get_by_role("button", name="Concluir").click()


def test_who_comes_second_sees_who_is_at_it_and_goes_on_once_they_are_done(tabs: Tabs) -> None:
    first = editor(tabs(routes.SIGN_IN), "gestor")
    code = first.url.rpartition("/")[2]
    second = editor(tabs(routes.SIGN_IN), "administrador", code)
    begin(first)
    expect(second.get_by_text(re.compile("^Gestor .* está editando até"))).to_be_visible()
    expect(second.get_by_role("button", name=re.compile("^Retirar"))).to_have_count(0)
    checked(second)
    second.get_by_role("button", name="Editar", exact=True).click()
    expect(second.locator("#resumo-de-erros")).to_contain_text("está editando esta unidade até")
    checked(second)

    first.get_by_label("Sala", exact=True).fill("Sala 3")
    first.get_by_role("button", name="Salvar cadastro").click()
    expect(first.get_by_text("Cadastro salvo.")).to_be_visible()
    expect(second.get_by_text("O cadastro mudou depois que você abriu")).to_be_visible()
    first.get_by_role("button", name="Concluir").click()
    expect(second.get_by_text("Ninguém está editando esta unidade.")).to_be_visible()
    begin(second)
    expect(second.get_by_label("Sala", exact=True)).to_have_value("Sala 3")
    second.get_by_role("button", name="Concluir").click()


def test_a_closed_tab_keeps_nobody_waiting_and_a_reload_keeps_its_place(tabs: Tabs) -> None:
    first = editor(tabs(routes.SIGN_IN), "gestor")
    second = editor(tabs(routes.SIGN_IN), "administrador", first.url.rpartition("/")[2])
    begin(first)
    expect(second.get_by_text(re.compile("^Gestor .* está editando até"))).to_be_visible()
    first.reload()
    expect(first.get_by_text("Você está editando.")).to_be_visible()
    first.close()
    expect(second.get_by_text("Ninguém está editando esta unidade.")).to_be_visible(timeout=30_000)


def test_two_forms_of_one_unit_are_merged_and_what_both_changed_is_asked(tabs: Tabs) -> None:
    first = editor(tabs(routes.SIGN_IN), "gestor")
    second = first.context.new_page()
    second.goto(first.url)
    begin(first)
    expect(second.get_by_text("Você está editando.")).to_be_visible()
    first.get_by_label("Sala", exact=True).fill("Sala 5")
    first.get_by_role("button", name="Salvar cadastro").click()
    expect(first.get_by_text("Cadastro salvo.")).to_be_visible()
    second.get_by_label("Endereço", exact=True).fill("Avenida Castelo Branco")
    second.get_by_role("button", name="Salvar cadastro").click()
    expect(second.get_by_text("Cadastro salvo.")).to_be_visible()
    expect(second.get_by_label("Sala", exact=True)).to_have_value("Sala 5")

    first.get_by_label("Endereço", exact=True).fill("Praça Central")
    first.get_by_role("button", name="Salvar cadastro").click()
    clash = first.locator(".editor-clashes")
    expect(clash).to_contain_text("Avenida Castelo Branco")
    expect(clash).to_contain_text("Praça Central")
    expect(first.get_by_label("Endereço", exact=True)).to_have_value("Praça Central")
    checked(first)
    first.get_by_role("button", name="Salvar cadastro").click()
    expect(first.get_by_text("Cadastro salvo.")).to_be_visible()
    first.reload()
    expect(first.get_by_label("Endereço", exact=True)).to_have_value("Praça Central")


def test_another_units_editor_says_that_there_is_none(tabs: Tabs) -> None:
    page = sign_in(tabs(routes.SIGN_IN), "gestor")
    page.goto(f"{routes.MANAGEMENT}/TJMT-00001")
    expect(page.get_by_role("heading", level=1)).to_have_text("Não encontramos esta unidade")
    checked(page)
