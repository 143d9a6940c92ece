"""Criar a senha: o que o convite e a recuperação abrem."""

import reflex as rx

from canais_app import routes
from canais_app.accounts import passwords
from canais_app.accounts.new_password.state import NewPassword
from canais_app.ui import feedback, forms, shell
from canais_app.ui.once import once


def password_fields(errors: forms.Errors) -> list[rx.Component]:
    """Return the two fields of a new password."""
    more = {"type": "password", "auto_complete": "new-password", "max_length": passwords.MOST}
    return [
        forms.field(
            "password",
            "Nova senha",
            errors,
            hint=f"Pelo menos {passwords.LEAST} caracteres. Uma frase é fácil de lembrar.",
            **more,
        ),
        forms.field("repeated", "Repita a nova senha", errors, **more),
    ]


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.p("Conta de ", rx.el.span(NewPassword.email, class_name="strong")),
        forms.error_summary(
            rx.Var.create(NewPassword.problem),
            NewPassword.errors,
            (("password", "Nova senha"), ("repeated", "Repita a nova senha")),
        ),
        # Password managers file the new password under this.
        rx.el.input(
            type="hidden", name="username", auto_complete="username", value=NewPassword.email
        ),
        *password_fields(NewPassword.errors),
        rx.el.button("Guardar a senha", type="submit", class_name="btn pri"),
        on_submit=NewPassword.save,
        no_validate=True,
        class_name="card pad stack narrow",
    )


def _done() -> rx.Component:
    return rx.el.div(
        feedback.note("Senha guardada. Agora entre com ela.", tone="ok"),
        rx.el.a("Entrar", href=routes.SIGN_IN, class_name="btn pri"),
        class_name="stack narrow",
    )


def _over() -> rx.Component:
    return rx.el.div(
        feedback.problem(NewPassword.over),
        rx.el.a("Pedir um novo link", href=routes.RECOVER, class_name="btn sec"),
        class_name="stack narrow",
    )


def page() -> rx.Component:
    """Return the page of a one-time link."""
    return shell.page(
        shell.crumbs(("Início", routes.HOME), ("Criar a senha", routes.RECOVER)),
        shell.h1(rx.cond(NewPassword.invited, "Boas-vindas! Crie a sua senha", "Criar nova senha")),
        rx.el.div(
            rx.cond(
                NewPassword.over != "",
                _over(),
                rx.cond(
                    NewPassword.done,
                    _done(),
                    once(NewPassword.email != "", _form(), feedback.skeleton()),
                ),
            ),
            class_name="section",
        ),
    )
