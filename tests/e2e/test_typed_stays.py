"""A restart of the server takes nothing of what a person is typing, on whichever page.

Each form is typed in, survives the one restart that all share, and is sent afterwards.
"""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from canais_app import routes
from canais_app.demo.staff import DEMO_PASSWORD
from tests.e2e.conftest import Server
from tests.e2e.test_editor import begin, channel, editor

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
Typing = Iterator[Page]
UNIT = "2a-vara-de-familia-de-varzea-grande"
TOLD = "Ninguém atende desde segunda"
TELL = "Quer contar mais?"


def signed_in(tabs: Tabs, server: Server, role: str, path: str) -> Page:
    page = tabs(routes.SIGN_IN)
    answer = page.request.post(
        routes.SIGN_IN_FORM,
        form={"email": f"{role}@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
        max_redirects=0,
    )
    assert answer.status == 303
    page.goto(path)
    return page


def filed(server: Server) -> dict[str, str]:
    """File a report through the API; return its protocol and secret."""
    sent = {"unit": UNIT, "channel": "telefone", "kind": "nao_atende"}
    answer = httpx.post(f"{server.url}/api/v1/complaints", json=sent, timeout=30)
    answer.raise_for_status()
    return answer.json()


def a_report(tabs: Tabs, _server: Server) -> Typing:
    page = tabs(f"{routes.report(UNIT)}&canal=telefone", width=375)
    page.get_by_role("radio", name=re.compile("^Toca e ninguém atende")).check(force=True)
    page.get_by_label(TELL).fill(TOLD)
    yield page
    send = page.get_by_role("button", name="Enviar relato")
    page.context.set_offline(True)
    send.click()
    expect(page.get_by_text("Sem conexão: não enviado.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_label(TELL)).to_have_value(TOLD)
    send.click()
    expect(page.get_by_role("heading", name="Relato recebido")).to_be_visible()


def a_message_about_a_report(tabs: Tabs, server: Server) -> Typing:
    report, page = filed(server), tabs(routes.TRACK)
    page.get_by_label("Protocolo").fill(report["protocol"])
    page.get_by_label("Código secreto").fill(report["secret"])
    page.get_by_role("button", name="Abrir relato").click()
    page.get_by_role("textbox", name="Mensagem").fill(TOLD)
    yield page
    expect(page.get_by_role("textbox", name="Mensagem")).to_have_value(TOLD)
    page.get_by_role("button", name="Enviar mensagem").click()
    expect(page.get_by_text("Mensagem enviada.")).to_be_visible()
    page.get_by_role("button", name="Fechar este relato").click()
    expect(page.get_by_label("Código secreto")).to_have_value("")


def a_correction(tabs: Tabs, _server: Server) -> Typing:
    page = tabs(routes.unit(UNIT))
    page.locator("summary").filter(has_text="Informação errada? Avise").click(timeout=20_000)
    form = page.locator(".unit-correction")
    form.get_by_label("Qual canal?").select_option(index=1)
    form.get_by_label("O que está errado?").select_option("extinto")
    form.get_by_label("Como você sabe?").fill(TOLD)
    yield page
    expect(form.get_by_label("Qual canal?")).not_to_have_value("")
    expect(form.get_by_label("Como você sabe?")).to_have_value(TOLD)
    form.get_by_role("button", name="Enviar aviso").click()
    expect(form.get_by_text("A unidade recebeu o seu aviso")).to_be_visible()


def a_notice(tabs: Tabs, server: Server) -> Typing:
    page = signed_in(tabs, server, "administrador", routes.ADMIN_NOTICES)
    page.get_by_role("button", name="Escrever um aviso").click(timeout=20_000)
    page.get_by_label("Onde", exact=True).select_option("comarca")
    page.get_by_label("Comarca", exact=True).select_option(label="Sinop")
    page.get_by_label("Texto", exact=True).fill(TOLD)
    yield page
    expect(page.get_by_label("Comarca", exact=True)).not_to_have_value("")
    expect(page.get_by_label("Texto", exact=True)).to_have_value(TOLD)
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Aviso publicado.")).to_be_visible(timeout=10_000)
    expect(page.get_by_label("Texto", exact=True)).to_have_count(0)
    row = page.get_by_role("listitem").filter(has_text=TOLD)
    row.get_by_role("button", name="Encerrar").click()
    row.get_by_role("button", name="Sim, encerrar agora").click()
    expect(page.get_by_text("Aviso encerrado.")).to_be_visible(timeout=10_000)


def a_synonym(tabs: Tabs, server: Server) -> Typing:
    page = signed_in(tabs, server, "administrador", routes.ADMIN_SYNONYMS)
    page.get_by_role("button", name="Mudar").first.click(timeout=20_000)
    expect(page.get_by_role("heading", name="Mudar sinônimo")).to_be_visible()
    said = page.get_by_label("O que as pessoas dizem").input_value()
    page.get_by_label("O que a busca").fill("juizado especial cível")
    yield page
    expect(page.get_by_label("O que a busca")).to_have_value("juizado especial cível")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("A busca já o entende.")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("cell", name=said, exact=True)).to_have_count(1)


def a_unit_and_its_channel(tabs: Tabs, _server: Server) -> Typing:
    page = editor(tabs(routes.SIGN_IN), "gestor")
    begin(page)
    page.get_by_label("Sala", exact=True).fill("Sala 21")
    channel(page, "Telefone").get_by_role("button", name="Corrigir").click()
    page.get_by_label("Observação (opcional)").fill(TOLD)
    yield page
    expect(page.get_by_label("Sala", exact=True)).to_have_value("Sala 21")
    expect(page.get_by_label("Observação (opcional)")).to_have_value(TOLD)
    page.get_by_role("button", name="Salvar canal").click()
    expect(page.get_by_text("Canal salvo.")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Concluir").click()


def an_answer(tabs: Tabs, server: Server) -> Typing:
    where = routes.complaint(filed(server)["protocol"])
    page = signed_in(tabs, server, "corregedoria", where)
    page.get_by_label("Por quê").first.fill(TOLD, timeout=20_000)
    yield page
    expect(page.get_by_label("Por quê").first).to_have_value(TOLD)
    page.get_by_role("button", name="Registrar movimento").click()
    expect(page.get_by_text("Movimento registrado.")).to_be_visible(timeout=10_000)
    expect(page.get_by_label("Por quê").first).to_have_value("")


PLAIN = (a_report, a_message_about_a_report)  # forms of the browser, without a socket
LIVE = (a_correction, a_notice, a_synonym, a_unit_and_its_channel, an_answer)


def test_what_was_typed_outlives_a_restart_of_the_server(tabs: Tabs, server: Server) -> None:
    plain, live = ([form(tabs, server) for form in forms] for forms in (PLAIN, LIVE))
    for form in plain:
        next(form)
    pages = [next(form) for form in live]
    server.stop()
    try:
        for page in pages:
            expect(page.get_by_text("Sem conexão")).to_be_visible()
    finally:
        server.start()  # the other files use it too
    for page in pages:
        expect(page.get_by_text("Sem conexão")).to_have_count(0, timeout=30_000)
    for form in plain + live:
        next(form, None)
