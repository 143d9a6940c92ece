"""The composition root: pages, the API and the loops become one app."""

import reflex as rx

from canais_app.api import app as api
from canais_app.kit import live
from canais_app.ui import theme
from canais_app.ui.not_found import page as not_found

app = rx.App(
    html_lang="pt-BR",
    stylesheets=["/canais.css"],
    head_components=theme.head(),
    toaster=None,
    api_transformer=[api.make()],
)
app.app_wraps = {order: wrap for order, wrap in app.app_wraps.items() if order[1] != "Overlay"}
live.hub.app = app
app.register_lifespan_task(live.hub.run)

app.add_page(not_found, route="404", title="Página não encontrada")
