"""Around an appointment: messages sent, the lawyer's data, the timeline, guidance."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.appointment.timeline import MessageStatus, TimelineStep
from canais_app.agenda.parts import fact
from canais_app.settings import settings

APPOINTMENT = AppointmentState.it


def _message(message: rx.Var[MessageStatus]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(
                message.icon,
                ("user", rx.icon("user", size=20, aria_hidden=True)),
                ("landmark", rx.icon("landmark", size=20, aria_hidden=True)),
                ("inbox", rx.icon("inbox", size=20, aria_hidden=True)),
                rx.icon("mail", size=20, aria_hidden=True),
            ),
            class_name="booked-icon",
        ),
        rx.el.div(rx.el.b(message.party), rx.el.p(message.what, class_name="small muted")),
        rx.el.div(
            rx.el.span(message.state, class_name=f"tag {message.tone}"),
            rx.el.small(message.words),
            class_name="booked-state",
        ),
    )


def messages() -> rx.Component:
    """Return the messages sent and their delivery statuses."""
    return rx.cond(
        AppointmentState.sent.length() > 0,
        rx.el.section(
            rx.el.h2("O que enviamos, e a quem", id="enviado"),
            rx.el.ul(
                rx.foreach(AppointmentState.sent, _message),
                aria_live="polite",
                class_name="booked-sent",
            ),
            aria_labelledby="enviado",
            class_name="card picker-pad",
        ),
    )


def data() -> rx.Component:
    """Return what the lawyer entered."""
    days = settings().appointment_retention_days
    return rx.el.section(
        rx.el.h2("Seus dados", id="dados"),
        rx.el.dl(
            fact("Nome", APPOINTMENT.name),
            fact("Inscrição", APPOINTMENT.registration),
            rx.cond(APPOINTMENT.kind != "", fact("Tipo de atendimento", APPOINTMENT.kind)),
            rx.cond(APPOINTMENT.booked_by != "", fact("Marcado por", APPOINTMENT.booked_by)),
            rx.cond(
                APPOINTMENT.needs_words != "",
                fact("Preferência e acessibilidade", APPOINTMENT.needs_words),
            ),
            fact("E-mail", APPOINTMENT.email),
            fact("Telefone", APPOINTMENT.phone),
            fact("Assunto", APPOINTMENT.subject),
            fact(
                "Nº do processo",
                rx.cond(APPOINTMENT.case_number != "", APPOINTMENT.case_number, "sem processo"),
            ),
            class_name="picker-answers",
        ),
        rx.el.p(
            f"Nome e inscrição não mudam depois de confirmar. Anonimizamos tudo após {days} dias. ",
            rx.el.a("Privacidade", href=routes.PRIVACY),
            class_name="small muted",
        ),
        aria_labelledby="dados",
        class_name="card picker-pad tight",
    )


def _step(step: rx.Var[TimelineStep]) -> rx.Component:
    return rx.el.li(
        rx.el.b(
            step.name, rx.cond(step.done, rx.el.span(" (feito)", class_name="visually-hidden"))
        ),
        rx.el.span(step.words, class_name="small muted"),
        class_name=rx.cond(step.done, "done", ""),
    )


def _tip(icon: str, title: str, *children: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.icon(icon, size=24, aria_hidden=True),
        rx.el.h2(title),
        *children,
        class_name="card picker-pad booked-tip",
    )


def guidance() -> rx.Component:
    """Return the timeline and the tips."""
    return rx.el.aside(
        rx.el.section(
            rx.el.h2("Até o atendimento"),
            rx.el.ol(rx.foreach(AppointmentState.steps, _step), class_name="booked-line"),
            class_name="card picker-pad",
        ),
        _tip(
            "door-open",
            "Também por ordem de chegada",
            rx.el.p(
                "Vá ao gabinete sem agendar, de segunda a sexta, ",
                APPOINTMENT.hours,
                ". Agendar é opcional: Lei 8.906/94, art. 7º, VIII.",
                class_name="small",
            ),
            rx.el.a("Como chegar e contatos", href=APPOINTMENT.unit_path, class_name="btn sm sec"),
        ),
        _tip(
            "lock",
            "Este link é só seu",
            rx.el.p(
                "Quem abrir este endereço pode mudar ou cancelar o horário. Não o compartilhe. "
                "Ele também está nos e-mails que enviamos.",
                class_name="small",
            ),
            rx.el.a("Ver todos os meus", href=routes.MY_APPOINTMENTS, class_name="btn sm sec"),
        ),
        aria_label="Orientações",
    )
