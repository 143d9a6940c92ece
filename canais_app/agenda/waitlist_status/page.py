"""One's place in a waiting list: who comes before, the time that is kept, the way out."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.parts import agenda_breadcrumbs, countdown, status_frame
from canais_app.agenda.waitlist_status.state import WaitlistStatusState
from canais_app.ui import shell
from canais_app.ui.feedback import error_message

ENTRY = WaitlistStatusState.it


def _act(words: str, event: object, look: str) -> rx.Component:
    return rx.el.button(words, type="button", on_click=event, class_name=f"btn {look}")


def _offer() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong(ENTRY.offer),
            rx.el.span("Guardado para você até ", ENTRY.offer_until, " (horário de Cuiabá)."),
            class_name="waitlist-offer",
        ),
        countdown(ENTRY.seconds_left),
        rx.el.div(
            _act("Aceitar este horário", WaitlistStatusState.accept(ENTRY.offer_token), "pri"),
            _act("Não quero este horário", WaitlistStatusState.decline, "sec"),
            class_name="row",
        ),
        class_name="card picker-pad tight waitlist-card",
    )


def _latest_change() -> rx.Component:
    """Say what is kept for this place now, or what has just gone to the next."""
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
    def fact(term: str, words: rx.Var[str]) -> rx.Component:
        return rx.el.div(rx.el.dt(term), rx.el.dd(words))

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
            _act("Sim, sair", WaitlistStatusState.leave, "danger"),
            _act("Não, ficar", WaitlistStatusState.dismiss, "sec"),
            class_name="row",
        ),
        role="group",
        aria_labelledby="pergunta",
        class_name="tight",
    )
    return rx.cond(
        WaitlistStatusState.asking != "",
        question,
        rx.el.div(_act("Sair da fila", WaitlistStatusState.ask_leave, "sec"), class_name="row"),
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
        rx.el.div(
            rx.cond(
                WaitlistStatusState.news != "",
                rx.el.p(WaitlistStatusState.news, class_name="note ok"),
            ),
            role="status",
        ),
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
    """Draw the place of the link, or say that there is none."""
    return status_frame(
        WaitlistStatusState,
        _entry_view(),
        title="Seu lugar na fila",
        gone=("Lugar não encontrado", "Confira se o link veio inteiro do e-mail."),
        other=("Meus agendamentos", routes.MY_APPOINTMENTS),
    )
