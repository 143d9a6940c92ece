"""Situations and incidents in the API: tokens, lists, actions, refusals."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.accounts.roles import Permission
from canais_app.kit import clock, db
from tests.factories import complaints as factory
from tests.factories.accounts import make_api_key
from tests.factories.situations import make_situation
from tests.people import CORREGEDORIA, READER
from tests.portal import shared_app

URL = "/api/v1/situations"
DECLARED = {"title": "Fórum sem internet", "works": "telefone", "next_update_minutes": 30}


def _prepare(session: Session) -> dict[str, str]:
    court, now = factory.make_court(session), clock.now()
    make_situation(session, court.unit, now=now)
    make_situation(session, court.other, now=now, channel="telefone", level="possivel")
    return {
        person.name: make_api_key(session, person, list(Permission))
        for person in (CORREGEDORIA, READER)
    }


@pytest.fixture
def tokens(database: object) -> dict[str, str]:
    assert database
    return db.write_sync(_prepare)


@pytest.fixture
def api(tokens: dict[str, str]) -> TestClient:
    headers = {"Authorization": f"Bearer {tokens[CORREGEDORIA.name]}"}
    return TestClient(shared_app(), headers=headers)


def _codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


def test_the_open_situations_come_by_urgency(api: TestClient) -> None:
    answer = api.get(URL)
    assert _codes(answer) == ["2026-0001", "2026-0002"]
    first = answer.json()["items"][0]
    assert (first["unit"], first["level"], first["state"]) == ("jecrim-sinop", "provavel", "agora")
    assert _codes(api.get(f"{URL}?state=closed")) == []


def test_one_is_assumed_confirmed_and_the_stale_version_refused(api: TestClient) -> None:
    mine = api.post(f"{URL}/2026-0001/assume", json={"version": 1})
    assert (mine.status_code, mine.json()["owner"]) == (200, CORREGEDORIA.name)
    assert api.post(f"{URL}/2026-0001/confirm", json={"version": 1}).status_code == 409
    assert api.post(f"{URL}/2026-0001/confirm").json()["confirmed"]
    assert api.post(f"{URL}/2026-0001/dismiss").status_code == 422
    false = api.post(f"{URL}/2026-0001/dismiss", json={"reason": "Era um teste"})
    assert (false.json()["verdict"], false.json()["state"]) == ("falso", "falsa")
    assert api.post(f"{URL}/2026-9999/assume").status_code == 404


def test_an_incident_is_declared_from_a_situation_and_on_its_own(api: TestClient) -> None:
    made = api.post(f"{URL}/2026-0001/incident", json=DECLARED)
    assert (made.status_code, made.json()["units"]) == (201, 1)
    assert api.post(f"{URL}/2026-0001/incident", json=DECLARED).status_code == 409
    for wrong in (None, 1, "2026-0002", [None]):
        sent = {**DECLARED, "situations": wrong}
        assert api.post(f"{URL}/2026-0002/incident", json=sent).status_code == 422
    said = {**DECLARED, "units": ["1a-vara-sinop"], "channels": ["telefone"]}
    assert api.post("/api/v1/incidents", json=said).status_code == 201
    assert api.post("/api/v1/incidents", json={"title": "x"}).status_code == 422
    assert sorted(_codes(api.get("/api/v1/incidents"))) == ["2026-001", "2026-002"]
    assert _codes(api.get("/api/v1/incidents?state=closed")) == []


def test_readers_see_and_the_public_does_not(api: TestClient, tokens: dict[str, str]) -> None:
    reader = {"Authorization": f"Bearer {tokens[READER.name]}"}
    assert len(_codes(api.get(URL, headers=reader))) == 2
    assert api.post(f"{URL}/2026-0001/assume", headers=reader).status_code == 403
    nobody = TestClient(shared_app())
    assert nobody.get(URL).status_code == nobody.get("/api/v1/incidents").status_code == 401
    assert nobody.post(f"{URL}/2026-0001/assume").status_code == 401
