"""Configurar a segunda etapa."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.desk.page import sign_out
from canais_app.accounts.enrolment.state import Enrolment
from canais_app.ui import feedback, forms, shell
from canais_app.ui.once import kept, once

HAS_CODES: Any = Enrolment.codes.length() > 0  # pyright: ignore[reportAttributeAccessIssue]
CODES = kept(Enrolment.codes, HAS_CODES)  # shown once: a restart must not take them


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.p("Leia o código com o aplicativo de autenticação e escreva os 6 números dele."),
        rx.el.img(
            src=Enrolment.qr,
            alt="Código QR da segunda etapa",
            width="220",
            height="220",
            class_name="account-qr",
        ),
        rx.el.p("Sem câmera? Digite: ", rx.el.code(Enrolment.secret_words)),
        forms.field(
            "code",
            "Código do aplicativo",
            Enrolment.errors,
            auto_complete="one-time-code",
            input_mode="numeric",
            max_length=20,
        ),
        rx.el.button("Ligar a segunda etapa", type="submit", class_name="btn pri"),
        on_submit=Enrolment.finish,
        no_validate=True,
        class_name="card pad stack",
    )


def _codes() -> rx.Component:
    return rx.el.div(
        feedback.note("Segunda etapa ligada.", tone="ok"),
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
        rx.el.a("Ir para a mesa", href=routes.DESK, class_name="btn pri"),
        role="status",
        class_name="stack",
    )


def _begin() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Enrolment.required,
            feedback.note(
                "O seu perfil exige a segunda etapa: sem ela, nenhuma outra página abre.",
                tone="warn",
            ),
        ),
        forms.error_summary(
            rx.Var.create(Enrolment.problem), Enrolment.errors, (("code", "Código do aplicativo"),)
        ),
        once(Enrolment.qr != "", _form(), feedback.skeleton()),
        rx.cond(Enrolment.required, sign_out()),
        class_name="stack",
    )


def page() -> rx.Component:
    """Return the page that sets up the second step."""
    return shell.page(
        shell.crumbs(
            ("Início", routes.HOME),
            ("Minha conta", routes.ACCOUNT),
            ("Segunda etapa", routes.ENROL),
        ),
        shell.h1("Segunda etapa"),
        rx.el.p(
            "Além da senha, um código do seu celular a cada entrada.",
            class_name="muted section-lead",
        ),
        rx.el.div(
            rx.cond(
                CODES.length() > 0,
                _codes(),
                rx.cond(
                    Enrolment.has_already,
                    feedback.note("A segunda etapa já está ligada.", tone="ok"),
                    _begin(),
                ),
            ),
            class_name="narrow",
        ),
        here=routes.DESK,
    )
