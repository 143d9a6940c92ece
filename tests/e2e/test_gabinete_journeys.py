"""Whole journeys between a lawyer, the gabinete and the Corregedoria, each in a browser."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from canais_app.demo.staff import DEMO_PASSWORD
from canais_app.kit import clock
from tests.e2e.conftest import ROOT, Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]


def prepare(server: Server, **terms: object) -> dict[str, Any]:
    """Return a new agenda at which the demonstration's gabinete works."""
    return run_program(server, terms)


def run_program(server: Server, given: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.journey_agenda", json.dumps(given)],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def sign_in(tabs: Tabs, server: Server, who: str, path: str) -> Page:
    page = tabs("/entrar")
    page.context.request.post(
        "/sessao/entrar",
        form={"email": f"{who}@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"Origin": server.url},
    )
    page.goto(path)
    return page


def open_agenda(tabs: Tabs, server: Server, path: str, agenda: dict[str, Any]) -> Page:
    """Open the desk or the editor on an agenda."""
    page = sign_in(tabs, server, "gabinete", path)
    page.get_by_label("Agenda", exact=True).select_option(str(agenda["id"]))
    expect(page.get_by_text(agenda["title"]).locator("visible=true").first).to_be_visible()
    return page


def book(server: Server, agenda: dict[str, Any], number: int, **fields: object) -> dict[str, Any]:
    """Book the first free time of the day after tomorrow, or later."""
    api = f"{server.url}/api/v1/agendas/{agenda['slug']}"
    day = clock.to_local_day(clock.now()) + timedelta(days=2)
    slots = httpx.get(f"{api}/slots", params={"from": str(day)}, timeout=30).json()["items"]
    sent = {
        "start": slots[0]["start"],
        "modality": slots[0]["modality"],
        "name": f"Pessoa Número {number}",
        "oab_number": str(70_000 + number),
        "oab_uf": "MT",
        "email": f"jornada-{number}@exemplo.invalid",
        "phone": "(65) 3000-0000",
        "subject": "Tutela de urgência pendente",
        "consent": True,
    } | fields
    made = httpx.post(f"{api}/appointments", json=sent, timeout=30)
    assert made.status_code == 201, made.text
    return made.json()


def change(server: Server, statement: str, **values: object) -> None:
    """Change the database, as the passing of time would."""
    engine = create_engine(server.environment["CANAIS_DATABASE_URL"])
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount
    engine.dispose()


def events_to(server: Server, address: str, sequence: int) -> set[str]:
    """Wait for the calendar events of this SEQUENCE to an address; return their UIDs."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found: list[str] = []
        for file in Path(server.environment["CANAIS_VAR_DIR"], "mail").glob("*.eml"):
            letter = message_from_bytes(file.read_bytes(), policy=default)
            if address not in str(letter["To"]):
                continue
            for part in letter.walk():
                if part.get_content_type() == "text/calendar":
                    event = part.get_content()
                    if re.search(rf"^SEQUENCE:{sequence}\r?$", event, re.MULTILINE):
                        found += re.findall(r"^UID:(\S+)", event, re.MULTILINE)
        if found:
            return set(found)
        time.sleep(0.1)
    pytest.fail(f"nenhum convite de número {sequence} para {address}")


def test_a_refused_move_leaves_the_first_time(tabs: Tabs, server: Server) -> None:
    agenda = prepare(server, needs_approval=True)
    made = book(server, agenda, 1)
    assert made["status"] == "pending"
    desk = open_agenda(tabs, server, "/gabinete", agenda)
    desk.get_by_role("button", name=re.compile(r"^Aprovar\s*: Pessoa Número 1")).click()
    expect(desk.get_by_text("Pedido aprovado. Quem pediu foi avisado.")).to_be_visible()

    page = tabs(f"/agendamento/{made['token']}", width=375)
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    first = page.locator("#quando").inner_text(), page.locator(".booked-when strong").inner_text()
    page.get_by_role("link", name="Mudar horário").click()
    expect(page.get_by_text("Continua seu até o gabinete responder.")).to_be_visible()
    page.locator(".picker-time.free").last.click()
    expect(page.get_by_text("Se recusar, vale o horário de agora.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Pedir a mudança").click()
    expect(page.get_by_text("Você pediu para mudar para")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")

    expect(desk.get_by_role("heading", name="Pedidos à espera de resposta")).to_be_visible()
    run_program(server, agenda["id"])  # the gabinete refuses
    expect(page.get_by_text("Você pediu para mudar para")).to_have_count(0)  # live
    expect(page.get_by_role("heading", level=1)).to_have_text("Horário confirmado")
    shown = page.locator("#quando").inner_text(), page.locator(".booked-when strong").inner_text()
    assert shown == first
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_another_room_is_told_to_three_people_with_the_same_event(
    tabs: Tabs, server: Server
) -> None:
    agenda = prepare(server, capacity=3, modalities=("presencial",), place="Sala 1, térreo")
    for number in (11, 12, 13):
        book(server, agenda, number)
    before = {n: events_to(server, f"jornada-{n}@exemplo.invalid", 0) for n in (11, 12, 13)}
    editor = open_agenda(tabs, server, "/gabinete/agenda", agenda)
    editor.locator("#place").fill("Sala 9, segundo andar")
    expect(editor.get_by_text("3 pessoas serão avisadas")).to_be_visible()
    assert_accessible(editor)
    editor.get_by_role("button", name="Publicar", exact=True).click()
    expect(editor.locator("#situacao")).to_contain_text("Publicada às")
    after = {n: events_to(server, f"jornada-{n}@exemplo.invalid", 1) for n in (11, 12, 13)}
    assert after == before
    assert len(set.union(*after.values())) == len(after)


def test_nobody_attended_is_seen_at_the_desk_and_at_the_corregedoria(
    tabs: Tabs, server: Server
) -> None:
    agenda = prepare(server)
    made = book(server, agenda, 21)
    now = clock.now().replace(tzinfo=None, microsecond=0)
    change(
        server,
        "UPDATE appointment SET starts_at = :start, busy_from = :start, ends_at = :ends,"
        " busy_until = :ends WHERE code = :code",
        start=(now - timedelta(minutes=10)).isoformat(" ") + ".000000",
        ends=(now + timedelta(minutes=10)).isoformat(" ") + ".000000",
        code=made["code"],
    )
    page = tabs(f"/agendamento/{made['token']}", width=375)
    page.get_by_role("button", name=re.compile("Ninguém me atendeu", re.IGNORECASE)).click()
    expect(page.get_by_text("Registramos a sua resposta.")).to_be_visible()
    assert_accessible(page)
    desk = open_agenda(tabs, server, "/gabinete", agenda)
    mine = desk.locator(".desk-item").filter(has_text="Pessoa Número 21")
    expect(mine.get_by_text("Quem marcou diz: ninguém atendeu")).to_be_visible()
    mine.get_by_role("button", name=re.compile("^Não compareceu")).click()
    expect(mine.get_by_text("Quem marcou diz: ninguém atendeu")).to_be_visible()
    assert_accessible(desk)
    seen = sign_in(tabs, server, "corregedoria", "/corregedoria/atendimentos")
    row = seen.get_by_role("row").filter(has_text=made["code"])
    expect(row).to_contain_text("ninguém atendeu")
    expect(row).to_contain_text("faltou")
    expect(seen.get_by_text("Pessoa Número 21")).to_have_count(0)
    assert_accessible(seen)


def test_an_unanswered_request_is_escalated_after_its_term(tabs: Tabs, server: Server) -> None:
    agenda = prepare(server, needs_approval=True)
    made = book(server, agenda, 31)
    past = clock.now().replace(tzinfo=None, microsecond=0) - timedelta(hours=1)
    change(
        server,
        "UPDATE appointment SET answer_due_at = :past WHERE code = :code",
        past=past.isoformat(" ") + ".000000",
        code=made["code"],
    )
    desk = open_agenda(tabs, server, "/gabinete", agenda)
    expect(desk.get_by_text("Prazo vencido em")).to_be_visible()
    seen = sign_in(tabs, server, "corregedoria", "/corregedoria/atendimentos")
    expect(seen.get_by_role("row").filter(has_text=made["code"])).to_be_visible()
    page = tabs(f"/agendamento/{made['token']}")
    expect(page.get_by_text("Cobramos o gabinete, e a Corregedoria vê o atraso.")).to_be_visible()
    assert_accessible(page)
