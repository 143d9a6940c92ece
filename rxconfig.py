"""Reflex's configuration: name, plugins, ports and origins from the environment."""

import os

import reflex as rx

from canais_app.kit.migrations import require_current
from canais_app.settings import ROOT, settings
from canais_app.ui.reflex_patch import PortalPlugin

port = settings().port
# `canais serve` serves pages and backend on one port. `reflex run` has two processes; that of the
# pages passes API and socket on (ui/reflex_patch.py).
is_served = os.environ.get("REFLEX_ENV_MODE") == "prod"
if not is_served and os.environ.get("__REFLEX_COMPILE_CONTEXT") == "run":
    require_current()
    # Watch the sources only: the database changes with each request. Replaces an inherited value,
    # which may name the folders of another copy of the project.
    watched = f"{ROOT / 'canais_app'}:{ROOT / 'assets'}"
    os.environ["REFLEX_HOT_RELOAD_OVERRIDE_PATHS"] = watched
# Origins of pages that may open the socket; "localhost" only for the demonstration.
origins = [settings().base_url]
if not settings().is_production:
    origins.append(f"http://localhost:{port}")

config = rx.Config(
    app_name="canais_app",
    plugins=[rx.plugins.TailwindV4Plugin(), PortalPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_port=port,
    backend_port=port if is_served else port + 1,
    backend_host=os.environ.get("CANAIS_HOST", "127.0.0.1"),
    # Written into the build; the browser uses the host and port of the page instead.
    api_url="http://localhost",
    cors_allowed_origins=origins,
    trusted_proxy_hops=settings().trusted_proxy_hops,
    state_manager_mode="memory",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
)
