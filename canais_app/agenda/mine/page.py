"""Meus agendamentos: the form that asks for the link, and what the link opens."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.mine.parts import found
from canais_app.agenda.mine.state import AskMine, MyAppointments
from canais_app.ui import feedback, mailed, shell

_CRUMBS = (("Início", routes.HOME), ("Agendar com magistrado", routes.AGENDAS))


def ask() -> rx.Component:
    """Draw the page that asks for the link."""
    return shell.page(
        shell.crumbs(*_CRUMBS, ("Meus agendamentos", "")),
        shell.h1("Meus agendamentos"),
        rx.el.p(
            "Sem conta e sem senha: enviamos um link ao e-mail que você usou, e ele lista os seus "
            "horários.",
            class_name="picker-lead",
        ),
        mailed.link(
            AskMine,
            "E-mail usado ao agendar",
            "Se há agendamentos com este e-mail, enviamos agora um link que abre uma vez e vale "
            "por 1 hora. Confira também a caixa de spam.",
            auto_complete="email",
        ),
        here=routes.AGENDAS,
    )


def _closed() -> rx.Component:
    return rx.cond(
        MyAppointments.is_good,
        rx.el.div(
            rx.el.p("O link abre uma vez. Ao sair desta página, peça outro para voltar à lista."),
            rx.el.button(
                "Ver meus agendamentos",
                type="button",
                on_click=MyAppointments.open,
                class_name="btn pri",
            ),
            class_name="card pad stack narrow",
        ),
        rx.el.div(
            rx.el.p("Este link já foi usado ou venceu."),
            rx.el.p(rx.el.a("Pedir outro link", href=routes.MINE, class_name="btn pri")),
            class_name="card pad stack narrow",
        ),
    )


def opened() -> rx.Component:
    """Draw the page of the mailed link."""
    return shell.page(
        shell.crumbs(*_CRUMBS, ("Meus agendamentos", "")),
        shell.h1("Meus agendamentos"),
        rx.el.div(
            rx.cond(
                MyAppointments.ready,
                rx.cond(MyAppointments.opened, found(), _closed()),
                feedback.skeleton(3),
            ),
            class_name="section",
        ),
        here=routes.AGENDAS,
    )
