"""An appointment's private page: its status, its messages, and changing or cancelling it."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.appointment import aside_parts as aside
from canais_app.agenda.appointment import kept_parts as cards
from canais_app.agenda.appointment import main_parts as main
from canais_app.agenda.appointment import outcome_parts as outcome
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.parts import agenda_breadcrumbs, status_frame, status_message
from canais_app.ui import shell
from canais_app.ui.feedback import error_message

APPOINTMENT = AppointmentState.it


def _head() -> rx.Component:
    def seal(icon: str, look: str) -> rx.Component:
        return rx.el.span(rx.icon(icon, size=26, aria_hidden=True), class_name=f"booked-seal{look}")

    return rx.el.div(
        rx.match(
            APPOINTMENT.seal,
            ("ok", seal("check", "")),
            ("off", seal("x", " off")),
            seal("clock", " wait"),
        ),
        rx.el.div(
            shell.page_heading(APPOINTMENT.heading),
            rx.el.p(
                rx.cond(
                    APPOINTMENT.code != "",
                    rx.fragment("Agendamento ", rx.el.strong(APPOINTMENT.code), " · "),
                ),
                rx.el.span("feito em ", APPOINTMENT.booked_words, class_name="muted"),
            ),
        ),
        class_name="booked-head",
    )


def _main() -> rx.Component:
    return rx.el.section(
        main.date_and_time(),
        rx.el.div(
            rx.match(
                APPOINTMENT.stage,
                ("on", rx.fragment(main.how_to_attend(), main.actions())),
                ("pending", rx.fragment(cards.request_card(), main.actions())),
                ("to_confirm", cards.confirmation_card()),
                ("offered", cards.offer_card()),
                ("past", main.past_notice()),
                cards.ended_notice(),
            ),
            aria_live="polite",
        ),
        main.confirmation_dialog(),
        aria_labelledby="quando",
        class_name="card booked-main",
    )


def _appointment() -> rx.Component:
    return rx.el.div(
        agenda_breadcrumbs("Seu agendamento"),
        _head(),
        status_message(AppointmentState.news, class_name="note ok booked-done"),
        rx.el.div(error_message(AppointmentState.problem), class_name="booked-problem"),
        rx.el.div(
            rx.el.div(
                _main(),
                outcome.outcome_card(),
                outcome.proofs_card(),
                aside.messages(),
                aside.data(),
            ),
            aside.guidance(),
            class_name="booked-cols",
        ),
    )


def page() -> rx.Component:
    """Return the page of an appointment."""
    return status_frame(
        AppointmentState,
        _appointment(),
        title="Seu agendamento",
        gone=(
            "Agendamento não encontrado",
            "Confira se o link veio inteiro do e-mail. Agendamentos antigos deixam de ter página.",
        ),
        other=("Meus agendamentos", routes.MY_APPOINTMENTS),
    )
