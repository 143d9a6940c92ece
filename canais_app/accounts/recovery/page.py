"""Recuperar senha."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.recovery.state import Recovery
from canais_app.ui import mailed, shell


def page() -> rx.Component:
    """Return the page that asks for a new password."""
    return shell.page(
        shell.crumbs(
            ("Início", routes.HOME), ("Entrar", routes.SIGN_IN), ("Nova senha", routes.RECOVER)
        ),
        shell.h1("Criar nova senha"),
        mailed.link(
            Recovery,
            "E-mail da conta",
            "Se este e-mail tem uma conta, enviamos agora um link que vale por 1 hora. Confira "
            "também a caixa de spam.",
            auto_complete="username",
        ),
        here=routes.RECOVER,
    )
