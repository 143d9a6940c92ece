"""Mensagens."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.letters.state import OutboxState
from canais_app.admin.outbox_view import MESSAGE_STATUS_NAMES
from canais_app.ui import desk, shell
from canais_app.ui.forms import button
from canais_app.ui.tables import table


def _chips() -> rx.Component:
    choices = [("", "Todas"), *MESSAGE_STATUS_NAMES.items()]
    return rx.el.div(
        *[
            rx.el.button(
                label,
                type="button",
                on_click=OutboxState.filter_status(value),
                class_name="chip",
                custom_attrs={
                    "aria-pressed": rx.cond(OutboxState.status == value, "true", "false")
                },
            )
            for value, label in choices
        ],
        role="group",
        aria_label="Situação das mensagens",
        class_name="row",
    )


def _figure(label: str, name: str) -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(OutboxState.counts[name]), class_name="card pad")


def _message() -> rx.Component:
    return shell.card(
        OutboxState.open["subject"],
        rx.el.p("Para ", OutboxState.open["recipient"], class_name="muted"),
        rx.el.pre(OutboxState.open["text"], class_name="admin-letter", tab_index=0),
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    number = row["id"].to(int)
    tone = rx.match(
        row["status"], ("sent", "tag ok"), ("waiting", "tag"), ("withdrawn", "tag off"), "tag bad"
    )
    return rx.el.tr(
        rx.el.td(
            rx.el.p(row["subject"], class_name="strong"),
            rx.el.p(row["recipient"], class_name="muted small"),
            rx.cond(row["error"] != "", rx.el.p(row["error"], class_name="small")),
        ),
        rx.el.td(rx.el.span(row["status_words"], class_name=tone)),
        rx.el.td(row["at"]),
        rx.el.td(row["attempts"].to_string(), class_name="num"),
        rx.el.td(
            rx.el.div(
                button("Ler", OutboxState.show_message(number), " ", row["subject"], look="sec sm"),
                rx.cond(
                    row["can_retry"],
                    button(
                        "Reenviar", OutboxState.retry(number), " ", row["subject"], look="sec sm"
                    ),
                ),
                class_name="row",
            )
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of the outbox."""
    heads = ("Mensagem", "Situação", "Quando", "Tentativas", "Ações")
    return staff_page(
        "Mensagens",
        routes.ADMIN_OUTBOX,
        OutboxState,
        rx.el.dl(
            _figure("Aguardando envio", "waiting"),
            _figure("Agendadas", "scheduled"),
            _figure("Enviadas", "sent"),
            _figure("Falharam", "failed"),
            _figure("Devolvidas", "bounced"),
            class_name="admin-figures",
        ),
        _chips(),
        rx.cond(OutboxState.open.contains("id"), _message()),  # pyright: ignore[reportAttributeAccessIssue]
        table(
            "Mensagens",
            heads,
            rx.el.tbody(rx.foreach(OutboxState.rows, _row)),
            numbers=("Tentativas",),
        ),
        desk.more_button(OutboxState),
    )
