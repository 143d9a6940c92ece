"""Meus agendamentos: the form that requests the link, and the page that the link opens."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.my_appointments.parts import appointment_list
from canais_app.agenda.my_appointments.state import MyAppointmentsLinkState, MyAppointmentsState
from canais_app.ui import email_link_form, feedback, shell
from canais_app.ui.forms import button

_CRUMBS = (("Início", routes.HOME), ("Agendar com magistrado", routes.AGENDAS))


def request_page() -> rx.Component:
    """Return the page that requests the link."""
    return shell.page(
        shell.breadcrumbs(*_CRUMBS, ("Meus agendamentos", "")),
        shell.page_heading("Meus agendamentos"),
        rx.el.p(
            "Sem conta e sem senha: enviamos um link ao e-mail que você usou, e ele lista os seus "
            "horários.",
            class_name="picker-lead",
        ),
        email_link_form.email_link_form(
            MyAppointmentsLinkState,
            "E-mail usado ao agendar",
            "Se há agendamentos com este e-mail, enviamos agora um link que abre uma vez e vale "
            "por 1 hora. Confira também a caixa de spam.",
            auto_complete="email",
        ),
        here=routes.AGENDAS,
    )


def _question() -> rx.Component:
    return rx.el.div(
        rx.el.h2("Foi você que pediu este link?", id="pergunta", tab_index=-1),
        rx.el.div(
            button("Não agora", MyAppointmentsState.dismiss, look="sec"),
            button("Sim, mostrar a lista", MyAppointmentsState.consume_link, look="pri"),
            class_name="row",
        ),
        role="group",
        aria_labelledby="pergunta",
        class_name="booked-ask tight",
    )


def _link() -> rx.Component:
    return rx.cond(
        MyAppointmentsState.is_valid,
        rx.el.div(
            rx.el.p("O link abre uma vez. Ao sair desta página, peça outro para voltar à lista."),
            button(
                "Ver meus agendamentos", MyAppointmentsState.ask_to_open, look="pri", id="ver-meus"
            ),
            rx.cond(MyAppointmentsState.asking, _question()),
            class_name="card pad stack narrow",
        ),
        rx.el.div(
            rx.el.p("Este link já foi usado ou venceu."),
            rx.el.p(rx.el.a("Pedir outro link", href=routes.MY_APPOINTMENTS, class_name="btn pri")),
            class_name="card pad stack narrow",
        ),
    )


def opened_page() -> rx.Component:
    """Return the page of the mailed link."""
    return shell.page(
        shell.breadcrumbs(*_CRUMBS, ("Meus agendamentos", "")),
        shell.page_heading("Meus agendamentos"),
        rx.el.div(
            rx.cond(
                MyAppointmentsState.ready,
                rx.cond(MyAppointmentsState.opened, appointment_list(), _link()),
                feedback.skeleton(3),
            ),
            class_name="section",
        ),
        here=routes.AGENDAS,
    )
