"""Signing in through a real OpenID provider, and every way in which that must not work."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import cookies, oidc, oidc_accounts, queries
from canais_app.accounts.models import AuditEntry, Staff, StaffRole
from canais_app.accounts.roles import PUBLIC, Actor, Role
from canais_app.kit import clock, db
from tests import openid
from tests.factories import accounts as factory
from tests.openid import BrowserSession, OpenIdProvider
from tests.people import ADMIN, PASSWORD, SUSPENDED

PEOPLE = {
    "ana": {
        "email": "ana@exemplo.invalid",
        "email_verified": True,
        "name": "Ana do Provedor",
        "groups": ["portal-corregedoria"],
    },
    "bia": {"email": "bia@exemplo.invalid", "email_verified": True, "groups": ["outro-sistema"]},
    "gui": {"email": "gui@exemplo.invalid", "email_verified": True, "groups": "portal-gabinete-a"},
    "ada": {"email": ADMIN.email, "email_verified": True},
    "falsa-ada": {"email": ADMIN.email, "email_verified": False, "groups": ["portal-corregedoria"]},
    "ivo": {"email": SUSPENDED.email, "email_verified": True},
}
ROLE_MAP = '{"portal-corregedoria": "corregedoria", "portal-gabinete-a": "gabinete@unidade-a"}'
T = TypeVar("T")
Configure = Callable[..., None]
REFUSED = f"{routes.SIGN_IN}?erro=1"


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    """The provider, for all tests of this file."""
    with openid.start_provider(PEOPLE) as made:
        yield made


@pytest.fixture
def provider(
    running: OpenIdProvider, database: Path, configure: Configure
) -> Iterator[OpenIdProvider]:
    """The provider, with the portal set up for it and its clock right."""
    configure(
        **openid.client_settings(running.url), PUBLIC_URL=openid.PORTAL, OIDC_ROLE_MAP=ROLE_MAP
    )
    yield running
    running.advance_clock(0)


def visit(story: Callable[[BrowserSession], Awaitable[T]]) -> T:
    """Let a fresh browser live through a story."""

    async def live() -> T:
        visitor = BrowserSession()
        async with visitor.client:
            return await story(visitor)

    return asyncio.run(live())


def enter(name: str, back: str = "", **more: Any) -> httpx.Response:
    """Sign in at the provider as somebody; return the portal's answer to coming back."""

    async def story(visitor: BrowserSession) -> httpx.Response:
        there = await visitor.start_sign_in(back)
        led = await visitor.sign_in_at_provider(there.copy_merge_params(more), name)
        return await visitor.portal("GET", led)

    return visit(story)


def who(answer: httpx.Response) -> Actor:
    token = answer.cookies.get(cookies.SESSION_COOKIE, "")
    return db.read_sync(queries.actor_of_session_token, token, now=clock.now())


def said(answer: httpx.Response) -> str:
    """Return the sentence that the sign-in page will show."""
    return cookies.decode_login_note(
        answer.cookies.get(cookies.LOGIN_NOTE_COOKIE, ""), now=clock.now()
    )[1]


def roles(actor: Actor) -> list[Role]:
    return [grant.role for grant in actor.grants]


def accounts() -> list[str]:
    with db.read_transaction() as session:
        return list(session.exec(select(Staff.email).order_by(Staff.email)))


def test_whom_the_provider_vouches_for_is_in_with_the_roles_of_the_map(
    provider: OpenIdProvider,
) -> None:
    answer = enter("ana")
    assert (answer.status_code, answer.headers["location"]) == (303, routes.CORREGEDORIA_SITUATIONS)
    actor = who(answer)
    assert (actor.name, roles(actor)) == ("Ana do Provedor", [Role.CORREGEDORIA])


def test_coming_back_leads_to_where_the_person_was_going(provider: OpenIdProvider) -> None:
    assert enter("ana", back="/corregedoria?p=7d").headers["location"] == "/corregedoria?p=7d"
    assert enter("ana", back="//mal.invalid").headers["location"] == routes.CORREGEDORIA_SITUATIONS


