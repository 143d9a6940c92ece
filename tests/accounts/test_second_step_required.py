"""Where the setting asks for it, administrators and the Corregedoria do nothing before the code."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyotp.totp import TOTP
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies, queries, self_service, totp
from canais_app.accounts.roles import Actor, Permission, SecondStepMissingError, require_permission
from canais_app.admin import api_keys, staff
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError
from tests.doors import Browser, list_handlers
from tests.factories import accounts as factory
from tests.handler_access import STAFF
from tests.people import ADMIN, CHAMBERS_A, CORREGEDORIA, MANAGER_A, PASSWORD, READER, Person
from tests.portal import shared_app

ASKED = (ADMIN, CORREGEDORIA)
NOT_ASKED = (MANAGER_A, CHAMBERS_A, READER)


@pytest.fixture(autouse=True)
def _required(configure: Callable[..., None]) -> None:
    """The setting is on."""
    configure(SECOND_STEP_REQUIRED="on")


def signed_in(session: Session, person: Person, now: datetime) -> tuple[str, Actor]:
    factory.make_staff(session, person, now=now)
    token = factory.open_session(session, person, now=now)
    return token, queries.actor_of_session_token(session, token, now=now)


def enrol(session: Session, actor: Actor, now: datetime) -> None:
    made = totp.start_second_step(session, actor=actor)
    totp.enable_second_step(session, made.secret, TOTP(made.secret).at(now), actor=actor, now=now)


@pytest.mark.parametrize("person", ASKED)
def test_without_the_second_step_there_are_no_rights(
    session: Session, now: datetime, person: Person
) -> None:
    _, actor = signed_in(session, person, now)
    assert actor.owes_second_step
    for permission in Permission:
        assert not actor.can(permission)
        with pytest.raises(SecondStepMissingError):
            require_permission(actor, permission)


@pytest.mark.parametrize("person", NOT_ASKED)
def test_other_roles_are_not_asked(session: Session, now: datetime, person: Person) -> None:
    _, actor = signed_in(session, person, now)
    assert actor.grants
    assert not actor.owes_second_step


def test_where_the_setting_is_off_nobody_is_asked(
    session: Session, now: datetime, configure: Callable[..., None]
) -> None:
    configure(SECOND_STEP_REQUIRED="off")
    assert signed_in(session, ADMIN, now)[1].can(Permission.MANAGE_STAFF)


def test_setting_it_up_gives_the_rights_to_the_session_that_waits(
    session: Session, now: datetime
) -> None:
    token, actor = signed_in(session, ADMIN, now)
    enrol(session, actor, now)
    assert queries.actor_of_session_token(session, token, now=now).can(Permission.MANAGE_STAFF)


def test_nothing_else_of_ones_own_account_opens_before(session: Session, now: datetime) -> None:
    _, actor = signed_in(session, ADMIN, now)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: self_service.list_own_sessions(session, actor=actor, now=now),
        lambda: self_service.end_own_session(session, 1, actor=actor, now=now),
        lambda: self_service.change_password(
            session, factory.proof(session, actor), "x", actor=actor, now=now
        ),
        lambda: totp.disable_second_step(
            session, factory.proof(session, actor), actor=actor, now=now
        ),
        lambda: staff.list_staff(session, actor=actor),
    )
    for call in calls:
        with pytest.raises(SecondStepMissingError):
            call()


def test_a_role_that_requires_it_cannot_turn_it_off(session: Session, now: datetime) -> None:
    token, actor = signed_in(session, ADMIN, now)
    enrol(session, actor, now)
    actor = queries.actor_of_session_token(session, token, now=now)
    with pytest.raises(ConflictError):
        totp.disable_second_step(session, factory.proof(session, actor), actor=actor, now=now)
    assert totp.load_sign_in_methods(session, actor=actor).second_step


def test_a_second_step_is_not_replaced_by_whoever_finds_the_desk_open(
    session: Session, now: datetime
) -> None:
    token, actor = signed_in(session, ADMIN, now)
    enrol(session, actor, now)
    actor = queries.actor_of_session_token(session, token, now=now)
    with pytest.raises(ConflictError):
        totp.start_second_step(session, actor=actor)
    with pytest.raises(ConflictError):
        totp.enable_second_step(session, "A" * 32, "000000", actor=actor, now=now)


def test_a_key_made_before_is_held_to_it_too(
    session: Session, now: datetime, configure: Callable[..., None]
) -> None:
    configure(SECOND_STEP_REQUIRED="off")
    _, actor = signed_in(session, ADMIN, now)
    key = api_keys.create_api_key(
        session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=actor, now=now
    )
    configure(SECOND_STEP_REQUIRED="on")
    program = queries.actor_of_token(session, key, now=now)
    with pytest.raises(SecondStepMissingError):
        require_permission(program, Permission.SEE_DASHBOARD)


# --- doors --------------------------------------------------------------------------------


@pytest.fixture
def cookie(database: Path) -> str:
    """Ada, signed in by her password alone."""
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now())
        return factory.open_session(session, ADMIN)


def test_every_door_of_staff_leads_to_the_page_that_sets_it_up(cookie: str) -> None:
    async def knock() -> dict[str, list[str]]:
        led = {}
        for name in (n for n in STAFF if not n.startswith("EnrolmentState.")):
            _, full, parameters = list_handlers()[name]
            answer = await Browser(cookie, routes.STAFF_HOME).send(full, dict.fromkeys(parameters))
            led[name] = answer.redirects
        return led

    led = asyncio.run(knock())
    assert {name: where for name, where in led.items() if where != [routes.ENROL]} == {}


def test_the_page_shows_the_code_to_read_and_lets_go_when_it_is_given(cookie: str) -> None:
    doors = list_handlers()
    tab = Browser(cookie, routes.ENROL)

    async def story() -> tuple[Any, Any, list[str]]:
        shown = await tab.send(doors["EnrolmentState.load"][1], {})
        secret = shown.told["secret_words"].replace(" ", "")
        again = await tab.send(doors["EnrolmentState.load"][1], {})  # the page reconnects
        assert "qr" not in again.told or again.told["qr"] == shown.told["qr"]
        form = {"form": {"code": TOTP(secret).at(clock.now())}}
        done = await tab.send(doors["EnrolmentState.finish"][1], form)
        desk = await Browser(cookie, routes.STAFF_HOME).send(doors["HomeState.load"][1], {})
        return shown, done, desk.redirects

    shown, done, led = asyncio.run(story())
    assert shown.told["qr"].startswith("data:image/svg+xml")
    assert shown.told["required"]
    assert len(done.told["codes"]) == totp.RECOVERY_CODE_COUNT
    assert led == []


def test_the_form_leads_there_whatever_was_wanted(database: Path) -> None:
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now())

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(shared_app())
        base = "http://portal.invalid"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            form = {"email": ADMIN.email, "password": PASSWORD, "voltar": "/admin/pessoal"}
            signed = await client.post(routes.SIGN_IN_FORM, data=form)
            sent = {"cookie": f"{cookies.SESSION_COOKIE}={signed.cookies[cookies.SESSION_COOKIE]}"}
            refused = await client.get(routes.AUDIT_EXPORT, headers=sent)
            assert refused.status_code == 403
            return signed

    assert asyncio.run(post()).headers["location"] == routes.ENROL
