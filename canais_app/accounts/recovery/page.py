"""Criar nova senha: ask for a recovery link."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.recovery.state import RecoveryState
from canais_app.ui import email_link_form, shell


def page() -> rx.Component:
    """Return the page that asks for a new password."""
    return shell.page(
        shell.breadcrumbs(
            ("Início", routes.HOME), ("Entrar", routes.SIGN_IN), ("Nova senha", routes.RECOVER)
        ),
        shell.page_heading("Criar nova senha"),
        email_link_form.email_link_form(
            RecoveryState,
            "E-mail da conta",
            "Se este e-mail tem uma conta, enviamos agora um link que vale por 1 hora. Confira "
            "também a caixa de spam.",
            auto_complete="username",
        ),
        here=routes.RECOVER,
    )