def test_the_cookies_are_out_of_reach_of_scripts_and_short_lived(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> str:
        answer = await visitor.portal("GET", routes.PROVIDER_SIGN_IN)
        return answer.headers["set-cookie"].lower()

    words = visit(story)
    assert cookies.AUTH_REQUEST_COOKIE in words
    assert all(w in words for w in ("httponly", "samesite=lax", "max-age=600"))


def test_the_way_there_carries_state_nonce_and_a_challenge(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> httpx.URL:
        return await visitor.start_sign_in()

    first, second = visit(story).params, visit(story).params
    assert (first["response_type"], first["code_challenge_method"]) == ("code", "S256")
    assert first["redirect_uri"] == openid.PORTAL + routes.PROVIDER_RETURN
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 32
        assert first[name] != second[name]


def test_the_same_person_comes_back_to_the_same_account(provider: OpenIdProvider) -> None:
    first, second = who(enter("ana")), who(enter("ana"))
    assert first.staff_id == second.staff_id
    assert accounts() == ["ana@exemplo.invalid"]


def test_an_unknown_role_gives_an_account_without_rights(provider: OpenIdProvider) -> None:
    answer = enter("bia")
    assert answer.headers["location"] == routes.STAFF_HOME
    assert who(answer).staff_id is not None
    assert roles(who(answer)) == []


def test_a_scoped_role_of_the_map_holds_in_its_unit_only(provider: OpenIdProvider) -> None:
    assert roles(who(enter("gui"))) == []  # the unit does not exist yet
    with db.write_transaction() as session:
        unit = factory.make_unit(session, "a", now=clock.now())
    grants = who(enter("gui")).grants
    assert [(g.role, g.unit_path) for g in grants] == [(Role.CHAMBERS, unit.path)]


def test_a_role_lost_at_the_provider_is_lost_here_and_the_portals_own_stays(
    provider: OpenIdProvider, configure: Configure
) -> None:
    actor = who(enter("ana"))
    with db.write_transaction() as session:
        session.add(StaffRole(staff_id=actor.staff_id or 0, role=Role.READER.value))
    configure(OIDC_ROLE_MAP="{}")
    assert roles(who(enter("ana"))) == [Role.READER]
    with db.read_transaction() as session:
        changes = session.exec(
            select(AuditEntry.changes, AuditEntry.door).where(AuditEntry.action == "mudar perfis")
        ).all()
    assert changes[-1] == ({"roles": [["corregedoria", "leitura"], ["leitura"]]}, "provider")


def test_a_verified_address_opens_its_existing_account(provider: OpenIdProvider) -> None:
    with db.write_transaction() as session:
        row = factory.make_staff(session, ADMIN, now=clock.now())
    actor = who(enter("ada"))
    assert (actor.staff_id, roles(actor)) == (row.id, [Role.ADMIN])


def test_an_unverified_address_never_takes_over_an_account(provider: OpenIdProvider) -> None:
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now())
    answer = enter("falsa-ada")
    assert (answer.headers["location"], said(answer)) == (
        REFUSED,
        oidc_accounts.UNVERIFIED_EMAIL_TEXT,
    )
    assert who(answer) == PUBLIC
    with db.read_transaction() as session:
        assert session.exec(select(Staff.oidc_subject)).one() == ""


def test_an_unverified_address_makes_no_account_either(provider: OpenIdProvider) -> None:
    assert said(enter("falsa-ada")) == oidc_accounts.UNVERIFIED_EMAIL_TEXT
    assert accounts() == []


def test_an_address_of_one_person_of_the_provider_opens_for_no_other(
    provider: OpenIdProvider,
) -> None:
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now()).oidc_subject = "outro|pessoa"
    assert said(enter("ada")) == oidc_accounts.NO_ACCESS_TEXT


def test_a_suspended_account_stays_closed(provider: OpenIdProvider) -> None:
    with db.write_transaction() as session:
        row = factory.make_staff(session, SUSPENDED, now=clock.now())
    assert said(enter("ivo")) == oidc_accounts.NO_ACCESS_TEXT
    with db.write_transaction() as session:
        session.get_one(Staff, row.id).oidc_subject = f"{provider.url}|ivo"
    answer = enter("ivo")
    assert (said(answer), who(answer)) == (oidc_accounts.NO_ACCESS_TEXT, PUBLIC)


