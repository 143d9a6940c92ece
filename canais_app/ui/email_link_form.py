"""The form that requests a link by e-mail, and its confirmation."""

from typing import Any

import reflex as rx

from canais_app.ui import feedback, forms


def email_link_form(state: Any, label: str, sent: str, *, auto_complete: str) -> rx.Component:
    """Return the form, or the text `sent` once it was sent.

    `state` has `request_link`, `sent`, `problem` and `errors`. The answer is the same whether the
    address is known or not.
    """
    form = rx.el.form(
        feedback.error_message(state.problem),
        forms.field(
            "email",
            label,
            state.errors,
            type="email",
            auto_complete=auto_complete,
            required=True,
            max_length=200,
        ),
        rx.el.button("Enviar o link", type="submit", class_name="btn pri"),
        on_submit=state.request_link,
        no_validate=True,
        class_name="card pad stack narrow",
    )
    return rx.el.div(
        rx.cond(state.sent, feedback.callout(sent, tone="ok"), form),
        role="status",
        class_name="section",
    )
