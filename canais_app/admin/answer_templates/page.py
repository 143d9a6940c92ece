"""Modelos de resposta."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.answer_templates.state import TemplatesState
from canais_app.complaints.kinds import CAUSE_GROUP_NAMES
from canais_app.complaints.triage.answer_templates import PLACEHOLDERS
from canais_app.ui import forms
from canais_app.ui.persistence import persisted
from canais_app.ui.tables import table

STATE: Any = TemplatesState
FILLED = STATE.generation != ""
CHOSEN: Any = persisted(STATE.chosen, FILLED)
GROUPS = [("", "qualquer"), *((str(code), name) for code, name in CAUSE_GROUP_NAMES.items())]


def _form() -> rx.Component:
    hint = "Entre chaves, preenchido em cada resposta: " + ", ".join(
        f"{{{name}}} ({about})" for name, about in PLACEHOLDERS.items()
    )
    return rx.el.form(
        rx.el.h2(rx.cond(CHOSEN["id"] == 0, "Novo modelo", "Mudar modelo")),
        rx.el.input(type="hidden", name="id", value=CHOSEN["id"].to_string(), read_only=True),
        rx.el.input(
            type="hidden", name="version", value=CHOSEN["version"].to_string(), read_only=True
        ),
        forms.field(
            "name", "Nome", STATE.errors, default_value=CHOSEN["name"].to(str), max_length=80
        ),
        forms.text_area(
            "text",
            "Texto",
            STATE.errors,
            default_value=CHOSEN["text"].to(str),
            max_length=2000,
            rows="6",
            hint=hint,
        ),
        forms.select_from_pairs(
            "group", "Para que causa", GROUPS, STATE.errors, default_value=CHOSEN["group"].to(str)
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox", name="active", value="1", default_checked=CHOSEN["active"].to(bool)
            ),
            "Em uso",
            class_name="check",
        ),
        rx.el.div(
            rx.el.button("Salvar", type="submit", class_name="btn pri"),
            rx.cond(CHOSEN["id"] != 0, forms.button("Desistir", TemplatesState.open_template(0))),
            class_name="row",
        ),
        on_submit=TemplatesState.save,
        key=persisted(STATE.generation, FILLED),
        no_validate=True,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, Any]]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["name"].to(str), scope="row"),
        rx.el.td(row["text"].to(str)),
        rx.el.td(rx.cond(row["active"].to(bool), "em uso", "guardado")),
        rx.el.td(
            rx.el.button(
                "Mudar",
                rx.el.span(" ", row["name"].to(str), class_name="visually-hidden"),
                type="button",
                on_click=TemplatesState.open_template(row["id"].to(int)),
                class_name="btn soft sm",
            )
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of templates."""
    return staff_page(
        "Modelos de resposta",
        routes.ADMIN_TEMPLATES,
        TemplatesState,
        _form(),
        table(
            "Modelos",
            ("Nome", "Texto", "Situação", "Ações"),
            rx.el.tbody(rx.foreach(STATE.rows, _row)),
        ),
        labels=(("name", "Nome"), ("text", "Texto")),
    )
