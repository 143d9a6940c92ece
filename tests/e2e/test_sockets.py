"""The page's socket at a running server: who may open it, and when it stops being told."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from bench.page_socket import PageSocket
from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts.roles import Role
from canais_app.demo.staff import DEMO_PASSWORD
from tests.e2e.conftest import Server

PATIENCE = 60  # seconds for an update to come, on a busy machine
VIEW = '"view_rx_state_"'  # the dashboard's figures are in the update


def sign_in(server: Server, role: Role) -> str:
    """Return the session's cookie as a browser sends it."""
    form = {"email": f"{role}@exemplo.invalid", "password": DEMO_PASSWORD}
    answer = httpx.post(server.url + routes.SIGN_IN_FORM, data=form, timeout=PATIENCE)
    return f"{cookies.SESSION_COOKIE}={answer.cookies[cookies.SESSION_COOKIE]}"


async def report(server: Server) -> None:
    """Report a failure as anybody may: every open dashboard is told."""
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
        units = (await client.get("/api/v1/units", params={"limit": 1})).json()["items"]
        said = {"unit": units[0]["slug"], "channel": "email", "kind": "sem_resposta"}
        (await client.post("/api/v1/complaints", json=said)).raise_for_status()


class Dashboard:
    """An open dashboard that keeps what it is told."""

    def __init__(self, page: PageSocket) -> None:
        self.page = page
        self.told: list[str] = []

    @classmethod
    async def open(cls, server: Server, cookie: str) -> "Dashboard":
        sent = {"Cookie": cookie, "Origin": server.url}
        made = cls(await PageSocket.open(server.url, routes.CORREGEDORIA_ANALYSIS, {}, sent))
        await made.until('"ready_rx_state_":true')
        return made

    async def until(self, mark: str) -> None:
        """Wait for an update that holds `mark`."""

        async def hear() -> None:
            while not self.told or mark not in self.told[-1]:
                self.told.append(await self.page.frame())

        self.told.append("")
        await asyncio.wait_for(hear(), PATIENCE)


async def sign_out(server: Server, cookie: str) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.post(routes.SIGN_OUT_FORM, headers={"Cookie": cookie})
        assert answer.status_code == 303


def in_the_database(statement: str) -> Callable[[Server, str], Awaitable[None]]:
    """Return an end that another process writes: the portal's own hears nothing of it."""

    async def work(server: Server, cookie: str) -> None:
        from canais_app.kit.text import hash_token

        path = server.environment["CANAIS_DATABASE_URL"].removeprefix("sqlite:///")
        digest = hash_token(cookie.partition("=")[2])
        with sqlite3.connect(path, timeout=PATIENCE) as connection:
            assert connection.execute(statement, (digest,)).rowcount
        connection.close()

    return work


ENDS = {
    "signed out": sign_out,
    "revoked": in_the_database(
        "UPDATE login_session SET revoked_at = created_at WHERE token_hash = ?"
    ),
    "idle": in_the_database(
        "UPDATE login_session SET seen_at = datetime(seen_at, '-1 hour') WHERE token_hash = ?"
    ),
    "suspended": in_the_database(
        "UPDATE staff SET status = 'suspended' FROM login_session "
        "WHERE staff.id = login_session.staff_id AND token_hash = ?"
    ),
    "without the role": in_the_database(
        "DELETE FROM staff_role WHERE staff_id IN "
        "(SELECT staff_id FROM login_session WHERE token_hash = ?)"
    ),
}
AGAIN = """
UPDATE staff SET status = 'active';
INSERT INTO staff_role (staff_id, role, source) SELECT id, 'leitura', 'portal' FROM staff
WHERE email = 'leitura@exemplo.invalid' AND id NOT IN (SELECT staff_id FROM staff_role);
"""


@pytest.fixture
def restored(server: Server) -> object:
    """Put the reader of the demonstration back after the test."""
    yield
    path = server.environment["CANAIS_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=PATIENCE) as connection:
        connection.executescript(AGAIN)
    connection.close()


@pytest.mark.parametrize("end", ENDS)
def test_an_open_page_is_told_nothing_more_once_its_session_has_ended(
    server: Server, restored: None, end: str
) -> None:
    """The one whose session holds is told of a report; the other is led to sign in instead."""

    async def story() -> tuple[list[str], list[str]]:
        cookie = sign_in(server, Role.READER)
        gone = await Dashboard.open(server, cookie)
        stays = await Dashboard.open(server, sign_in(server, Role.CORREGEDORIA))
        await ENDS[end](server, cookie)
        known = len(gone.told)
        await report(server)
        await stays.until(VIEW)
        await gone.until("_redirect")
        after = gone.told[known:]
        # The next event of the same socket is refused too.
        name = "reflex___state____state.hydrate_and_load"
        page = f"{routes.CORREGEDORIA_ANALYSIS}/"
        routed = {"pathname": page, "asPath": page, "query": {}}
        event = {"name": name, "payload": {}, "router_data": routed}
        await gone.page.send("42/_event," + json.dumps(["event", event]))
        known = len(gone.told)
        await gone.until("_redirect")
        for dashboard in (gone, stays):
            await dashboard.page.close()
        return after, gone.told[known:]

    after, refused = asyncio.run(story())
    assert not [frame for frame in after if VIEW in frame]
    assert routes.SIGN_IN in after[-1]
    led = f"{routes.STAFF_HOME}?recusado" if end == "without the role" else routes.SIGN_IN
    assert led in refused[-1]


@pytest.mark.parametrize("origin", ["https://mal.invalid", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_opens_no_socket(server: Server, origin: str) -> None:
    sent = {"Cookie": sign_in(server, Role.CORREGEDORIA), "Origin": origin}
    with pytest.raises(ConnectionRefusedError) as refused:
        asyncio.run(PageSocket.open(server.url, routes.CORREGEDORIA_ANALYSIS, {}, sent))
    assert str(refused.value).startswith("HTTP/1.1 40")


def test_the_log_names_neither_cookies_nor_what_was_sent(server: Server) -> None:
    cookie = sign_in(server, Role.CORREGEDORIA)

    async def story() -> None:
        page = await PageSocket.open(server.url, routes.HOME, {}, {"Cookie": cookie})
        wrong = {"name": "nao.existe", "payload": {"text": "frase secreta"}, "router_data": {}}
        for sent in (wrong, "frase secreta", {"payload": "frase secreta"}):
            await page.send("42/_event," + json.dumps(["event", sent]))
        await page.close()
        # By the time that a later page is filled, what came before has been dealt with.
        later = await PageSocket.open(server.url, routes.HOME, {})
        await later.frame()
        await later.close()

    asyncio.run(story())
    written = Path(server.log).read_text("utf-8")
    assert "nao.existe" in written or "reflex" in written
    assert cookie.partition("=")[2] not in written
    assert "frase secreta" not in written
