"""Journey: an outage is raised, assumed, declared an incident, told, and closed, while watched."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
PASSWORD = "demonstracao-dos-canais"
UNIT = "1ª Vara Cível de Alta Floresta — Secretaria"
TITLE = "Alta Floresta: e-mail fora do ar"
SLUG = "1a-vara-civel-de-alta-floresta-secretaria"

# Five people meet a failure, and a lawyer is booked by video in the gabinete of the same court.
# The seed has no outage of this channel: two units at once would be one situation of the State.
PLANT = """
from datetime import timedelta
from sqlmodel import col, select
import canais_app.models
from canais_app import wiring
from canais_app.agenda import tokens
from canais_app.agenda.models import Agenda, Appointment
from canais_app.complaints import rollups
from canais_app.directory.models import Unit
from canais_app.kit import clock, db, text

wiring.connect_hooks()

def plant(session):
    now = clock.now()
    slug = "1a-vara-civel-de-alta-floresta-secretaria"
    unit = session.exec(select(Unit).where(col(Unit.slug) == slug)).one()
    for number in range(5):
        rollups.count_person(session, unit_id=unit.id, channel="email",
                             mark=f"journey-{number}", now=now)
    rooms = select(Unit.id).where(col(Unit.parent_id) == unit.parent_id)
    agenda = session.exec(select(Agenda).where(col(Agenda.unit_id).in_(rooms))).first()
    start, end = now + timedelta(minutes=20), now + timedelta(minutes=40)
    row = Appointment(agenda_id=agenda.id, seat=90, status="confirmed", starts_at=start,
                      ends_at=end, busy_from=start, busy_until=end, modality="video",
                      token_hash="", code="JORN-01", name="Advocacia demonstração",
                      oab="MT000999", email="advocacia@exemplo.invalid", created_at=now,
                      confirmed_at=now)
    tokens.set_token(row, text.generate_token())
    session.add(row)

db.write_sync(plant)
"""


def _plant(server: Server) -> None:
    subprocess.run(
        [sys.executable, "-c", PLANT], cwd=ROOT, env=server.environment, check=True, timeout=120
    )


def _sign_in(page: Page, path: str) -> None:
    page.goto("/entrar")
    page.get_by_label("E-mail").fill("corregedoria@exemplo.invalid")
    page.get_by_label("Senha").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(lambda url: "/entrar" not in url)
    page.goto(path)


def test_an_outage_becomes_an_incident_and_ends(tabs: Tabs, server: Server) -> None:
    worker, watcher, public = tabs(), tabs(), tabs(f"/unidade/{SLUG}")
    _sign_in(watcher, "/corregedoria/situacoes")
    _sign_in(worker, "/corregedoria/situacoes")
    expect(worker.get_by_role("region", name="Situações")).to_be_visible()
    _plant(server)
    listed = watcher.get_by_role("region", name="Situações").get_by_role("link")
    expect(listed.filter(has_text=UNIT)).to_contain_text("Provável")
    expect(public.get_by_text("Instabilidade relatada por usuários").first).to_be_visible()

    worker.get_by_role("region", name="Situações").get_by_role("link").filter(has_text=UNIT).click()
    chosen = worker.get_by_role("region", name="Situação escolhida")
    expect(chosen.get_by_role("heading", name=re.compile(UNIT))).to_be_visible()
    assert_accessible(worker)
    worker.keyboard.press("a")
    expect(worker.get_by_text("Você assumiu.")).to_be_visible()
    expect(listed.filter(has_text=UNIT)).to_contain_text("Corregedoria (demonstração)")
    worker.keyboard.press("i")
    expect(worker.locator("#incidente-titulo")).to_be_focused()
    worker.get_by_label("Título, como o público lê").fill(TITLE)
    worker.get_by_label("Funciona, enquanto isso").fill("telefone")
    worker.get_by_label("Primeira notícia").fill("O aparelho está sendo trocado.")
    worker.get_by_role("button", name="Declarar incidente").last.click()
    expect(worker.get_by_role("heading", name=TITLE).first).to_be_visible()
    assert_accessible(worker)

    expect(listed.filter(has_text=TITLE)).to_contain_text("Incidente")
    expect(public.get_by_text("Instabilidade confirmada").first).to_be_visible()
    worker.get_by_role("button", name=re.compile("^Avisar a que falta")).click()
    expect(worker.get_by_text("1 advogada(o) avisada(o)", exact=False)).to_be_visible()
    expect(worker.get_by_role("row").filter(has_text="Advocacia demonstração")).to_contain_text(
        re.compile("oferecido|avisada")
    )
    worker.get_by_role("button", name=re.compile("^Avisar a unidade$")).click()
    expect(worker.get_by_text("1 unidade avisada.")).to_be_visible()

    watcher.goto(worker.url)
    expect(watcher.get_by_role("button", name=re.compile("^Publicar notícia"))).to_be_visible()
    worker.keyboard.press("p")
    expect(worker.locator("#noticia-texto")).to_be_focused()
    worker.locator("#noticia-texto").fill("Voltou a funcionar.")
    worker.get_by_label("Passo", exact=True).select_option("encerrado")
    worker.get_by_role("button", name="Publicar", exact=True).click()
    expect(worker.get_by_text("Notícia publicada.")).to_be_visible()
    expect(watcher.get_by_text("Encerrado em").first).to_be_visible()
    expect(public.get_by_text("Instabilidade confirmada")).to_have_count(0)


def test_the_desk_fits_a_phone_and_the_keyboard_walks_the_list(tabs: Tabs) -> None:
    page = tabs(width=375)
    _sign_in(page, "/corregedoria/situacoes")
    expect(page.get_by_role("region", name="Situação escolhida")).to_be_visible()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    page.goto("/corregedoria/incidentes")
    expect(page.get_by_role("heading", name="Encerrados")).to_be_visible()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    page.get_by_role("link").filter(has_text="Cáceres").first.click()
    expect(page.get_by_role("heading", name="O que o público lê")).to_be_visible()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    desk = tabs(width=1280)
    _sign_in(desk, "/corregedoria/situacoes")
    chosen = desk.get_by_role("region", name="Situação escolhida")
    expect(chosen).to_be_visible()
    first = chosen.get_by_role("heading").first.inner_text()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(chosen.get_by_role("heading").first).not_to_have_text(first)
