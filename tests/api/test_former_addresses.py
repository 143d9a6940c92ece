"""Former addresses of units redirect with 301."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from canais_app.accounts.roles import OPERATOR
from canais_app.directory.editing import tree
from canais_app.directory.models import FormerSlug
from canais_app.kit import clock, db
from tests.factories import directory
from tests.portal import shared_app


@pytest.fixture
def client(database: Path) -> TestClient:
    """Vara Única de Vera was retired in favour of Porto's, and had another name before."""
    with db.write_transaction() as session:
        units = directory.make_small_directory(session)
        sole, porto = units["sole"], units["porto"]
        session.add(FormerSlug(slug="vara-de-vera", unit_id=sole.id or 0))
        session.flush()
        tree.retire_unit(session, sole.code, porto.code, actor=OPERATOR, now=clock.now())
    return TestClient(shared_app(), follow_redirects=False)


@pytest.mark.parametrize("former", ["vara-unica-de-vera", "vara-de-vera"])
@pytest.mark.parametrize(
    "path",
    [
        "/unidade/{}",
        "/unidade/{}?origem=cartaz",
        "/unidade/{}/qr.svg",
        "/unidade/{}/cartaz.pdf",
        "/api/v1/units/{}",
    ],
)
def test_a_former_address_redirects(client: TestClient, path: str, former: str) -> None:
    answer = client.get(path.format(former))
    assert answer.status_code == 301
    assert answer.headers["location"] == path.format("vara-unica-de-porto-alegre-do-norte")


def test_the_page_answers_head_too(client: TestClient) -> None:
    assert client.head("/unidade/vara-de-vera").status_code == 301


def test_an_unknown_address_is_not_found(client: TestClient) -> None:
    assert client.get("/unidade/vara-de-nada").status_code == 404
    assert client.get("/api/v1/units/vara-de-nada").status_code == 404


def test_retired_units_are_in_no_list(client: TestClient) -> None:
    found = client.get("/api/v1/units", params={"q": "vara unica de vera"}).json()["items"]
    assert "vara-unica-de-vera" not in {unit["slug"] for unit in found}
    assert "vara-unica-de-vera<" not in client.get("/sitemap.xml").text
