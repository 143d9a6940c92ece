"""The FastAPI app: its routers, and errors as problem details (RFC 9457)."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from canais_app import __version__, routes, wiring
from canais_app.api import (
    admin,
    agenda,
    agenda_feed,
    calendar,
    complaints,
    directory,
    drafts,
    edge,
    files,
    importing,
    oidc_routes,
    open_data,
    ops,
    requests,
    sessions,
    situations,
    status,
    triage,
    units,
    waitlist,
)
from canais_app.api.html import docs, pages, reporting, status_page, subscriptions, tracking
from canais_app.api.problems import problem_response
from canais_app.directory.errors import UnitMovedError
from canais_app.kit.errors import AppError, BusyError, TooManyRequestsError, error_from_findings

log = structlog.get_logger()


async def handle_refusal(_request: Request, refusal: Exception) -> JSONResponse:
    """Answer an `AppError`."""
    assert isinstance(refusal, AppError)  # noqa: S101 (registered for that class only)
    answer = problem_response(refusal.status, refusal.title, refusal.message, refusal.errors)
    if isinstance(refusal, TooManyRequestsError):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


async def handle_busy(_request: Request, wrong: Exception) -> Response:
    """Answer while the database is busy or away: 503 with Retry-After."""
    assert isinstance(wrong, BusyError)  # noqa: S101 (registered for that class only)
    log.warning(wrong.event, cause=type(wrong.__cause__).__name__)
    return edge.busy_error(wrong)


async def handle_unit_moved(request: Request, refusal: Exception) -> Response:
    """Redirect from the former slug of a unit to the same path with the new one."""
    assert isinstance(refusal, UnitMovedError)  # noqa: S101 (registered for that class only)
    steps = request.url.path.split("/")
    path = "/".join(refusal.slug if step == refusal.former else step for step in steps)
    return RedirectResponse(path + (f"?{request.url.query}" if request.url.query else ""), 301)


async def handle_invalid_request(_request: Request, wrong: Exception) -> JSONResponse:
    """Answer invalid input with a pt-BR sentence per field."""
    assert isinstance(wrong, RequestValidationError)  # noqa: S101 (registered for that class only)
    outer = ("body", "query", "path", "header")
    cleaned = [
        {
            **e,
            "loc": ("json",)  # the place in the text is no field
            if e["type"] == "json_invalid"
            else tuple(p for p in e["loc"] if p not in outer),
        }
        for e in wrong.errors()
    ]
    error = error_from_findings(cleaned)
    return problem_response(422, error.title, error.message, error.errors)


async def handle_http_error(_request: Request, wrong: Exception) -> JSONResponse:
    """Answer an unknown path or method."""
    assert isinstance(wrong, HTTPException)  # noqa: S101 (registered for that class only)
    words = {
        404: "Este endereço não existe.",
        405: "Este endereço não aceita esse método.",
        408: "O envio demorou demais.",
        413: "O envio passa do tamanho aceito.",
    }
    answer = problem_response(
        wrong.status_code, "Pedido recusado", words.get(wrong.status_code, "Confira o pedido.")
    )
    answer.headers.update(wrong.headers or {})  # `Allow`, which a 405 must have
    return answer


async def handle_internal_error(_request: Request, _wrong: Exception) -> Response:
    """Answer an internal error without details; `RequestMiddleware` logs it."""
    return edge.internal_error()


def create_app() -> FastAPI:
    """Return the API with all routers."""
    wiring.connect_hooks()
    app = FastAPI(
        title="Canais de Atendimento do Poder Judiciário de Mato Grosso",
        version=__version__,
        openapi_url=f"{routes.API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    # Coroutines, because FastAPI would run each plain function in a thread.
    app.add_exception_handler(AppError, handle_refusal)
    app.add_exception_handler(BusyError, handle_busy)
    app.add_exception_handler(UnitMovedError, handle_unit_moved)
    app.add_exception_handler(RequestValidationError, handle_invalid_request)
    app.add_exception_handler(HTTPException, handle_http_error)
    app.add_exception_handler(Exception, handle_internal_error)
    for module in (
        admin, importing, directory, calendar, agenda, agenda_feed, waitlist, requests, complaints,
        files, reporting, tracking, sessions, situations, status, status_page, subscriptions,
        drafts, open_data, oidc_routes, docs, ops, pages, triage, units,
    ):  # fmt: skip
        app.include_router(module.router)
    app.include_router(triage.files)
    return app
