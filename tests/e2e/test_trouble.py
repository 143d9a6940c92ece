"""Journey: something of ours fails while a visitor writes; the page says so and keeps the words."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
TOLD = "Ninguém respondeu o e-mail"


@contextmanager
def without(server: Server, table: str) -> Iterator[None]:
    """Take a table away from the running portal, and give it back."""
    path = server.environment["CANAIS_DATABASE_URL"].removeprefix("sqlite:///")
    connection = sqlite3.connect(path, timeout=30)
    connection.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    connection.commit()
    try:
        yield
    finally:
        connection.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
        connection.commit()
        connection.close()


def test_a_failure_of_ours_is_said_and_what_was_typed_stays(
    tabs: Callable[..., Page], server: Server
) -> None:
    page = tabs("/relatar", width=375)
    expect(page.get_by_label("Unidade")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.get_by_label("Unidade").press_sequentially("juizado especial sinop")
    page.locator(".report-found a").first.click()
    page.locator("input[name=channel]").first.check(force=True)
    page.get_by_label("Sem resposta").check()
    told = page.get_by_label("O que você tentou e o que apareceu")
    told.fill(TOLD)
    send = page.get_by_role("button", name="Enviar relato")
    said = page.get_by_role("alert").filter(has_text="Algo falhou do nosso lado")
    with without(server, "protocol_counter"):
        send.click()
        expect(said).to_be_visible()
        assert told.input_value() == TOLD
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        page.set_viewport_size({"width": 375, "height": 900})
    send.click()
    expect(page.get_by_role("heading", name="Relato recebido")).to_be_focused()
    said.get_by_role("button", name="Fechar").click()
    expect(said).to_be_hidden()
