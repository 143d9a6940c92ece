"""Guessing passwords: nobody gets in, nobody else is kept out, and the owner not for ever."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from canais_app import routes
from canais_app.accounts import cookies, login_throttle
from canais_app.accounts import sign_in as sign_in_service
from canais_app.accounts.sessions import OpenedSession
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, TooManyRequestsError
from tests.doors import Browser, list_handlers
from tests.factories import accounts as factory
from tests.forms import BASE, sign_in
from tests.people import ADMIN, CORREGEDORIA, PASSWORD
from tests.portal import shared_app


def test_after_five_tries_an_account_waits_even_with_the_right_password(
    staffed: None, limited: None
) -> None:
    for number in range(login_throttle.FREE_ATTEMPTS_PER_ACCOUNT):
        assert sign_in(password=f"tentativa {number}").headers["location"] == "/entrar?erro=1"
    assert sign_in().headers["location"] == "/entrar?erro=espera"
    assert cookies.SESSION_COOKIE in sign_in(CORREGEDORIA.email).cookies


def test_an_account_that_does_not_exist_waits_just_the_same(staffed: None, limited: None) -> None:
    for number in range(login_throttle.FREE_ATTEMPTS_PER_ACCOUNT):
        sign_in("ninguem@exemplo.invalid", f"tentativa {number}")
    answer = sign_in("ninguem@exemplo.invalid", "mais uma tentativa")
    assert answer.headers["location"] == "/entrar?erro=espera"


async def arrive(email: str, password: str, address: str, moment: datetime) -> OpenedSession:
    return await sign_in_service.sign_in_with_password(
        email, password, address=address, browser="", previous_token="", now=moment
    )


@pytest.mark.parametrize("addresses", [1, 1000])
def test_a_thousand_guesses_get_nobody_in_and_keep_nobody_else_out(
    staffed: None, limited: None, now: datetime, addresses: int
) -> None:
    """A thousand passwords in fifty minutes, from one address or from a thousand."""

    async def story() -> tuple[int, datetime]:
        compared, moment = 0, now
        for number in range(1000):
            moment += timedelta(seconds=3)
            address = f"10.9.{number % addresses // 250}.{number % addresses % 250}"
            with pytest.raises((AuthenticationRequiredError, TooManyRequestsError)) as refused:
                await arrive(ADMIN.email, f"tentativa {number}", address, moment)
            compared += refused.type is AuthenticationRequiredError
        return compared, moment

    async def the_others(moment: datetime) -> list[str]:
        somebody = await arrive(CORREGEDORIA.email, PASSWORD, "10.0.0.2", moment)
        owner = await arrive(ADMIN.email, PASSWORD, "10.0.0.3", moment + login_throttle.MAX_BACKOFF)
        return [somebody.actor.name, owner.actor.name]

    compared, moment = asyncio.run(story())
    assert compared < 30  # the rest was turned away before any password was compared
    assert asyncio.run(the_others(moment)) == [CORREGEDORIA.name, ADMIN.name]


@pytest.mark.parametrize("address", ["10.9.9.9", "2001:db8:7:1::{:x}"])
def test_a_guesser_of_many_accounts_is_slowed_by_address(
    staffed: None, limited: None, now: datetime, address: str
) -> None:
    """A guesser has one address of IPv4, or any of a network of IPv6."""
    passed = 0
    for number in range(1000):
        moment = now + timedelta(seconds=number)
        try:
            db.write_sync(
                login_throttle.register_attempt,
                f"a{number}@exemplo.invalid",
                address.format(number),
                now=moment,
            )
        except TooManyRequestsError:
            continue
        passed += 1
    assert passed < login_throttle.FREE_ATTEMPTS_PER_ADDRESS + 20
    db.write_sync(login_throttle.register_attempt, ADMIN.email, "10.0.0.2", now=now)


def test_tries_at_once_are_counted_too(staffed: None, limited: None) -> None:
    async def rush() -> list[str]:
        transport = httpx.ASGITransport(shared_app(), client=("10.0.0.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            form = {"email": ADMIN.email, "password": "uma senha errada"}
            tries = [client.post(routes.SIGN_IN_FORM, data=form) for _ in range(20)]
            return [a.headers["location"] for a in await asyncio.gather(*tries)]

    answers = asyncio.run(rush())
    assert answers.count("/entrar?erro=1") == login_throttle.FREE_ATTEMPTS_PER_ACCOUNT


def test_the_wait_doubles_up_to_five_minutes() -> None:
    waits = [login_throttle.backoff_after(n, 5).total_seconds() for n in (4, 5, 6, 7, 12, 99)]
    assert waits == [0, 2, 4, 8, 256, 300]


@pytest.mark.parametrize(
    ("door", "form"),
    [
        ("AccountState.change_password", {"current": "x", "password": "y" * 20, "repeated": "y"}),
        ("AccountState.stop_second_step", {"current_off": "x"}),
        ("StaffListState.remove_second_step", {"own_password": "x"}),
    ],
)
def test_guesses_at_ones_own_password_are_counted_though_each_is_refused(
    staffed: None, limited: None, door: str, form: dict[str, str]
) -> None:
    """Because whoever finds an open browser must not find the password too."""
    with db.write_transaction() as session:
        token = factory.open_session(session, ADMIN, now=clock.now())

    async def story() -> list[str]:
        browser, full = Browser(token), list_handlers()[door][1]
        answers = [await browser.send(full, {"form": form}) for _ in range(7)]
        return [str(answer.told.get("problem", "")) for answer in answers]

    said = asyncio.run(story())
    assert "Muitas tentativas" not in said[0]
    assert "Muitas tentativas" in said[-1]
