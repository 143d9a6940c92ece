"""What came of an appointment, in the lawyer's words, and its proofs."""

from typing import Any

import reflex as rx

from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.appointment.view import ProofLink
from canais_app.ui.forms import button

APPOINTMENT = AppointmentState.it


def outcome_card() -> rx.Component:
    """Return the question whether the appointment took place, once its time has come."""
    return rx.cond(APPOINTMENT.can_report, _outcome())


def _outcome() -> rx.Component:
    said = rx.match(
        APPOINTMENT.lawyer_outcome,
        ("not_attended", _not_attended()),
        ("attended", rx.el.p("Você disse que foi atendida(o). Obrigado.")),
        rx.el.p(
            "Sua resposta fica ao lado da anotação do gabinete. Se ninguém atendeu, a "
            "Corregedoria também recebe, com seu nome e e-mail, para responder a você.",
            class_name="small muted",
        ),
    )
    return rx.el.section(
        rx.el.h2("O atendimento aconteceu?", id="aconteceu"),
        said,
        rx.el.div(
            rx.cond(
                APPOINTMENT.lawyer_outcome != "not_attended",
                button("Ninguém me atendeu", AppointmentState.report_not_attended, look="sec"),
            ),
            rx.cond(
                APPOINTMENT.lawyer_outcome == "",
                button("Fui atendida(o)", AppointmentState.report_attended, look="sec"),
            ),
            class_name="row",
        ),
        aria_labelledby="aconteceu",
        aria_live="polite",
        class_name="card picker-pad tight",
    )


def _not_attended() -> rx.Component:
    filed = rx.fragment(
        " A Corregedoria recebeu o relato ",
        rx.el.strong(APPOINTMENT.complaint_protocol),
        "; o código para acompanhar vai por e-mail.",
    )
    return rx.el.p(
        "Registramos: ninguém atendeu você. O gabinete vê.",
        rx.cond(APPOINTMENT.complaint_protocol != "", filed),
    )


def proofs_card() -> rx.Component:
    """Return the proofs of this appointment, to save or print."""
    proofs: Any = APPOINTMENT.proofs  # on a State class pyright sees the plain list
    return rx.cond(
        proofs.length() > 0,
        rx.el.section(
            rx.el.h2("Comprovantes", id="comprovantes"),
            rx.el.p(
                "PDF com um código que qualquer pessoa confere no portal, sem ver seus dados.",
                class_name="small muted",
            ),
            rx.el.div(rx.foreach(proofs, _proof), class_name="row"),
            aria_labelledby="comprovantes",
            class_name="card picker-pad tight",
        ),
    )


def _proof(proof: rx.Var[ProofLink]) -> rx.Component:
    label = rx.fragment(rx.icon("file-check", size=18, aria_hidden=True), proof.words)
    return button(label, AppointmentState.open_proof(proof.kind), look="sec sm")
