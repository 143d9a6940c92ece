"""The page that moves an appointment: from when, to when, and what happens then."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.move.state import MoveState
from canais_app.agenda.parts import status_frame
from canais_app.agenda.picker.calendar_parts import calendar_table, day_times
from canais_app.ui import shell
from canais_app.ui.feedback import error_message
from canais_app.ui.forms import button

MOVING, CHOSEN = MoveState.moving, MoveState.chosen
KEPT = "Continua seu até o gabinete responder."
KEPT_UNTIL_MOVED = "Continua seu até você confirmar a mudança."


def _kept() -> rx.Component:
    return rx.cond(
        MOVING.is_pending,
        "O pedido continua à espera da resposta.",
        rx.cond(MOVING.is_request, KEPT, KEPT_UNTIL_MOVED),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.a("‹ Seu agendamento", href=MOVING.page_path),
        shell.page_heading("Mudar horário"),
        rx.el.p(MOVING.agenda, " · ", MOVING.code, class_name="muted"),
        rx.cond(
            MOVING.until_words != "",
            rx.el.p("Pode mudar até ", MOVING.until_words, ".", class_name="muted"),
        ),
        rx.el.div(
            rx.icon("calendar", size=20, aria_hidden=True),
            rx.el.p(
                rx.cond(MOVING.is_pending, "Pedido: ", "Marcado: "),
                rx.el.strong(MOVING.from_words),
                rx.el.span(_kept()),
            ),
            class_name="move-from",
        ),
        class_name="move-head",
    )


def _time(label: rx.Var[str]) -> rx.Component:
    name = MoveState.day + " " + label
    is_chosen = (CHOSEN.day == MoveState.day) & (CHOSEN.label == label)
    is_current = (MoveState.current_day == MoveState.day) & (MoveState.current_label == label)
    status = MoveState.board.marks.get(name, "free")
    return rx.el.button(
        rx.el.span(label),
        rx.cond(
            is_current,
            rx.el.small("o atual"),
            rx.cond(
                status != "free",
                rx.el.small(rx.cond(status == "held", "em preenchimento", "reservado")),
                rx.cond(is_chosen, rx.el.small("escolhido")),
            ),
        ),
        type="button",
        aria_pressed=rx.cond(is_chosen, "true", "false"),
        aria_disabled=rx.cond((status != "free") | is_current, "true", "false"),
        on_click=MoveState.choose_time(label),
        class_name=rx.cond(
            is_current,
            "picker-time current",
            rx.cond(is_chosen & (status == "free"), "picker-time mine", "picker-time " + status),
        ),
    )


def _news() -> rx.Component:
    news = MoveState.news
    return rx.el.div(
        rx.cond(
            (news.words != "") & (news.day == MoveState.day),
            rx.el.p(news.words, class_name="picker-news"),
        ),
        role="status",
        aria_live="polite",
    )


def _choose() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Escolha o novo dia e o novo horário", id="escolha", tab_index=-1),
        error_message(MoveState.problem),
        rx.cond(
            MoveState.board.any_free,
            rx.el.div(
                calendar_table(MoveState), day_times(MoveState, _time), class_name="picker-pick"
            ),
            rx.el.p("Não há outro horário livre nestas semanas. O seu continua marcado."),
        ),
        _news(),
        aria_labelledby="escolha",
        class_name="card picker-pad picker-choose",
    )


def _from_and_to() -> rx.Component:
    return rx.el.dl(
        rx.el.div(rx.el.dt("De"), rx.el.dd(MOVING.from_words)),
        rx.el.div(rx.el.dt("Para"), rx.el.dd(CHOSEN.words), class_name="to"),
        class_name="move-both card",
    )


def _what_happens() -> rx.Component:
    def line(icon: str, title: str, *words: rx.Component | rx.Var | str) -> rx.Component:
        return rx.el.li(
            rx.icon(icon, size=20, aria_hidden=True),
            rx.el.div(rx.el.strong(title), rx.el.p(*words, class_name="small muted")),
        )

    is_request = MOVING.is_request
    return rx.el.section(
        rx.el.h2(rx.cond(is_request, "Ao enviar", "Ao confirmar"), id="o-que-acontece"),
        rx.el.ul(
            rx.cond(
                is_request,
                line("landmark", "O gabinete decide", "Se recusar, ", _if_refused()),
                line("repeat-2", "O horário muda na hora", "O de antes fica livre para outros."),
            ),
            line(
                "mail",
                "Você e o gabinete são avisados",
                rx.cond(is_request, "A secretaria, só se a mudança valer.", "A secretaria também."),
            ),
            line(
                "calendar-check",
                "O calendário se corrige",
                "O convite enviado é atualizado, não vira outro.",
            ),
        ),
        aria_labelledby="o-que-acontece",
        class_name="card picker-pad picker-else",
    )


def _if_refused() -> rx.Component:
    return rx.cond(
        MOVING.is_pending, "o pedido termina, e avisamos por e-mail.", "vale o horário de agora."
    )


def _bar() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(
                CHOSEN.label != "",
                rx.fragment("de ", MOVING.from_short, " → ", rx.el.strong(CHOSEN.short)),
                "Escolha o novo horário",
            ),
            role="status",
            class_name="small",
        ),
        rx.el.div(
            rx.cond(
                CHOSEN.label != "",
                button(
                    rx.cond(MOVING.is_request, "Pedir a mudança", "Confirmar mudança"),
                    MoveState.move,
                    look="pri",
                ),
            ),
            rx.el.a("Manter como está", href=MOVING.page_path, class_name="btn ghost"),
        ),
        class_name="picker-act always",
    )


def _move() -> rx.Component:
    return rx.el.div(
        _head(),
        _choose(),
        rx.cond(CHOSEN.label != "", rx.fragment(_from_and_to(), _what_happens())),
        _bar(),
        class_name="picker-page move-page",
    )


def page() -> rx.Component:
    """Return the page that moves an appointment."""
    return status_frame(
        MoveState,
        _move(),
        title="Mudar horário",
        gone=(
            "Agendamento não encontrado",
            "Confira se o link veio inteiro do e-mail, ou se o gabinete ainda publica a agenda.",
        ),
        other=("Meus agendamentos", routes.MY_APPOINTMENTS),
        is_form=True,
    )
