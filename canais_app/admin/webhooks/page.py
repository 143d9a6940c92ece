"""Avisos a outros sistemas."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.webhooks.state import WebhooksState
from canais_app.ui import desk, feedback, forms
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted
from canais_app.ui.tables import table
from canais_app.webhooks.service import MAX_URL

Row = rx.vars.ObjectVar[dict[str, str]]


def _form() -> rx.Component:
    return rx.el.form(
        forms.field(
            "url",
            "Endereço que recebe",
            WebhooksState.errors,
            type="url",
            max_length=MAX_URL,
            hint="https, fora da rede interna. Cada aviso vai assinado com um segredo só deste "
            "endereço.",
        ),
        rx.el.fieldset(
            rx.el.legend("Só estes eventos (nenhum marcado: todos)", class_name="legend"),
            rx.el.div(
                rx.foreach(
                    persisted(WebhooksState.offered, WebhooksState.ready),
                    lambda event: rx.el.label(
                        rx.el.input(type="checkbox", name="e-" + event),
                        rx.el.span(event),
                        class_name="check",
                    ),
                ),
                class_name="fields two",
            ),
        ),
        rx.el.button("Cadastrar o endereço", type="submit", class_name="btn pri"),
        on_submit=WebhooksState.add,
        no_validate=True,
        class_name="card pad stack",
    )


def _secret() -> rx.Component:
    return rx.el.div(
        rx.el.p("Copie o segredo agora: ele não será mostrado de novo.", class_name="strong"),
        rx.el.code(WebhooksState.secret, class_name="admin-key"),
        role="status",
        class_name="note warn account-saved",
    )


def _hook(row: Row) -> rx.Component:
    off = button(
        "Desligar", WebhooksState.remove(row["id"].to(int)), " ", row["url"], look="danger sm"
    )
    return rx.el.tr(
        *desk.table_cells(row["url"], row["events"], row["since"]),
        rx.el.td(off, class_name="acts"),
        key=row["id"].to_string(),
    )


def _delivery(row: Row) -> rx.Component:
    again = button(
        "Enviar de novo", WebhooksState.send_again(row["id"]), " ", row["event"], look="soft sm"
    )
    return rx.el.tr(
        *desk.table_cells(row["at"], row["event"], row["url"]),
        rx.el.td(rx.el.span(row["state"], class_name="tag " + row["tone"].to(str))),
        rx.el.td(rx.cond(row["may_repeat"].to(bool), again), class_name="acts"),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of webhooks."""
    heads = ("Endereço", "Eventos", "Desde", "Ações")
    sent = ("Quando", "Evento", "Endereço", "Situação", "Ações")
    return staff_page(
        "Avisos a outros sistemas",
        routes.ADMIN_WEBHOOKS,
        WebhooksState,
        rx.cond(WebhooksState.secret != "", _secret()),
        _form(),
        rx.cond(
            WebhooksState.hooks.length() > 0,
            table("Endereços ligados", heads, rx.el.tbody(rx.foreach(WebhooksState.hooks, _hook))),
            feedback.empty_state(
                "Nenhum endereço ligado",
                "Cadastre um para que outro sistema saiba de situações e incidentes.",
            ),
        ),
        rx.cond(
            WebhooksState.deliveries.length() > 0,
            table(
                "Últimos envios", sent, rx.el.tbody(rx.foreach(WebhooksState.deliveries, _delivery))
            ),
        ),
        labels=(("url", "Endereço que recebe"),),
    )
