"""The analyst's questions: at most three clicks each, by an address, with the database's value."""

import io
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from canais_app.demo.staff import DEMO_PASSWORD
from canais_app.directory.labels import channel_label
from canais_app.kit import clock, text
from tests.e2e.conftest import ROOT, Server

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
START = "/corregedoria/situacoes"
MOST_CLICKS = 3
TOTAL = ".an-units .an-sum:last-child td >> nth=0"
PHRASE = "zumbido metálico"

# What the demonstration does not have: a late request, and a reporter who wrote anew.
PLANT = """
import sys
from datetime import timedelta
from sqlmodel import col, select
import canais_app.models
from canais_app import wiring
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.agenda.models import Appointment
from canais_app.complaints import reporter
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db

wiring.connect_hooks()

def plant(session):
    now = clock.now()
    row = session.exec(
        select(Appointment)
        .where(col(Appointment.status) == "confirmed", col(Appointment.starts_at) > now)
        .order_by(col(Appointment.starts_at).desc())
    ).first()
    row.status, row.answer_due_at = "pending", now - timedelta(hours=50)
    session.add(row)
    person = session.exec(
        select(Staff).where(col(Staff.email) == "corregedoria@exemplo.invalid")
    ).one()
    actor = Actor(person.id, person.name, (Grant(Role.CORREGEDORIA),))
    protocol, secret = sys.argv[1:]
    triage.ask_reporter(session, actor, protocol, "Em qual aparelho?", now=now)
    reporter.add_reporter_message(session, protocol, secret, "No corredor.", now=now)
    print(row.code)

db.write_sync(plant)
"""


