"""Dependencies of the API's routes: the caller's address and actor, and the origin of a form."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlmodel import Session

from canais_app.accounts import cookies
from canais_app.accounts import queries as accounts
from canais_app.accounts.roles import Actor
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, PermissionDeniedError
from canais_app.settings import settings


def require_own_origin(request: Request) -> None:
    """Refuse a form sent from another site (CSRF). Browsers always name the origin of a POST.

    Raises:
        PermissionDeniedError: another origin, a hidden one, or a cross-site request.
    """
    origin = request.headers.get("origin")
    if origin is None:
        foreign = request.headers.get("sec-fetch-site", "same-origin") not in (
            "same-origin",
            "none",
        )
    else:
        foreign = not _is_own_origin(origin, request)
    if foreign:
        raise PermissionDeniedError("Este formulário só pode ser enviado pelo próprio portal.")


def _is_own_origin(origin: str, request: Request) -> bool:
    if settings().public_url:
        return origin == _origin_of(settings().public_url)
    return urlsplit(origin).netloc == request.headers.get("host", "")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


RequireOwnOrigin = Depends(require_own_origin)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEY = HTTPBearer(
    auto_error=False, scheme_name="Chave", description="Uma chave da tela Administração › Chaves."
)


P = ParamSpec("P")
T = TypeVar("T")


async def client_address(request: Request) -> str:
    """Return the caller's address behind the trusted proxies."""
    hops = settings().trusted_proxy_hops
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return request.client.host if request.client else ""


async def is_too_large(request: Request, most: int) -> bool:
    """Whether a request names a body above `most` bytes; such a body is read and discarded.

    A browser reads no answer before it has sent all; only what is beyond any form is left unread.
    """
    length = request.headers.get("content-length", "")
    size = int(length) if length.isdecimal() else MAX_DRAINED_BYTES
    if size > most and size < MAX_DRAINED_BYTES:
        async for _ in request.stream():
            pass
    return size > most


async def bearer_token(
    given: Annotated[HTTPAuthorizationCredentials | None, Security(_KEY)],
) -> str:
    """Return the bearer token of a staff call.

    Raises:
        AuthenticationRequiredError: the call has none.
    """
    if given is None or not given.credentials:
        raise AuthenticationRequiredError("Envie a chave em `Authorization: Bearer …`.")
    return given.credentials


Bearer = Annotated[str, Depends(bearer_token)]


async def token_actor(token: Bearer) -> Actor:
    """Return the actor of the bearer token.

    Raises:
        AuthenticationRequiredError: an invalid token.
    """
    return await db.read(accounts.actor_of_token, token, now=clock.now())


def sent_cookie(request: Request, cookie: str) -> str:
    """Return a cookie of a request, or an empty string."""
    return request.cookies.get(cookies.browser_name(cookie), "")


async def cookie_actor(request: Request) -> Actor:
    """Return the actor of the browser's session; the public without one."""
    token = sent_cookie(request, cookies.SESSION_COOKIE)
    return await db.read(accounts.actor_of_session_token, token, now=clock.now())


def as_token_owner(
    session: Session,
    token: str,
    work: Callable[Concatenate[Session, Actor, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a service function as the token's actor, in one transaction.

    Raises:
        AuthenticationRequiredError: an invalid token.
    """
    actor = accounts.actor_of_token(session, token, now=clock.now())
    return work(session, actor, *args, **kwargs)


def _written_day(sent: object) -> object:
    if isinstance(sent, str) and not _DAY.fullmatch(sent):
        raise ValueError("Escreva a data como 2026-11-25.")
    return sent


TokenActor = Annotated[Actor, Depends(token_actor)]
CookieActor = Annotated[Actor, Depends(cookie_actor)]
ClientAddress = Annotated[str, Depends(client_address)]
Slug = Annotated[str, Field(max_length=160)]
Day = Annotated[date, BeforeValidator(_written_day)]  # `2026-11-25`; no number of seconds
Moment = Annotated[str, BeforeValidator(clock.to_rfc3339)]  # read from a datetime
MAX_DRAINED_BYTES = 256 * 1024 * 1024  # beyond, the connection is closed
NO_STORE_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def attachment(filename: str) -> dict[str, str]:
    """Return the header by which a browser saves an answer as a file of this name."""
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


class ViewModel(BaseModel):
    """A response that is read from the attributes of a view."""

    model_config = ConfigDict(from_attributes=True)
