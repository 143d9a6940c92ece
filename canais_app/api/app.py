"""The FastAPI app beside Reflex: one renderer for refusals, one list of routers."""

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
    docs,
    files,
    importing,
    oidc_routes,
    ops,
    pages,
    requests,
    sessions,
    units,
    waitlist,
)
from canais_app.directory.errors import UnitMovedError
from canais_app.kit.errors import AppError, BusyError, TooManyRequestsError, error_from_findings

PROBLEM_MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger()


def problem_response(
    status: int, title: str, detail: str, errors: dict[str, str] | None = None
) -> JSONResponse:
    """Return a refusal as RFC 9457 says."""
    body: dict[str, object] = {"title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, media_type=PROBLEM_MEDIA_TYPE)


async def handle_refusal(_request: Request, refusal: Exception) -> JSONResponse:
    """Answer a refusal of ours."""
    assert isinstance(refusal, AppError)  # noqa: S101 (registered for that class only)
    answer = problem_response(refusal.status, refusal.title, refusal.message, refusal.errors)
    if isinstance(refusal, TooManyRequestsError):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


async def busy(_request: Request, wrong: Exception) -> JSONResponse:
    """Answer a timeout of the database: 503, and when to try again."""
    log.warning("database_busy", cause=type(wrong.__cause__).__name__)
    answer = problem_response(BusyError.status, BusyError.title, BusyError.message)
    answer.headers["Retry-After"] = str(BusyError.retry_after)
    return answer


async def handle_unit_moved(request: Request, refusal: Exception) -> Response:
    """Lead on from the former address of a unit, at whichever door it stands in the path."""
    assert isinstance(refusal, UnitMovedError)  # noqa: S101 (registered for that class only)
    steps = request.url.path.split("/")
    path = "/".join(refusal.slug if step == refusal.former else step for step in steps)
    return RedirectResponse(path + (f"?{request.url.query}" if request.url.query else ""), 301)


async def handle_invalid_request(_request: Request, wrong: Exception) -> JSONResponse:
    """Answer what FastAPI could not read, with our sentences."""
    assert isinstance(wrong, RequestValidationError)  # noqa: S101 (registered for that class only)
    cleaned = [
        {**e, "loc": tuple(p for p in e["loc"] if p not in ("body", "query", "path", "header"))}
        for e in wrong.errors()
    ]
    said = error_from_findings(cleaned)
    return problem_response(422, said.title, said.message, said.errors)


async def handle_http_error(_request: Request, wrong: Exception) -> JSONResponse:
    """Answer an unknown path or method in pt-BR."""
    assert isinstance(wrong, HTTPException)  # noqa: S101 (registered for that class only)
    words = {
        404: "Este endereço não existe.",
        405: "Este endereço não aceita esse método.",
    }
    return problem_response(
        wrong.status_code, "Pedido recusado", words.get(wrong.status_code, "Confira o pedido.")
    )


async def handle_internal_error(_request: Request, wrong: Exception) -> JSONResponse:
    """Answer our own failure without its insides; the log has them."""
    log.error("request_failed", exc_info=wrong)
    return problem_response(
        500, "Falha nossa", "Algo falhou do nosso lado. Tente de novo em instantes."
    )


def create_app() -> FastAPI:
    """Return the API app with every room's router."""
    wiring.connect_hooks()
    app = FastAPI(
        title="Canais de Atendimento do Poder Judiciário de Mato Grosso",
        version=__version__,
        openapi_url=f"{routes.API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    # They are coroutines, though none waits: for a function each refusal would need a thread.
    app.add_exception_handler(AppError, handle_refusal)
    app.add_exception_handler(BusyError, busy)
    app.add_exception_handler(UnitMovedError, handle_unit_moved)
    app.add_exception_handler(RequestValidationError, handle_invalid_request)
    app.add_exception_handler(HTTPException, handle_http_error)
    app.add_exception_handler(Exception, handle_internal_error)
    for room in (
        admin,
        importing,
        directory,
        calendar,
        agenda,
        agenda_feed,
        waitlist,
        requests,
        complaints,
        files,
        sessions,
        oidc_routes,
        docs,
        ops,
        pages,
        units,
    ):
        app.include_router(room.router)
    return app