def ask(server: Server, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the portal's own database."""
    path = server.environment["CANAIS_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=30) as db:
        return db.execute(sql, values).fetchall()


@pytest.fixture
def desk(tabs: Tabs, server: Server) -> Page:
    """The first screen of the Corregedoria, signed in."""
    page = tabs("/entrar")
    page.context.request.post(
        "/sessao/entrar",
        form={"email": "corregedoria@exemplo.invalid", "password": DEMO_PASSWORD},
        headers={"origin": server.url},
    )
    page.goto(START)
    expect(page.get_by_role("region", name="Situações")).to_be_visible()
    return page


def menu(page: Page, path: str) -> Locator:
    return page.locator(f".frame-side a[href='{path}']")


def walk(page: Page, *steps: Locator) -> None:
    """Click from the first screen on; the place then opens by its address alone."""
    assert len(steps) <= MOST_CLICKS
    for step in steps:
        expect(step).to_be_visible()
        wanted = urlsplit(step.get_attribute("href") or "")
        step.click()
        page.wait_for_url(
            lambda url, wanted=wanted: (
                urlsplit(url).path.rstrip("/") == wanted.path.rstrip("/")
                and urlsplit(url).query == wanted.query
            )
        )
    page.goto(page.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def number(words: str) -> int:
    """Return the first number of a text: 12 of `1.2`…"""
    found = re.search(r"\d[\d.]*", words)
    assert found, words
    return int(found.group().replace(".", ""))


def hours(first: date, last: date) -> tuple[int, int]:
    """Return the hour numbers of some local days, the second one excluded."""
    days = (first, last + timedelta(days=1))
    start, end = (clock.hour_number(clock.from_wall_clock(day, 0)) for day in days)
    return start, end


def today() -> date:
    return clock.to_local_day(clock.now())


def last_week() -> tuple[date, date]:
    monday = today() - timedelta(days=today().weekday() + 7)
    return monday, monday + timedelta(days=6)


def expect_total(page: Page, count: int) -> None:
    """Wait for the sum of the reports in the analysis' table, which its change follows."""
    words = re.escape(text.format_number(count))
    expect(page.locator(TOTAL)).to_have_text(re.compile(rf"^{words}(?![\d.])"))


def count_reports(server: Server, first: date, last: date, where: str = "1=1", *more: str) -> int:
    sql = "select coalesce(sum(count), 0) from complaint_hour where hour >= ? and hour < ? and "
    return ask(server, sql + where, *hours(first, last), *more)[0][0]


def report(server: Server, **more: str) -> dict[str, str]:
    """Report a failing telephone as a person would; return protocol and secret."""
    unit = ask(
        server,
        "select u.slug from channel c join unit u on u.id = c.unit_id where c.kind = 'telefone'"
        " and u.active and c.retired_at is null order by u.slug limit 1",
    )[0][0]
    sent = {"unit": unit, "channel": "telefone", "kind": "nao_atende", **more}
    answer = httpx.post(f"{server.url}/api/v1/complaints", json=sent, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_what_fails_now_since_when_who_minds_it_and_where(desk: Page, server: Server) -> None:
    """Questions 1, 2, 3, 4 and 20."""
    listed = desk.get_by_role("region", name="Situações").get_by_role("link")
    open_ones = ask(
        server,
        "select u.name, s.channel, s.first_report_at, st.name, s.code from situation s"
        " join unit u on u.id = s.unit_id left join staff st on st.id = s.owner_id"
        " where s.closed_at is null and s.incident_id is null",
    )
    assert open_ones
    for name, channel, first, owner, _ in open_ones:
        since = text.format_hour(datetime.fromisoformat(f"{first}+00:00"))
        item = listed.filter(has_text=name).filter(has_text=f"desde {since}").first
        expect(item).to_contain_text(channel_label(channel))
        expect(item).to_contain_text(owner or "sem responsável")
    name, _, _, _, code = open_ones[0]
    listed.filter(has_text=name).first.click()
    desk.wait_for_url(re.compile(code))
    desk.goto(desk.url)
    chosen = desk.get_by_role("region", name="Situação escolhida")
    expect(chosen.get_by_role("heading", level=2).first).to_contain_text(name)
    expect(chosen).to_contain_text(re.compile(r"1 vez em [\d.]+ ?\S* ?(de )?horas"))
    title, members = ask(
        server,
        "select i.title, count(distinct m.unit_id) from incident i join incident_member m"
        " on m.incident_id = i.id and m.left_at is null where i.closed_at is null group by i.id",
    )[0]
    incident = desk.get_by_role("region", name="Situações").get_by_role("link")
    expect(incident.filter(has_text=title)).to_contain_text(f"{members} unidades")
    month = today().replace(day=1)
    false = ask(
        server,
        "select count(*) from situation where verdict = 'falso' and opened_at >= ?",
        clock.from_wall_clock(month, 0).strftime("%Y-%m-%d %H:%M:%S"),
    )[0][0]
    expect(desk.locator(".bud")).to_contain_text(f": {false} de até 3")


def test_an_incident_shows_its_units_bookings_and_reports(desk: Page, server: Server) -> None:
    """Questions 4 and 21; its chart is read by keys."""
    code, title, members = ask(
        server,
        "select i.code, i.title, count(distinct m.unit_id) from incident i join incident_member m"
        " on m.incident_id = i.id where i.closed_at is null group by i.id",
    )[0]
    walk(desk, menu(desk, "/corregedoria/incidentes"), desk.locator(f"[data-row='{code}']"))
    expect(desk.get_by_role("heading", level=1)).to_have_text(title)
    expect(desk.get_by_role("heading", name=f"{members} unidades afetadas")).to_be_visible()
    booked = desk.get_by_role("heading", name=re.compile("atendimentos? ainda hoje|Ninguém mais"))
    expect(booked).to_be_visible()
    chart = desk.locator("[data-chart]")
    chart.focus()
    said = chart.locator("output")
    expect(said).to_contain_text("limite")
    last = said.inner_text()
    desk.keyboard.press("ArrowLeft")
    expect(said).not_to_have_text(last)
    desk.get_by_text("Ver tabela").click()
    cells = desk.locator(".sit-chart tbody tr").last.locator("td")
    assert last.split(": ")[1].startswith(f"{cells.first.inner_text()} ·")


def test_the_worst_unit_of_last_week_and_who_has_to_act(desk: Page, server: Server) -> None:
    """Questions 5, 6, 8 and 15."""
    first, last = last_week()
    link = desk.get_by_role("link", name="Semana passada")
    walk(desk, menu(desk, "/corregedoria/analise"), link)
    expect_total(desk, count_reports(server, first, last))
    unit, worst = ask(
        server,
        "select u.name, sum(h.count) from complaint_hour h join unit u on u.id = h.unit_id"
        " where hour >= ? and hour < ? group by u.id order by 2 desc, u.slug limit 1",
        *hours(first, last),
    )[0]
    row = desk.locator(".an-units tbody tr").first
    assert number(row.locator("td").first.inner_text()) == worst
    rows = desk.locator(".an-units tbody tr")
    expect(rows.filter(has_text=unit).first).to_contain_text("%")
    week = timedelta(days=7)
    before = count_reports(server, first - week, last - week)
    expect(desk.locator(".an-totals > div").first).to_contain_text(
        f"antes {text.format_number(before)}"
    )
    kind, seen = ask(
        server,
        "select kind, sum(count) from complaint_hour where hour >= ? and hour < ?"
        " group by kind order by 2 desc limit 1",
        *hours(first, last),
    )[0]
    assert kind
    kinds = desk.get_by_role("region", name=re.compile("^Tabela: ")).filter(has_text="Quem age")
    assert number(kinds.locator("tbody tr").first.locator("td").nth(1).inner_text()) == seen
    desk.locator(".an-units thead a[href*='ordem=-taxa']").click()
    desk.wait_for_url(re.compile("ordem=-taxa"))
    expect(desk.locator(".an-units th[aria-sort=descending]")).to_be_visible()
    desk.get_by_role("link", name="ano passado").click()
    desk.wait_for_url(re.compile("com=ano"))
    expect(desk.locator(".an-totals")).to_be_visible()


def test_a_monday_its_alarms_and_the_hours_of_a_channel(desk: Page, server: Server) -> None:
    """Questions 7 and 9."""
    monday = last_week()[0]
    desk.goto(f"/corregedoria/analise?de={monday}&ate={monday}&pergunta=alarmes")
    day = count_reports(server, monday, monday)
    expect_total(desk, day)
    rang = ask(
        server,
        "select count(*) from situation where date(opened_at, '-4 hours') = ?",
        monday.isoformat(),
    )[0][0]
    words = text.pluralise(rang, "alarme tocou", "alarmes tocaram")
    expect(desk.locator("#resposta")).to_contain_text(words if rang else "Nenhum alarme tocou")
    desk.goto("/corregedoria/analise?canal=telefone")
    seen = count_reports(server, today() - timedelta(days=27), today(), "channel = ?", "telefone")
    expect_total(desk, seen)
    expect(desk.locator(".dash-heat tbody tr")).to_have_count(15)


def test_deadlines_and_owners(desk: Page, server: Server) -> None:
    """Question 10."""
    walk(desk, menu(desk, "/corregedoria/reclamacoes?view=hoje"))
    start = clock.from_wall_clock(today(), 0)
    span = [moment.strftime("%Y-%m-%d %H:%M:%S") for moment in (start, start + timedelta(days=1))]
    pending = (
        "select count(*) from complaint where status in ('recebida', 'em_analise', 'encaminhada')"
        " and waiting_since is null and due_at"
    )
    due = ask(server, pending + " between ? and ?", *span)[0][0]
    expect(desk.locator("table [data-row]")).to_have_count(min(due, 50))
    late = ask(server, pending + " < ?", clock.now().strftime("%Y-%m-%d %H:%M:%S"))[0][0]
    expect(desk.locator(".vw a").filter(has_text="Vencidas")).to_contain_text(
        text.format_number(late)
    )


def test_who_answers_late_and_whether_answers_helped(desk: Page, server: Server) -> None:
    """Questions 11, 12 and 19."""
    made = report(server)
    answered = [sys.executable, "-m", "tests.e2e.staff_work", made["protocol"], "answer"]
    subprocess.run(answered, cwd=ROOT, env=server.environment, check=True, timeout=120)
    rated = httpx.post(
        f"{server.url}/api/v1/complaints/{made['protocol']}/rating",
        json={"is_resolved": False, "is_useful": True},
        headers={"X-Complaint-Secret": made["secret"]},
        timeout=30,
    )
    assert rated.status_code == 200, rated.text
    walk(
        desk,
        menu(desk, "/corregedoria/analise"),
        desk.get_by_role("link", name="As respostas ajudaram?"),
    )
    first = today() - timedelta(days=27)
    start = clock.from_wall_clock(first, 0).strftime("%Y-%m-%d %H:%M:%S")
    people = ask(server, "select count(*) from complaint where rated_at >= ?", start)[0][0]
    again = ask(
        server,
        "select count(*) from complaint_event where at >= ? and to_status = 'em_analise'"
        " and from_status in ('respondida', 'resolvida', 'nao_confirmada')",
        start,
    )[0][0]
    answer = desk.locator("#resposta")
    expect(answer).to_contain_text(text.pluralise(people, "pessoa respondeu", "pessoas responder"))
    expect(answer).to_contain_text(f"{again} reabert" if again else "nenhuma reabertura")
    given = ask(
        server, "select sum(count) from answer_day where day >= ?", hours(first, first)[0] // 24
    )[0][0]
    expect(desk.locator(".an-totals")).to_contain_text(
        text.pluralise(given, "resposta", "respostas")
    )
    desk.get_by_role("link", name="Quem responde fora do prazo ou nunca?").click()
    expect(answer).to_contain_text("no prazo")
    desk.get_by_role("link", name="De quem nunca ouvimos falar?").click()
    silent = ask(
        server,
        "select count(*) from unit where active and id not in (select unit_id from complaint_hour)",
    )[0][0]
    expect(desk.locator("#resposta")).to_contain_text(
        f"{text.format_number(silent)} sem nenhum relato até hoje"
    )


def test_before_and_after_a_day_and_two_units(desk: Page, server: Server) -> None:
    """Questions 16 and 17, and the comarcas side by side."""
    day = today() - timedelta(days=14)
    walk(
        desk,
        menu(desk, "/corregedoria/analise"),
        desk.get_by_role("link", name="O que mudou depois de uma data?"),
    )
    desk.get_by_label("Data da mudança").fill(day.isoformat())
    desk.get_by_role("button", name="Comparar").click()
    desk.wait_for_url(re.compile(f"dia={day}"))
    side = timedelta(days=14)
    cells = desk.locator(".an-answer tbody tr").first.locator("td")
    expect(cells.nth(0)).to_have_text(
        text.format_number(count_reports(server, day - side, day - timedelta(days=1)))
    )
    expect(cells.nth(1)).to_have_text(
        text.format_number(count_reports(server, day, day + side - timedelta(days=1)))
    )
    first, last = last_week()
    top = ask(
        server,
        "select u.slug, u.id from complaint_hour h join unit u on u.id = h.unit_id"
        " where hour >= ? and hour < ? and u.id not in (select parent_id from unit"
        " where parent_id is not null) group by u.id order by sum(h.count) desc, u.slug limit 2",
        *hours(first, last),
    )
    (one, one_id), (two, two_id) = top
    desk.goto(f"/corregedoria/analise?p=semana&unidade={one}&pergunta=lado-a-lado&outra={two}")
    reports = desk.locator(".an-answer tbody tr").first.locator("td")
    for cell, unit_id in ((reports.nth(0), one_id), (reports.nth(1), two_id)):
        seen = count_reports(server, first, last, "unit_id = ?", unit_id)
        expect(cell).to_have_text(text.format_number(seen))
    desk.goto("/corregedoria/analise?p=semana&pergunta=comarcas")
    comarca, most = ask(
        server,
        "select c.name, sum(h.count) from complaint_hour h join unit u on u.id = h.unit_id"
        " join comarca c on c.id = u.comarca_id where hour >= ? and hour < ?"
        " group by c.id order by 2 desc limit 1",
        *hours(first, last),
    )[0]
    mini = desk.locator(".an-answer .an-mini > div").first
    expect(mini).to_contain_text(comarca)
    expect(mini.locator("b")).to_have_text(text.format_number(most))
    mini.get_by_role("link").click()
    desk.wait_for_url(re.compile("comarca="))
    expect_total(desk, most)


def test_a_dossier_holds_the_contacts_and_their_checks(desk: Page, server: Server) -> None:
    """Question 18."""
    slug, name, unit_id, channels = ask(
        server,
        "select u.slug, u.name, u.id, count(*) from channel c join unit u on u.id = c.unit_id"
        " where c.verified_at is not null and u.id not in (select parent_id from unit where"
        " parent_id is not null) group by u.id order by 4 desc, u.slug limit 1",
    )[0]
    desk.goto(f"/corregedoria/dossies?unidade={slug}")
    expect(desk.get_by_role("heading", level=1)).to_contain_text(name)
    section = desk.get_by_role("region", name=re.compile("contatos? não|Todos os contatos"))
    rows = section.locator("tbody tr")
    total = ask(server, "select count(*) from channel where unit_id = ?", unit_id)[0][0]
    assert channels
    expect(rows).to_have_count(total)
    value, verified = ask(
        server,
        "select value, verified_at from channel where unit_id = ? and verified_at is not null"
        " order by position, id limit 1",
        unit_id,
    )[0]
    when = clock.to_local_day(datetime.fromisoformat(f"{verified}+00:00"))
    expect(rows.filter(has_text=value).first).to_contain_text(text.format_date(when))
    for part in ("alarme", "incidente", "espera"):
        heading = desk.get_by_role("heading", name=re.compile(part, re.IGNORECASE))
        expect(heading.first).to_be_visible()


def test_a_phrase_a_new_message_a_late_request_and_a_disagreement(
    desk: Page, server: Server
) -> None:
    """Questions 13, 14, 22 and 23."""
    made = report(server, text=f"Só um {PHRASE}")
    done = subprocess.run(
        [sys.executable, "-c", PLANT, made["protocol"], made["secret"]],
        cwd=ROOT,
        env=server.environment,
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    walk(desk, menu(desk, "/corregedoria/reclamacoes"))
    desk.get_by_role("searchbox", name="Buscar no texto").fill(PHRASE)
    desk.keyboard.press("Enter")
    rows = desk.locator("table [data-row]")
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-row", made["protocol"])
    desk.goto(desk.url)
    expect(rows).to_have_attribute("data-row", made["protocol"])
    walk(desk, menu(desk, "/corregedoria/reclamacoes?view=nova"))
    unread = ask(server, "select count(*) from complaint where is_unread")[0][0]
    expect(rows).to_have_count(unread)
    expect(desk.locator(f"[data-row='{made['protocol']}']")).to_contain_text("nova")
    walk(desk, menu(desk, "/corregedoria/atendimentos"))
    late = desk.get_by_role("row").filter(has_text=done.stdout.strip())
    expect(late).to_contain_text("há 2 dias")
    differ = ask(
        server,
        "select count(*) from appointment where lawyer_outcome = 'not_attended'"
        " and status in ('missed', 'attended')",
    )[0][0]
    rows = desk.get_by_role("row").filter(has_text="ninguém atendeu")
    expect(rows).to_have_count(min(differ, 200))


def test_the_view_goes_to_the_meeting_and_an_alarm_is_ordered(desk: Page, server: Server) -> None:
    """Questions 24 and 25."""
    link = desk.get_by_role("link", name="Semana passada")
    walk(desk, menu(desk, "/corregedoria/analise"), link)
    expect(desk.get_by_text("em 7 dias").first).to_be_visible()
    total = desk.locator(TOTAL).inner_text()
    with desk.expect_download() as got:
        desk.locator(".an-take").get_by_role("link", name="XLSX").click()
    book = load_workbook(io.BytesIO(got.value.path().read_bytes()))
    values = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert number(total) in values
    with desk.expect_download() as got:
        desk.locator(".an-take").get_by_role("link", name="PDF").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    walk(desk, menu(desk, "/corregedoria/plantao"))
    before = ask(server, "select count(*) from alarm_rule")[0][0]
    desk.get_by_label("Canal", exact=True).select_option("email")
    desk.get_by_role("button", name="Avisar", exact=True).click()
    expect(desk.locator("tbody tr")).to_have_count(before + 1)
    assert ask(server, "select count(*) from alarm_rule")[0][0] == before + 1


def test_a_hidden_column_stays_hidden(desk: Page) -> None:
    desk.goto("/corregedoria/reclamacoes")
    cell = desk.locator("td.ch").first
    expect(cell).to_be_visible()
    desk.get_by_text("Colunas", exact=True).click()
    desk.get_by_role("group", name="Colunas da lista").get_by_label("Canal").click()
    expect(cell).to_be_hidden()
    desk.reload()
    expect(desk.locator("td.st").first).to_be_visible()
    expect(desk.locator("td.ch").first).to_be_hidden()
