"""Components of the picker: the kinds of attendance, a slot, the hold, the action bar."""

from typing import Any

import reflex as rx

from canais_app.agenda.picker.state import PickerState
from canais_app.agenda.picker.view import KindChoice
from canais_app.ui.forms import button

# On a State class pyright sees the plain values; these are Vars.
IS_PUBLISHED: Any = PickerState.board.published
IS_BOOKABLE: Any = IS_PUBLISHED & (PickerState.board.any_free | (PickerState.mine.label != ""))


def step_heading(number: str, title: str, heading_id: str) -> rx.Component:
    """Return the heading of a step of the page."""
    mark = rx.el.b(number, aria_hidden="true")
    return rx.el.h2(mark, title, id=heading_id, tab_index=-1, class_name="picker-step")


def _kind(kind: rx.Var[KindChoice]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="tipo",
            value=kind.name,
            checked=PickerState.kind == kind.name,
            on_change=PickerState.choose_kind(kind.name),
        ),
        rx.el.b(kind.name),
        rx.el.small(kind.words),
        class_name="picker-mod",
    )


def kind_choice() -> rx.Component:
    """Return the kinds of attendance to choose from, and what the chosen one asks for."""
    return rx.fragment(
        rx.cond(
            PickerState.about.kinds.length() > 0,
            rx.el.fieldset(
                rx.el.legend("Tipo de atendimento", class_name="legend"),
                rx.el.div(rx.foreach(PickerState.about.kinds, _kind), class_name="picker-mods"),
                id="kind",
                tab_index=-1,
                class_name="field picker-kinds",
            ),
        ),
        rx.cond(
            PickerState.about.instructions != "",
            rx.el.p(
                rx.el.strong("O gabinete pede: "),
                PickerState.about.instructions,
                class_name="note info",
            ),
        ),
    )


def action_bar() -> rx.Component:
    """Return the bar of narrow screens: what is chosen, and the next step."""
    mine = PickerState.mine
    chosen = rx.fragment(
        rx.el.strong(mine.date, ", ", mine.words), rx.el.span(" · nada enviado ainda")
    )
    return rx.el.div(
        rx.el.p(rx.cond(mine.words != "", chosen, "Escolha o dia e o horário"), class_name="small"),
        rx.cond(
            PickerState.on_form,
            rx.el.div(
                rx.el.button(
                    "Conferir e confirmar",
                    type="submit",
                    class_name="btn pri",
                    custom_attrs={"form": "dados"},
                ),
                button("Ver os horários", PickerState.go_to_calendar, look="ghost sm"),
            ),
            rx.cond(
                mine.words != "",
                button("Continuar: seus dados", PickerState.go_to_form, look="pri"),
            ),
        ),
        class_name="picker-act",
    )


def draw_time(label: rx.Var[str]) -> rx.Component:
    """Return a slot of the chosen day as a button."""
    name = PickerState.day + " " + label
    is_mine = (PickerState.mine.day == PickerState.day) & (PickerState.mine.label == label)
    status = PickerState.board.marks.get(name, "free")
    just_now = (PickerState.news.day == PickerState.day) & (PickerState.news.label == label)
    return rx.el.button(
        rx.el.span(label),
        rx.cond(
            is_mine,
            rx.el.small("seu horário"),
            rx.match(
                status,
                (
                    "held",
                    rx.el.small(
                        rx.cond(
                            PickerState.elsewhere == name,
                            "guardado por você em outra aba",
                            "em preenchimento por outra pessoa",
                        )
                    ),
                ),
                ("taken", rx.el.small(rx.cond(just_now, "acabou de ser reservado", "reservado"))),
                rx.fragment(),
            ),
        ),
        type="button",
        aria_pressed=rx.cond(is_mine, "true", "false"),
        aria_disabled=rx.cond((status != "free") & ~is_mine, "true", "false"),
        on_click=PickerState.choose_time(label),
        class_name=rx.cond(is_mine, "picker-time mine", f"picker-time {status}"),
    )


def change_announcement() -> rx.Component:
    """Return a live region with the latest change of the chosen day."""
    is_here = (PickerState.news.words != "") & (PickerState.news.day == PickerState.day)
    is_own = (PickerState.news.day == PickerState.mine.day) & (
        PickerState.news.label == PickerState.mine.label
    )
    return rx.el.div(
        rx.cond(
            is_here & ~is_own,
            rx.el.div(
                rx.icon("info", size=20, aria_hidden=True),
                rx.el.p(
                    rx.el.strong(PickerState.news.words),
                    rx.cond(
                        PickerState.mine.seconds_left > 0,
                        " O seu horário, " + PickerState.mine.label + ", continua reservado.",
                        "",
                    ),
                ),
                class_name="picker-news",
            ),
        ),
        role="status",
        aria_live="polite",
    )


def hold_countdown() -> rx.Component:
    """Return how long the chosen slot is held; the style sheet animates the seconds."""
    key = PickerState.mine.day + " " + PickerState.mine.label
    is_over = PickerState.board.turns.contains(
        PickerState.mine.day
    ) & ~PickerState.board.marks.contains(key)
    return rx.cond(
        PickerState.mine.name != "",
        rx.el.section(
            rx.el.span(rx.icon("clock", size=20, aria_hidden=True), class_name="picker-ring"),
            rx.el.div(
                rx.el.h2(
                    rx.cond(
                        is_over,
                        "A reserva acabou, e o horário segue livre",
                        rx.fragment(
                            "Reservado para você por ",
                            rx.el.span(role="timer", aria_live="off", class_name="picker-count"),
                        ),
                    ),
                    id="reserva",
                    tab_index=-1,
                ),
                rx.el.p(
                    PickerState.mine.words,
                    ", ",
                    PickerState.mine.date,
                    rx.cond(PickerState.mine.own != "", " (" + PickerState.mine.own + ")", ""),
                    ". Se o tempo acabar, seus dados ficam na tela e ainda dá para confirmar, "
                    "desde que o horário siga livre.",
                    class_name="small",
                ),
            ),
            button("Trocar horário", PickerState.release_time, look="sec sm"),
            rx.el.span(rx.el.i(), class_name="picker-progress", aria_hidden="true"),
            key=PickerState.mine.name,
            aria_labelledby="reserva",
            class_name="picker-hold",
            custom_attrs={"style": {"--picker-from": PickerState.mine.seconds_left}},
        ),
    )
