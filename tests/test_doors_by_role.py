"""Each role sends every staff event and request: only its permissions open them."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts.frame.menu import MENU, MenuEntry
from canais_app.accounts.pages import PAGES as OF_ACCOUNTS
from canais_app.accounts.roles import Permission, Role
from canais_app.admin.pages import PAGES as OF_ADMIN
from canais_app.agenda.pages import PAGES as OF_AGENDA
from canais_app.complaints.pages import PAGES as OF_COMPLAINTS
from canais_app.directory.pages import PAGES as OF_DIRECTORY
from canais_app.kit import clock, db
from tests.doors import Browser, EventResult, call_route, list_handlers
from tests.factories import accounts as factory
from tests.handler_access import COOKIE_ROUTES, STAFF, TOKEN_ROUTES
from tests.people import (
    ADMIN,
    CHAMBERS_A,
    CORREGEDORIA,
    MANAGER_A,
    NO_ROLE,
    READER,
    SUSPENDED,
    Person,
)
from tests.roles_document import PRINTED, is_allowed, list_doors, render_roles_document

OF: dict[Role, Person] = {
    Role.ADMIN: ADMIN,
    Role.CORREGEDORIA: CORREGEDORIA,
    Role.MANAGER: MANAGER_A,
    Role.CHAMBERS: CHAMBERS_A,
    Role.READER: READER,
}
AWAY = (routes.SIGN_IN, f"{routes.STAFF_HOME}?recusado", routes.ENROL)
# The messages of `require_permission`; any other message is about the data sent.
PERIOD = {"from": "2026-11-01", "to": "2026-11-20"}
BODY = {  # required fields of the routes that write
    "reason": "Motivo",
    "key": "rascunho",
    "title": "Fora do ar",
    "is_public": False,
    "text": "Sem notícia",
    "status": "attended",
}
FIRST_ACTION = {"action": "assume"}  # a place in a path that takes only certain words
REFUSALS = {"Seu perfil não permite esta ação.", "Entre com sua conta para continuar."}


def _opened(answer: EventResult) -> bool:
    led_away = any(path.startswith(AWAY) for path in answer.redirects)
    said = {word for word in answer.told.values() if isinstance(word, str)}
    return not led_away and not said & REFUSALS


async def _pages(cookie: str) -> dict[str, bool]:
    """Send each staff event once, with empty arguments."""
    found = {}
    for name in STAFF:
        _, full, parameters = list_handlers()[name]
        answer = await Browser(cookie, routes.STAFF_HOME).send(full, dict.fromkeys(parameters))
        assert answer.wrong == [], name
        found[name] = _opened(answer)
    return found


def _filled(path: str) -> str:
    return re.sub(r"\{(.*?)\}", lambda place: FIRST_ACTION.get(place[1], "1"), path)


async def _routes(names: Any, **headers: str) -> dict[str, bool]:
    found = {}
    for name in names:
        method, _, path = name.partition(" ")
        request = {"method": method, "url": _filled(path), "params": PERIOD}
        answer = await call_route(
            request if method == "GET" else {**request, "json": BODY}, **headers
        )
        led_away = answer.headers.get("location", "").startswith(AWAY)
        found[name] = answer.status_code not in (401, 403) and not led_away
    return found


def _knock(person: Person) -> dict[str, bool]:
    """Return which handlers and routes a person's session or API key opens."""

    def arrive(session: Session) -> tuple[str, str]:
        active = replace(person, status="active")
        factory.make_staff(session, active, now=clock.now())
        cookie, key = (
            factory.open_session(session, active),
            factory.make_api_key(session, active, Permission),
        )
        if person.status != "active":
            factory.suspend(session, active)
        return cookie, key

    cookie, key = db.write_sync(arrive)

    async def knock() -> dict[str, bool]:
        return {
            **await _pages(cookie),
            **await _routes(COOKIE_ROUTES, cookie=f"{cookies.SESSION_COOKIE}={cookie}"),
            **await _routes(TOKEN_ROUTES, authorization=f"Bearer {key}"),
        }

    return asyncio.run(knock())


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_its_permissions_allow_and_nothing_else(
    role: Role, database: Path
) -> None:
    expected = {door: is_allowed(role, permission) for door, permission in list_doors().items()}
    assert _knock(OF[role]) == expected


def test_an_account_without_a_role_opens_only_its_own_pages(database: Path) -> None:
    expected = {door: is_allowed(None, permission) for door, permission in list_doors().items()}
    assert _knock(NO_ROLE) == expected


def test_a_suspended_account_opens_nothing(database: Path) -> None:
    assert not [door for door, opened in _knock(SUSPENDED).items() if opened]


def _loads() -> dict[str, str]:
    """Return the load event of each page by its route."""
    rooms = (OF_ACCOUNTS, OF_ADMIN, OF_AGENDA, OF_COMPLAINTS, OF_DIRECTORY)
    return {
        page["route"]: (
            page["on_load"][0] if isinstance(page["on_load"], list) else page["on_load"]
        ).fn.__qualname__
        for room in rooms
        for page in room
        if "on_load" in page
    }


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.path)
def test_a_menu_entry_needs_the_permission_of_its_page(entry: MenuEntry) -> None:
    assert STAFF[_loads()[entry.path.partition("?")[0]]] == entry.permission


def test_every_role_has_a_person() -> None:
    assert set(OF) == set(Role)


def test_the_documentation_is_what_the_code_prints() -> None:
    said = "run: python -m tests.roles_document"
    assert PRINTED.read_text("utf-8") == render_roles_document(), said
