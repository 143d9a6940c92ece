"""Minha conta."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.account.state import AccountState
from canais_app.accounts.frame.page import staff_frame
from canais_app.accounts.new_password.page import password_fields
from canais_app.ui import desk, feedback, forms, shell
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted, show_once_ready

IS_LOADED = AccountState.name != ""


def _password() -> rx.Component:
    return shell.card(
        "Senha",
        rx.el.form(
            forms.field(
                "current",
                "Senha atual",
                AccountState.errors,
                type="password",
                auto_complete="current-password",
            ),
            *password_fields(AccountState.errors),
            rx.el.button("Mudar a senha", type="submit", class_name="btn pri"),
            on_submit=AccountState.change_password,
            no_validate=True,
            class_name="stack",
        ),
    )


def _stop() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Desligar a segunda etapa"),
        rx.el.form(
            forms.field(
                "current_off",
                "Confirme com a senha atual",
                AccountState.errors,
                type="password",
                auto_complete="current-password",
            ),
            rx.el.button("Desligar", type="submit", class_name="btn danger"),
            on_submit=AccountState.stop_second_step,
            no_validate=True,
            class_name="stack",
        ),
    )


def _second_step() -> rx.Component:
    return shell.card(
        "Segunda etapa",
        rx.cond(
            persisted(AccountState.has_second_step, IS_LOADED),
            rx.el.div(
                rx.el.span(
                    rx.icon("shield-check", size=16, aria_hidden=True),
                    "Ligada",
                    class_name="tag ok",
                ),
                rx.cond(
                    persisted(AccountState.needs_second_step, IS_LOADED),
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
            button(
                "Encerrar",
                AccountState.end_session(row["id"].to(int)),
                " ",
                row["browser"],
                look="sec sm",
            ),
        ),
        class_name="between account-row",
        key=row["id"].to_string(),
    )


def _sessions() -> rx.Component:
    return shell.card("Sessões abertas", rx.el.ul(rx.foreach(AccountState.sessions, _session)))


def page() -> rx.Component:
    """Return the page of one's own account."""
    return staff_frame(
        shell.page_heading("Minha conta"),
        rx.el.p(AccountState.name, class_name="muted"),
        rx.el.div(
            rx.cond(AccountState.news != "", feedback.callout(AccountState.news, tone="ok")),
            role="status",
            class_name="stack",
        ),
        forms.error_summary(
            rx.Var.create(AccountState.problem),
            AccountState.errors,
            (
                ("current", "Senha atual"),
                ("password", "Nova senha"),
                ("repeated", "Repita a nova senha"),
                ("current_off", "Confirme com a senha atual"),
            ),
        ),
        show_once_ready(
            IS_LOADED,
            rx.el.div(
                _sessions(),
                shell.card("Atalhos do teclado", desk.key_switch()),
                rx.cond(
                    persisted(AccountState.has_password, IS_LOADED),
                    rx.fragment(_second_step(), _password()),
                    feedback.callout("Você entra pelo provedor do Tribunal: a senha é a de lá."),
                ),
                class_name="stack narrow section",
            ),
            feedback.skeleton(),
        ),
        here=routes.STAFF_HOME,
    )
