"""Health checks and Prometheus metrics, without personal data."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canais_app.api.edge import route_template
from canais_app.api.headers import BUILD_FOLDER
from canais_app.kit import clock, db, limits, live, migrations
from canais_app.kit.errors import AuthenticationRequiredError, BusyError, NotFoundError
from canais_app.kit.text import constant_time_equals
from canais_app.outbox import service as outbox
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
disable_created_metrics()

REQUEST_COUNTER = Counter(
    "canais_http_requests_total", "HTTP requests answered", ["method", "route", "status"]
)
REQUEST_SECONDS = Histogram(
    "canais_http_request_duration_seconds",
    "Time to the first byte of the answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
OUTBOX_MESSAGES_GAUGE = Gauge("canais_outbox_messages", "Messages in the outbox", ["status"])
OUTBOX_OLDEST_DUE_GAUGE = Gauge(
    "canais_outbox_oldest_due_seconds", "Delay of the oldest due message"
)
OUTBOX_WAITING_GAUGE = Gauge("canais_outbox_due", "Due messages that wait", ["kind"])
OUTBOX_DELAY_GAUGE = Gauge(
    "canais_outbox_delay_seconds", "Delay of the oldest due message of a kind", ["kind"]
)
SOCKETS_GAUGE = Gauge("canais_live_sockets", "Open pages connected to this process")
ROOMS_GAUGE = Gauge("canais_live_rooms", "Live rooms with a page in this process")
DEGRADED_GAUGE = Gauge("canais_degraded", "1 while the portal serves without this part", ["part"])
OK, DEGRADED, FAILED = "ok", "degraded", "falhou"
MIN_FREE_BYTES = 50_000_000  # in the working folder; below, letters and files may not be written


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> Response:
    """Answer while the process is alive; without an answer it needs a restart."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def readyz() -> Response:
    """Return whether the process can serve: database, its version, and the built pages.

    A degraded part (Redis, disk) is named; the process serves all the same.
    """
    checks = {**await _required_parts(), **await asyncio.to_thread(optional_parts)}
    ready = FAILED not in checks.values()
    status = FAILED if not ready else DEGRADED if DEGRADED in checks.values() else OK
    body = {"ready": ready, "status": status, "checks": checks}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return the metrics in Prometheus' text format.

    Raises:
        NotFoundError: in production while no token is set.
        AuthenticationRequiredError: a wrong token.
    """
    _require_token(request.headers.get("authorization", ""))
    counts = await db.read(outbox.count_messages, now=clock.now())
    for status in ("waiting", "scheduled", "sent", "failed", "bounced"):
        OUTBOX_MESSAGES_GAUGE.labels(status).set(getattr(counts, status))
    OUTBOX_OLDEST_DUE_GAUGE.set(counts.oldest_due_seconds)
    OUTBOX_WAITING_GAUGE.clear()
    OUTBOX_DELAY_GAUGE.clear()
    by_kind = await db.read(outbox.count_waiting_by_kind, now=clock.now())
    for kind, (count, delay) in by_kind.items():
        OUTBOX_WAITING_GAUGE.labels(kind).set(count)
        OUTBOX_DELAY_GAUGE.labels(kind).set(delay)
    for part, state in (await asyncio.to_thread(optional_parts)).items():
        DEGRADED_GAUGE.labels(part).set(state == DEGRADED)
    _count_sockets()
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


async def _required_parts() -> Mapping[str, str]:
    pages = OK if _has_pages() else FAILED
    try:
        await db.read(_probe_database)
        current = await db.read(lambda _session: migrations.is_database_current())
    except (SQLAlchemyError, BusyError):
        return {"database": FAILED, "migrations": FAILED, "pages": pages}
    return {"database": OK, "migrations": OK if current else FAILED, "pages": pages}


def optional_parts() -> dict[str, str]:
    """Return the state of the parts that the portal can do without for a while."""
    folders = (
        settings().var_dir,
        settings().var_dir / "mail",
    )  # the second may be a disk of its own
    free = min(shutil.disk_usage(one).free for one in (*folders, Path()) if one.exists())
    parts = {"disk": OK if free >= MIN_FREE_BYTES else DEGRADED}
    if settings().redis_url:
        parts["redis"] = OK if limits.counters().probe() else DEGRADED
    return parts


def _probe_database(session: Session) -> None:
    session.connection().execute(text("SELECT 1"))


def _has_pages() -> bool:
    return (BUILD_FOLDER / "index.html").exists()


def _require_token(authorization: str) -> None:
    token = settings().metrics_token.get_secret_value()
    if not token:
        if settings().is_production:
            raise NotFoundError("Defina CANAIS_METRICS_TOKEN para ler as medidas.")
        return
    if not constant_time_equals(authorization.removeprefix("Bearer "), token):
        raise AuthenticationRequiredError("Envie o token das medidas no cabeçalho Authorization.")


def _count_sockets() -> None:
    if live.broadcaster.sockets is not None:
        sockets, rooms = live.broadcaster.sockets.count_sockets_and_rooms()
        SOCKETS_GAUGE.set(sockets)
        ROOMS_GAUGE.set(rooms)


class MetricsMiddleware:
    """ASGI middleware that counts answers by route template, so that no label holds a token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = route_template(scope)
                REQUEST_COUNTER.labels(_method(scope), route, str(message["status"])).inc()
                REQUEST_SECONDS.labels(route).observe(time.perf_counter() - begun)
            await send(message)

        await self.app(scope, receive, count)


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"