def test_a_wrong_state_is_refused(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> httpx.Response:
        led = await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")
        forged = httpx.URL(led).copy_set_param("state", "x" * 43)
        return await visitor.portal("GET", str(forged))

    answer = visit(story)
    assert (answer.headers["location"], who(answer)) == (REFUSED, PUBLIC)
    assert accounts() == []


def test_a_return_that_this_browser_did_not_leave_for_is_refused(provider: OpenIdProvider) -> None:
    """Somebody sends a link with their own code, so that another works in their account."""

    async def attacker(visitor: BrowserSession) -> str:
        return await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")

    planted = visit(attacker)

    async def victim(visitor: BrowserSession) -> httpx.Response:
        return await visitor.portal("GET", planted)

    async def victim_who_left_too(visitor: BrowserSession) -> httpx.Response:
        await visitor.start_sign_in()
        return await visitor.portal("GET", planted)

    for story in (victim, victim_who_left_too):
        answer = visit(story)
        assert (answer.headers["location"], who(answer)) == (REFUSED, PUBLIC)


def test_a_wrong_nonce_is_refused(provider: OpenIdProvider) -> None:
    answer = enter("ana", nonce="de-outra-entrada-qualquer-que-nao-esta")
    assert (answer.headers["location"], said(answer)) == (REFUSED, oidc.SIGN_IN_FAILED_TEXT)
    assert who(answer) == PUBLIC


def test_a_code_of_another_challenge_is_refused(provider: OpenIdProvider) -> None:
    answer = enter("ana", code_challenge="A" * 43)
    assert (said(answer), who(answer)) == (oidc.SIGN_IN_FAILED_TEXT, PUBLIC)


def test_an_expired_code_is_refused(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> httpx.Response:
        led = await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")
        provider.advance_clock(3600)
        return await visitor.portal("GET", led)

    answer = visit(story)
    assert (answer.headers["location"], said(answer)) == (REFUSED, oidc.SIGN_IN_FAILED_TEXT)
    assert who(answer) == PUBLIC


def test_a_return_is_good_once(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> tuple[httpx.Response, httpx.Response]:
        led = await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")
        kept = visitor.client.cookies.get(cookies.AUTH_REQUEST_COOKIE)
        first = await visitor.portal("GET", led)
        # The browser has forgotten the departure; whoever kept a copy of it gets nowhere either.
        sent = {"cookie": f"{cookies.AUTH_REQUEST_COOKIE}={kept}"}
        return first, await BrowserSession().portal("GET", led, headers=sent)

    first, again = visit(story)
    assert roles(who(first)) == [Role.CORREGEDORIA]
    assert (again.headers["location"], who(again)) == (REFUSED, PUBLIC)


def test_giving_up_at_the_provider_leads_back_to_the_form(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> httpx.Response:
        state = (await visitor.start_sign_in("/corregedoria")).params["state"]
        query = {"error": "access_denied", "state": state}
        return await visitor.portal("GET", routes.PROVIDER_RETURN, params=query)

    answer = visit(story)
    assert answer.headers["location"] == f"{REFUSED}&voltar=%2Fcorregedoria"
    assert said(answer) == oidc.SIGN_IN_FAILED_TEXT


def test_an_answer_of_another_issuer_is_refused(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> httpx.Response:
        led = await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")
        mixed = httpx.URL(led).copy_set_param("iss", "https://outro.invalid")
        return await visitor.portal("GET", str(mixed))

    assert who(visit(story)) == PUBLIC


def test_a_provider_that_is_down_is_said_and_the_password_still_opens(
    provider: OpenIdProvider, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now())

    async def leave(visitor: BrowserSession) -> httpx.Response:
        return await visitor.portal("GET", routes.PROVIDER_SIGN_IN)

    async def by_password(visitor: BrowserSession) -> httpx.Response:
        form = {"email": ADMIN.email, "password": PASSWORD}
        return await visitor.portal("POST", routes.SIGN_IN_FORM, data=form)

    with openid.start_provider(PEOPLE) as other:
        configure(OIDC_ISSUER=other.url)

        async def falls_meanwhile(visitor: BrowserSession) -> httpx.Response:
            led = await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")
            other.stop()
            return await visitor.portal("GET", led)

        answer = visit(falls_meanwhile)
        assert (answer.headers["location"], said(answer)) == (REFUSED, oidc.PROVIDER_DOWN_TEXT)
        monkeypatch.setattr(oidc, "_metadata_cache", {})  # as after a restart
        answer = visit(leave)
        assert (answer.headers["location"], said(answer)) == (REFUSED, oidc.PROVIDER_DOWN_TEXT)
        assert who(visit(by_password)).name == ADMIN.name


def test_an_issuer_that_names_itself_otherwise_is_refused(
    provider: OpenIdProvider, configure: Configure
) -> None:
    configure(OIDC_ISSUER=provider.url.replace("127.0.0.1", "localhost"))

    async def leave(visitor: BrowserSession) -> httpx.Response:
        return await visitor.portal("GET", routes.PROVIDER_SIGN_IN)

    assert said(visit(leave)) == oidc.PROVIDER_DOWN_TEXT


def test_signing_out_ends_the_providers_session_too(provider: OpenIdProvider) -> None:
    async def story(visitor: BrowserSession) -> tuple[Actor, str, httpx.Response]:
        led = await visitor.sign_in_at_provider(await visitor.start_sign_in(), "ana")
        token = (await visitor.portal("GET", led)).cookies[cookies.SESSION_COOKIE]
        answer = await visitor.portal("POST", routes.SIGN_OUT_FORM)
        actor = await db.read(queries.actor_of_session_token, token, now=clock.now())
        away = answer.headers["refresh"].partition("url=")[2]
        return actor, answer.text, await visitor.client.get(away)

    actor, page, goodbye = visit(story)
    assert actor == PUBLIC
    assert "Você saiu do portal" in page
    assert goodbye.status_code == 200
    assert "/session/end/confirm" in goodbye.text


def test_without_a_provider_its_doors_lead_to_the_form(database: Path) -> None:
    async def story(visitor: BrowserSession) -> list[str]:
        paths = (routes.PROVIDER_SIGN_IN, routes.PROVIDER_RETURN + "?code=x&state=y")
        return [(await visitor.portal("GET", path)).headers["location"] for path in paths]

    assert visit(story) == [routes.SIGN_IN, REFUSED]


def test_the_providers_second_step_is_its_own_affair(
    provider: OpenIdProvider, configure: Configure
) -> None:
    configure(SECOND_STEP_REQUIRED="on")
    answer = enter("ana")
    assert answer.headers["location"] == routes.CORREGEDORIA_SITUATIONS
    assert roles(who(answer)) == [Role.CORREGEDORIA]


def test_who_has_only_the_provider_gets_no_password_by_e_mail(provider: OpenIdProvider) -> None:
    from canais_app.accounts import password_links
    from canais_app.outbox.models import OutboxMessage

    enter("ana")

    def ask(session: Session) -> int:
        password_links.request_recovery(session, "ana@exemplo.invalid", now=clock.now())
        return len(session.exec(select(OutboxMessage)).all())

    assert db.write_sync(ask) == 0


def test_the_entry_is_in_the_record_with_its_means(provider: OpenIdProvider) -> None:
    enter("ana")
    with db.read_transaction() as session:
        found = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    assert [entry.action for entry in found] == ["criar conta", "mudar perfis", "entrar"]
    assert found[-1].changes["means"] == ["", "provedor"]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ({"x": "chefe"}, "chefe"),
        ({"x": "gabinete"}, "@unidade"),
        ({"x": "administrador@unidade-a"}, "@unidade"),
    ],
)
def test_a_wrong_role_map_says_what_is_wrong(written: dict[str, str], names: str) -> None:
    with pytest.raises(ValueError, match=names):
        oidc_accounts.parse_role_map(written)
