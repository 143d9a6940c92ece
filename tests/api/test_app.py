"""Errors of the API."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from canais_app.api.app import create_app
from canais_app.api.problems import PROBLEM_MEDIA_TYPE
from canais_app.kit.errors import ConflictError, TooManyRequestsError


@pytest.fixture
def api() -> FastAPI:
    app = create_app()

    @app.get("/recusa")
    def refuse() -> None:
        raise ConflictError("Este horário acabou de ser reservado.", {"start": "Escolha outro."})

    @app.get("/depressa")
    def hurry() -> None:
        raise TooManyRequestsError("Tente de novo em 7 segundos.", 7)

    @app.get("/falha")
    def fail() -> None:
        raise RuntimeError("detalhe interno")

    @app.get("/numero")
    def number(quanto: int) -> None:
        """Never reached with a word."""

    return app


def test_a_refusal_is_a_problem_with_a_sentence_per_field(api: FastAPI) -> None:
    answer = TestClient(api).get("/recusa")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert answer.json() == {
        "title": "Já não está disponível",
        "status": 409,
        "detail": "Este horário acabou de ser reservado.",
        "errors": {"start": "Escolha outro."},
    }


def test_a_rate_limit_says_when_to_retry(api: FastAPI) -> None:
    answer = TestClient(api).get("/depressa")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_an_internal_error_shows_no_details(api: FastAPI) -> None:
    answer = TestClient(api, raise_server_exceptions=False).get("/falha")
    assert answer.status_code == 500
    assert "detalhe interno" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_wrong_parameter_is_named_in_portuguese(api: FastAPI) -> None:
    answer = TestClient(api).get("/numero", params={"quanto": "muitos"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"quanto": "Escreva um número inteiro."}


def test_an_unknown_path_is_refused_in_portuguese(api: FastAPI) -> None:
    answer = TestClient(api).get("/api/v1/nada")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "Este endereço não existe."


def test_the_documentation_names_every_call(api: FastAPI) -> None:
    client = TestClient(api)
    page = client.get("/api/docs").text
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path in page
    assert "<script" not in page
