"""Minha conta."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.account.state import Account
from canais_app.accounts.new_password.page import password_fields
from canais_app.ui import feedback, forms, shell
from canais_app.ui.once import kept, once

LOADED = Account.name != ""


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Senha"),
        rx.el.form(
            forms.field(
                "current",
                "Senha atual",
                Account.errors,
                type="password",
                auto_complete="current-password",
            ),
            *password_fields(Account.errors),
            rx.el.button("Mudar a senha", type="submit", class_name="btn pri"),
            on_submit=Account.change_password,
            no_validate=True,
            class_name="stack",
        ),
        class_name="card pad stack",
    )


def _stop() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Desligar a segunda etapa"),
        rx.el.form(
            forms.field(
                "current_off",
                "Confirme com a senha atual",
                Account.errors,
                type="password",
                auto_complete="current-password",
            ),
            rx.el.button("Desligar", type="submit", class_name="btn danger"),
            on_submit=Account.stop_second_step,
            no_validate=True,
            class_name="stack",
        ),
    )


def _second_step() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Segunda etapa"),
        rx.cond(
            kept(Account.has_second_step, LOADED),
            rx.el.div(
                rx.el.span(
                    rx.icon("shield-check", size=16, aria_hidden=True),
                    "Ligada",
                    class_name="tag ok",
                ),
                rx.cond(
                    kept(Account.needs_second_step, LOADED),
                    rx.el.p("O seu perfil exige a segunda etapa.", class_name="muted"),
                    _stop(),
                ),
                class_name="stack",
            ),
            rx.el.div(
                rx.el.p("Além da senha, um código do seu celular a cada entrada."),
                rx.el.a("Configurar", href=routes.ENROL, class_name="btn sec"),
                class_name="stack",
            ),
        ),
        class_name="card pad stack",
    )


def _session(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["browser"], class_name="strong"),
            rx.el.p(
                "Entrou em ", row["began"], " · ativa em ", row["seen"], class_name="muted small"
            ),
        ),
        rx.cond(
            row["is_this"],
            rx.el.span("Esta sessão", class_name="tag ok"),
            rx.el.button(
                "Encerrar",
                rx.el.span(" ", row["browser"], class_name="visually-hidden"),
                on_click=Account.end_session(row["id"].to(int)),
                class_name="btn sec sm",
            ),
        ),
        class_name="between account-row",
        key=row["id"].to_string(),
    )


def _sessions() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Sessões abertas"),
        rx.el.ul(rx.foreach(Account.sessions, _session)),
        class_name="card pad stack",
    )


def page() -> rx.Component:
    """Return the page of one's own account."""
    return shell.page(
        shell.crumbs(
            ("Início", routes.HOME), ("Mesa", routes.DESK), ("Minha conta", routes.ACCOUNT)
        ),
        shell.h1("Minha conta"),
        rx.el.p(Account.name, class_name="muted"),
        rx.el.div(
            rx.cond(Account.news != "", feedback.note(Account.news, tone="ok")),
            role="status",
            class_name="stack",
        ),
        forms.error_summary(
            rx.Var.create(Account.problem),
            Account.errors,
            (
                ("current", "Senha atual"),
                ("password", "Nova senha"),
                ("repeated", "Repita a nova senha"),
                ("current_off", "Confirme com a senha atual"),
            ),
        ),
        once(
            LOADED,
            rx.el.div(
                _sessions(),
                rx.cond(
                    kept(Account.has_password, LOADED),
                    rx.fragment(_second_step(), _password()),
                    feedback.note("Você entra pelo provedor do Tribunal: a senha é a de lá."),
                ),
                class_name="stack narrow section",
            ),
            feedback.skeleton(),
        ),
        here=routes.DESK,
    )
