"""Who attends, wherever a person reads it: the calendar, the answers, one's page, the desk."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Server
from tests.e2e.test_booking import check_answers, fill, hold_first
from tests.e2e.test_desk import open_desk
from tests.e2e.test_waiting import assert_calm

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]


def test_the_substitute_is_named_live_on_every_page(tabs: Tabs, server: Server) -> None:
    desk = open_desk(tabs, server)
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.stand_in"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    given = json.loads(done.stdout)
    who = given["stands_in"]
    expect(desk.locator(".desk-stand-ins")).to_contain_text(f"atende o {who}")  # without a reload
    expect(desk.locator(".desk-today")).to_contain_text(f"Quem atende: {who}")
    assert_calm(desk)
    page = tabs(f"/agenda/{given['slug']}")
    times = page.get_by_role("region", name="Escolha o dia e o horário")
    expect(times.locator(".picker-key")).to_contain_text(f"atende o {who}")
    hold_first(page)
    expect(page.get_by_text(f"Quem atende: {who}, em substituição")).to_be_visible()
    assert_calm(page)
    fill(page, oab_number="7070", case_number="")
    check_answers(page)
    answers = page.locator("section", has=page.locator("#conferir"))
    expect(answers).to_contain_text(f"{who}, em substituição")
    page.get_by_role("button", name="Confirmar agendamento").click()
    page.wait_for_url("**/agendamento/**")
    expect(page.get_by_text(f"Quem atende: {who}, em substituição")).to_be_visible()
    assert_calm(page)
