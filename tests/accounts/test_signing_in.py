"""Signing in and out, at the form that a browser sends."""

import asyncio
import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from canais_app import routes
from canais_app.accounts import backoff, cookies, entry, policies, queries, sessions
from canais_app.accounts.models import AuditEntry, LoginSession, Staff
from canais_app.accounts.roles import PUBLIC
from canais_app.api import app as api
from canais_app.api import sessions as forms
from canais_app.kit import clock, db
from canais_app.kit.errors import TooManyRequestsError
from canais_app.settings import Settings
from tests.doors import Browser, handlers
from tests.factories import accounts as factory
from tests.people import ADMIN, CORREGEDORIA, PASSWORD, SUSPENDED

BASE = "http://portal.invalid"


@pytest.fixture
def staffed(database: Path) -> None:
    """Three people with accounts."""
    with db.unit_of_work() as session:
        factory.everybody(session, now=clock.now(), people=(ADMIN, CORREGEDORIA, SUSPENDED))


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits as in production."""
    monkeypatch.setattr(backoff, "settings", lambda: Settings(rate_limits="on"))


def send(
    path: str,
    data: dict[str, str] | None = None,
    *,
    address: str = "10.0.0.1",
    sent: dict[str, str] | None = None,
) -> httpx.Response:
    """Send a form once, from a fresh browser."""

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(api.make(), client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.post(path, data=data or {}, headers=sent or {})

    return asyncio.run(post())


def enter(email: str = ADMIN.email, password: str = PASSWORD, **more: Any) -> httpx.Response:
    """Try to sign in."""
    back = more.pop("voltar", "")
    form = {"email": email, "password": password, "voltar": back}
    return send(routes.SIGN_IN_FORM, form, **more)


def test_the_right_password_opens_a_session_and_leads_to_ones_place(staffed: None) -> None:
    answer = enter(CORREGEDORIA.email)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.CORREGEDORIA)
    token = answer.cookies[cookies.SESSION]
    actor = db.run_reading(queries.actor_of_cookie, token, now=clock.now())
    assert actor.name == CORREGEDORIA.name


def test_the_address_is_read_in_any_case(staffed: None) -> None:
    assert cookies.SESSION in enter(f" {ADMIN.email.upper()} ").cookies


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(staffed: None) -> None:
    words = enter().headers["set-cookie"].lower()
    assert "httponly" in words
    assert "samesite=lax" in words
    assert "path=/" in words
    assert f"max-age={int(policies.ABSOLUTE.total_seconds())}" in words


def test_the_cookie_is_secure_behind_https(staffed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    over_tls = Settings(public_url="https://canais.exemplo.invalid")
    monkeypatch.setattr(forms, "settings", lambda: over_tls)
    assert "secure" in enter().headers["set-cookie"].lower()


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
    answer = enter(email, password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/entrar?erro=1")
    assert cookies.SESSION not in answer.cookies


def test_the_address_typed_is_kept_but_in_no_url(staffed: None) -> None:
    answer = enter(ADMIN.email, "errada errada errada")
    assert ADMIN.email not in answer.headers["location"]
    note = answer.cookies[cookies.NOTE]
    assert cookies.read_note(note, now=clock.now()) == (ADMIN.email, entry.WRONG)
    assert cookies.read_note(note, now=clock.now() + timedelta(minutes=6)) == ("", "")
    assert cookies.read_note("x" + note, now=clock.now()) == ("", "")


def test_an_unknown_address_takes_as_long_as_a_wrong_password(staffed: None) -> None:
    taken: dict[str, list[float]] = {ADMIN.email: [], "ninguem@exemplo.invalid": []}
    for _ in range(11):  # in turns, so that a busy machine slows both alike
        for email, times in taken.items():
            began = time.perf_counter()
            enter(email, "outra senha qualquer")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert unknown > known * 0.6
    assert known > unknown * 0.6


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/corregedoria?unidade=x", "/corregedoria?unidade=x"),
        ("https://mal.invalid/", routes.DESK),
        ("//mal.invalid", routes.DESK),
        ("/\\mal.invalid", routes.DESK),
        ("\\/mal.invalid", routes.DESK),
        ("/\t/mal.invalid", routes.DESK),
        ("javascript:alert(1)", routes.DESK),
        ("/entrar", routes.DESK),
        ("/sessao/sair", routes.DESK),
        ("/" + "a" * 600, routes.DESK),
    ],
)
def test_signing_in_leads_only_to_the_portal_itself(staffed: None, wanted: str, where: str) -> None:
    assert enter(voltar=wanted).headers["location"] == where


def test_a_token_planted_before_signing_in_is_worth_nothing(staffed: None) -> None:
    planted = "plantado-por-outra-pessoa"
    answer = enter(sent={"cookie": f"{cookies.SESSION}={planted}"})
    assert answer.cookies[cookies.SESSION] != planted
    assert db.run_reading(queries.actor_of_cookie, planted, now=clock.now()) == PUBLIC


def test_signing_in_again_ends_the_browsers_earlier_session(staffed: None) -> None:
    first = enter().cookies[cookies.SESSION]
    second = enter(sent={"cookie": f"{cookies.SESSION}={first}"}).cookies[cookies.SESSION]
    assert db.run_reading(queries.actor_of_cookie, first, now=clock.now()) == PUBLIC
    assert db.run_reading(queries.actor_of_cookie, second, now=clock.now()) != PUBLIC


@pytest.mark.parametrize("path", [routes.SIGN_IN_FORM, routes.SIGN_OUT_FORM])
@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "https://mal.invalid"},
        {"origin": "null"},
        {"origin": "http://portal.invalid.mal.invalid"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused(
    staffed: None, path: str, sent: dict[str, str]
) -> None:
    token = enter().cookies[cookies.SESSION]
    form = {"email": ADMIN.email, "password": PASSWORD}
    answer = send(path, form, sent={**sent, "cookie": f"{cookies.SESSION}={token}"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert db.run_reading(queries.actor_of_cookie, token, now=clock.now()) != PUBLIC


def test_a_form_from_the_portal_itself_is_taken(staffed: None) -> None:
    assert cookies.SESSION in enter(sent={"origin": BASE}).cookies


def test_the_api_knows_no_cookie_so_no_other_site_can_borrow_it(staffed: None) -> None:
    token = enter().cookies[cookies.SESSION]

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(api.make())
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            sent = {"cookie": f"{cookies.SESSION}={token}", "origin": "https://mal.invalid"}
            return await client.get(
                "/api/v1/stats/complaints?from=2026-11-01&to=2026-11-20", headers=sent
            )

    assert asyncio.run(ask()).status_code in (401, 403, 404)


def test_signing_out_ends_the_session_at_the_next_event_of_an_open_socket(staffed: None) -> None:
    token = enter().cookies[cookies.SESSION]
    tab = Browser(token, routes.DESK)
    load = handlers()["Desk.load"][1]

    async def visit() -> list[str]:
        return (await tab.send(load, {})).redirects

    assert asyncio.run(visit()) == []
    answer = send(routes.SIGN_OUT_FORM, sent={"cookie": f"{cookies.SESSION}={token}"})
    assert answer.headers["location"] == routes.HOME
    assert asyncio.run(visit()) == ["/entrar?voltar=%2Fmesa"]


def test_a_session_ends_after_half_an_hour_alone_and_after_twelve_hours(staffed: None) -> None:
    token = enter().cookies[cookies.SESSION]
    began = clock.now()

    def who(later: timedelta) -> Any:
        return db.run_reading(queries.actor_of_cookie, token, now=began + later)

    assert who(timedelta(minutes=29)) != PUBLIC
    assert who(timedelta(minutes=31)) == PUBLIC
    with db.unit_of_work() as session:
        row = session.exec(select(LoginSession)).one()
        sessions.mark_seen(session, row.id or 0, now=began + timedelta(hours=12))
    assert who(timedelta(hours=12, minutes=1)) == PUBLIC


def test_the_token_is_stored_as_its_hash_only(staffed: None, database: Path) -> None:
    token = enter().cookies[cookies.SESSION]
    stored = b"".join(path.read_bytes() for path in database.parent.glob("tests.db*"))
    assert token.encode() not in stored
    assert PASSWORD.encode() not in stored


def test_signing_in_and_out_are_in_the_record(staffed: None) -> None:
    token = enter().cookies[cookies.SESSION]
    send(routes.SIGN_OUT_FORM, sent={"cookie": f"{cookies.SESSION}={token}"})
    with db.reading() as session:
        assert [e.action for e in session.exec(select(AuditEntry))] == ["entrar", "sair"]


def test_a_hash_with_old_parameters_is_renewed(staffed: None) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    old = Argon2Hasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with db.unit_of_work() as session:
        session.exec(select(Staff).where(col(Staff.email) == ADMIN.email)).one().password_hash = old
    assert cookies.SESSION in enter().cookies
    with db.reading() as session:
        row = session.exec(select(Staff).where(col(Staff.email) == ADMIN.email)).one()
        assert "m=65536,t=3" in row.password_hash


# --- brute force --------------------------------------------------------------------------


def test_after_five_tries_an_account_waits_even_with_the_right_password(
    staffed: None, limited: None
) -> None:
    for number in range(policies.FREE_TRIES_ACCOUNT):
        assert enter(password=f"tentativa {number}").headers["location"] == "/entrar?erro=1"
    assert enter().headers["location"] == "/entrar?erro=espera"
    assert cookies.SESSION in enter(CORREGEDORIA.email).cookies


def test_an_account_that_does_not_exist_waits_just_the_same(staffed: None, limited: None) -> None:
    for number in range(policies.FREE_TRIES_ACCOUNT):
        enter("ninguem@exemplo.invalid", f"tentativa {number}")
    answer = enter("ninguem@exemplo.invalid", "mais uma tentativa")
    assert answer.headers["location"] == "/entrar?erro=espera"


def test_a_thousand_tries_do_not_get_in_and_lock_out_nobody_else(
    staffed: None, limited: None, now: datetime
) -> None:
    """One guesser, one address, a thousand passwords in fifty minutes; the right one is last."""
    checked = 0
    for number in range(1000):
        moment = now + timedelta(seconds=3 * number)
        try:
            db.run(backoff.take_try, ADMIN.email, "10.9.9.9", now=moment)
        except TooManyRequestsError:
            continue
        checked += 1
    assert checked < 30
    later = now + timedelta(minutes=50)
    db.run(backoff.take_try, CORREGEDORIA.email, "10.0.0.2", now=later)
    db.run(backoff.take_try, ADMIN.email, "10.9.9.9", now=later + policies.LONGEST_WAIT)


def test_a_guesser_of_many_accounts_is_slowed_by_address(
    staffed: None, limited: None, now: datetime
) -> None:
    passed = 0
    for number in range(1000):
        moment = now + timedelta(seconds=number)
        try:
            db.run(backoff.take_try, f"a{number}@exemplo.invalid", "10.9.9.9", now=moment)
        except TooManyRequestsError:
            continue
        passed += 1
    assert passed < policies.FREE_TRIES_ADDRESS + 20
    db.run(backoff.take_try, ADMIN.email, "10.0.0.2", now=now)


def test_tries_at_once_are_counted_too(staffed: None, limited: None) -> None:
    async def rush() -> list[str]:
        transport = httpx.ASGITransport(api.make(), client=("10.0.0.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            form = {"email": ADMIN.email, "password": "uma senha errada"}
            tries = [client.post(routes.SIGN_IN_FORM, data=form) for _ in range(20)]
            return [a.headers["location"] for a in await asyncio.gather(*tries)]

    answers = asyncio.run(rush())
    assert answers.count("/entrar?erro=1") == policies.FREE_TRIES_ACCOUNT


def test_the_wait_doubles_up_to_five_minutes() -> None:
    waits = [policies.wait_after(n, 5).total_seconds() for n in (4, 5, 6, 7, 12, 99)]
    assert waits == [0, 2, 4, 8, 256, 300]


def test_nobody_holds_an_empty_cookie(database: Path) -> None:
    assert db.run_reading(queries.presence, "", now=clock.now()) == queries.NOBODY
