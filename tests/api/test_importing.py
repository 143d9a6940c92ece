"""The form that takes a file of the directory, and the links that give one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from canais_app import routes
from canais_app.accounts import cookies
from canais_app.directory.spreadsheet import pending_imports
from canais_app.kit import clock, db
from tests.factories import accounts
from tests.factories.directory import make_small_directory
from tests.people import ADMIN, CORREGEDORIA, Person
from tests.portal import shared_app

HERE = "http://testserver"


@pytest.fixture
def browser(database: Path) -> Iterator[TestClient]:
    """Ada's browser, signed in."""
    with db.write_transaction() as session:
        make_small_directory(session)
    with TestClient(shared_app(), follow_redirects=False) as client:
        sign_in(client, ADMIN)
        yield client


def sign_in(client: TestClient, person: Person) -> None:
    with db.write_transaction() as session:
        accounts.make_staff(session, person, now=clock.now())
        client.cookies.set(cookies.SESSION_COOKIE, accounts.open_session(session, person))


def send(client: TestClient, name: str, content: bytes, origin: str = HERE) -> str:
    """Send a file as the form does; return where the browser is led."""
    answer = client.post(
        routes.IMPORT_FORM, files={"arquivo": (name, content)}, headers={"Origin": origin}
    )
    if answer.status_code != 303:
        return str(answer.status_code)
    return answer.headers["location"]


def test_an_export_comes_back_by_the_form(browser: TestClient) -> None:
    answer = browser.get(routes.directory_file("csv"))
    assert answer.headers["content-disposition"].startswith('attachment; filename="unidades-2')
    assert answer.headers["cache-control"] == "no-store"
    where = send(browser, "C:\\pasta\\Unidades.CSV", answer.content)
    assert where.startswith(f"{routes.ADMIN_IMPORT}?arquivo=")
    kept = pending_imports.find_upload(where.rpartition("=")[2], clock.now())
    assert (kept.kind, kept.content) == (".csv", answer.content)


def test_the_workbook_opens(browser: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "unidades.xlsx"
    file.write_bytes(browser.get(routes.directory_file("xlsx")).content)
    assert load_workbook(file).sheetnames == ["unidades"]
    assert browser.get(routes.directory_file("pdf")).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("unidades.pdf", b"x", "final"),
        ("unidades", b"x", "final"),
        ("unidades.csv", b"", "vazio"),
        ("", b"x", "vazio"),
        ("unidades.csv", b"x" * (pending_imports.MAX_UPLOAD_BYTES + 100_000), "tamanho"),
    ],
)
def test_what_is_no_file_of_ours_leads_back_to_the_form(
    browser: TestClient, name: str, content: bytes, why: str
) -> None:
    assert send(browser, name, content) == f"{routes.ADMIN_IMPORT}?erro={why}"


def test_another_site_cannot_send_one(browser: TestClient) -> None:
    assert send(browser, "unidades.csv", b"x", "https://mal.invalid") == "403"
    assert send(browser, "unidades.csv", b"x", "null") == "403"


def test_strangers_and_other_roles_are_led_away(browser: TestClient) -> None:
    browser.cookies.clear()
    assert send(browser, "unidades.csv", b"x").startswith(routes.SIGN_IN)
    assert browser.get(routes.directory_file("csv")).status_code == 401
    sign_in(browser, CORREGEDORIA)
    assert send(browser, "unidades.csv", b"x") == f"{routes.STAFF_HOME}?recusado=1"
    assert browser.get(routes.directory_file("csv")).status_code == 403
