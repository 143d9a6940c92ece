"""Journey: something of ours fails while a visitor writes; the page says so and keeps the words."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
TOLD = "Ninguém respondeu o e-mail"
UNIT = "juizado-especial-criminal-de-sinop-secretaria"


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
    page = tabs(f"/relatar?unidade={UNIT}&canal=email", width=375)
    page.get_by_role("radio", name=re.compile("^Sem resposta")).last.check(force=True)
    page.get_by_label("Quer contar mais?").fill(TOLD)
    with without(server, "complaint_hour"):
        page.get_by_role("button", name="Enviar relato").click()
        expect(page.locator("#resumo-de-erros")).to_contain_text("Algo falhou do nosso lado")
        assert page.get_by_label("Quer contar mais?").input_value() == TOLD
        assert_accessible(page)
        assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Enviar relato").click()
    expect(page.get_by_role("heading", name="Relato recebido")).to_be_visible()
