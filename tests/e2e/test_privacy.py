"""A case number is personal data: after a search it is nowhere but in the answer."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from canais_app.directory.search import case_number
from tests.e2e.conftest import Server

pytestmark = pytest.mark.browser
SEQUENCE = "7182818"  # seven digits that stand nowhere else
TAIL = "2026811" + "0015"


def numbers() -> list[str]:
    """The same case as people write it: formatted, digits only, with blanks, with a wrong digit."""
    digits = f"{SEQUENCE}00{TAIL}"
    right = case_number.compute_check_digits(digits)
    formatted = f"{SEQUENCE}-{right}.2026.8.11.0015"
    wrong = f"{SEQUENCE}-{(int(right) + 1) % 97:02d}.2026.8.11.0015"
    return [
        formatted,
        f"{SEQUENCE}{right}{TAIL}",
        formatted.replace(".", " ").replace("-", " "),
        f"processo {formatted} sinop",
        wrong,
        formatted[:12],
        formatted[:9],
    ]


def _stands_in(words: str) -> bool:
    return SEQUENCE in re.sub(r"[\s.\-/+%]|%20|%2D", "", words)


def _rows(database: Path) -> str:
    connection = sqlite3.connect(database)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def test_a_case_number_is_in_no_address_log_file_or_table_after_a_search(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = tabs("/")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.context.on("request", note)
    page.on("framenavigated", lambda frame: asked.append(frame.url))
    box = page.locator("input[type=search]").first
    for number in numbers():
        box.fill(number)
        box.press("Enter")
        expect(page.locator("main")).to_contain_text(
            re.compile("Origem|confere|processo|unidade|Nenhuma", re.IGNORECASE)
        )
        httpx.post(f"{server.url}/api/v1/case-lookup", json={"number": number}, timeout=30)
        asked.append(page.url)
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not _stands_in(stored)
    assert [url for url in asked if _stands_in(url)] == []
    var = server.log.parent
    kept = [path.name for path in var.rglob("*") if path.is_file() and _in_file(path)]
    assert kept == []
    assert not _stands_in(_rows(var / "portal.db"))


def _in_file(path: Path) -> bool:
    return _stands_in(path.read_bytes().decode("latin-1"))


def test_this_test_would_see_it(server: Server) -> None:
    """A number that a client itself puts into an address is seen by what looks for it."""
    url = httpx.get(f"{server.url}/api/v1/units", params={"q": numbers()[0]}, timeout=30).url
    assert _stands_in(str(url))
    assert not _in_file(server.log)
