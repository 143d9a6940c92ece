"""Criar a senha: the page of an invitation or a password recovery."""

import reflex as rx

from canais_app import routes
from canais_app.accounts import passwords
from canais_app.accounts.new_password.state import NewPasswordState
from canais_app.ui import feedback, forms, shell
from canais_app.ui.persistence import show_once_ready


def password_fields(errors: forms.Errors) -> list[rx.Component]:
    """Return the two fields of a new password."""
    props = {
        "type": "password",
        "auto_complete": "new-password",
        "max_length": passwords.MAX_LENGTH,
    }
    return [
        forms.field(
            "password",
            "Nova senha",
            errors,
            hint=f"Pelo menos {passwords.MIN_LENGTH} caracteres. Uma frase é fácil de lembrar.",
            **props,
        ),
        forms.field("repeated", "Repita a nova senha", errors, **props),
    ]


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.p("Conta de ", rx.el.span(NewPasswordState.email, class_name="strong")),
        forms.error_summary(
            rx.Var.create(NewPasswordState.problem),
            NewPasswordState.errors,
            (("password", "Nova senha"), ("repeated", "Repita a nova senha")),
        ),
        # Password managers store the new password under this name.
        rx.el.input(
            type="hidden", name="username", auto_complete="username", value=NewPasswordState.email
        ),
        *password_fields(NewPasswordState.errors),
        rx.el.button("Guardar a senha", type="submit", class_name="btn pri"),
        on_submit=NewPasswordState.save,
        no_validate=True,
        class_name="card pad stack narrow",
    )


def _done() -> rx.Component:
    return rx.el.div(
        feedback.callout("Senha guardada. Agora entre com ela.", tone="ok"),
        rx.el.a("Entrar", href=routes.SIGN_IN, class_name="btn pri"),
        class_name="stack narrow",
    )


def _expired_link() -> rx.Component:
    return rx.el.div(
        feedback.error_message(NewPasswordState.over),
        rx.el.a("Pedir um novo link", href=routes.RECOVER, class_name="btn sec"),
        class_name="stack narrow",
    )


def page() -> rx.Component:
    """Return the page of a one-time link."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Criar a senha", routes.RECOVER)),
        shell.page_heading(
            rx.cond(NewPasswordState.invited, "Boas-vindas! Crie a sua senha", "Criar nova senha")
        ),
        rx.el.div(
            rx.cond(
                NewPasswordState.over != "",
                _expired_link(),
                rx.cond(
                    NewPasswordState.done,
                    _done(),
                    show_once_ready(NewPasswordState.email != "", _form(), feedback.skeleton()),
                ),
            ),
            class_name="section",
        ),
    )
