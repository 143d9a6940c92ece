"""Components of the picker: the calendar, the slots of a day, the hold."""

from typing import Any

import reflex as rx

from canais_app.agenda.parts import hidden_text, substitute_notice
from canais_app.agenda.picker.state import PickerState
from canais_app.agenda.picker.view import DayCell, HalfDay
from canais_app.ui import calendar as month
from canais_app.ui.forms import button

# On a State class pyright sees the plain values; these are Vars.
IS_PUBLISHED: Any = PickerState.board.published
IS_BOOKABLE: Any = IS_PUBLISHED & (PickerState.board.any_free | (PickerState.mine.label != ""))


def step_heading(number: str, title: str, heading_id: str) -> rx.Component:
    """Return the heading of a step of the page."""
    mark = rx.el.b(number, aria_hidden="true")
    return rx.el.h2(mark, title, id=heading_id, tab_index=-1, class_name="picker-step")


def _day_label(day: rx.Var[DayCell]) -> tuple[rx.Component, ...]:
    return (
        rx.el.strong(
            rx.el.span(day.number, aria_hidden="true"),
            rx.cond(day.month != "", rx.el.small(day.month, aria_hidden="true")),
            hidden_text(day.full_name + ": "),
        ),
        rx.el.span(day.words),
    )


def _day(day: rx.Var[DayCell]) -> rx.Component:
    chosen = PickerState.day == day.iso
    is_open = (day.state == "free") | (day.state == "full")
    is_unset = ~PickerState.board.turns.contains(PickerState.day)  # the chosen day has just closed
    look = f"picker-day {day.state}"
    return rx.el.td(
        rx.cond(
            is_open,
            rx.el.button(
                *_day_label(day),
                type="button",
                aria_pressed=rx.cond(chosen, "true", "false"),
                tab_index=rx.cond(
                    chosen | (is_unset & (PickerState.board.first_open == day.iso)), 0, -1
                ),
                on_click=PickerState.choose_day(day.iso),
                class_name=rx.cond(day.today, look + " today", look),
            ),
            rx.el.span(
                *_day_label(day),
                rx.cond(day.words == "", hidden_text("sem atendimento")),
                class_name=rx.cond(day.today, look + " today", look),
            ),
        )
    )


def _pager() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.icon("chevron-left", size=20, aria_hidden=True),
            hidden_text("Quatro semanas anteriores"),
            type="button",
            disabled=~PickerState.weeks.has_earlier,
            on_click=PickerState.show_earlier_weeks,
        ),
        rx.el.button(
            rx.icon("chevron-right", size=20, aria_hidden=True),
            hidden_text("Próximas quatro semanas"),
            type="button",
            disabled=~PickerState.weeks.has_later,
            on_click=PickerState.show_later_weeks,
        ),
        class_name="picker-arrows",
    )


def calendar_table() -> rx.Component:
    """Return four weeks, each day with its number of free slots."""
    return rx.el.div(
        rx.el.div(
            rx.el.h3(
                PickerState.weeks.span,
                rx.el.small("Horários livres em cada dia"),
                id="quatro-semanas",
            ),
            _pager(),
            class_name="picker-bar",
        ),
        month.week_table(
            rx.foreach(PickerState.board.weeks, lambda week: rx.el.tr(rx.foreach(week, _day))),
            labelled_by="quatro-semanas",
        ),
        rx.cond(
            (PickerState.board.closures.length() > 0) | (PickerState.board.stand_ins.length() > 0),
            rx.el.ul(
                rx.foreach(PickerState.board.stand_ins, rx.el.li),
                rx.foreach(PickerState.board.closures, rx.el.li),
                class_name="picker-key",
            ),
        ),
    )


def _time(label: rx.Var[str]) -> rx.Component:
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


def _half_day(turn: rx.Var[HalfDay]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(turn.name, rx.el.span(turn.free)),
        rx.el.div(rx.foreach(turn.times, _time), class_name="picker-times"),
        class_name="picker-turn",
    )


def day_times() -> rx.Component:
    """Return the chosen day's slots by half day."""
    has_times = PickerState.board.turns.contains(PickerState.day)
    return rx.el.div(
        rx.cond(
            has_times,
            rx.fragment(
                rx.el.div(
                    rx.el.h3(
                        PickerState.day_name,
                        rx.el.small(
                            "horário de Cuiabá (UTC−4)",
                            rx.cond(
                                PickerState.zone_words != "", "; " + PickerState.zone_words, ""
                            ),
                        ),
                    ),
                    class_name="picker-bar",
                ),
                substitute_notice(PickerState.board.attended_by.get(PickerState.day, "")),
                rx.foreach(PickerState.board.turns[PickerState.day], _half_day),
            ),
            rx.el.p("Escolha um dia para ver os horários.", class_name="muted"),
        ),
        rx.el.p(
            "Nenhum serve? ",
            rx.el.a("Entre na fila de espera", href=PickerState.about.waitlist_path),
            ", ",
            rx.el.a("vá por ordem de chegada ou use outro canal", href=PickerState.about.unit_path),
            ".",
            class_name="small muted",
        ),
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
