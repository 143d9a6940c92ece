"""What another site can do with a visitor of ours: nothing. Cookies, forms, the API, the way on."""

import asyncio
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from canais_app import routes
from canais_app.accounts import cookies, oidc, queries, session_timeouts
from canais_app.accounts.roles import PUBLIC
from canais_app.api import app as api
from canais_app.api.deps import require_own_origin
from canais_app.kit import clock, db
from tests.doors import Browser, call_route, list_handlers
from tests.factories import accounts as factory
from tests.forms import BASE, send_form, sign_in
from tests.handler_access import COOKIE_ROUTES
from tests.people import ADMIN, PASSWORD

# --- cookies ------------------------------------------------------------------------------


def set_by(answer: httpx.Response) -> SimpleCookie:
    """Return what an answer sets, attribute by attribute."""
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar


def _answers() -> dict[str, httpx.Response]:
    """Return an answer that sets each of our cookies."""
    return {
        cookies.SESSION_COOKIE: sign_in(),
        cookies.LOGIN_NOTE_COOKIE: sign_in(password="errada errada errada"),
    }


@pytest.mark.parametrize("name", [cookies.SESSION_COOKIE, cookies.LOGIN_NOTE_COOKIE])
def test_a_cookie_is_out_of_reach_of_scripts_other_sites_and_other_hosts(
    staffed: None, name: str
) -> None:
    flags = set_by(_answers()[name])[name]
    assert flags["httponly"]
    assert flags["samesite"].lower() == "lax"
    assert (flags["path"], flags["domain"], flags["secure"]) == ("/", "", "")


@pytest.mark.parametrize("name", [cookies.SESSION_COOKIE, cookies.LOGIN_NOTE_COOKIE])
def test_behind_https_a_cookie_never_travels_in_clear(
    staffed: None, configure: Any, name: str
) -> None:
    configure(PUBLIC_URL="https://canais.exemplo.invalid")
    flags = set_by(_answers()[name])[f"__Host-{name}"]
    assert flags["secure"]
    assert (flags["path"], flags["domain"]) == ("/", "")


def test_behind_https_a_cookie_that_another_host_could_set_is_ignored(
    staffed: None, configure: Any
) -> None:
    configure(PUBLIC_URL="https://canais.exemplo.invalid")
    name = cookies.SESSION_COOKIE
    token = set_by(sign_in())[f"__Host-{name}"].value
    assert cookies.read_cookie(f"__Host-{name}={token}", name) == token
    assert cookies.read_cookie(f"{name}={token}", name) == ""


def test_the_sessions_cookie_lives_no_longer_than_the_session(staffed: None) -> None:
    age = int(set_by(sign_in())[cookies.SESSION_COOKIE]["max-age"])
    assert age == session_timeouts.ABSOLUTE_TIMEOUT.total_seconds()


def test_a_value_signed_for_one_purpose_is_invalid_for_another() -> None:
    now = clock.now()
    note = cookies.encode_login_note("ana@exemplo.invalid", "não", now=now)
    assert cookies.decode_auth_request(note, now=now) is None
    leaving = oidc.AuthRequest("s", "n", "v", "/mesa")
    sealed = cookies.encode_auth_request(leaving, now=now)
    assert cookies.decode_auth_request(sealed, now=now) == leaving
    assert cookies.decode_login_note(sealed, now=now) == ("", "")
    for wrong in ("", ".", "x." + sealed, sealed[:-1], sealed.replace(".", "A.", 1)):
        assert cookies.decode_auth_request(wrong, now=now) is None
    assert cookies.decode_auth_request(sealed, now=now + timedelta(minutes=11)) is None


