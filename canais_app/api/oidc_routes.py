"""Sign-in through the OpenID provider: authorization request and callback."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from canais_app import routes
from canais_app.accounts import cookies, oidc, oidc_accounts
from canais_app.accounts.roles import landing_path
from canais_app.api.deps import ClientAddress, sent_cookie
from canais_app.api.sessions import (
    delete_cookie,
    redirect_after_form,
    redirect_with_note,
    set_cookie,
    set_session_cookie,
    user_agent,
)
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)


def _callback() -> str:
    return f"{settings().base_url}{routes.PROVIDER_RETURN}"


def _redirect_to_login(refusal: AppError, back: str) -> RedirectResponse:
    note = cookies.encode_login_note("", refusal.message, now=clock.now())
    query = f"&voltar={quote(back, safe='')}" if back else ""
    answer = redirect_with_note(note, f"{routes.SIGN_IN}?erro=1{query}")
    delete_cookie(answer, cookies.AUTH_REQUEST_COOKIE)
    return answer


@router.get(routes.PROVIDER_SIGN_IN)
async def begin_sign_in(address: ClientAddress, voltar: str = "") -> RedirectResponse:
    """Redirect to the provider and store the authorization request in a cookie."""
    back, now = routes.safe_return_path(voltar), clock.now()
    if not settings().has_provider:
        return redirect_after_form(routes.SIGN_IN)
    try:
        limits.check_rate_limit("30/minute", "provider", address)
        location, pending = await oidc.begin_authorization(_callback(), back, now=now)
    except AppError as refusal:
        return _redirect_to_login(refusal, back)
    answer = redirect_after_form(location)
    note = cookies.encode_auth_request(pending, now=now)
    set_cookie(answer, cookies.AUTH_REQUEST_COOKIE, note, cookies.AUTH_REQUEST_SECONDS)
    return answer


@router.get(routes.PROVIDER_RETURN)
async def complete_sign_in(request: Request, address: ClientAddress) -> RedirectResponse:
    """Complete the sign-in when the callback matches this browser's authorization request."""
    now = clock.now()
    pending = cookies.decode_auth_request(
        sent_cookie(request, cookies.AUTH_REQUEST_COOKIE), now=now
    )
    if pending is None or not settings().has_provider:
        return _redirect_to_login(oidc.ProviderFailedError(oidc.SIGN_IN_FAILED_TEXT), "")
    try:
        limits.check_rate_limit("30/minute", "provider", address)
        identity = await oidc.complete_callback(request.query_params, pending, _callback(), now=now)
        signed = await db.write(
            oidc_accounts.sign_in_with_provider,
            identity,
            now=now,
            browser=user_agent(request),
            previous_token=sent_cookie(request, cookies.SESSION_COOKIE),
        )
    except AppError as refusal:
        return _redirect_to_login(refusal, pending.back)
    answer = redirect_after_form(landing_path(signed.actor, pending.back))
    set_session_cookie(answer, signed)
    delete_cookie(answer, cookies.AUTH_REQUEST_COOKIE)
    return answer
