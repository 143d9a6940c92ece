"""Segunda etapa: the code after the password."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.second_step.state import SecondStepState
from canais_app.ui import feedback, forms, shell


def page() -> rx.Component:
    """Return the page that asks for the code."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Entrar", routes.SIGN_IN)),
        shell.page_heading("Segunda etapa"),
        forms.plain_form(
            feedback.error_message(SecondStepState.problem),
            forms.plain_input(
                "code",
                "Código",
                name="code",
                auto_complete="one-time-code",
                required=True,
                max_length=20,
                hint="Os 6 números do aplicativo, ou um dos códigos de recuperação.",
            ),
            rx.el.input(type="hidden", name="voltar", value=SecondStepState.back, read_only=True),
            rx.el.button("Continuar", type="submit", class_name="btn pri"),
            action=routes.SECOND_STEP_FORM,
            class_name="card pad stack narrow",
        ),
        here=routes.SIGN_IN,
    )
