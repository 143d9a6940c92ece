"""Open pages hear of changes from every door, and come back by themselves."""

import json
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible

pytestmark = pytest.mark.browser


def _a_free_time(server: Server) -> tuple[str, str, str]:
    """Return an agenda's slug, a modality and a free start."""
    agendas = httpx.get(f"{server.url}/api/v1/agendas").json()["items"]
    for agenda in (one for one in agendas if one["next_free"]):
        day = agenda["next_free"][:10]
        slots = httpx.get(
            f"{server.url}/api/v1/agendas/{agenda['slug']}/slots", params={"from": day, "to": day}
        ).json()["items"]
        if slots:
            return agenda["slug"], slots[0]["modality"], slots[0]["start"]
    pytest.fail("nenhum horário livre nos dados de demonstração")


def _words(start: str) -> str:
    hour, minute = start[11:16].split(":")
    return f"{int(hour)}h" if minute == "00" else f"{int(hour)}h{minute}"


def test_a_time_held_through_the_api_greys_out_in_an_open_page(
    tabs: Callable[..., Page], server: Server
) -> None:
    slug, modality, start = _a_free_time(server)
    page = tabs(f"/agenda/{slug}")
    time = page.get_by_role("button", name=re.compile(rf"^{_words(start)}(\D|$)")).first
    expect(time).to_be_enabled()
    held = httpx.post(
        f"{server.url}/api/v1/agendas/{slug}/holds", json={"start": start, "modality": modality}
    )
    assert held.status_code == 201
    expect(time).to_be_disabled()


def test_a_burst_of_reports_marks_the_unit_in_an_open_search(
    tabs: Callable[..., Page], server: Server
) -> None:
    asked = {"q": "secretaria sorriso", "channel": "balcao_virtual", "limit": 1}
    (unit,) = httpx.get(f"{server.url}/api/v1/units", params=asked).json()["items"]
    assert unit["status"] == "normal"
    page = tabs(f"/?q={unit['name']}")
    card = page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name=unit["name"], exact=True)
    )
    expect(card).to_be_visible()
    report = {"unit": unit["slug"], "channel": "balcao_virtual", "kind": "caiu_no_meio"}
    for number in range(2, 7):  # people are told apart by their addresses
        away = httpx.HTTPTransport(local_address=f"127.0.0.{number}")
        with httpx.Client(base_url=server.url, transport=away, timeout=30) as person:
            assert person.post("/api/v1/complaints", json=report).status_code == 201
    expect(card).to_contain_text("Instabilidade relatada por usuários: Balcão Virtual")
    assert_accessible(page)


def test_the_page_says_that_the_connection_is_lost_and_recovers_after_a_restart(
    tabs: Callable[..., Page], server: Server
) -> None:
    slug, modality, start = _a_free_time(server)
    page = tabs(f"/agenda/{slug}")
    time = page.get_by_role("button", name=re.compile(rf"^{_words(start)}(\D|$)")).first
    expect(time).to_be_enabled()
    server.stop()
    bar = page.get_by_text("Sem conexão.")
    expect(bar).to_be_visible(timeout=30_000)
    assert_accessible(page)
    server.start()
    expect(bar).to_be_hidden(timeout=60_000)
    held = httpx.post(
        f"{server.url}/api/v1/agendas/{slug}/holds", json={"start": start, "modality": modality}
    )
    assert held.status_code == 201
    expect(time).to_be_disabled()


def test_the_command_and_the_api_answer_alike(server: Server) -> None:
    said = json.loads(server.canais("search", "juizado sinop", "--json"))
    asked = httpx.get(f"{server.url}/api/v1/units", params={"q": "juizado sinop"}).json()
    assert asked["items"]
    assert [unit["slug"] for unit in said["items"]][:5] == [
        unit["slug"] for unit in asked["items"]
    ][:5]