# --- forms --------------------------------------------------------------------------------


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
    token = sign_in().cookies[cookies.SESSION_COOKIE]
    form = {"email": ADMIN.email, "password": PASSWORD}
    answer = send_form(path, form, sent={**sent, "cookie": f"{cookies.SESSION_COOKIE}={token}"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert db.read_sync(queries.actor_of_session_token, token, now=clock.now()) != PUBLIC


def test_a_form_from_the_portal_itself_is_taken(staffed: None) -> None:
    assert cookies.SESSION_COOKIE in sign_in(sent={"origin": BASE}).cookies


def _api_routes() -> list[APIRoute]:
    pending, found = list(api.create_app().routes), []
    while pending:
        one = pending.pop()
        if isinstance(one, APIRoute):
            found.append(one)
        elif hasattr(one, "original_router"):
            pending += one.original_router.routes
    return found


WRITES = sorted(
    (method, route.path)
    for route in _api_routes()
    for method in route.methods
    if method not in ("GET", "HEAD")
)


# A mail program posts there by itself (RFC 8058); the address holds a secret and only leaves.
BY_MAIL_PROGRAM = {"/situacao/avisos/{token}/sair"}


def test_every_writing_route_outside_the_api_checks_the_origin() -> None:
    for route in _api_routes():
        writes = route.methods - {"GET", "HEAD"}
        if writes and not route.path.startswith(routes.API) and route.path not in BY_MAIL_PROGRAM:
            asked = [d.call for d in route.dependant.dependencies]
            assert require_own_origin in asked, route.path


def test_what_a_cookie_opens_beside_pages_is_read_only_but_for_a_form_of_ours() -> None:
    """That form keeps a file for an hour; the page writes it. It asks where it comes from."""
    writes = [door for door in COOKIE_ROUTES if not door.startswith("GET ")]
    assert writes == [f"POST {routes.IMPORT_FORM}", f"POST {routes.DRAFT}"]


# --- the API ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"), [one for one in WRITES if one[1].startswith(routes.API)]
)
def test_a_cookie_authorises_no_write_of_the_api(database: Path, method: str, path: str) -> None:
    """With a session's cookie, from wherever, a call is answered as without: as the public."""
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now())
        token = factory.open_session(session, ADMIN)
    request = {"method": method, "url": path.replace("{", "").replace("}", ""), "json": {}}

    async def ask() -> list[tuple[int, str]]:
        answers = [
            await call_route(request),
            await call_route(request, cookie=f"{cookies.SESSION_COOKIE}={token}"),
            await call_route(
                request, cookie=f"{cookies.SESSION_COOKIE}={token}", origin="https://mal.invalid"
            ),
        ]
        return [(answer.status_code, answer.text) for answer in answers]

    assert len(set(asyncio.run(ask()))) == 1


# --- the way on ---------------------------------------------------------------------------

HOSTILE = (
    "https://mal.invalid/",
    "http:mal.invalid",
    "https:/mal.invalid",
    "//mal.invalid",
    "///mal.invalid",
    "////mal.invalid",
    "//mal.invalid/..",
    "//portal.invalid@mal.invalid/",
    "/\\mal.invalid",
    "\\/mal.invalid",
    "\\\\mal.invalid",
    "/\t/mal.invalid",
    "/\n/mal.invalid",
    "/\r\nLocation: https://mal.invalid",
    "\x00//mal.invalid",
    " //mal.invalid",
    "\u00a0//mal.invalid",
    "/\u2028/mal.invalid",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mailto:a@mal.invalid",
    "mal.invalid",
    "?x",
    "#x",
    ".",
    "/entrar",
    "/entrar?voltar=//mal.invalid",
    "/sessao/sair",
    "/" + "a" * 600,
)


@pytest.mark.parametrize("wanted", HOSTILE)
def test_signing_in_leads_nowhere_but_to_the_portal(staffed: None, wanted: str) -> None:
    assert sign_in(voltar=wanted).headers["location"] == routes.STAFF_HOME
    refused = sign_in(password="errada errada errada", voltar=wanted)
    assert refused.headers["location"] == f"{routes.SIGN_IN}?erro=1"


@pytest.mark.parametrize("wanted", HOSTILE)
def test_the_page_carries_no_hostile_return_path(database: Path, wanted: str) -> None:
    path = str(httpx.URL(routes.SIGN_IN, params={"voltar": wanted}))
    answer = asyncio.run(Browser("", path).send(list_handlers()["LoginState.load"][1], {}))
    assert answer.told == {}


@pytest.mark.parametrize("wanted", ["/corregedoria?unidade=x", "/mesa", "/admin/pessoal"])
def test_signing_in_leads_to_where_one_was_going(staffed: None, wanted: str) -> None:
    assert sign_in(voltar=wanted).headers["location"] == wanted


@given(st.text(max_size=60) | st.text("/\\.:@?#%\t\n\r \x00mal", max_size=12).map("/".__add__))
def test_a_hostile_return_path_is_dropped(wanted: str) -> None:
    path = routes.safe_return_path(wanted)
    # As browsers read an address: these characters fall away, a backslash is a slash.
    read = "".join(c for c in path if c not in "\t\n\r").strip().replace("\\", "/")
    assert not path or (read.startswith("/") and not read.startswith("//"))
    assert urlsplit(read).netloc == ""
