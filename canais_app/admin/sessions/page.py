"""Sessões."""

import reflex as rx

from canais_app import routes
from canais_app.admin.sessions.state import SessionsState
from canais_app.ui import staff_page
from canais_app.ui.tables import table


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.tr(
        *staff_page.table_cells(row["person"], row["browser"], row["began"], row["seen"]),
        rx.el.td(
            rx.cond(
                row["is_this"],
                rx.el.span("Esta sessão", class_name="tag ok"),
                rx.el.button(
                    "Encerrar",
                    rx.el.span(" a sessão de ", row["person"], class_name="visually-hidden"),
                    on_click=SessionsState.end_session(row["id"].to(int)),
                    class_name="btn sec sm",
                ),
            )
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of open sessions."""
    return staff_page.staff_page(
        "Sessões",
        routes.ADMIN_SESSIONS,
        SessionsState,
        table(
            "Sessões abertas",
            ("Pessoa", "Navegador", "Entrou", "Ativa em", "Ações"),
            rx.el.tbody(rx.foreach(SessionsState.rows, _row)),
        ),
    )
