"""The desk's list and one complaint's history, for other ombudsman systems."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.accounts.models import ApiToken
from canais_app.accounts.roles import Actor, Role
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db
from canais_app.kit.text import hash_token
from tests.factories.complaints import ComplaintsCourt, file_report, make_court, make_staff
from tests.portal import shared_app

PERSONAL = "Meu telefone é (66) 99999-0000"


@pytest.fixture
def court(database: object) -> ComplaintsCourt:
    return db.write_sync(make_court)


@pytest.fixture
def api(court: ComplaintsCourt) -> TestClient:
    return TestClient(shared_app())


def _token(session: Session, role: Role, permission: str) -> tuple[Actor, dict[str, str]]:
    actor = make_staff(session, role)
    now = clock.now()
    session.add(
        ApiToken(
            token_hash=hash_token(f"key-{role}"),
            name="Ouvidoria",
            staff_id=actor.staff_id or 0,
            permissions=[permission],
            created_at=now,
            expires_at=now.replace(year=now.year + 1),
        )
    )
    return actor, {"Authorization": f"Bearer key-{role}"}


def _get(api: TestClient, path: str, headers: dict[str, str]) -> Any:
    return api.get(f"/api/v1/complaints{path}", headers=headers)


def test_the_list_has_views_search_order_and_pages(api: TestClient, court: ComplaintsCourt) -> None:
    now = clock.now()
    _, headers = db.write_sync(_token, Role.CORREGEDORIA, "triar reclamações")
    given = [db.write_sync(file_report, court, now, text=PERSONAL) for _ in range(3)]
    first = _get(api, "?view=abertas&limit=2", headers)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    page = first.json()
    assert [item["protocol"] for item in page["items"]] == [g.protocol for g in given[:2]]
    assert "99999" not in str(page)
    rest = _get(api, f"?view=abertas&limit=2&cursor={page['next']}", headers).json()
    assert [item["protocol"] for item in rest["items"]] == [given[2].protocol]
    assert rest["next"] is None
    found = _get(api, f"?q={given[1].protocol}", headers).json()["items"]
    assert [item["protocol"] for item in found] == [given[1].protocol]
    assert _get(api, "?view=outra", headers).status_code == 422
    assert _get(api, "?sort=nome", headers).status_code == 422
    assert _get(api, "?cursor=x", headers).status_code == 422


def test_a_record_has_its_history_and_nobodys_identity(
    api: TestClient, court: ComplaintsCourt
) -> None:
    now = clock.now()
    actor, headers = db.write_sync(_token, Role.CORREGEDORIA, "triar reclamações")
    given = db.write_sync(file_report, court, now, text=PERSONAL, name="Fulana de Tal")
    db.write_sync(triage.forward_complaint, actor, given.protocol, "Vejam", now=now)
    record = _get(api, f"/{given.protocol}/record", headers)
    assert record.status_code == 200
    body = record.json()
    assert (body["status"], body["cause_group"]) == ("encaminhada", "tecnica")
    assert [event["to_status"] for event in body["events"]] == [
        "recebida",
        "em_analise",
        "encaminhada",
        "pedido_a_unidade",
    ]
    assert [event["author"] for event in body["events"]] == ["reporter", *["staff"] * 3]
    assert body["unit_due_at"] < body["due_at"]
    assert "Fulana" not in record.text
    assert "99999" not in record.text
    assert _get(api, "/2026-1/record", headers).status_code == 404


def test_only_who_triages_may_read_them(api: TestClient, court: ComplaintsCourt) -> None:
    given = db.write_sync(file_report, court, clock.now())
    _, headers = db.write_sync(_token, Role.READER, "ver painel")
    for path in ("", f"/{given.protocol}/record"):
        assert _get(api, path, {}).status_code == 401
        assert _get(api, path, headers).status_code == 403
