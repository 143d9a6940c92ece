"""What is not yet an appointment, or no longer: kept, asked for, refused, cancelled."""

import reflex as rx

from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.appointment.view import AlternativeView
from canais_app.agenda.parts import countdown

APPOINTMENT = AppointmentState.it


def _confirm_button(words: str) -> rx.Component:
    return rx.el.button(
        words, type="button", on_click=AppointmentState.confirm, class_name="btn pri"
    )


def _hold_countdown(words: str, *more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(words, " até ", rx.el.strong(APPOINTMENT.kept_until), " (horário de Cuiabá)."),
        countdown(APPOINTMENT.seconds_left),
        rx.el.div(
            *more,
            rx.el.button(
                "Não quero este horário",
                type="button",
                on_click=AppointmentState.cancel,
                class_name="btn sec",
            ),
            class_name="row",
        ),
        class_name="picker-pad tight booked-kept",
    )


def confirmation_card() -> rx.Component:
    """Ask for the confirmation: by a button for who came from the e-mail."""
    return rx.cond(
        AppointmentState.has_key,
        _hold_countdown("Falta um passo: confirme", _confirm_button("Confirmar o horário")),
        _hold_countdown("Falta um passo: abra o link que enviamos ao seu e-mail e confirme"),
    )


def offer_card() -> rx.Component:
    """Offer a time of the waiting list, or one instead of what the gabinete cancelled."""
    return rx.cond(
        APPOINTMENT.is_alternative,
        _hold_countdown(
            "O gabinete guarda este horário para você, no lugar do que cancelou,",
            _confirm_button("Aceitar este horário"),
        ),
        _hold_countdown(
            "Vagou um horário. Ele é seu se você aceitar", _confirm_button("Aceitar este horário")
        ),
    )


def request_card() -> rx.Component:
    """Say that the gabinete has to answer."""
    return rx.el.p(
        "O gabinete responde ao pedido, e avisamos por e-mail. Até lá, o horário ainda não é seu.",
        class_name="picker-pad booked-kept",
    )


def _alternative(other: rx.Var[AlternativeView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(other.words),
            rx.el.p("guardado até ", other.until, class_name="small muted"),
        ),
        rx.el.button(
            "Aceitar",
            rx.el.span(" ", other.words, class_name="visually-hidden"),
            type="button",
            on_click=AppointmentState.accept(other.token),
            class_name="btn pri sm",
        ),
        class_name="between",
    )


def ended_notice() -> rx.Component:
    """Say when and why it ended, and which other times are kept."""
    return rx.el.div(
        rx.cond(
            APPOINTMENT.cancelled != "",
            rx.el.p(APPOINTMENT.heading, " em ", APPOINTMENT.cancelled, "."),
        ),
        rx.cond(APPOINTMENT.reason != "", rx.el.p("Motivo: ", APPOINTMENT.reason)),
        rx.cond(
            APPOINTMENT.alternatives.length() > 0,
            rx.el.section(
                rx.el.h3("O gabinete guarda para você, no lugar deste:", id="outros"),
                rx.el.ul(
                    rx.foreach(APPOINTMENT.alternatives, _alternative), class_name="booked-others"
                ),
                aria_labelledby="outros",
            ),
        ),
        rx.el.p(
            rx.el.a(
                rx.cond(
                    APPOINTMENT.alternatives.length() > 0,
                    "Ver todos os horários",
                    "Marcar outro horário",
                ),
                href=APPOINTMENT.agenda_path,
                class_name=rx.cond(APPOINTMENT.alternatives.length() > 0, "btn sec", "btn pri"),
            ),
            class_name="row",
        ),
        class_name="picker-pad stack",
    )
