"""The REST API of complaints and the public status."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from canais_app.accounts.roles import PUBLIC, Permission, Role
from canais_app.complaints.models import PersonReport, VisitHour
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.statistics.summary import count_complaints
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, InvalidError
from tests.factories.accounts import make_api_key
from tests.factories.complaints import ComplaintsCourt, file_report, make_court, make_staff
from tests.people import READER
from tests.portal import shared_app

SAID = {"unit": "jecrim-sinop", "channel": "telefone", "kind": "nao_atende"}


@pytest.fixture
def court(database: object) -> ComplaintsCourt:
    return db.write_sync(make_court)


@pytest.fixture
def api(court: ComplaintsCourt) -> TestClient:
    return TestClient(shared_app())


def post(api: TestClient, **changes: Any) -> Any:
    return api.post("/api/v1/complaints", json={**SAID, **changes})


def test_a_report_is_filed_and_followed(api: TestClient) -> None:
    answer = post(api, text="Tocou até cair")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    secret = {"X-Complaint-Secret": given["secret"]}
    path = f"/api/v1/complaints/{given['protocol']}"
    seen = api.get(path, headers=secret).json()
    assert (seen["status"], seen["text"]) == ("recebida", "Tocou até cair")
    sent = api.post(f"{path}/messages", json={"text": "Três vezes"}, headers=secret)
    assert sent.status_code == 201
    assert [step["text"] for step in sent.json()["steps"]] == ["", "Três vezes"]
    again = api.post(f"{path}/reopen", json={"text": "De novo"}, headers=secret)
    assert again.status_code == 409


def test_wrong_secret_and_unknown_protocol_get_the_same_answer(api: TestClient) -> None:
    protocol = post(api).json()["protocol"]
    wrong = {"X-Complaint-Secret": "XXXX-XXXX-XXXX"}
    answers = [
        api.get(f"/api/v1/complaints/{asked}", headers=wrong) for asked in (protocol, "2026-999999")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert api.get(f"/api/v1/complaints/{protocol}").status_code == 404


def test_the_same_key_gives_the_same_protocol_and_secret(api: TestClient) -> None:
    key = {"Idempotency-Key": "0d4f8a52-6d7e-4d53-9d0a-000000000001"}
    first, second = (api.post("/api/v1/complaints", json=SAID, headers=key) for _ in range(2))
    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "demora"}, "kind"),
        ({"channel": "agendamento"}, "channel"),
        ({"text": "a" * 1_000_000}, "text"),
        ({"occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "2026-11-23T10:00:00"}, "occurred_at"),
        ({"email": "x"}, "email"),
        ({"unit": ""}, "unit"),
    ],
)
def test_an_invalid_field_gets_its_error_message(
    api: TestClient, changes: dict[str, Any], field: str
) -> None:
    answer = post(api, **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][field].endswith((".", "!"))


def test_another_report_under_a_used_key_is_a_conflict(api: TestClient) -> None:
    key = {"Idempotency-Key": "0d4f8a52-6d7e-4d53-9d0a-000000000002"}
    assert api.post("/api/v1/complaints", json=SAID, headers=key).status_code == 201
    other = api.post("/api/v1/complaints", json={**SAID, "text": "Outra"}, headers=key)
    assert other.status_code == 409


def test_errors_have_plain_keys(api: TestClient) -> None:
    answer = post(api, channel="fax", text="a" * 2001)
    assert answer.json()["errors"] == {
        "channel": "Escolha um canal desta unidade.",
        "text": "Use até 2000 letras.",
    }
    json = {"Content-Type": "application/json"}
    broken = api.post("/api/v1/complaints", content=b'{"unit": ', headers=json)
    assert broken.status_code == 422
    assert broken.json()["errors"] == {"json": "O JSON não está bem formado."}


def test_me_too_counts_an_address_once(api: TestClient) -> None:
    path = "/api/v1/units/jecrim-sinop/channels/telefone/me-too"
    assert [api.post(path).json() for _ in range(2)] == [{"counted": True}, {"counted": False}]
    assert post(api).status_code == 201
    with db.read_transaction() as session:
        assert len(session.exec(select(PersonReport)).all()) == 1
    assert api.post("/api/v1/units/x/channels/telefone/me-too").status_code == 404
    assert api.post("/api/v1/units/jecrim-sinop/channels/fax/me-too").status_code == 422


def test_me_too_of_a_case_needs_a_place_when_it_has_several(
    api: TestClient, court: ComplaintsCourt
) -> None:
    now = clock.now()

    def declare(session: Session) -> None:
        incident = Incident(
            code="2026-018", title="Balcão fora", status="confirmado", started_at=now,
            noticed_at=now,
        )  # fmt: skip
        situation = Situation(
            code="2026-0412", scope="unit", place_id=court.unit.id or 0, unit_id=court.unit.id,
            channel="telefone", level="provavel", first_report_at=now, opened_at=now,
            probable_at=now, judged_at=now,
        )  # fmt: skip
        session.add_all([incident, situation])
        session.flush()
        for unit in (court.unit, court.other):
            session.add(
                IncidentMember(
                    incident_id=incident.id or 0,
                    unit_id=unit.id or 0,
                    channel="balcao_virtual",
                    joined_at=now,
                )
            )

    db.write_sync(declare)
    assert api.post("/api/v1/incidents/2026-0412/me-too").json() == {"counted": True}
    path = "/api/v1/incidents/2026-018/me-too"
    assert api.post(path).json()["errors"] == {
        "unit": "Diga a unidade.",
        "channel": "Diga o canal.",
    }
    assert api.post(path, json={"unit": court.other.slug}).json() == {"counted": True}
    assert api.post("/api/v1/incidents/1/me-too", json={"unit": court.unit.slug}).is_success
    assert api.post("/api/v1/incidents/2026-999/me-too").status_code == 404


def test_an_answer_is_rated_and_the_text_withdrawn(api: TestClient) -> None:
    given = post(api, text="Sou a Maria").json()
    path, secret = (
        f"/api/v1/complaints/{given['protocol']}",
        {"X-Complaint-Secret": given["secret"]},
    )
    assert api.post(f"{path}/rating", json={"is_useful": True}, headers=secret).status_code == 409
    assert "Maria" not in api.delete(f"{path}/text", headers=secret).text
    assert api.delete(f"{path}/text").status_code == 404


def test_a_visit_is_counted_without_identity(api: TestClient, court: ComplaintsCourt) -> None:
    for _ in range(2):
        sent = {"unit": court.unit.slug, "channel": "telefone"}
        assert api.post("/api/v1/visits", json=sent).status_code == 204
    with db.read_transaction() as session:
        row = session.exec(select(VisitHour)).one()
        assert (row.unit_id, row.channel, row.visits) == (court.unit.id, "telefone", 2)
    wrong = {"unit": court.unit.slug, "channel": "agendamento"}
    assert api.post("/api/v1/visits", json=wrong).status_code == 422


def test_statistics_are_for_staff_and_add_up(session: Session, now: Any) -> None:
    court = make_court(session)
    for _ in range(3):
        file_report(session, court, now)
    file_report(session, court, now, unit=court.other.slug, occurred_at=now - timedelta(days=1))
    day = clock.to_local_day(now)
    reader = make_staff(session, Role.READER)
    first = day - timedelta(days=6)
    rows = count_complaints(session, reader, first, day, frozenset({"unit", "day"}))
    assert [(r.unit, r.day, r.count) for r in rows] == [
        (court.other.slug, day - timedelta(days=1), 1),
        (court.unit.slug, day, 3),
    ]
    assert [r.count for r in count_complaints(session, reader, day, day, frozenset({"day"}))] == [3]
    with pytest.raises(AuthenticationRequiredError):
        count_complaints(session, PUBLIC, day, day, frozenset({"day"}))
    with pytest.raises(InvalidError):
        count_complaints(session, reader, date.max, date.max, frozenset({"day"}))


def test_statistics_need_a_token_and_a_valid_period(api: TestClient, session: Session) -> None:
    path = "/api/v1/stats/complaints"
    days = {"from": "2026-11-01", "to": "2026-11-23"}
    assert api.get(path, params=days).status_code == 401
    token = make_api_key(session, READER, list(Permission))
    session.commit()
    key = {"Authorization": f"Bearer {token}"}
    assert api.get(path, params=days, headers=key).status_code == 200
    for sent in ({"from": "x", "to": "y"}, {"from": "0", "to": "2026-11-23"}):
        assert api.get(path, params=sent, headers=key).status_code == 422
