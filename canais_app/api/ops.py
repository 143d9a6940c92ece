"""Health checks and Prometheus metrics, without personal data."""

import asyncio
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canais_app.agenda.models import Appointment
from canais_app.api.edge import route_template
from canais_app.api.headers import BUILD_FOLDER
from canais_app.complaints.models import Complaint
from canais_app.directory import snapshot
from canais_app.kit import clock, db, limits, live, migrations
from canais_app.kit.errors import AuthenticationRequiredError, BusyError, NotFoundError
from canais_app.kit.text import constant_time_equals
from canais_app.outbox import service as outbox
from canais_app.settings import settings

MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set by serve.py; prometheus_client's name
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
SOCKETS_GAUGE = Gauge("canais_live_sockets", "Open pages", multiprocess_mode="livesum")
ROOMS_GAUGE = Gauge("canais_live_rooms", "Live rooms with a page", multiprocess_mode="livesum")
LAG_GAUGE = Gauge(
    "canais_event_loop_lag_seconds",
    "Delay of a timer of the slowest process",
    multiprocess_mode="livemax",
)
POOL_GAUGE = Gauge("canais_database_connections", "Connections in use", multiprocess_mode="livesum")
# Read from the database at each scrape: name, help, label.
SCRAPED = {
    "canais_outbox_messages": ("Messages in the outbox", "status"),
    "canais_outbox_oldest_due_seconds": ("Delay of the oldest due message", ""),
    "canais_outbox_due": ("Due messages that wait", "kind"),
    "canais_outbox_delay_seconds": ("Delay of the oldest due message of a kind", "kind"),
    "canais_degraded": ("1 while the portal serves without this part", "part"),
    "canais_appointments": ("Appointments, holds and requests", "status"),
    "canais_complaints": ("Complaints", "status"),
}
SAMPLE_SECONDS = 5.0  # between two samples of the process's own figures
OK, DEGRADED, FAILED = "ok", "degraded", "falhou"
MIN_FREE_BYTES = 50_000_000  # in the working folder; below, letters and files may not be written


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> Response:
    """Answer while the process is alive; without an answer it needs a restart."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def readyz() -> Response:
    """Return whether the process can serve: database, its version, search index, built pages.

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
    figures = await db.read(_read_figures, now=clock.now())
    parts = await asyncio.to_thread(optional_parts)
    figures["canais_degraded"] = {part: float(state == DEGRADED) for part, state in parts.items()}
    registry = CollectorRegistry()
    registry.register(_Scraped(figures))
    own = REGISTRY
    if folder := os.environ.get(MULTIPROCESS_FOLDER):
        _forget_dead_processes(Path(folder))
        own = CollectorRegistry()
        multiprocess.MultiProcessCollector(own)
    text_format = generate_latest(own) + generate_latest(registry)
    return Response(text_format, media_type=CONTENT_TYPE_LATEST)


def _read_figures(session: Session, *, now: datetime) -> dict[str, dict[str, float]]:
    """Return the figures of `SCRAPED` by label; those of the database."""
    counts = outbox.count_messages(session, now=now)
    statuses = ("waiting", "scheduled", "sent", "failed", "bounced")
    by_kind = outbox.count_waiting_by_kind(session, now=now)
    figures = {
        "canais_outbox_messages": {name: float(getattr(counts, name)) for name in statuses},
        "canais_outbox_oldest_due_seconds": {"": float(counts.oldest_due_seconds)},
        "canais_outbox_due": {kind: float(count) for kind, (count, _) in by_kind.items()},
        "canais_outbox_delay_seconds": {kind: delay for kind, (_, delay) in by_kind.items()},
    }
    for name, table in (("canais_appointments", Appointment), ("canais_complaints", Complaint)):
        grouped = select(table.status, func.count()).group_by(col(table.status))
        figures[name] = {str(status): float(count) for status, count in session.exec(grouped)}
    return figures


class _Scraped(Collector):
    """The figures of one scrape."""

    def __init__(self, figures: Mapping[str, Mapping[str, float]]) -> None:
        self.figures = figures

    def collect(self) -> Iterable[Metric]:
        """Return them as gauges."""
        for name, by_label in self.figures.items():
            words, label = SCRAPED[name]
            family = GaugeMetricFamily(name, words, labels=[label] if label else [])
            for value, figure in by_label.items():
                family.add_metric([value] if label else [], figure)
            yield family


def _forget_dead_processes(folder: Path) -> None:
    """Drop the gauges of processes that are gone; their counters go on counting."""
    for path in folder.glob("gauge_live*_*.db"):
        number = int(path.stem.rpartition("_")[2])
        if not Path(f"/proc/{number}").exists():
            multiprocess.mark_process_dead(number, str(folder))


async def sample_process() -> None:
    """Measure this process now and then, until it ends (a lifespan task of the app)."""
    while True:
        due = time.perf_counter() + SAMPLE_SECONDS
        await asyncio.sleep(SAMPLE_SECONDS)
        LAG_GAUGE.set(max(0.0, time.perf_counter() - due))
        POOL_GAUGE.set(db.count_connections_in_use())
        _count_sockets()


async def _required_parts() -> Mapping[str, str]:
    pages = OK if _has_pages() else FAILED
    try:
        await db.read(_probe_database)
        current = await db.read(lambda _session: migrations.is_database_current())
        if current:
            await db.read(snapshot.load_snapshot_or_stale)  # waits for the first search index
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
