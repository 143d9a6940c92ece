"""Auditoria."""

import reflex as rx

from canais_app import routes
from canais_app.admin.trail.state import Trail
from canais_app.ui import forms, frame
from canais_app.ui.tables import table


def _filters() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            forms.field("actor", "Quem", Trail.errors, max_length=80),
            rx.el.div(
                rx.el.label("Ação", html_for="action"),
                rx.el.select(
                    rx.el.option("Todas", value=""),
                    rx.foreach(Trail.actions, lambda one: rx.el.option(one, value=one)),
                    id="action",
                    name="action",
                ),
                class_name="field",
            ),
            forms.field("since", "De", Trail.errors, type="date"),
            forms.field("until", "Até", Trail.errors, type="date"),
            class_name="fields two",
        ),
        rx.el.div(
            rx.el.button("Filtrar", type="submit", class_name="btn pri"),
            rx.el.a(
                "Exportar CSV",
                href=Trail.export,
                custom_attrs={"reloadDocument": True},
                class_name="btn sec",
            ),
            class_name="row",
        ),
        on_submit=Trail.narrow,
        no_validate=True,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.tr(
        *frame.cells(
            row["at"], row["actor"], row["door"], row["action"], row["entity"], row["changes"]
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of the audit."""
    heads = ("Quando", "Quem", "Por onde", "Ação", "Objeto", "O que mudou")
    return frame.page(
        "Auditoria",
        routes.ADMIN_AUDIT,
        Trail,
        rx.el.p(
            rx.icon("link", size=16, aria_hidden=True),
            Trail.chain,
            class_name=rx.cond(Trail.chain_holds, "tag ok", "tag bad"),
        ),
        _filters(),
        table(
            "Registro de quem fez o quê",
            [(words, False) for words in heads],
            rx.el.tbody(rx.foreach(Trail.rows, _row)),
        ),
        rx.cond(
            Trail.next != "",
            rx.el.button("Mostrar mais", on_click=Trail.more, class_name="btn sec"),
        ),
        labels=(("since", "De"), ("until", "Até")),
    )
