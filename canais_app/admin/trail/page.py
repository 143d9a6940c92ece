"""Auditoria."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.admin.trail.state import Trail
from canais_app.ui import forms, frame
from canais_app.ui.tables import table


def _asked(name: str) -> rx.Var:
    return rx.cond(Trail.asked.contains(name), Trail.asked[name], "")


def _choice(name: str, label: str, every: str, options: Any, of: Any) -> rx.Component:  # noqa: ANN401 (a Var, and what reads it)
    def option(one: Any) -> rx.Component:  # noqa: ANN401 (a Var)
        value, words = of(one)
        return rx.el.option(words, value=value)

    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.select(
            rx.el.option(every, value=""),
            rx.foreach(options, option),
            id=name,
            name=name,
            default_value=_asked(name),
        ),
        class_name="field",
    )


def _filters() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            _choice("quem", "Quem", "Todos", Trail.people, lambda one: (one[0], one[1])),
            _choice("acao", "Ação", "Todas", Trail.actions, lambda one: (one, one)),
            forms.field("de", "De", Trail.errors, type="date", default_value=_asked("de")),
            forms.field("ate", "Até", Trail.errors, type="date", default_value=_asked("ate")),
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
        key=Trail.export,  # filled anew from the address
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
            heads,
            rx.el.tbody(rx.foreach(Trail.rows, _row)),
        ),
        rx.cond(
            (Trail.rows.length() == 0) & (Trail.problem == ""),
            rx.el.p("Nada foi registrado com estes filtros.", class_name="muted"),
        ),
        rx.cond(
            Trail.next != "",
            rx.el.button("Mostrar mais", on_click=Trail.more, class_name="btn sec"),
        ),
        labels=(("quem", "Quem"), ("acao", "Ação"), ("de", "De"), ("ate", "Até")),
    )
