"""What a telephone keeps of the directory."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from tests.factories import directory as make
from tests.portal import shared_app


@pytest.fixture
def client(session: Session) -> TestClient:
    make.make_small_directory(session)
    session.commit()
    return TestClient(shared_app())


def test_the_bundle_has_every_unit_and_offline_channels_only(client: TestClient) -> None:
    answer = client.get("/diretorio.json")
    kept = answer.json()
    assert answer.headers["content-encoding"] == "gzip"
    assert kept["demo"] is True
    assert [place for place, _ in kept["places"]][:3] == [
        "Tribunal e unidades estaduais",
        "Cuiabá",
        "Porto Alegre do Norte",
    ]
    ways = {way[0] for _, units in kept["places"] for unit in units for way in unit[4]}
    assert ways == {"Telefone", "E-mail", "WhatsApp"}
    assert sum(len(units) for _, units in kept["places"]) == 10


def test_the_bundle_is_sent_again_only_after_a_change(client: TestClient, session: Session) -> None:
    first = client.get("/diretorio.json").headers["etag"]
    assert client.get("/diretorio.json", headers={"If-None-Match": first}).status_code == 304
    make.make_unit(session, "Vara Nova de Vera", place="Vera")
    session.commit()
    again = client.get("/diretorio.json", headers={"If-None-Match": first})
    assert again.status_code == 200
    assert "Vara Nova de Vera" in json.dumps(again.json(), ensure_ascii=False)


def test_a_reader_without_gzip_gets_plain_json(client: TestClient) -> None:
    answer = client.get("/diretorio.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.json()["places"]
