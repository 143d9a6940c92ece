"""The outermost layer of every HTTP request: its id, the limits of its body, one line per error.

Limits hold without a proxy, too. A body that is refused reaches its route as an `HTTPException`.
"""

import asyncio
import re
import secrets
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canais_app import routes
from canais_app.api.problems import problem_response
from canais_app.kit.errors import BusyError
from canais_app.settings import settings

REQUEST_ID = "X-Request-ID"
MAX_BODY_BYTES = 1_000_000
BODY_SECONDS = 30  # for the whole body of a request
SLOW_BODY_SECONDS = 120  # of a form with a file
# Forms with a file check their size themselves.
WITH_FILES = (routes.REPORT, routes.IMPORT_FORM)
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
log = structlog.get_logger()


class RequestMiddleware:
    """ASGI middleware: binds the request's id to its log lines, and answers what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; log an error once and answer it when nothing was answered yet."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id, has_started = _request_id(headers), False

        async def complete(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                answer = MutableHeaders(scope=message)
                answer[REQUEST_ID] = request_id
                if "location" in answer:
                    answer["location"] = _without_host(answer["location"], headers)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, _limited(scope, headers, receive), complete)
            except Exception:
                log.exception("request_failed", route=route_template(scope))
                if not has_started:
                    await internal_error()(scope, receive, complete)


def internal_error() -> Response:
    """Return the answer of an internal error; its details are in the log."""
    return problem_response(
        500, "Falha nossa", "Algo falhou do nosso lado. Tente de novo em instantes."
    )


def busy_error(wrong: BusyError) -> Response:
    """Return the answer while the database is busy or away."""
    answer = problem_response(wrong.status, wrong.title, wrong.message)
    answer.headers["Retry-After"] = str(wrong.retry_after)
    return answer


def route_template(scope: Scope) -> str:
    """Return the route's template; all pages are one route, all files another."""
    if scope["path"].startswith("/assets/"):
        return "assets"
    return getattr(scope.get("route"), "path", "") or "pages"


def _request_id(headers: Headers) -> str:
    """Return the id that our proxy gave the request, or a new one."""
    given = headers.get(REQUEST_ID, "")
    if settings().trusted_proxy_hops and _GIVEN_ID.fullmatch(given):
        return given
    return secrets.token_hex(8)


def _without_host(location: str, headers: Headers) -> str:
    """Return a redirect to the host of the request as a path: any client can name any host."""
    for scheme in ("http", "https"):
        prefix = f"{scheme}://{headers.get('host', '')}/"
        if location.startswith(prefix):
            return location[len(prefix) - 1 :]
    return location


def _limited(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """Return `receive` with the limits of size and time of a body."""
    has_file = scope["path"] in WITH_FILES
    until = time.monotonic() + (SLOW_BODY_SECONDS if has_file else BODY_SECONDS)
    announced = headers.get("content-length", "")
    received, is_complete = 0, False

    async def limited() -> Message:
        nonlocal received, is_complete
        if is_complete:
            return await receive()
        if not has_file and announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
            raise HTTPException(413)
        try:
            async with asyncio.timeout(until - time.monotonic()):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        received += len(message.get("body", b""))
        if not has_file and received > MAX_BODY_BYTES:
            raise HTTPException(413)
        is_complete = not message.get("more_body", False)
        return message

    return limited
