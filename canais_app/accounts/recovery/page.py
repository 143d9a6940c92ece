"""Recuperar senha."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.recovery.state import Recovery
from canais_app.ui import feedback, forms, shell


def _form() -> rx.Component:
    return rx.el.form(
        feedback.problem(Recovery.problem),
        forms.field(
            "email",
            "E-mail da conta",
            Recovery.errors,
            type="email",
            auto_complete="username",
            required=True,
            max_length=200,
        ),
        rx.el.button("Enviar o link", type="submit", class_name="btn pri"),
        on_submit=Recovery.ask,
        no_validate=True,
        class_name="card pad stack narrow",
    )


def page() -> rx.Component:
    """Return the page that asks for a new password."""
    return shell.page(
        shell.crumbs(
            ("Início", routes.HOME), ("Entrar", routes.SIGN_IN), ("Nova senha", routes.RECOVER)
        ),
        shell.h1("Criar nova senha"),
        rx.el.div(
            rx.cond(
                Recovery.sent,
                feedback.note(
                    "Se este e-mail tem uma conta, enviamos agora um link que vale por 1 hora. "
                    "Confira também a caixa de spam.",
                    tone="ok",
                ),
                _form(),
            ),
            role="status",
            class_name="section",
        ),
        here=routes.RECOVER,
    )
