"""Health checks and metrics."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from canais_app.api import app as api
from canais_app.api import ops
from canais_app.directory import snapshot
from canais_app.kit import db
from canais_app.outbox import service
from canais_app.settings import settings
from tests.factories.outbox import make_message

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def client() -> TestClient:
    made: FastAPI = api.create_app()
    return TestClient(ops.MetricsMiddleware(made))


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index.html").write_text("")
    monkeypatch.setattr(ops, "BUILD_FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    changed = settings().model_copy(update={"metrics_token": SecretStr("segredo-das-medidas")})
    monkeypatch.setattr(ops, "settings", lambda: changed)
    return "segredo-das-medidas"


def test_a_living_process_is_healthy_without_a_database(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.head("/healthz").status_code == 200


def test_a_migrated_database_and_built_pages_are_ready(client: TestClient, built: Path) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "pages": "ok", "disk": "ok"},
    }


def test_a_ready_process_has_its_search_index(
    client: TestClient, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = snapshot._SnapshotCache()
    monkeypatch.setattr(snapshot, "_cache", fresh)
    assert client.get("/readyz").json()["ready"]
    assert fresh.snapshots


def test_an_empty_database_or_missing_pages_are_not(
    client: TestClient, built: Path, database: Path
) -> None:
    (built / "index.html").unlink()
    with db.get_engine().connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")
        connection.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    said = answer.json()
    assert (said["ready"], said["status"]) == (False, "falhou")
    assert (said["checks"]["migrations"], said["checks"]["pages"]) == ("falhou", "falhou")


def test_metrics_need_the_token(client: TestClient, token: str) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "canais_outbox_messages" in answer.text


def test_production_without_a_token_has_no_metrics(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = settings().model_copy(update={"profile": "production"})
    monkeypatch.setattr(ops, "settings", lambda: changed)
    assert client.get("/metrics").status_code == 404


def test_metrics_have_no_personal_data_and_no_token(client: TestClient, now: datetime) -> None:
    db.write_sync(service.enqueue, make_message(1, "maria@exemplo.invalid"), now=now)
    client.get("/api/v1/appointments/token-secreto")
    client.get("/pagina/0000001-68.2026.8.11.0041")
    said = client.get("/metrics").text
    assert 'canais_outbox_messages{status="waiting"} 1.0' in said
    for secret in ("maria", "token-secreto", "0000001-68"):
        assert secret not in said


def test_requests_are_counted(client: TestClient) -> None:
    def seen() -> float:
        labels = {"method": "GET", "route": "/healthz", "status": "200"}
        return ops.REGISTRY.get_sample_value("canais_http_requests_total", labels) or 0.0

    before = seen()
    client.get("/healthz")
    assert seen() == before + 1
