"""Every address that the portal gives to programs or in letters answers a stranger."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.pages import PAGES as ACCOUNTS
from canais_app.admin.pages import PAGES as ADMIN
from canais_app.agenda.pages import PAGES as AGENDA
from canais_app.api import app as api
from canais_app.api.html import pages
from canais_app.complaints.open_data.page import page as open_data_page
from canais_app.complaints.pages import PAGES as COMPLAINTS
from canais_app.directory.pages import PAGES as DIRECTORY
from canais_app.kit import clock
from canais_app.settings import settings
from tests.factories import agenda as agendas
from tests.factories import directory as make
from tests.handler_access import PUBLIC_ROUTES

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=clock.TZ)
SLUG = "juizado-especial-civel-de-sinop-secretaria"
LETTERS = Path(__file__).parents[2] / "canais_app" / "outbox" / "templates"
# Pages that the build serves; the others are the API's.
ON_SCREEN = {page["route"] for page in (*ACCOUNTS, *ADMIN, *AGENDA, *COMPLAINTS, *DIRECTORY)} - {
    routes.HOME, *pages.PUBLIC_PATHS
}  # fmt: skip
# What a path of the OpenAPI document stands for.
VALUES = {"slug": SLUG, "kind": "csv", "dataset": "units"}


@pytest.fixture
def client(session: Session, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.make_small_directory(session)
    agendas.make_agenda(session, slug="gabinete")
    session.commit()
    return TestClient(api.create_app(), follow_redirects=False)


def _statuses(client: TestClient, paths: set[str]) -> dict[str, int]:
    return {path: client.get(path).status_code for path in sorted(paths)}


def test_every_link_of_the_open_data_page(client: TestClient) -> None:
    page = str(open_data_page().render()).replace('\\"', '"')
    found = set(re.findall(r'(?:to|href):"(/[^"#]*)"', page)) - ON_SCREEN - {"/offline.html"}
    assert {routes.CATALOGUE, routes.TRANSPARENCY, "/api/docs"} <= found
    assert f"{routes.API}/open-data/units.geojson" in found
    calls = {f"{routes.API}/{call}" for call in re.findall(r"GET /api/v1/([\w-]+)", page)}
    assert len(calls) == 5
    assert _statuses(client, found | calls) == dict.fromkeys(sorted(found | calls), 200)


def test_every_link_of_the_catalogue(client: TestClient) -> None:
    text = client.get(routes.CATALOGUE).text
    base = settings().base_url
    found = {link.partition("#")[0] for link in re.findall(rf'"{base}(/[^"]*)"', text)}
    assert len(found) > 8
    assert set(_statuses(client, found - {"/"}).values()) == {200}


def test_every_public_read_of_the_openapi_document(client: TestClient) -> None:
    spec = client.get(f"{routes.API}/openapi.json").json()
    paths = set(_open_reads(spec))
    assert len(paths) >= 15
    assert _statuses(client, paths) == dict.fromkeys(sorted(paths), 200)
    assert client.get(spec["info"]["termsOfService"].removeprefix(settings().base_url)).is_success


def _open_reads(spec: dict[str, object]) -> Iterator[str]:
    listed = spec["paths"]
    assert isinstance(listed, dict)
    for path, methods in listed.items():
        reading = methods.get("get")
        if reading is None or f"GET {path}" not in PUBLIC_ROUTES:
            continue
        wanted = {p["name"] for p in reading.get("parameters", []) if p.get("required")}
        if not wanted <= VALUES.keys() or path.endswith("/feed.ics"):
            continue  # needs a secret of one person
        slug = "gabinete" if "/agendas/" in path else SLUG
        yield path.format(**{**VALUES, "slug": slug})


def test_every_fixed_link_of_the_letters(client: TestClient) -> None:
    texts = [file.read_text("utf-8") for file in LETTERS.rglob("*") if file.is_file()]
    found = {path for text in texts for path in re.findall(r"\{\{ ?base_url ?\}\}(/[a-z-]*)", text)}
    assert found
    assert {path for path in found - ON_SCREEN if client.get(path).status_code != 200} == set()


def test_pages_say_how_they_are_read_by_programs(client: TestClient) -> None:
    data = json.loads(client.get(routes.CATALOGUE).text)
    assert data["foaf:homepage"]["@id"].endswith(routes.OPEN_DATA)
