"""The composition root: one app of pages, API and background tasks."""

import reflex as rx
import structlog

import canais_app.models  # noqa: F401 (importing registers the tables)
from canais_app import wiring
from canais_app.accounts.pages import PAGES as ACCOUNTS
from canais_app.admin.pages import PAGES as ADMIN
from canais_app.agenda.pages import PAGES as AGENDA
from canais_app.api import app as api
from canais_app.api import edge, headers, ops, public_answers
from canais_app.complaints.analysis.state import refresh_analyses
from canais_app.complaints.pages import PAGES as COMPLAINTS
from canais_app.complaints.queue.state import refresh_desks
from canais_app.complaints.situations.desk.state import refresh_situations
from canais_app.complaints.statistics.columns import keep_facts
from canais_app.complaints.status.state import refresh_status
from canais_app.directory import snapshot
from canais_app.directory.pages import PAGES as DIRECTORY
from canais_app.jobs import worker
from canais_app.kit import live, logs
from canais_app.kit.errors import BusyError
from canais_app.kit.sockets import limit_events
from canais_app.ui import theme
from canais_app.ui.error_banner import ErrorBannerState
from canais_app.ui.not_found import not_found_page

logs.configure_logging()
log = structlog.get_logger()


def handle_backend_exception(exception: Exception):  # noqa: ANN201 (Reflex reads the annotation at start)
    """Log an internal error and show one sentence on the page."""
    if isinstance(exception, BusyError):
        log.warning("event_postponed", cause=exception.event)
        return ErrorBannerState.show_busy()
    log.error("event_failed", exc_info=exception)
    return ErrorBannerState.show_error()


app = rx.App(
    html_lang="pt-BR",
    stylesheets=["/canais.css"],
    head_components=theme.head_components(),
    toaster=None,
    backend_exception_handler=handle_backend_exception,  # pyright: ignore[reportArgumentType]
    api_transformer=[
        api.create_app(),
        public_answers.PublicReadsMiddleware,
        headers.SecurityHeadersMiddleware,
        ops.MetricsMiddleware,
        edge.RequestMiddleware,
    ],
)
app.app_wraps = {order: wrap for order, wrap in app.app_wraps.items() if order[1] != "Overlay"}
wiring.connect_hooks()
wiring.connect_screens()
live.broadcaster.app = app
limit_events(app)
app.register_lifespan_task(live.broadcaster.run)
app.register_lifespan_task(snapshot.warm)
app.register_lifespan_task(worker.run_in_server)
app.register_lifespan_task(ops.sample_process)
app.register_lifespan_task(refresh_status)
app.register_lifespan_task(keep_facts)
app.register_lifespan_task(refresh_analyses)
app.register_lifespan_task(refresh_situations)
app.register_lifespan_task(refresh_desks)

app.add_page(not_found_page, route="404", title="Página não encontrada")
for pages in (DIRECTORY, AGENDA, COMPLAINTS, ACCOUNTS, ADMIN):
    for page in pages:
        app.add_page(**page)
