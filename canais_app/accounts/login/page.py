"""Entrar: a plain HTML form, posted to the server."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.login.state import LoginState
from canais_app.ui import feedback, forms, shell
from canais_app.ui.persistence import persisted


def _form() -> rx.Component:
    return forms.plain_form(
        feedback.error_message(LoginState.problem, id="recusa"),
        forms.plain_input(
            "email",
            "E-mail",
            name="email",
            type="email",
            auto_complete="username",
            required=True,
            max_length=200,
            default_value=LoginState.email,
            key=persisted(LoginState.email, LoginState.email != ""),
        ),
        forms.plain_input(
            "password",
            "Senha",
            name="password",
            type="password",
            auto_complete="current-password",
            required=True,
            max_length=128,
        ),
        rx.el.input(type="hidden", name="voltar", value=LoginState.back, read_only=True),
        rx.el.button("Entrar", type="submit", class_name="btn pri"),
        rx.el.p(rx.el.a("Esqueci minha senha", href=routes.RECOVER), class_name="small"),
        action=routes.SIGN_IN_FORM,
        class_name="card pad stack narrow",
    )


def _provider() -> rx.Component:
    return rx.el.div(
        rx.el.p("Quem tem conta no provedor de acesso do Tribunal entra por lá, sem senha daqui."),
        forms.file_link("Entrar com a conta do Tribunal", LoginState.provider, icon="building-2"),
        class_name="card pad stack narrow",
    )


def page() -> rx.Component:
    """Return the sign-in page."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Entrar", routes.SIGN_IN)),
        shell.page_heading("Entrar"),
        rx.el.p(
            "Para servidores, magistrados e equipes do Tribunal. "
            "Quem busca atendimento não precisa de conta.",
            class_name="muted section-lead",
        ),
        rx.el.div(_form(), rx.cond(LoginState.provider != "", _provider()), class_name="stack"),
        here=routes.SIGN_IN,
    )
