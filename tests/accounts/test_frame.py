"""The frame shows what the person may do, says when the session ends, and outlives the page."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from canais_app import routes
from canais_app.accounts import queries, session_timeouts, sessions
from canais_app.accounts.frame import state as frame
from canais_app.accounts.frame.menu import MENU, menu_for, phone_entries
from canais_app.accounts.models import LoginSession
from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.kit import clock, db
from canais_app.kit.text import initials
from tests.doors import Browser, EventResult, list_handlers
from tests.factories import accounts as factory
from tests.people import CORREGEDORIA, MANAGER_A

_ALL = select(LoginSession)


def _actor(*roles: Role) -> Actor:
    return Actor(1, "Ana", tuple(Grant(role, "/1/") for role in roles))


def test_the_menu_holds_only_what_the_role_may_do() -> None:
    for role in Role:
        actor = _actor(role)
        assert all(e.permission is None or actor.can(e.permission) for e in menu_for(actor))
        assert routes.ACCOUNT in [entry.path for entry in menu_for(actor)]
    assert menu_for(PUBLIC) == []


def test_the_menu_has_the_order_of_the_list_whatever_the_role() -> None:
    for entries in (menu_for(_actor(role)) for role in Role):
        assert entries == sorted(entries, key=MENU.index)


def test_a_phones_bar_has_two_entries_of_the_role() -> None:
    for role in (Role.ADMIN, Role.CORREGEDORIA, Role.MANAGER, Role.CHAMBERS):
        assert len(phone_entries(menu_for(_actor(role)))) == 2
    assert phone_entries(menu_for(_actor())) == []


@pytest.mark.parametrize(
    ("name", "short"),
    [("Servidor(a) 12", "S12"), ("Ana de Souza", "AS"), ("Corregedoria (demo)", "C"), ("", "?")],
)
def test_initials_stand_for_a_person(name: str, short: str) -> None:
    assert initials(name) == short


def _handler(name: str) -> str:
    return list_handlers()[f"FrameState.{name}"][1]


async def _load_then(cookie: str, change: Any, event: str) -> tuple[EventResult, EventResult]:
    tab = Browser(cookie, routes.STAFF_HOME)
    first = await tab.send(_handler("load"), {})
    await db.write(change)
    return first, await tab.send(_handler(event), {})


@pytest.fixture
def cookie(database: Path) -> str:
    """The session of a person of the Corregedoria."""
    with db.write_transaction() as session:
        factory.make_everybody(session, now=clock.now())
        return factory.open_session(session, CORREGEDORIA)


def _idle_for(minutes: int) -> Any:
    def change(session: Session) -> None:
        for login in session.exec(_ALL):
            login.seen_at = clock.now() - timedelta(minutes=minutes)

    return change


def test_a_session_near_its_end_is_warned_of_without_being_prolonged(cookie: str) -> None:
    first, second = asyncio.run(_load_then(cookie, _idle_for(27), "check_session"))
    assert first.told["name"]
    assert first.told.get("ending", "") == ""
    assert second.told["ending"] == "Sua sessão termina em 3 min. Nada se perde."
    with db.read_transaction() as session:
        (login,) = session.exec(_ALL)
        assert clock.now() - login.seen_at > timedelta(minutes=26)


def test_continuing_prolongs_the_session(cookie: str) -> None:
    _, second = asyncio.run(_load_then(cookie, _idle_for(27), "keep_session"))
    assert second.told.get("ending", "") == ""
    assert second.told["left"] > 60 * 25


def test_an_ended_session_is_said_on_the_page_which_stays(cookie: str) -> None:
    def end(session: Session) -> None:
        sessions.revoke_by_token(session, cookie, now=clock.now())

    _, second = asyncio.run(_load_then(cookie, end, "check_session"))
    assert second.told["problem"] == frame.SESSION_OVER
    assert second.redirects == []


def test_the_last_end_is_named(cookie: str) -> None:
    with db.read_transaction() as session:
        found = queries.load_presence(session, cookie, now=clock.now())
        expires, idle = sessions.load_ends(session, found.session_id)
    assert timedelta() < idle - clock.now() <= session_timeouts.IDLE_TIMEOUT
    assert expires > idle


def test_ending_a_session_updates_the_persons_open_pages(database: Path) -> None:
    with db.write_transaction() as session:
        factory.make_everybody(session, now=clock.now())
        factory.open_session(session, MANAGER_A)
        actor = factory.make_actor(session, CORREGEDORIA, now=clock.now())
        (login,) = session.exec(_ALL)
        sessions.revoke_session(session, login, actor=actor, now=clock.now())
        assert sessions.frame_topic(login.staff_id) in session.info["topics"]
