"""What is not yet an appointment, or no longer: kept, asked for, refused, cancelled."""

import reflex as rx

from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.appointment.view import Other
from canais_app.agenda.parts import countdown

IT = AppointmentState.it


def _yes(words: str) -> rx.Component:
    return rx.el.button(
        words, type="button", on_click=AppointmentState.confirm, class_name="btn pri"
    )


def _kept(words: str, *more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(words, " até ", rx.el.strong(IT.kept_until), " (horário de Cuiabá)."),
        countdown(IT.seconds_left),
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


def to_confirm() -> rx.Component:
    """Ask for the confirmation: by a button for who came from the e-mail."""
    return rx.cond(
        AppointmentState.has_key,
        _kept("Falta um passo: confirme", _yes("Confirmar o horário")),
        _kept("Falta um passo: abra o link que enviamos ao seu e-mail e confirme"),
    )


def offered() -> rx.Component:
    """Offer a time of the waiting list, or one instead of what the gabinete cancelled."""
    return rx.cond(
        IT.is_alternative,
        _kept(
            "O gabinete guarda este horário para você, no lugar do que cancelou,",
            _yes("Aceitar este horário"),
        ),
        _kept("Vagou um horário. Ele é seu se você aceitar", _yes("Aceitar este horário")),
    )


def requested() -> rx.Component:
    """Say that the gabinete has to answer."""
    return rx.el.p(
        "O gabinete responde ao pedido, e avisamos por e-mail. Até lá, o horário ainda não é seu.",
        class_name="picker-pad booked-kept",
    )


def _other(other: rx.Var[Other]) -> rx.Component:
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


def ended() -> rx.Component:
    """Say when and why it ended, and which other times are kept."""
    return rx.el.div(
        rx.cond(IT.cancelled != "", rx.el.p(IT.heading, " em ", IT.cancelled, ".")),
        rx.cond(IT.reason != "", rx.el.p("Motivo: ", IT.reason)),
        rx.cond(
            IT.alternatives.length() > 0,
            rx.el.section(
                rx.el.h3("O gabinete guarda para você, no lugar deste:", id="outros"),
                rx.el.ul(rx.foreach(IT.alternatives, _other), class_name="booked-others"),
                aria_labelledby="outros",
            ),
        ),
        rx.el.p(
            rx.el.a(
                rx.cond(
                    IT.alternatives.length() > 0, "Ver todos os horários", "Marcar outro horário"
                ),
                href=IT.agenda_path,
                class_name=rx.cond(IT.alternatives.length() > 0, "btn sec", "btn pri"),
            ),
            class_name="row",
        ),
        class_name="picker-pad stack",
    )
