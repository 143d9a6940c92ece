"""Configurar a segunda etapa."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.enrolment.state import EnrolmentState
from canais_app.accounts.frame.page import sign_out_form
from canais_app.ui import feedback, forms, shell
from canais_app.ui.persistence import persisted, show_once_ready

HAS_CODES: Any = EnrolmentState.codes.length() > 0  # pyright: ignore[reportAttributeAccessIssue]
CODES = persisted(EnrolmentState.codes, HAS_CODES)  # shown once: the page keeps them over a restart


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.p("Leia o código com o aplicativo de autenticação e escreva os 6 números dele."),
        rx.el.img(
            src=EnrolmentState.qr,
            alt="Código QR da segunda etapa",
            width="220",
            height="220",
            class_name="account-qr",
        ),
        rx.el.p("Sem câmera? Digite: ", rx.el.code(EnrolmentState.secret_words)),
        forms.field(
            "code",
            "Código do aplicativo",
            EnrolmentState.errors,
            auto_complete="one-time-code",
            input_mode="numeric",
            max_length=20,
        ),
        rx.el.button("Ligar a segunda etapa", type="submit", class_name="btn pri"),
        on_submit=EnrolmentState.finish,
        no_validate=True,
        class_name="card pad stack",
    )


def _codes() -> rx.Component:
    return rx.el.div(
        feedback.callout("Segunda etapa ligada.", tone="ok"),
        rx.el.div(
            rx.el.p(
                "Guarde estes códigos de recuperação: cada um entra uma vez, sem o aplicativo. "
                "Não serão mostrados de novo.",
                class_name="strong",
            ),
            rx.el.ul(
                rx.foreach(CODES, lambda code: rx.el.li(rx.el.code(code))),
                class_name="account-codes",
            ),
            class_name="note warn account-saved",
        ),
        rx.el.a("Ir para a mesa", href=routes.STAFF_HOME, class_name="btn pri"),
        role="status",
        class_name="stack",
    )


def _start_form() -> rx.Component:
    return rx.el.div(
        rx.cond(
            EnrolmentState.required,
            feedback.callout(
                "O seu perfil exige a segunda etapa: sem ela, nenhuma outra página abre.",
                tone="warn",
            ),
        ),
        forms.error_summary(
            rx.Var.create(EnrolmentState.problem),
            EnrolmentState.errors,
            (("code", "Código do aplicativo"),),
        ),
        show_once_ready(EnrolmentState.qr != "", _form(), feedback.skeleton()),
        rx.cond(EnrolmentState.required, sign_out_form()),
        class_name="stack",
    )


def page() -> rx.Component:
    """Return the page that sets up the second step."""
    return shell.page(
        shell.breadcrumbs(
            ("Início", routes.HOME),
            ("Minha conta", routes.ACCOUNT),
            ("Segunda etapa", routes.ENROL),
        ),
        shell.page_heading("Segunda etapa"),
        rx.el.p(
            "Além da senha, um código do seu celular a cada entrada.",
            class_name="muted section-lead",
        ),
        rx.el.div(
            rx.cond(
                CODES.length() > 0,
                _codes(),
                rx.cond(
                    EnrolmentState.has_already,
                    feedback.callout("A segunda etapa já está ligada.", tone="ok"),
                    _start_form(),
                ),
            ),
            class_name="narrow",
        ),
        here=routes.STAFF_HOME,
    )
