"""The composition root: pages, the API and the loops become one app."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.desk.page import page as desk
from canais_app.accounts.desk.state import Desk
from canais_app.accounts.login.page import page as login
from canais_app.accounts.login.state import Login
from canais_app.api import app as api
from canais_app.api import headers, ops
from canais_app.kit import live
from canais_app.ui import theme
from canais_app.ui.not_found import page as not_found

app = rx.App(
    html_lang="pt-BR",
    stylesheets=["/canais.css"],
    head_components=theme.head(),
    toaster=None,
    api_transformer=[api.make(), headers.Protect, ops.Measure],
)
app.app_wraps = {order: wrap for order, wrap in app.app_wraps.items() if order[1] != "Overlay"}
live.hub.app = app
app.register_lifespan_task(live.hub.run)

app.add_page(not_found, route="404", title="Página não encontrada")

app.add_page(
    desk,
    route=routes.DESK,
    title="Sua mesa",
    description="O lugar de trabalho de quem atende.",
    on_load=Desk.load,
)
app.add_page(
    login,
    route=routes.SIGN_IN,
    title="Entrar",
    description="Acesso de servidores, magistrados e equipes do Tribunal.",
    on_load=Login.load,
)
