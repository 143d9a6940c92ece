"""Reflex's configuration: name, plugins, ports from the environment; nothing else."""

import reflex as rx

from canais_app.settings import settings
from canais_app.ui.build import PortalPlugin

config = rx.Config(
    app_name="canais_app",
    plugins=[rx.plugins.TailwindV4Plugin(), PortalPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_port=settings().port,
    backend_port=settings().port,
    api_url=f"http://localhost:{settings().port}",
    deploy_url=settings().base_url,
    cors_allowed_origins=[settings().base_url, f"http://localhost:{settings().port}"],
    trusted_proxy_hops=settings().trusted_proxy_hops,
    state_manager_mode="memory",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["gzip"],
)
