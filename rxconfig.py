"""Reflex's configuration: name, plugins, ports from the environment; nothing else."""

import reflex as rx

from canais_app.settings import settings
from canais_app.ui.build import PortalPlugin

# Of these the page's socket may be opened; "localhost" is for whoever tries the portal at home.
origins = [settings().base_url]
if not settings().is_production:
    origins.append(f"http://localhost:{settings().port}")

config = rx.Config(
    app_name="canais_app",
    plugins=[rx.plugins.TailwindV4Plugin(), PortalPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_port=settings().port,
    backend_port=settings().port,
    api_url=f"http://localhost:{settings().port}",
    deploy_url=settings().base_url,
    cors_allowed_origins=origins,
    trusted_proxy_hops=settings().trusted_proxy_hops,
    state_manager_mode="memory",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["gzip"],
)
