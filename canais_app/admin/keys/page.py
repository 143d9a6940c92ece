"""Chaves da API."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.keys.state import ApiKeysState
from canais_app.ui import desk, forms
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted
from canais_app.ui.tables import table


def _permission(value: rx.vars.StringVar) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name="p-" + value), rx.el.span(value), class_name="check"
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            forms.field("name", "Programa que usará a chave", ApiKeysState.errors, max_length=120),
            forms.field(
                "days",
                "Validade em dias",
                ApiKeysState.errors,
                type="number",
                default_value="90",
                hint="De 1 a 365.",
            ),
            class_name="fields two",
        ),
        rx.el.fieldset(
            rx.el.legend("O que a chave pode", class_name="legend"),
            rx.cond(
                ApiKeysState.errors.contains("permissions"),  # pyright: ignore[reportAttributeAccessIssue]
                rx.el.p(ApiKeysState.errors["permissions"], id="permissions", class_name="key-err"),
            ),
            rx.el.div(
                rx.foreach(persisted(ApiKeysState.offered, ApiKeysState.ready), _permission),
                class_name="fields two",
            ),
        ),
        rx.el.button("Criar a chave", type="submit", class_name="btn pri"),
        on_submit=ApiKeysState.create,
        no_validate=True,
        class_name="card pad stack",
    )


def _new_key() -> rx.Component:
    return rx.el.div(
        rx.el.p("Copie a chave agora: ela não será mostrada de novo.", class_name="strong"),
        rx.el.code(ApiKeysState.made, class_name="admin-key"),
        role="status",
        class_name="note warn account-saved",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.tr(
        *desk.table_cells(
            row["name"], row["owner"], row["permissions"], row["expires"], row["state"]
        ),
        rx.el.td(
            rx.cond(
                row["state"] == "em vigor",
                button(
                    "Revogar",
                    ApiKeysState.revoke(row["id"].to(int)),
                    " ",
                    row["name"],
                    look="danger sm",
                ),
            )
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of API keys."""
    heads = ("Programa", "Criada por", "Pode", "Vence", "Situação", "Ações")
    return staff_page(
        "Chaves da API",
        routes.ADMIN_TOKENS,
        ApiKeysState,
        rx.cond(ApiKeysState.made != "", _new_key()),
        _form(),
        table("Chaves criadas", heads, rx.el.tbody(rx.foreach(ApiKeysState.rows, _row))),
        labels=(("name", "Programa"), ("days", "Validade"), ("permissions", "O que a chave pode")),
    )
