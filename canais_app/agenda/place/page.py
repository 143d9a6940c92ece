"""One's place in a waiting list: who comes before, the time that is kept, the way out."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.parts import countdown, crumbs, frame
from canais_app.agenda.place.state import PlaceState
from canais_app.ui import shell
from canais_app.ui.feedback import problem

IT = PlaceState.it


def _act(words: str, event: object, look: str) -> rx.Component:
    return rx.el.button(words, type="button", on_click=event, class_name=f"btn {look}")


def _offer() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong(IT.offer),
            rx.el.span("Guardado para você até ", IT.offer_until, " (horário de Cuiabá)."),
            class_name="waitlist-offer",
        ),
        countdown(IT.seconds_left),
        rx.el.div(
            _act("Aceitar este horário", PlaceState.accept(IT.offer_token), "pri"),
            _act("Não quero este horário", PlaceState.decline, "sec"),
            class_name="row",
        ),
        class_name="card picker-pad tight waitlist-card",
    )


def _news() -> rx.Component:
    """Say what is kept for this place now, or what has just gone to the next."""
    return rx.el.div(
        rx.cond(IT.offer_token != "", _offer()),
        rx.cond(
            IT.passed != "",
            rx.el.p(
                "O horário de ",
                rx.el.strong(IT.passed),
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
        fact("Agenda", IT.agenda),
        fact("Dias", IT.days),
        fact("Modalidade", IT.modality),
        rx.cond(IT.status == "waiting", fact("Antes de você", IT.ahead)),
        class_name="picker-answers",
    )


def _leave() -> rx.Component:
    question = rx.el.div(
        rx.el.h2("Sair da fila?", id="pergunta", tab_index=-1),
        rx.el.p("Seu lugar passa para quem vem depois."),
        rx.el.div(
            _act("Sim, sair", PlaceState.leave, "danger"),
            _act("Não, ficar", PlaceState.stay, "sec"),
            class_name="row",
        ),
        role="group",
        aria_labelledby="pergunta",
        class_name="tight",
    )
    return rx.cond(
        PlaceState.asking != "",
        question,
        rx.el.div(_act("Sair da fila", PlaceState.ask_leave, "sec"), class_name="row"),
    )


def _ways_on() -> rx.Component:
    return rx.el.div(
        rx.cond(
            IT.booked_path != "",
            rx.el.a("Ver o agendamento", href=IT.booked_path, class_name="btn pri"),
            rx.cond(
                IT.waitlist_path != "",
                rx.el.a("Entrar na fila de novo", href=IT.waitlist_path, class_name="btn pri"),
            ),
        ),
        rx.cond(
            IT.agenda_path != "",
            rx.el.a("Ver a agenda", href=IT.agenda_path, class_name="btn sec"),
            rx.el.a("Ver as agendas publicadas", href=routes.AGENDAS, class_name="btn sec"),
        ),
        class_name="row",
    )


def _place() -> rx.Component:
    return rx.el.div(
        crumbs("Seu lugar na fila"),
        shell.h1(IT.heading),
        rx.el.div(
            rx.cond(PlaceState.news != "", rx.el.p(PlaceState.news, class_name="note ok")),
            role="status",
        ),
        problem(PlaceState.problem),
        _news(),
        rx.el.section(
            rx.el.h2("O que você pediu", id="pedido"),
            _facts(),
            rx.cond((IT.status == "waiting") | (IT.status == "offered"), _leave(), _ways_on()),
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
    return frame(
        PlaceState,
        _place(),
        title="Seu lugar na fila",
        gone=("Lugar não encontrado", "Confira se o link veio inteiro do e-mail."),
        other=("Meus agendamentos", routes.MINE),
    )
