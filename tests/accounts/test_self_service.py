"""One's own account: password, sessions, second step."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pyotp.totp import TOTP
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import cookies, queries, self_service, totp
from canais_app.accounts.models import Staff
from canais_app.accounts.passwords import hash_password
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, InvalidError, NotFoundError
from tests.factories import accounts as factory
from tests.people import ADMIN, CHAMBERS_A, PASSWORD, Person
from tests.portal import shared_app

NEW = "nova frase que ninguem sabe"


def _signed_in(session: Session, person: Person, now: datetime) -> tuple[str, Actor]:
    token = factory.open_session(session, person, now=now)
    return token, queries.actor_of_session_token(session, token, now=now)


def test_changing_the_password_signs_the_other_browsers_out(
    session: Session, now: datetime
) -> None:
    factory.make_staff(session, ADMIN, now=now)
    other, _ = _signed_in(session, ADMIN, now)
    mine, ada = _signed_in(session, ADMIN, now)
    self_service.change_password(
        session, factory.proof(session, ada), hash_password(NEW), actor=ada, now=now
    )
    assert queries.actor_of_session_token(session, other, now=now) == PUBLIC
    assert queries.actor_of_session_token(session, mine, now=now) == ada


def test_a_wrong_current_password_is_refused(session: Session, now: datetime) -> None:
    factory.make_staff(session, ADMIN, now=now)
    _, ada = _signed_in(session, ADMIN, now)
    wrong = factory.proof(session, ada, "errada errada")
    with pytest.raises(InvalidError) as refused:
        self_service.change_password(session, wrong, hash_password(NEW), actor=ada, now=now)
    assert "current" in refused.value.errors


def test_a_person_ends_only_their_own_sessions(session: Session, now: datetime) -> None:
    factory.make_everybody(session, now=now, people=(ADMIN, CHAMBERS_A))
    token, ada = _signed_in(session, ADMIN, now)
    _, graca = _signed_in(session, CHAMBERS_A, now)
    assert ada.session_id is not None
    with pytest.raises(NotFoundError):
        self_service.end_own_session(session, ada.session_id, actor=graca, now=now)
    self_service.end_own_session(session, ada.session_id, actor=ada, now=now)
    assert queries.actor_of_session_token(session, token, now=now) == PUBLIC


def test_the_list_shows_open_sessions_and_marks_this_one(session: Session, now: datetime) -> None:
    factory.make_staff(session, ADMIN, now=now)
    _signed_in(session, ADMIN, now - timedelta(hours=1))  # idle: no longer open
    _signed_in(session, ADMIN, now)
    _, ada = _signed_in(session, ADMIN, now)
    rows = self_service.list_own_sessions(session, actor=ada, now=now)
    assert sorted(row.is_this for row in rows) == [False, True]


def test_an_anonymous_actor_has_no_account(session: Session, now: datetime) -> None:
    with pytest.raises(AuthenticationRequiredError):
        self_service.list_own_sessions(session, actor=PUBLIC, now=now)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox em Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150 Safari/537",
            "Chrome em Windows",
        ),
        ("", "Navegador não identificado"),
    ],
)
def test_user_agents_get_short_names(agent: str, words: str) -> None:
    assert self_service.describe_browser(agent) == words


# --- second step --------------------------------------------------------------------------


@pytest.fixture
def enrolled(database: Path) -> tuple[str, list[str]]:
    """Ada with a second step turned on just now: its secret and recovery codes."""
    now = clock.now() - timedelta(minutes=5)
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=now)
        _, ada = _signed_in(session, ADMIN, now)
        made = totp.start_second_step(session, actor=ada)
        code = TOTP(made.secret).at(now)
        codes = totp.enable_second_step(session, made.secret, code, actor=ada, now=now)
    return made.secret, codes


def _send(path: str, form: dict[str, str], cookie: str = "") -> httpx.Response:
    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(shared_app())
        sent = {"cookie": f"{cookies.SESSION_COOKIE}={cookie}"} if cookie else {}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://portal.invalid"
        ) as client:
            return await client.post(path, data=form, headers=sent)

    return asyncio.run(post())


def _half_way() -> str:
    answer = _send(routes.SIGN_IN_FORM, {"email": ADMIN.email, "password": PASSWORD})
    assert answer.headers["location"] == routes.SECOND_STEP
    return answer.cookies[cookies.SESSION_COOKIE]


def _who(token: str) -> Actor:
    return db.read_sync(queries.actor_of_session_token, token, now=clock.now())


def test_a_wrong_code_does_not_turn_the_second_step_on(session: Session, now: datetime) -> None:
    factory.make_staff(session, ADMIN, now=now)
    _, ada = _signed_in(session, ADMIN, now)
    made = totp.start_second_step(session, actor=ada)
    with pytest.raises(InvalidError):
        totp.enable_second_step(session, made.secret, "000 00x", actor=ada, now=now)
    assert not totp.load_sign_in_methods(session, actor=ada).second_step


def test_the_password_alone_opens_no_session(enrolled: tuple[str, list[str]]) -> None:
    assert _who(_half_way()) == PUBLIC


def test_the_code_completes_the_sign_in_under_a_new_token(enrolled: tuple[str, list[str]]) -> None:
    half = _half_way()
    answer = _send(routes.SECOND_STEP_FORM, {"code": TOTP(enrolled[0]).at(clock.now())}, half)
    assert answer.headers["location"] == routes.STAFF_HOME
    full = answer.cookies[cookies.SESSION_COOKIE]
    assert full != half
    assert _who(full).name == ADMIN.name
    assert _who(half) == PUBLIC


def test_a_code_is_accepted_once(enrolled: tuple[str, list[str]]) -> None:
    code = TOTP(enrolled[0]).at(clock.now())
    assert _send(routes.SECOND_STEP_FORM, {"code": code}, _half_way()).cookies.get(
        cookies.SESSION_COOKIE
    )
    again = _send(routes.SECOND_STEP_FORM, {"code": code}, _half_way())
    assert again.headers["location"] == f"{routes.SECOND_STEP}?erro=1"


def test_a_recovery_code_is_accepted_once(enrolled: tuple[str, list[str]]) -> None:
    code = enrolled[1][0].lower()
    assert _send(routes.SECOND_STEP_FORM, {"code": code}, _half_way()).cookies.get(
        cookies.SESSION_COOKIE
    )
    again = _send(routes.SECOND_STEP_FORM, {"code": code}, _half_way())
    assert again.headers["location"] == f"{routes.SECOND_STEP}?erro=1"
    with db.read_transaction() as session:
        row = session.exec(select(Staff).where(col(Staff.email) == ADMIN.email)).one()
        assert len(row.recovery_codes) == totp.RECOVERY_CODE_COUNT - 1


@pytest.mark.parametrize("code", ["", "abcdef", "1" * 100, "０１２３４５", "\x00"])
def test_a_wrong_code_is_refused_with_a_sentence(
    enrolled: tuple[str, list[str]], code: str
) -> None:
    answer = _send(routes.SECOND_STEP_FORM, {"code": code}, _half_way())
    assert answer.headers["location"] == f"{routes.SECOND_STEP}?erro=1"
    note = answer.cookies[cookies.LOGIN_NOTE_COOKIE]
    assert cookies.decode_login_note(note, now=clock.now())[1] == totp.WRONG_CODE_TEXT


def test_a_code_without_the_password_leads_to_the_form(enrolled: tuple[str, list[str]]) -> None:
    code = TOTP(enrolled[0]).at(clock.now())
    for token in ("", "inventado"):
        answer = _send(routes.SECOND_STEP_FORM, {"code": code}, token)
        assert answer.headers["location"] == f"{routes.SIGN_IN}?erro=1"
