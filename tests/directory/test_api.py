import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from tests.factories import directory as make
from tests.portal import shared_app

SINOP_CASE = "0000001-49.2026.8.11.0015"


def first(pattern: str, text: str, flags: re.RegexFlag = re.DOTALL) -> str:
    found = re.search(pattern, text, flags)
    assert found
    return found[1]


@pytest.fixture
def client(session: Session) -> TestClient:
    make.make_small_directory(session)
    session.commit()
    return TestClient(shared_app())


def test_units_are_ranked_cards_with_what_was_understood(client: TestClient) -> None:
    answer = client.get("/api/v1/units", params={"q": "whatsapp juizado sinop"}).json()
    card = answer["items"][0]
    assert card["name"] == "Juizado Especial Cível de Sinop — Secretaria"
    assert {channel["kind"] for channel in card["channels"]} >= {"whatsapp", "telefone"}
    assert set(card["open"]) >= {"is_open", "reason", "next_change"}
    assert [part["label"] for part in answer["understood"]][-1] == "Comarca: Sinop"


@pytest.mark.parametrize("path", ["/api/v1/comarcas", "/api/v1/notices"])
def test_lists_have_items_and_next(client: TestClient, path: str) -> None:
    assert set(client.get(path).json()) == {"items", "next"}


def test_a_unit_is_read_by_its_slug_and_unknown_ones_are_a_problem(client: TestClient) -> None:
    assert (
        client.get("/api/v1/units/2a-vara-civel-de-rondonopolis").json()["comarca"]
        == "Rondonópolis"
    )
    answer = client.get("/api/v1/units/nada")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "params",
    [
        {"kind": "castelo"},
        {"cursor": "abc"},
        {"comarca": "atlantida"},
        {"q": "x" * 5000},
        {"limit": "muitos"},
    ],
)
def test_bad_questions_get_a_sentence_at_the_field(
    client: TestClient, params: dict[str, Any]
) -> None:
    answer = client.get("/api/v1/units", params=params)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(params)


def test_a_case_is_looked_up_in_the_body_and_never_handed_back(client: TestClient) -> None:
    answer = client.post("/api/v1/case-lookup", json={"number": SINOP_CASE})
    assert answer.status_code == 200
    assert answer.json()["comarca"] == "Sinop"
    assert SINOP_CASE not in answer.text
    wrong = client.post("/api/v1/case-lookup", json={"number": "0000001-50.2026.8.11.0015"})
    assert wrong.status_code == 422
    assert "number" in wrong.json()["errors"]
    assert "0000001-50" not in wrong.text


def test_a_unit_s_page_is_readable_without_scripts(client: TestClient) -> None:
    answer = client.get("/unidade/juizado-especial-civel-de-sinop-secretaria")
    assert answer.status_code == 200
    assert answer.text.count("<title>") == 1
    assert "Juizado Especial Cível de Sinop — Secretaria" in first(r"<title>(.*?)<", answer.text)
    assert 'rel="canonical"' in answer.text
    drawn = first(r'<div class="before-js">(.*)', answer.text, re.DOTALL)
    assert "https://wa.me/5566999990142" in drawn
    data = json.loads(first(r'<script type="application/ld\+json">(.*?)</script>', answer.text))
    assert data["@type"] == "GovernmentOffice"
    assert len(data["openingHoursSpecification"]) == 5


def test_an_unknown_unit_is_a_real_404(client: TestClient) -> None:
    answer = client.get("/unidade/nao-existe")
    assert answer.status_code == 404
    assert "Não encontramos" in answer.text
    assert "noindex" in answer.text


def test_names_cannot_break_out_of_the_page(client: TestClient, session: Session) -> None:
    make.make_unit(session, 'Vara "</script><script>alert(1)</script>', slug="vara-ruim")
    session.commit()
    text = client.get("/unidade/vara-ruim").text
    assert "<script>alert" not in text


def test_the_sitemap_lists_every_unit_and_robots_name_it(client: TestClient) -> None:
    listed = client.get("/sitemap.xml").text
    assert "/unidade/vara-unica-de-vera</loc><lastmod>2026-11-12</lastmod>" in listed
    assert "Sitemap: " in client.get("/robots.txt").text
