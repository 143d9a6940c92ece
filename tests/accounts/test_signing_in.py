"""Signing in and out, at the form that a browser sends."""

import asyncio
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from canais_app import routes
from canais_app.accounts import cookies, queries, sessions
from canais_app.accounts import sign_in as sign_in_service
from canais_app.accounts.models import AuditEntry, LoginSession, Staff
from canais_app.accounts.roles import PUBLIC
from canais_app.kit import clock, db
from tests.doors import Browser, list_handlers
from tests.forms import send_form, sign_in
from tests.people import ADMIN, CORREGEDORIA, PASSWORD, SUSPENDED


def test_the_right_password_opens_a_session_and_leads_to_ones_place(staffed: None) -> None:
    answer = sign_in(CORREGEDORIA.email)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.CORREGEDORIA_SITUATIONS)
    token = answer.cookies[cookies.SESSION_COOKIE]
    actor = db.read_sync(queries.actor_of_session_token, token, now=clock.now())
    assert actor.name == CORREGEDORIA.name


def test_who_is_faster_than_the_page_is_led_to_the_wanted_page(staffed: None) -> None:
    page = f"http://portal.invalid{routes.SIGN_IN}?voltar=%2Fconta"
    assert sign_in(sent={"referer": page}).headers["location"] == routes.ACCOUNT
    other = f"http://portal.invalid{routes.SIGN_IN}?voltar=%2F%2Foutro.invalid"
    assert sign_in(sent={"referer": other}).headers["location"] == routes.STAFF_HOME
    refused = sign_in(password="outra", sent={"referer": page})
    assert refused.headers["location"].endswith("&voltar=%2Fconta")


def test_the_address_is_read_in_any_case(staffed: None) -> None:
    assert cookies.SESSION_COOKIE in sign_in(f" {ADMIN.email.upper()} ").cookies


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ADMIN.email, "outra senha qualquer"),
        ("ninguem@exemplo.invalid", PASSWORD),
        (SUSPENDED.email, PASSWORD),
        ("", ""),
        ("x" * 5000, "y" * 5000),
    ],
)
def test_every_wrong_try_gets_the_same_answer(staffed: None, email: str, password: str) -> None:
    answer = sign_in(email, password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/entrar?erro=1")
    assert cookies.SESSION_COOKIE not in answer.cookies


def test_the_address_typed_is_kept_but_in_no_url(staffed: None) -> None:
    answer = sign_in(ADMIN.email, "errada errada errada")
    assert ADMIN.email not in answer.headers["location"]
    note = answer.cookies[cookies.LOGIN_NOTE_COOKIE]
    assert cookies.decode_login_note(note, now=clock.now()) == (
        ADMIN.email,
        sign_in_service.WRONG_CREDENTIALS_TEXT,
    )
    assert cookies.decode_login_note(note, now=clock.now() + timedelta(minutes=6)) == ("", "")
    assert cookies.decode_login_note("x" + note, now=clock.now()) == ("", "")


@pytest.mark.alone
def test_an_unknown_address_takes_as_long_as_a_wrong_password(staffed: None) -> None:
    taken: dict[str, list[float]] = {ADMIN.email: [], "ninguem@exemplo.invalid": []}
    for _ in range(11):  # in turns, and by the processor's time: a busy machine slows both alike
        for email, times in taken.items():
            began = time.process_time()
            sign_in(email, "outra senha qualquer")
            times.append(time.process_time() - began)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert unknown > known * 0.6
    assert known > unknown * 0.6


def test_a_token_planted_before_signing_in_is_worth_nothing(staffed: None) -> None:
    planted = "plantado-por-outra-pessoa"
    answer = sign_in(sent={"cookie": f"{cookies.SESSION_COOKIE}={planted}"})
    assert answer.cookies[cookies.SESSION_COOKIE] != planted
    assert db.read_sync(queries.actor_of_session_token, planted, now=clock.now()) == PUBLIC


def test_signing_in_again_ends_the_browsers_earlier_session(staffed: None) -> None:
    first = sign_in().cookies[cookies.SESSION_COOKIE]
    second = sign_in(sent={"cookie": f"{cookies.SESSION_COOKIE}={first}"}).cookies[
        cookies.SESSION_COOKIE
    ]
    assert db.read_sync(queries.actor_of_session_token, first, now=clock.now()) == PUBLIC
    assert db.read_sync(queries.actor_of_session_token, second, now=clock.now()) != PUBLIC


def test_signing_out_ends_the_session_at_the_next_event_of_an_open_socket(staffed: None) -> None:
    token = sign_in().cookies[cookies.SESSION_COOKIE]
    tab = Browser(token, routes.STAFF_HOME)
    load = list_handlers()["HomeState.load"][1]

    async def visit() -> list[str]:
        return (await tab.send(load, {})).redirects

    assert asyncio.run(visit()) == []
    answer = send_form(routes.SIGN_OUT_FORM, sent={"cookie": f"{cookies.SESSION_COOKIE}={token}"})
    assert answer.headers["location"] == routes.HOME
    assert asyncio.run(visit()) == ["/entrar?voltar=%2Fmesa"]


def test_a_session_ends_after_half_an_hour_alone_and_after_twelve_hours(staffed: None) -> None:
    token = sign_in().cookies[cookies.SESSION_COOKIE]
    began = clock.now()

    def who(later: timedelta) -> Any:
        return db.read_sync(queries.actor_of_session_token, token, now=began + later)

    assert who(timedelta(minutes=29)) != PUBLIC
    assert who(timedelta(minutes=31)) == PUBLIC
    with db.write_transaction() as session:
        row = session.exec(select(LoginSession)).one()
        sessions.update_last_seen(session, row.id or 0, now=began + timedelta(hours=12))
    assert who(timedelta(hours=12, minutes=1)) == PUBLIC


def test_the_token_is_stored_as_its_hash_only(staffed: None, database: Path) -> None:
    token = sign_in().cookies[cookies.SESSION_COOKIE]
    stored = b"".join(path.read_bytes() for path in database.parent.glob("tests.db*"))
    assert token.encode() not in stored
    assert PASSWORD.encode() not in stored


def test_signing_in_and_out_are_in_the_record(staffed: None) -> None:
    token = sign_in().cookies[cookies.SESSION_COOKIE]
    send_form(routes.SIGN_OUT_FORM, sent={"cookie": f"{cookies.SESSION_COOKIE}={token}"})
    with db.read_transaction() as session:
        assert [e.action for e in session.exec(select(AuditEntry))] == ["entrar", "sair"]


def test_a_hash_with_old_parameters_is_renewed(staffed: None) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    old = Argon2Hasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with db.write_transaction() as session:
        session.exec(select(Staff).where(col(Staff.email) == ADMIN.email)).one().password_hash = old
    assert cookies.SESSION_COOKIE in sign_in().cookies
    with db.read_transaction() as session:
        row = session.exec(select(Staff).where(col(Staff.email) == ADMIN.email)).one()
        assert "m=65536,t=3" in row.password_hash


def test_nobody_holds_an_empty_cookie(database: Path) -> None:
    assert db.read_sync(queries.load_presence, "", now=clock.now()) == queries.NO_PRESENCE
