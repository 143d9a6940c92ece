"""Signing in through the OpenID provider: the way there and the way back, always by redirects."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from canais_app import routes
from canais_app.accounts import cookies, federated, oidc, policies
from canais_app.accounts.roles import landing
from canais_app.api.deps import Address
from canais_app.api.sessions import back_with, browser_of, go, put, remember
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)


def _callback() -> str:
    return f"{settings().base_url}{routes.PROVIDER_RETURN}"


def _refuse(refusal: AppError, back: str) -> RedirectResponse:
    note = cookies.write_note("", refusal.message, now=clock.now())
    there = f"&voltar={quote(back, safe='')}" if back else ""
    answer = back_with(note, f"{routes.SIGN_IN}?erro=1{there}")
    answer.delete_cookie(cookies.DEPARTURE)
    return answer


@router.get(routes.PROVIDER_SIGN_IN)
async def leave(address: Address, voltar: str = "") -> RedirectResponse:
    """Go to the provider; the browser keeps what proves that it comes back from there."""
    back, now = policies.safe_return(voltar), clock.now()
    if not settings().has_provider:
        return go(routes.SIGN_IN)
    try:
        limits.check("30/minute", "provider", address)
        where, leaving = await oidc.depart(_callback(), back, now=now)
    except AppError as refusal:
        return _refuse(refusal, back)
    answer = go(where)
    sealed = cookies.write_departure(leaving, now=now)
    put(answer, cookies.DEPARTURE, sealed, cookies.DEPARTURE_SECONDS)
    return answer


@router.get(routes.PROVIDER_RETURN)
async def come_back(request: Request, address: Address) -> RedirectResponse:
    """Sign in whom the provider vouches for, if this browser left for it a moment ago."""
    now = clock.now()
    leaving = cookies.read_departure(request.cookies.get(cookies.DEPARTURE, ""), now=now)
    if leaving is None or not settings().has_provider:
        return _refuse(oidc.ProviderError(oidc.UNPROVEN), "")
    try:
        limits.check("30/minute", "provider", address)
        identity = await oidc.arrive(request.query_params, leaving, _callback(), now=now)
        signed = await db.in_session(
            federated.sign_in,
            identity,
            now=now,
            browser=browser_of(request),
            previous_token=request.cookies.get(cookies.SESSION, ""),
        )
    except AppError as refusal:
        return _refuse(refusal, leaving.back)
    answer = go(landing(signed.actor, leaving.back))
    remember(answer, signed)
    answer.delete_cookie(cookies.DEPARTURE)
    return answer
