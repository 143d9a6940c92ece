"""Cards of an appointment that is held, offered, requested, refused or cancelled."""

import reflex as rx

from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.parts import countdown, hidden_text
from canais_app.agenda.views import AlternativeSlot
from canais_app.ui.forms import button

APPOINTMENT = AppointmentState.it


def _hold_countdown(lead: str, *more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(lead, " até ", rx.el.strong(APPOINTMENT.kept_until_words), " (horário de Cuiabá)."),
        countdown(APPOINTMENT.seconds_left),
        rx.el.div(
            *more,
            button(
                "Não quero este horário", AppointmentState.ask_cancel, look="sec", id="cancelar"
            ),
            class_name="row",
        ),
        class_name="picker-pad tight booked-kept",
    )


def _ask_button(label: str) -> rx.Component:
    """Return the button that asks: a mail scanner that presses the first one changes nothing."""
    return button(label, AppointmentState.ask_confirm, look="pri", id="confirmar")


def confirmation_card() -> rx.Component:
    """Return the confirmation card; only the link of the e-mail has its button."""
    return rx.cond(
        AppointmentState.has_key,
        _hold_countdown("Falta um passo: confirme", _ask_button("Confirmar o horário")),
        _hold_countdown("Falta um passo: abra o link que enviamos ao seu e-mail e confirme"),
    )


def offer_card() -> rx.Component:
    """Return the offer of a slot: from the waiting list, or in place of a cancelled one."""
    return rx.cond(
        APPOINTMENT.is_alternative,
        _hold_countdown(
            "O gabinete guarda este horário para você, no lugar do que cancelou,",
            _ask_button("Aceitar este horário"),
        ),
        _hold_countdown(
            "Vagou um horário. Ele é seu se você aceitar", _ask_button("Aceitar este horário")
        ),
    )


def request_card() -> rx.Component:
    """Return the notice that the gabinete has to answer."""
    return rx.el.div(
        rx.el.p(
            "O gabinete responde ao pedido, e avisamos por e-mail. Até lá, o horário ainda não é "
            "seu."
        ),
        rx.cond(
            APPOINTMENT.is_overdue,
            rx.el.p(
                "O prazo de resposta terminou em ",
                APPOINTMENT.answer_until_words,
                ". Cobramos o gabinete, e a Corregedoria vê o atraso.",
            ),
            rx.cond(
                APPOINTMENT.answer_until_words != "",
                rx.el.p("Prazo de resposta: ", APPOINTMENT.answer_until_words, "."),
            ),
        ),
        class_name="picker-pad booked-kept tight",
    )


def _alternative(other: rx.Var[AlternativeSlot]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(other.words),
            rx.el.p("guardado até ", other.until_words, class_name="small muted"),
        ),
        # Its own page asks before it accepts: a mail scanner that follows links changes nothing.
        rx.el.a(
            "Aceitar",
            hidden_text(" ", other.words),
            href="/agendamento/" + other.token,
            class_name="btn pri sm",
        ),
        class_name="between",
    )


def ended_notice() -> rx.Component:
    """Return when and why the appointment ended, and the alternatives held for the lawyer."""
    return rx.el.div(
        rx.cond(
            APPOINTMENT.cancelled_words != "",
            rx.el.p(APPOINTMENT.heading, " em ", APPOINTMENT.cancelled_words, "."),
        ),
        rx.cond(APPOINTMENT.cancel_reason != "", rx.el.p("Motivo: ", APPOINTMENT.cancel_reason)),
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
