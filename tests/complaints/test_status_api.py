"""The public status for programs: levels, what works, incidents; nothing small is published."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.complaints import rollups
from canais_app.complaints.models import ComplaintHour, StateHour
from canais_app.complaints.public_status.board import load_status_board
from canais_app.complaints.public_status.views import StatusBoard
from canais_app.complaints.situations.models import IncidentUpdate
from canais_app.complaints.situations.queries import IncidentKind
from canais_app.expediente.models import Notice
from canais_app.kit import clock, db
from tests.factories.complaints import ComplaintsCourt, make_court
from tests.factories.situations import make_incident, make_situation
from tests.portal import shared_app

ATOM = "{http://www.w3.org/2005/Atom}"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def court(database: object) -> ComplaintsCourt:
    return db.write_sync(make_court)


@pytest.fixture
def api(court: ComplaintsCourt) -> TestClient:
    return TestClient(shared_app())


def change(work: Callable[[Session], object]) -> None:
    db.write_sync(lambda session: (work(session), None)[1])


def fail(court: ComplaintsCourt, **changes: Any) -> None:
    change(lambda s: make_situation(s, court.unit, now=clock.now(), **changes))


def board_of(session: Session, now: datetime, **place: str) -> StatusBoard:
    return load_status_board(session, now=now, **place)


def status(api: TestClient, **place: str) -> dict[str, Any]:
    answer = api.get("/api/v1/status", params=place)
    assert answer.status_code == 200
    return answer.json()


def test_without_data_nothing_is_said_to_work(api: TestClient) -> None:
    found = status(api)
    assert found["sentence"] == "Nenhuma falha provável agora."
    assert [(i["slug"], i["level"], i["reports"]) for i in found["items"]] == [
        ("sinop-teste", "sem_dados", None),
        ("", "sem_dados", None),
    ]


def test_a_reported_failure_is_probable_with_people_and_what_works(
    api: TestClient, court: ComplaintsCourt
) -> None:
    fail(court, people=7, channel="telefone")
    now = clock.now()
    change(
        lambda s: rollups.count_visit(s, unit_id=court.unit.id or 0, channel="whatsapp", now=now)
    )
    found = status(api)
    assert found["sentence"] == "1 falha provável agora."
    assert found["level"] == "relatada"
    (place,) = [item for item in found["items"] if item["slug"] == "sinop-teste"]
    assert (place["level"], place["words"]) == ("relatada", "1 canal com falha")
    (channel,) = place["channels"]
    assert (channel["channel"], channel["unit"], channel["people"]) == (
        "telefone",
        "jecrim-sinop",
        7,
    )
    unit = status(api, unit="jecrim-sinop")["items"][0]
    assert unit["level"] == "relatada"
    assert status(api, unit="1a-vara-sinop")["items"][0]["level"] == "sem_dados"
    units = status(api, comarca="sinop-teste")["items"]
    assert [(u["slug"], u["level"]) for u in units] == [
        ("jecrim-sinop", "relatada"),
        ("1a-vara-sinop", "sem_dados"),
    ]


def test_people_and_reports_under_five_are_in_no_answer(
    api: TestClient, court: ComplaintsCourt
) -> None:
    fail(court, people=3)
    hour = clock.hour_number(clock.now())
    key = {"hour": hour, "channel": "whatsapp", "kind": "outro"}
    change(lambda s: s.add(ComplaintHour(unit_id=court.unit.id or 0, count=4, **key)))
    change(lambda s: s.add(StateHour(count=4, **key)))
    for place in ({}, {"comarca": "sinop-teste"}, {"unit": "jecrim-sinop"}):
        found = status(api, **place)
        assert found["reports"] is None
        assert {item["reports"] for item in found["items"]} == {None}
        (channel,) = [c for item in found["items"] for c in item["channels"]]
        assert (channel["people"], channel["people_words"]) == (None, "menos de 5 pessoas")
    with db.read_transaction() as session:
        board = board_of(session, clock.now())
    (strip,) = [s for s in board.strips if s.channel == "whatsapp"]
    assert strip.count == "menos de 5 relatos"
    assert len({bar.height for bar in strip.bars if bar.kind != "off"}) == 1
    assert "menos de 5" in api.get("/api/v1/status/hours.csv").text


def test_an_incident_is_one_card_with_its_news_and_promise(
    api: TestClient, court: ComplaintsCourt
) -> None:
    now = clock.now()

    def declare(session: Session) -> None:
        members = [(court.unit, "balcao_virtual"), (court.other, "balcao_virtual")]
        made = make_incident(session, *members, now=now, next_update_at=now + 60 * MINUTE)
        for minutes, text, public in ((30, "Chamado aberto.", True), (20, "Cabo roto?", False),
                                      (10, "Técnico a caminho.", True)):  # fmt: skip
            session.add(
                IncidentUpdate(
                    incident_id=made.id or 0, at=now - minutes * MINUTE, is_public=public, text=text
                )
            )

    change(declare)
    found = status(api)
    assert found["sentence"] == "1 falha confirmada agora."
    (incident,) = found["incidents"]
    assert [news["text"] for news in incident["updates"]] == [
        "Técnico a caminho.",
        "Chamado aberto.",
    ]
    assert incident["units"] == ["1a-vara-sinop", "jecrim-sinop"]
    with db.read_transaction() as session:
        (card,) = board_of(session, now).cards
    assert card.text == "Técnico a caminho."
    assert card.promise.startswith("Próxima notícia até ")
    assert card.title == "Fórum sem internet: Balcão Virtual"
    assert len(card.where) == 2
    assert "Cabo roto" not in api.get("/api/v1/status").text


def test_closures_maintenance_and_work_to_come(api: TestClient, court: ComplaintsCourt) -> None:
    now = clock.now()

    def post(session: Session) -> None:
        for kind, text, start in (
            ("fechada", "Sem energia elétrica", -1),
            ("manutencao", "Troca de equipamento", 48),
        ):
            session.add(
                Notice(
                    kind=kind, text=text, comarca_id=court.comarca.id,
                    starts_at=now + start * 60 * MINUTE, published_at=now, updated_at=now,
                )
            )  # fmt: skip
        make_incident(
            session,
            (court.unit, "telefone"),
            now=now,
            kind=IncidentKind.MAINTENANCE,
            title="Troca da central",
            started_at=now + 24 * 60 * MINUTE,
            ends_at=now + 26 * 60 * MINUTE,
        )

    change(post)
    found = status(api)
    assert found["sentence"] == "Nenhuma falha provável agora; 1 fórum fechado."
    assert found["items"][0]["level"] == "fechada"
    planned = " ".join(row["text"] for row in found["planned"])
    assert "Troca de equipamento" in planned
    assert "Troca da central" in planned
    assert "Troca de equipamento" in str(status(api, comarca="sinop-teste")["planned"])


def test_a_failure_marked_false_or_quiet_is_not_public(
    api: TestClient, court: ComplaintsCourt
) -> None:
    fail(court, verdict="falso")
    fail(court, channel="email", people=2)
    fail(court, channel="telefone", probable_at=None)
    assert status(api)["sentence"] == "Nenhuma falha provável agora."


def test_ninety_days_tell_reported_from_confirmed(session: Session, now: datetime) -> None:
    court = make_court(session)
    day = timedelta(days=1)
    for days, changes in ((7, {}), (14, {"confirmed_at": now}), (21, {"verdict": "falso"})):
        start = now - days * day
        make_situation(
            session, court.unit, now=start, first_report_at=start, probable_at=start,
            closed_at=start + 60 * MINUTE, **changes,
        )  # fmt: skip
    board = board_of(session, now)
    (row,) = [row for row in board.history if row.channel == "whatsapp"]
    assert [row.days[89 - n] for n in (7, 14)] == ["rel", "con"]
    assert row.days[89 - 21] == "ok"
    clean, total = (int(part) for part in row.score.split(" de "))
    assert clean == total - 2
    assert board.history_title == "Últimos 90 dias: WhatsApp falhou mais"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/status?cidade=sinop", 422),
        ("/api/v1/status?unit=nao-existe", 404),
        ("/api/v1/status?comarca=nao-existe", 404),
        ("/situacao/nao-existe.atom", 404),
        ("/situacao/nao-existe/selo.svg", 404),
        ("/situacao/estado/selo.svg?x=1", 422),
    ],
)
def test_what_does_not_exist_is_refused(api: TestClient, path: str, code: int) -> None:
    assert api.get(path).status_code == code


def test_answers_have_an_etag_and_may_be_read_by_other_sites(api: TestClient) -> None:
    first = api.get("/api/v1/status")
    assert first.headers["access-control-allow-origin"] == "*"
    again = api.get("/api/v1/status", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code in (200, 304)  # 200 when a minute has just passed
    assert api.head("/api/v1/status").content == b""


def test_the_feed_tells_a_failure_and_its_end(api: TestClient, court: ComplaintsCourt) -> None:
    fail(court)
    fail(court, channel="telefone", closed_at=clock.now())
    for path in ("/situacao.atom", "/situacao/sinop-teste.atom"):
        root = ET.fromstring(api.get(path).content)  # noqa: S314 (our own)
        titles = [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]
        assert titles == [
            f"Encerrada: Instabilidade relatada por usuários: Telefone, {court.unit.name}",
            "Instabilidade relatada por usuários: WhatsApp, Juizado Especial Criminal de Sinop",
        ]
    ids = {entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("estado", "Mato Grosso: falha provável"),
        ("sinop-teste", "Comarca de Sinop: falha provável"),
        ("1a-vara-sinop", "1ª Vara Cível de Sinop: sem dados"),
    ],
)
def test_badges_are_pictures_with_words(
    api: TestClient, court: ComplaintsCourt, slug: str, words: str
) -> None:
    fail(court)
    answer = api.get(f"/situacao/{slug}/selo.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ET.fromstring(answer.content)  # noqa: S314 (our own)
    assert root.get("aria-label") == words


def test_the_status_as_a_table(api: TestClient, court: ComplaintsCourt) -> None:
    fail(court, people=3)
    lines = api.get("/api/v1/open-data/status.csv").text.splitlines()
    assert lines[0] == "unidade,nome,comarca,canal,nivel,desde,pessoas"
    assert lines[1].startswith("jecrim-sinop,Juizado Especial Criminal de Sinop,Sinop,whatsapp,")
    assert lines[1].endswith(",<5")
    (row,) = api.get("/api/v1/open-data/status.json").json()["items"]
    assert (row["nivel"], row["pessoas"]) == ("relatada", "<5")
