"""Sessões."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.sessions.state import SessionsState
from canais_app.ui import desk
from canais_app.ui.forms import button
from canais_app.ui.tables import table


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.tr(
        *desk.table_cells(row["person"], row["browser"], row["began"], row["seen"]),
        rx.el.td(
            rx.cond(
                row["is_this"],
                rx.el.span("Esta sessão", class_name="tag ok"),
                button(
                    "Encerrar",
                    SessionsState.end_session(row["id"].to(int)),
                    " a sessão de ",
                    row["person"],
                    look="sec sm",
                ),
            )
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of open sessions."""
    return staff_page(
        "Sessões",
        routes.ADMIN_SESSIONS,
        SessionsState,
        table(
            "Sessões abertas",
            ("Pessoa", "Navegador", "Entrou", "Ativa em", "Ações"),
            rx.el.tbody(rx.foreach(SessionsState.rows, _row)),
        ),
    )
