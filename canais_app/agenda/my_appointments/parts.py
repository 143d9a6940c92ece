"""The list of appointments and waitlist entries."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.my_appointments.state import MyAppointmentsState
from canais_app.agenda.notifications.my_appointments import AppointmentRow, WaitlistRow
from canais_app.agenda.parts import substitute_notice


def _tag(row: rx.Var[AppointmentRow]) -> rx.Component:
    tone = rx.match(
        row.status,
        ("confirmed", "tag ok"),
        ("attended", "tag ok"),
        ("cancelled", "tag off"),
        ("refused", "tag off"),
        ("expired", "tag off"),
        ("missed", "tag bad"),
        "tag warn",
    )
    return rx.el.span(row.status_words, class_name=tone)


def _item(row: rx.Var[AppointmentRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(row.day),
            rx.el.p("das ", row.time, " · ", row.modality),
            rx.el.p(row.agenda, class_name="muted"),
            substitute_notice(row.attended_by),
            rx.el.p(_tag(row)),
            class_name="tight",
        ),
        rx.cond(
            row.path != "",
            rx.el.a(
                rx.cond(row.is_over, "Ver", "Ver, mudar ou cancelar"),
                rx.el.span(": ", row.day, ", ", row.time, class_name="visually-hidden"),
                href=row.path,
                class_name="btn sec sm",
            ),
            rx.el.p("Sem página: use o link do e-mail de confirmação.", class_name="small muted"),
        ),
        class_name="card picker-pad between",
    )


def _waitlist_item(row: rx.Var[WaitlistRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(row.agenda),
            rx.el.p("Horários ", row.days, class_name="muted"),
            class_name="tight",
        ),
        rx.cond(
            row.path != "",
            rx.el.a(
                "Ver ou sair da fila",
                rx.el.span(": ", row.agenda, class_name="visually-hidden"),
                href=row.path,
                class_name="btn sec sm",
            ),
        ),
        class_name="card picker-pad between",
    )


def _section(title: str, rows: rx.Var, draw: object, look: str = "stack section") -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.section(
            rx.el.h2(title), rx.el.ul(rx.foreach(rows, draw), class_name="stack"), class_name=look
        ),
    )


def appointment_list() -> rx.Component:
    """Return coming appointments, waitlist entries and past appointments."""
    return rx.el.div(
        rx.cond(
            MyAppointmentsState.coming.length() > 0,
            _section("Próximos", MyAppointmentsState.coming, _item, "stack"),
            rx.el.div(
                rx.el.p("Nenhum horário por vir."),
                rx.el.p(
                    rx.el.a("Agendar com magistrado", href=routes.AGENDAS, class_name="btn pri")
                ),
                class_name="stack",
            ),
        ),
        _section("Em fila de espera", MyAppointmentsState.waiting, _waitlist_item),
        _section("Dos últimos 30 dias", MyAppointmentsState.past, _item),
    )
