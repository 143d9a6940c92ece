"""Configuração."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.config.state import ConfigState
from canais_app.ui.tables import table


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.tr(rx.el.td(rx.el.code(row["name"])), rx.el.td(row["value"]), key=row["name"])


def page() -> rx.Component:
    """Return the page of settings."""
    return staff_page(
        "Configuração",
        routes.ADMIN_SETTINGS,
        ConfigState,
        rx.el.p(
            "Valores do ambiente do servidor; mudam ali, e valem depois de reiniciar.",
            class_name="muted",
        ),
        table(
            "Configuração em vigor",
            ("Variável", "Valor"),
            rx.el.tbody(rx.foreach(ConfigState.rows, _row)),
        ),
    )
