"""Forms that begin and end the browser's session; all answer by a redirect."""

from typing import Annotated
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from canais_app import routes
from canais_app.accounts import cookies, oidc, session_timeouts, sessions, sign_in
from canais_app.accounts.roles import landing_path
from canais_app.accounts.sessions import OpenedSession
from canais_app.api.deps import ClientAddress, RequireOwnOrigin, sent_cookie
from canais_app.api.html.templating import render_template
from canais_app.kit import clock, db
from canais_app.kit.errors import (
    AppError,
    AuthenticationRequiredError,
    BusyError,
    TooManyRequestsError,
)
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form()]


def _wanted_path(request: Request, voltar: Typed = "") -> str:
    """Return the page wanted after the sign-in; empty for the person's first page.

    Who sends the form before the page has filled its field is known by the page's address.
    """
    asked = parse_qs(urlsplit(request.headers.get("referer", "")).query).get("voltar", [""])
    return routes.safe_return_path(voltar or asked[0])


WantedPath = Annotated[str, Depends(_wanted_path)]


def redirect_after_form(path: str) -> RedirectResponse:
    """Redirect after a form, as GET."""
    return RedirectResponse(path, 303)


def redirect_to_other_site(address: str) -> HTMLResponse:
    """Leave for another site by a page, because the policy's `form-action` blocks a redirect."""
    page = render_template("leaving.html.j2", address=address)
    return HTMLResponse(page, headers={"Refresh": f"0; url={address}"})


def set_session_cookie(answer: RedirectResponse, signed: OpenedSession) -> None:
    """Set the cookie with the session's token."""
    longest = (
        session_timeouts.CODE_TIMEOUT
        if signed.waits_for_code
        else session_timeouts.ABSOLUTE_TIMEOUT
    )
    set_cookie(answer, cookies.SESSION_COOKIE, signed.token, int(longest.total_seconds()))
    delete_cookie(answer, cookies.LOGIN_NOTE_COOKIE)


def set_cookie(answer: Response, cookie: str, value: str, seconds: int) -> None:
    """Set a cookie hidden from scripts and from other sites' forms."""
    answer.set_cookie(
        cookies.browser_name(cookie),
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=is_served_by_https(),
    )


def delete_cookie(answer: Response, cookie: str) -> None:
    """Delete a cookie, as securely as it was set: browsers demand it of its name."""
    set_cookie(answer, cookie, "", 0)


def is_served_by_https() -> bool:
    """Return whether the portal's address is https."""
    return settings().base_url.startswith("https://")


def user_agent(request: Request) -> str:
    """Return the browser's User-Agent, for the list of sessions."""
    return request.headers.get("user-agent", "")[:120]


def redirect_with_note(note: str, path: str) -> RedirectResponse:
    """Redirect to a form with a signed note of the input and the refusal."""
    answer = redirect_after_form(path)
    set_cookie(answer, cookies.LOGIN_NOTE_COOKIE, note, cookies.LOGIN_NOTE_SECONDS)
    return answer


@router.post(routes.SIGN_IN_FORM, dependencies=[RequireOwnOrigin])
async def post_sign_in(
    request: Request,
    address: ClientAddress,
    email: Typed = "",
    password: Typed = "",
    *,
    wanted: WantedPath,
) -> RedirectResponse:
    """Sign in and redirect to the wanted page, or back to the form with the refusal."""
    now = clock.now()
    try:
        signed = await sign_in.sign_in_with_password(
            email[:200],
            password[:1000],
            address=address,
            browser=user_agent(request),
            previous_token=sent_cookie(request, cookies.SESSION_COOKIE),
            now=now,
        )
    except (AppError, BusyError) as refusal:
        kind = "espera" if isinstance(refusal, TooManyRequestsError) else "1"
        back = f"&voltar={quote(wanted, safe='')}" if wanted else ""
        note = cookies.encode_login_note(email, refusal.message, now=now)
        return redirect_with_note(note, f"{routes.SIGN_IN}?erro={kind}{back}")
    if signed.waits_for_code:
        back = f"?voltar={quote(wanted, safe='')}" if wanted else ""
        answer = redirect_after_form(routes.SECOND_STEP + back)
    else:
        answer = redirect_after_form(landing_path(signed.actor, wanted))
    set_session_cookie(answer, signed)
    return answer


@router.post(routes.SECOND_STEP_FORM, dependencies=[RequireOwnOrigin])
async def submit_code(
    request: Request, code: Typed = "", *, wanted: WantedPath
) -> RedirectResponse:
    """Complete a sign-in with the code of the second step."""
    back = f"&voltar={quote(wanted, safe='')}" if wanted else ""
    now = clock.now()
    try:
        signed = await sign_in.sign_in_with_code(
            sent_cookie(request, cookies.SESSION_COOKIE), code[:100], now=now
        )
    except AuthenticationRequiredError as refusal:
        return redirect_with_note(
            cookies.encode_login_note("", refusal.message, now=now),
            f"{routes.SIGN_IN}?erro=1{back}",
        )
    except AppError as refusal:
        return redirect_with_note(
            cookies.encode_login_note("", refusal.message, now=now),
            f"{routes.SECOND_STEP}?erro=1{back}",
        )
    answer = redirect_after_form(landing_path(signed.actor, wanted))
    set_session_cookie(answer, signed)
    return answer


@router.post(routes.SIGN_OUT_FORM, dependencies=[RequireOwnOrigin])
async def sign_out(request: Request) -> Response:
    """End the session; log out at the provider too when it signed the person in."""
    token, now = sent_cookie(request, cookies.SESSION_COOKIE), clock.now()
    logout = ""
    if token and await db.write(sessions.sign_out, token, now=now):
        logout = await oidc.logout_url(f"{settings().base_url}{routes.HOME}", now=now)
    answer = redirect_to_other_site(logout) if logout else redirect_after_form(routes.HOME)
    delete_cookie(answer, cookies.SESSION_COOKIE)
    return answer
