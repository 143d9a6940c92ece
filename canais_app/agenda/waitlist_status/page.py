"""The page of a waitlist entry: its position, an offered slot, and leaving the list."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.parts import (
    agenda_breadcrumbs,
    countdown,
    fact,
    status_frame,
    status_message,
)
from canais_app.agenda.waitlist_status.state import WaitlistStatusState
from canais_app.ui import shell
from canais_app.ui.feedback import error_message
from canais_app.ui.forms import button

ENTRY = WaitlistStatusState.it


def _offer() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong(ENTRY.offer),
            rx.el.span("Guardado para você até ", ENTRY.offer_until, " (horário de Cuiabá)."),
            class_name="waitlist-offer",
        ),
        countdown(ENTRY.seconds_left),
        rx.el.div(
            button(
                "Aceitar este horário", WaitlistStatusState.accept(ENTRY.offer_token), look="pri"
            ),
            button("Não quero este horário", WaitlistStatusState.decline, look="sec"),
            class_name="row",
        ),
        class_name="card picker-pad tight waitlist-card",
    )


def _latest_change() -> rx.Component:
    """Return the current offer, or the one that has just expired."""
    return rx.el.div(
        rx.cond(ENTRY.offer_token != "", _offer()),
        rx.cond(
            ENTRY.passed != "",
            rx.el.p(
                "O horário de ",
                rx.el.strong(ENTRY.passed),
                ", passou para a próxima pessoa. Você continua na fila, para o próximo que vagar.",
                class_name="card picker-pad waitlist-card",
            ),
        ),
        aria_live="polite",
        class_name="waitlist-news",
    )


def _facts() -> rx.Component:
    return rx.el.dl(
        fact("Agenda", ENTRY.agenda),
        fact("Dias", ENTRY.days),
        fact("Modalidade", ENTRY.modality),
        rx.cond(ENTRY.status == "waiting", fact("Antes de você", ENTRY.ahead)),
        class_name="picker-answers",
    )


def _leave() -> rx.Component:
    question = rx.el.div(
        rx.el.h2("Sair da fila?", id="pergunta", tab_index=-1),
        rx.el.p("Seu lugar passa para quem vem depois."),
        rx.el.div(
            button("Sim, sair", WaitlistStatusState.leave, look="danger"),
            button("Não, ficar", WaitlistStatusState.dismiss, look="sec"),
            class_name="row",
        ),
        role="group",
        aria_labelledby="pergunta",
        class_name="tight",
    )
    return rx.cond(
        WaitlistStatusState.asking != "",
        question,
        rx.el.div(
            button("Sair da fila", WaitlistStatusState.ask_leave, look="sec"), class_name="row"
        ),
    )


def _next_steps() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ENTRY.booked_path != "",
            rx.el.a("Ver o agendamento", href=ENTRY.booked_path, class_name="btn pri"),
            rx.cond(
                ENTRY.waitlist_path != "",
                rx.el.a("Entrar na fila de novo", href=ENTRY.waitlist_path, class_name="btn pri"),
            ),
        ),
        rx.cond(
            ENTRY.agenda_path != "",
            rx.el.a("Ver a agenda", href=ENTRY.agenda_path, class_name="btn sec"),
            rx.el.a("Ver as agendas publicadas", href=routes.AGENDAS, class_name="btn sec"),
        ),
        class_name="row",
    )


def _entry_view() -> rx.Component:
    return rx.el.div(
        agenda_breadcrumbs("Seu lugar na fila"),
        shell.page_heading(ENTRY.heading),
        status_message(WaitlistStatusState.news),
        error_message(WaitlistStatusState.problem),
        _latest_change(),
        rx.el.section(
            rx.el.h2("O que você pediu", id="pedido"),
            _facts(),
            rx.cond(
                (ENTRY.status == "waiting") | (ENTRY.status == "offered"), _leave(), _next_steps()
            ),
            aria_labelledby="pedido",
            class_name="card picker-pad stack waitlist-card",
        ),
        rx.el.p(
            "Você também pode ser recebido por ordem de chegada, sem agendar: Lei 8.906/94, "
            "art. 7º, VIII.",
            class_name="small muted",
        ),
        class_name="stack",
    )


def page() -> rx.Component:
    """Return the page of a waitlist entry."""
    return status_frame(
        WaitlistStatusState,
        _entry_view(),
        title="Seu lugar na fila",
        gone=("Lugar não encontrado", "Confira se o link veio inteiro do e-mail."),
        other=("Meus agendamentos", routes.MY_APPOINTMENTS),
    )
