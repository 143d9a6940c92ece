"""The FastAPI app: its routers, and errors as problem details (RFC 9457)."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from canais_app import __version__, routes, wiring
from canais_app.api import (
    admin,
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
    security_reports,
    sessions,
    site_files,
    situations,
    status,
    triage,
    units,
)
from canais_app.api.agendas import agenda, agenda_feed, proofs, requests, waitlist
from canais_app.api.html import (
    docs,
    pages,
    proof_page,
    reporting,
    site,
    status_page,
    subscriptions,
    tracking,
    transparency,
)
from canais_app.api.openapi import Api
from canais_app.api.problems import problem_response
from canais_app.complaints.public_status import datasets
from canais_app.directory.errors import UnitMovedError
from canais_app.kit.errors import AppError, BusyError, TooManyRequestsError, error_from_findings
from canais_app.settings import settings

CONTACT = {"name": "Ouvidoria do TJMT", "email": "ouvidoria@tjmt.jus.br"}
ABOUT = (
    "Unidades, canais, agendas, avisos e a situação dos canais do Poder Judiciário de Mato Grosso. "
    "Horas em RFC 3339; listas têm `items` e `next`; erros seguem a RFC 9457. Leituras públicas "
    "têm ETag, aceitam HEAD e podem ser feitas de outros sites (CORS)."
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
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


async def handle_http_error(request: Request, wrong: Exception) -> JSONResponse:
    """Answer an unknown path or method, or an unreadable body."""
    assert isinstance(wrong, HTTPException)  # noqa: S101 (registered for that class only)
    words = {
        400: "O corpo do pedido não se lê.",
        404: "Este endereço não existe.",
        405: "Este endereço não aceita esse método.",
        408: "O envio demorou demais.",
        413: "O envio passa do tamanho aceito.",
    }
    answer = problem_response(
        wrong.status_code, "Pedido recusado", words.get(wrong.status_code, "Confira o pedido.")
    )
    if wrong.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
    return answer


async def handle_internal_error(_request: Request, _wrong: Exception) -> Response:
    """Answer an internal error without details; `RequestMiddleware` logs it."""
    return edge.internal_error()


async def refuse_unknown(request: Request) -> Response:
    """Refuse an unknown address below `/api`, or a method that it does not take.

    Raises:
        HTTPException: always; without this route the pages' own 404 would answer.
    """
    raise HTTPException(405 if _allowed_methods(request) else 404)


def _allowed_methods(request: Request) -> set[str]:
    """Return the methods that the path takes; one path may have a route for each of them."""
    routers = (getattr(entry, "original_router", None) for entry in request.app.routes)
    return {
        method
        for router in routers
        if router is not None
        for route in router.routes
        if route.matches({**request.scope, "path": request.url.path})[0] is not Match.NONE
        for method in route.methods
    }


def create_app() -> FastAPI:
    """Return the API with all routers."""
    wiring.connect_hooks()
    app = Api(
        title="Canais de Atendimento do Poder Judiciário de Mato Grosso",
        description=ABOUT,
        version=__version__,
        contact=CONTACT,
        license_info={"name": datasets.LICENCE_NAME, "url": datasets.LICENCE},
        terms_of_service=f"{settings().base_url}{routes.OPEN_DATA}",
        servers=[{"url": settings().base_url}],
        openapi_url=None,  # `html/docs.py` answers it as it does every public read
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
        drafts, open_data, oidc_routes, docs, ops, security_reports, pages, proof_page, proofs,
        triage, units, site, site_files, transparency,
    ):  # fmt: skip
        app.include_router(module.router)
    app.include_router(triage.files)
    app.add_route("/api/{path:path}", refuse_unknown, methods=METHODS, include_in_schema=False)
    return app
