"""Page to report a failure (Relatar falha)."""

import reflex as rx

from canais_app import routes
from canais_app.complaints.intake.parts import (
    RECEIPT,
    SLUG,
    kind_cards,
    optional_details,
    receipt,
    unit_chooser,
    where_and_channel,
)
from canais_app.complaints.intake.state import IntakeState
from canais_app.ui import feedback, forms, shell

LABELS = (
    ("unit", "Unidade"),
    ("channel", "Canal"),
    ("kind", "O que aconteceu"),
    ("occurred_at", "Quando foi"),
    ("text", "O que você tentou e o que apareceu"),
    ("name", "Nome"),
    ("email", "E-mail"),
)


def _crumbs() -> rx.Component:
    home = ("Início", routes.HOME)
    return rx.cond(
        IntakeState.slug != "",
        shell.breadcrumbs(
            home, (IntakeState.unit, IntakeState.unit_href), ("Relatar falha", routes.REPORT)
        ),
        shell.breadcrumbs(home, ("Relatar falha", routes.REPORT)),
    )


def _form() -> rx.Component:
    return rx.el.form(
        forms.error_summary(IntakeState.problem, IntakeState.errors, LABELS),
        where_and_channel(),
        kind_cards(),
        rx.el.fieldset(
            rx.el.legend(rx.el.b("2", aria_hidden="true"), "Envie", class_name="report-legend"),
            optional_details(),
            rx.el.div(
                rx.el.button("Enviar relato", type="submit", class_name="btn pri report-lg"),
                rx.el.p(
                    "Você recebe um protocolo e um código secreto para acompanhar, mesmo anônimo.",
                    class_name="muted small",
                ),
                class_name="report-send",
            ),
            class_name="report-step",
        ),
        on_submit=IntakeState.submit,
        no_validate=True,
        aria_label="Relato de falha",
    )


def _ombudsman() -> rx.Component:
    return rx.el.p(
        "Reclamação sobre a demora do processo ou a conduta de magistrado ou servidor é com a "
        "Ouvidoria: ",
        rx.el.a("0800 647 1420", href="tel:08006471420", class_name="whitespace-nowrap"),
        ", das 12h às 19h, ou ",
        rx.el.a("ouvidoria@tjmt.jus.br", href="mailto:ouvidoria@tjmt.jus.br"),
        ".",
        class_name="report-foot",
    )


def _empty_form() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Escolha o que aconteceu e envie. Não é preciso escrever nem se identificar.",
            class_name="report-lead",
        ),
        rx.cond(
            SLUG != "",
            _form(),
            rx.fragment(feedback.error_message(IntakeState.problem), unit_chooser()),
        ),
        _ombudsman(),
    )


def page() -> rx.Component:
    """Return the report form, or the receipt of the report just sent."""
    return shell.page(
        rx.el.div(
            _crumbs(),
            shell.page_heading("Relatar falha de atendimento"),
            rx.cond(RECEIPT["protocol"].to(str), receipt(), _empty_form()),
            rx.el.p(
                "Já relatou? ",
                rx.el.a("Acompanhe com o protocolo e o código", href=routes.TRACK),
                ".",
                class_name="report-track",
            ),
            class_name="report",
        ),
        here=routes.REPORT,
    )
