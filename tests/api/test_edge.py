"""The outermost layer: request ids, limits of a body, redirects, one log line for an error."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse
from starlette.testclient import TestClient

from canais_app.api import edge
from canais_app.api.app import create_app
from canais_app.kit import db, logs
from canais_app.kit.errors import DatabaseAwayError
from tests import servers


@pytest.fixture
def client() -> TestClient:
    app: FastAPI = create_app()

    @app.get("/falha")
    async def fail() -> None:
        raise RuntimeError("detalhe interno")

    @app.get("/longe")
    async def away() -> None:
        await db.read(lambda session: session.connection().exec_driver_sql("SELECT 1"))

    @app.post("/corpo")
    async def read_body(request: Request) -> int:
        return len(await request.body())

    @app.get("/volta")
    async def redirect(request: Request) -> RedirectResponse:
        return RedirectResponse(f"{request.base_url}entrar/")

    return TestClient(edge.RequestMiddleware(app))


def test_an_error_is_answered_and_logged_once_with_the_requests_id(client: TestClient) -> None:
    keep = structlog.contextvars.merge_contextvars
    with structlog.testing.capture_logs(processors=[keep]) as logged:
        answer = client.get("/falha")
    assert answer.status_code == 500
    assert answer.json()["title"] == "Falha nossa"
    assert "detalhe" not in answer.text
    (line,) = logged
    assert line["event"] == "request_failed"
    assert line["route"] == "/falha"
    assert line["request_id"] == answer.headers[edge.REQUEST_ID]


@pytest.mark.parametrize(
    ("hops", "given", "kept"),
    [("1", "abc-12345678", "abc-12345678"), ("0", "abc-12345678", ""), ("1", "x\t<b>", "")],
)
def test_the_id_of_a_trusted_proxy_is_kept(
    client: TestClient, configure: Callable[..., None], hops: str, given: str, kept: str
) -> None:
    configure(TRUSTED_PROXY_HOPS=hops)
    answer = client.get("/healthz", headers={edge.REQUEST_ID: given})
    made = answer.headers[edge.REQUEST_ID]
    assert made == kept if kept else made != given


def test_a_body_is_limited_with_and_without_its_length(client: TestClient) -> None:
    assert client.post("/corpo", content=b"x" * edge.MAX_BODY_BYTES).json() == edge.MAX_BODY_BYTES
    too_long = b"x" * (edge.MAX_BODY_BYTES + 1)
    chunks = (too_long[start : start + 65_536] for start in range(0, len(too_long), 65_536))
    for content in (too_long, chunks):
        answer = client.post("/corpo", content=content)
        assert answer.status_code == 413
        assert answer.json()["detail"] == "O envio passa do tamanho aceito."


def test_a_body_that_never_ends_is_given_up(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.2)

    async def never_ending() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    async def story() -> httpx.Response:
        received = asyncio.Queue[dict[str, object]]()
        await received.put({"type": "http.request", "body": b"x", "more_body": True})
        sent: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/corpo", "headers": [], "query_string": b"",
        }  # fmt: skip
        await asyncio.wait_for(client.app(scope, received.get, send), 10)
        return httpx.Response(int(str(sent[0]["status"])))

    assert asyncio.run(story()).status_code == 408


def test_a_redirect_names_no_host(client: TestClient) -> None:
    answer = client.get("/volta", headers={"Host": "evil.example"}, follow_redirects=False)
    assert answer.headers["location"] == "/entrar/"


def test_while_the_database_is_away_the_answer_is_503_with_retry_after(
    client: TestClient, configure: Callable[..., None], database: object
) -> None:
    db.get_engine.cache_clear()
    configure(DATABASE_URL=f"postgresql://canais@127.0.0.1:{servers.free_port()}/none")
    try:
        with structlog.testing.capture_logs() as logged:
            answer = client.get("/longe")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["title"] == DatabaseAwayError.title
        assert [line["event"] for line in logged] == ["database_away"]
    finally:
        db.get_engine().dispose()
        db.get_engine.cache_clear()


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_a_connection_cut_in_the_middle_counts_as_away(any_database: str) -> None:
    def cut(session: db.Session) -> None:
        kept = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with db.get_engine().connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({kept}, 5000)")
        session.connection().exec_driver_sql("SELECT 1")

    with pytest.raises(DatabaseAwayError):
        db.read_sync(cut)


def test_production_logs_one_line_of_json(
    configure: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(PROFILE="production", SECRET_KEY="x" * 32, PUBLIC_URL="https://canais.invalid",
              RATE_LIMITS="on")  # fmt: skip
    before = structlog.get_config()
    try:
        logs.configure_logging()
        with structlog.contextvars.bound_contextvars(request_id="abc"):
            structlog.get_logger().error(
                "request_failed", exc_info=RuntimeError("a senha 'frase secreta'")
            )
        for _ in range(500):
            structlog.get_logger().warning("database_away")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        structlog.configure(**before)
    assert lines[0]["event"] == "request_failed"
    assert lines[0]["request_id"] == "abc"
    assert lines[0]["exception"][-1].strip() == "RuntimeError: a senha …"
    assert len(lines) == 1 + logs.SAMPLE
