"""Send every event and request anonymously, with wrong roles and with malformed data.

Any client can send any event of any State and call any route, so each is in `handler_access.py`
as public, or refused without its permission; and none raises.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import Route

import canais_app.canais_app  # noqa: F401 (every page registers its States)
from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts.roles import ROLES_BY_PERMISSION, Permission, Role
from canais_app.kit import clock, db
from tests.doors import Browser, EventResult, call_route, list_handlers
from tests.factories import accounts as factory
from tests.handler_access import (
    COOKIE_ROUTES,
    FRAMEWORK,
    PUBLIC,
    PUBLIC_ROUTES,
    STAFF,
    TOKEN_ROUTES,
)
from tests.people import ALL_PEOPLE, SUSPENDED, Person
from tests.portal import shared_app

HANDLERS = list_handlers()
OURS = sorted(
    name
    for name, (state, _, _) in HANDLERS.items()
    if state.__module__.startswith("canais_app") and not name.endswith(".setvar")
)
HUGE = "ã" * 200_000
# The vars that a refusal may change.
WHY = {"problem", "errors", "problems", "refused", "problem_status"}


def _every_field() -> list[str]:
    """Return the field names of all our form models."""
    names = {"id", "value", "q"}
    pending = list(BaseModel.__subclasses__())
    while pending:
        model = pending.pop()
        pending += model.__subclasses__()
        if model.__module__.startswith("canais_app"):
            names |= set(model.model_fields)
    return sorted(names)


def _wrong_things() -> list[Any]:
    plain: list[Any] = [
        None,
        {"a": {"b": [1]}},
        ["x", {}],
        HUGE,
        -1,
        10**20,
        "9" * 5000,
        True,
        "\x00",
        "2026-99-99",
    ]
    fields = _every_field()
    return [*plain, *(dict.fromkeys(fields, value) for value in plain)]


WRONG = _wrong_things()


@pytest.fixture
def cookie(database: Path) -> dict[Person, str]:
    """Return a session token for each person."""
    with db.write_transaction() as session:
        factory.make_everybody(session, now=clock.now())
        return {person: factory.open_session(session, person) for person in ALL_PEOPLE}


def _fingerprint(database: Path) -> str:
    """Return a hash of the database without the tables that any request writes to."""
    noise = ("live_change", "sign_in_backoff", "login_session", "sqlite_sequence")
    with sqlite3.connect(database) as connection:
        lines = [
            line
            for line in connection.iterdump()
            if not any(f'INSERT INTO "{table}"' in line for table in noise)
        ]
    connection.close()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _may(person: Person, permission: Permission | None) -> bool:
    if person.status != "active":
        return False
    return permission is None or bool(set(person.roles) & ROLES_BY_PERMISSION[permission])


def _payloads(parameters: list[str]) -> list[dict[str, Any]]:
    if not parameters:
        return [{}]
    return [dict.fromkeys(parameters, thing) for thing in WRONG]


def _is_refused(answer: EventResult) -> bool:
    led_away = any(
        path.startswith((routes.SIGN_IN, f"{routes.STAFF_HOME}?recusado"))
        for path in answer.redirects
    )
    only_why = not set(answer.told) - WHY
    return only_why and (led_away or bool(set(answer.told) & WHY))


def test_every_handler_is_listed_once() -> None:
    placed = [*PUBLIC, *STAFF]
    assert len(placed) == len(set(placed))
    assert set(OURS) - set(placed) == set(), "new handlers: place them in tests/handler_access.py"
    assert set(placed) - set(OURS) == set(), "placed, but no longer there"


def _needs(name: str) -> object:
    state, full, _ = HANDLERS[name]
    return getattr(state.event_handlers[full.rpartition(".")[2]].fn, "needs", "nothing")


def test_every_staff_handler_needs_its_listed_permission() -> None:
    assert {name: _needs(name) for name in STAFF} == STAFF


def test_no_public_handler_needs_a_permission() -> None:
    assert {_needs(name) for name in PUBLIC} == {"nothing"}


def test_the_frameworks_own_handlers_are_listed() -> None:
    theirs = {n for n in HANDLERS if n not in OURS and not n.endswith(".setvar")}
    assert theirs == set(FRAMEWORK)


def test_no_state_has_a_setter() -> None:
    setters = [n for n in OURS if n.partition(".")[2].startswith("set_")]
    assert setters == []


def test_setvar_changes_no_state(database: Path) -> None:
    """Reflex gives each State `setvar`, which calls `set_<var>`; we have no such methods."""

    async def knock() -> None:
        for name, (state, full, _) in HANDLERS.items():
            if not name.endswith(".setvar") or not state.__module__.startswith("canais_app"):
                continue
            for var in state.get_fields():
                answer = await Browser().send(full, {"var_name": var, "value": "forjado"})
                assert "forjado" not in answer.deltas.values(), (name, var)

    asyncio.run(knock())


@pytest.mark.sqlite
@pytest.mark.parametrize("name", sorted(STAFF))
def test_a_staff_handler_refuses_anonymous_and_wrong_roles(
    name: str, database: Path, cookie: dict[Person, str]
) -> None:
    _, full, parameters = HANDLERS[name]
    refused = [p for p in ALL_PEOPLE if not _may(p, STAFF[name])]
    before = _fingerprint(database)

    async def knock() -> None:
        for held, payload in product(
            ["", "inventado", *(cookie[p] for p in refused)], _payloads(parameters)[:4]
        ):
            answer = await Browser(held, "/mesa").send(full, payload)
            assert answer.wrong == []
            assert _is_refused(answer), (name, answer.redirects, answer.told)

    asyncio.run(knock())
    assert _fingerprint(database) == before


@pytest.mark.parametrize("name", OURS)
def test_no_handler_raises_on_malformed_data(
    name: str, database: Path, cookie: dict[Person, str]
) -> None:
    _, full, parameters = HANDLERS[name]
    permission = STAFF.get(name)
    allowed = [p for p in ALL_PEOPLE if _may(p, permission)][:1] if name in STAFF else []

    async def knock() -> None:
        for held, payload in product(["", *(cookie[p] for p in allowed)], _payloads(parameters)):
            answer = await Browser(held, "/unidade/nao-existe?x=%00").send(full, payload)
            assert answer.wrong == [], (name, {k: repr(v)[:60] for k, v in payload.items()})
        answer = await Browser(path="/").send(full, _payloads(parameters)[0])  # no page of its own
        assert answer.wrong == [], name

    asyncio.run(knock())


# --- routes -------------------------------------------------------------------------------


def _plain(found: list[Any]) -> Iterator[Route]:
    for route in found:
        if isinstance(route, Route):
            yield route
        else:  # a room's router; ours are included without a prefix
            assert not route.include_context.prefix
            yield from _plain(route.original_router.routes)


def _routes() -> Iterator[tuple[str, Route]]:
    for route in _plain(shared_app().routes):
        for method in sorted(route.methods or ()):
            yield f"{method} {route.path}", route


ROUTES = dict(_routes())


def test_every_route_is_listed_once() -> None:
    placed = [*PUBLIC_ROUTES, *TOKEN_ROUTES, *COOKIE_ROUTES]
    assert len(placed) == len(set(placed))
    assert set(ROUTES) - set(placed) == set(), "new routes: place them in tests/handler_access.py"
    assert set(placed) - set(ROUTES) == set(), "placed, but no longer there"


def test_no_route_shadows_another() -> None:
    assert len(list(_routes())) == len(ROUTES)


def _requests(name: str) -> list[dict[str, Any]]:
    """Return malformed requests for a route: paths, queries, bodies."""
    method, _, path = name.partition(" ")
    route = ROUTES[name]
    names = [p.name for p in route.dependant.query_params] if isinstance(route, APIRoute) else []
    made = []
    for part in ("1", "nao-existe", "..", "%00", "x" * 5000):
        url = path
        for parameter in route.param_convertors:
            url = url.replace("{" + parameter + "}", part)
            url = url.replace("{" + parameter + ":path}", part)
        made.append({"method": method, "url": url})
    url = made[0]["url"]
    made += [
        {"method": method, "url": url, "params": dict.fromkeys(names, value)}
        for value in ("", "\x00", "-1", "2026-99-99", "x" * 5000, "🙈")
    ]
    if method not in ("GET", "HEAD"):
        made += [{"method": method, "url": url, "json": thing} for thing in WRONG]
        made += [
            {"method": method, "url": url, "content": raw}
            for raw in (b"", b"{", b"\xff\xfe", b"null", b"a" * 1_100_000)
        ]
        made.append({"method": method, "url": url, "data": {"email": "x", "password": HUGE}})
    return made


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_no_route_answers_with_a_server_error(name: str, database: Path) -> None:
    async def knock() -> None:
        for request in _requests(name):
            answer = await call_route(request)
            if name.endswith("/readyz") and answer.status_code == 503:
                continue  # not ready: no worker runs in this test
            assert answer.status_code < 500, (request["url"][:80], answer.text[:300])

    asyncio.run(knock())


@pytest.mark.sqlite
@pytest.mark.parametrize("name", sorted(TOKEN_ROUTES))
def test_a_token_route_refuses_anonymous_wrong_roles_and_narrow_tokens(
    name: str, database: Path, cookie: dict[Person, str]
) -> None:
    permission = TOKEN_ROUTES[name]
    every = [p.value for p in Permission]
    with db.write_transaction() as session:
        wrong = [
            factory.make_api_key(session, p, every) for p in ALL_PEOPLE if not _may(p, permission)
        ]
        right = [p for p in ALL_PEOPLE if _may(p, permission)]
        others = [p for p in every if p != permission.value]
        wrong += [factory.make_api_key(session, p, others) for p in right]
    before = _fingerprint(database)

    async def knock() -> None:
        for request in _requests(name)[:4]:
            if ".." in request["url"]:
                continue  # leads to another address
            stranger = await call_route(request)
            forged = await call_route(request, authorization="Bearer inventado")
            by_cookie = await call_route(
                request, cookie=f"{cookies.SESSION_COOKIE}={cookie[right[0]]}"
            )
            assert stranger.status_code in (401, 404, 422)
            assert forged.status_code in (401, 422)
            assert by_cookie.status_code in (401, 404, 422)
            for token in wrong:
                answer = await call_route(request, authorization=f"Bearer {token}")
                assert answer.status_code in (401, 403, 404, 422), name
        assert (await call_route(_requests(name)[0])).status_code in (401, 422)

    asyncio.run(knock())
    assert _fingerprint(database) == before


@pytest.mark.parametrize("name", sorted(COOKIE_ROUTES))
def test_a_cookie_route_refuses_anonymous_and_wrong_roles(
    name: str, database: Path, cookie: dict[Person, str]
) -> None:
    permission = COOKIE_ROUTES[name]

    async def knock() -> None:
        for request in _requests(name)[:4]:
            if ".." in request["url"]:
                continue  # leads to another address
            assert (await call_route(request)).status_code in (303, 401, 404)
            for person in ALL_PEOPLE:
                if not _may(person, permission):
                    answer = await call_route(
                        request, cookie=f"{cookies.SESSION_COOKIE}={cookie[person]}"
                    )
                    assert answer.status_code in (303, 401, 403, 404), (name, person)

    asyncio.run(knock())


def test_a_suspended_person_has_to_sign_in(database: Path, cookie: dict[Person, str]) -> None:
    answer = asyncio.run(
        Browser(cookie[SUSPENDED], routes.STAFF_HOME).send(HANDLERS["HomeState.load"][1], {})
    )
    assert answer.redirects == ["/entrar?voltar=%2Fmesa"]


def test_each_role_lands_on_its_own_page(database: Path, cookie: dict[Person, str]) -> None:
    expected = {
        Role.CORREGEDORIA: routes.CORREGEDORIA_SITUATIONS,
        Role.CHAMBERS: routes.CHAMBERS,
        Role.MANAGER: routes.MANAGEMENT,
    }
    for person in ALL_PEOPLE:
        if person.status == "active":
            answer = asyncio.run(
                Browser(cookie[person], routes.SIGN_IN).send(HANDLERS["LoginState.load"][1], {})
            )
            place = (
                expected.get(person.roles[0], routes.STAFF_HOME)
                if person.roles
                else routes.STAFF_HOME
            )
            assert answer.redirects == [place]
