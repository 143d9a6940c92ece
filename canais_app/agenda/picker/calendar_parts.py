"""The calendar of free times, for any State of `CalendarState`: a month, or days in a strip.

Narrow screens show the strip and the free times only; the style sheet decides.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

from canais_app.agenda.parts import hidden_text, substitute_notice
from canais_app.agenda.picker.view import DayCell, HalfDay
from canais_app.ui import calendar as month

# A State class whose fields are those of `CalendarState`; pyright sees its plain values.
CalendarOf = Any
DrawTime = Callable[[rx.Var[str]], rx.Component]
# Arrow keys walk over the days of the strip.
_STRIP_KEYS = rx.Var("""(event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  const days = [...event.currentTarget.querySelectorAll("button.strip-day")];
  const next = days[days.indexOf(event.target.closest("button")) + step];
  if (!step) return;
  event.preventDefault();
  if (next) next.focus();
}""")
# Brings the chosen day into the strip without moving the page.
_STRIP_SCROLL = rx.Var("""(() => {
  const day = document.querySelector(".day-strip [aria-pressed=true]");
  if (day) day.parentElement.scrollLeft = day.offsetLeft - 8;
})""")


def _day_label(day: rx.Var[DayCell], note: rx.Var[str]) -> tuple[rx.Component, ...]:
    return (
        rx.el.strong(
            rx.el.span(day.number, aria_hidden="true"),
            rx.cond(day.month != "", rx.el.small(day.month, aria_hidden="true")),
            hidden_text(day.full_name + ": "),
        ),
        rx.el.span(note),
    )


def _tab_stop(state: CalendarOf, day: rx.Var[DayCell]) -> rx.Var:
    is_unset = ~state.board.turns.contains(state.day)  # the chosen day has just closed
    is_first = is_unset & (state.board.first_open == day.iso)
    return rx.cond((state.day == day.iso) | is_first, 0, -1)


def _note(state: CalendarOf, day: rx.Var[DayCell]) -> rx.Var:
    return rx.cond((state.current_day != "") & (state.current_day == day.iso), "o atual", day.words)


def _day_look(state: CalendarOf, day: rx.Var[DayCell], look: str) -> rx.Var:
    looks = look + " " + day.state + rx.cond(day.today, " today", "")
    return looks + rx.cond(
        (state.current_day != "") & (state.current_day == day.iso), " current", ""
    )


def _day_button(
    state: CalendarOf, day: rx.Var[DayCell], look: str, *lead: rx.Component
) -> rx.Component:
    return rx.el.button(
        *lead,
        *_day_label(day, _note(state, day)),
        type="button",
        aria_pressed=rx.cond(state.day == day.iso, "true", "false"),
        tab_index=_tab_stop(state, day),
        on_click=state.choose_day(day.iso),
        class_name=_day_look(state, day, look),
    )


def _closed_day(
    state: CalendarOf, day: rx.Var[DayCell], look: str, *lead: rx.Component
) -> rx.Component:
    return rx.el.span(
        *lead,
        *_day_label(day, day.words),
        rx.cond(day.words == "", hidden_text("sem atendimento")),
        class_name=_day_look(state, day, look),
    )


def _cell(state: CalendarOf, day: rx.Var[DayCell]) -> rx.Component:
    return rx.el.td(
        rx.cond(
            (day.state == "free") | (day.state == "full"),
            _day_button(state, day, "picker-day"),
            _closed_day(state, day, "picker-day"),
        )
    )


def _pager(state: CalendarOf) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.icon("chevron-left", size=20, aria_hidden=True),
            hidden_text("Quatro semanas anteriores"),
            type="button",
            disabled=~state.weeks.has_earlier,
            on_click=state.show_earlier_weeks,
        ),
        rx.el.button(
            rx.icon("chevron-right", size=20, aria_hidden=True),
            hidden_text("Próximas quatro semanas"),
            type="button",
            disabled=~state.weeks.has_later,
            on_click=state.show_later_weeks,
        ),
        class_name="picker-arrows",
    )


def _month_table(state: CalendarOf) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h3(
                state.weeks.span, rx.el.small("Horários livres em cada dia"), id="quatro-semanas"
            ),
            _pager(state),
            class_name="picker-bar",
        ),
        month.week_table(
            rx.foreach(
                state.board.weeks,
                lambda week: rx.el.tr(rx.foreach(week, lambda day: _cell(state, day))),
            ),
            labelled_by="quatro-semanas",
        ),
        class_name="picker-month",
    )


def _strip_day(state: CalendarOf, day: rx.Var[DayCell]) -> rx.Component:
    weekday = rx.el.em(day.weekday, aria_hidden="true")
    return rx.match(
        day.state,
        ("free", _day_button(state, day, "strip-day", weekday)),
        ("full", _day_button(state, day, "strip-day", weekday)),
        ("closed", rx.cond(day.words != "", _closed_day(state, day, "strip-day", weekday))),
        rx.fragment(),
    )


def _more(has: rx.Var[bool], label: str, event: object) -> rx.Component:
    return rx.cond(has, rx.el.button(label, type="button", on_click=event, class_name="strip-more"))


def _strip(state: CalendarOf) -> rx.Component:
    weeks = state.weeks
    return rx.el.div(
        rx.el.div(
            rx.el.h3("Dia", rx.el.small(state.month_words), id="dias"),
            rx.el.button(
                rx.icon("calendar", size=18, aria_hidden=True),
                rx.cond(state.whole_month, "Só os dias", "Mês inteiro"),
                type="button",
                on_click=state.toggle_month,
                class_name="btn ghost sm",
            ),
            class_name="picker-bar",
        ),
        rx.cond(
            state.whole_month,
            None,
            rx.el.div(
                _more(weeks.has_earlier, "Dias antes", state.show_earlier_weeks),
                rx.foreach(
                    state.board.weeks,
                    lambda week: rx.foreach(week, lambda day: _strip_day(state, day)),
                ),
                _more(weeks.has_later, "Mais dias", state.show_later_weeks),
                role="group",
                aria_labelledby="dias",
                key=weeks.first_day,
                on_mount=rx.call_function(_STRIP_SCROLL),
                custom_attrs={"onKeyDown": _STRIP_KEYS},
                class_name="day-strip",
            ),
        ),
        class_name="picker-strip",
    )


def calendar_table(state: CalendarOf) -> rx.Component:
    """Return four weeks, each day with its number of free slots."""
    return rx.el.div(
        _strip(state),
        _month_table(state),
        rx.cond(
            (state.board.closures.length() > 0) | (state.board.stand_ins.length() > 0),
            rx.el.ul(
                rx.foreach(state.board.stand_ins, rx.el.li),
                rx.foreach(state.board.closures, rx.el.li),
                class_name="picker-key",
            ),
        ),
        class_name=rx.cond(state.whole_month, "picker-days whole", "picker-days"),
    )


def _half_day(turn: rx.Var[HalfDay], draw_time: DrawTime) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(turn.name, rx.el.span(turn.free)),
        rx.el.div(rx.foreach(turn.times, draw_time), class_name="picker-times"),
        class_name="picker-turn",
    )


def _reserved(state: CalendarOf) -> rx.Component:
    """Return the day's reserved times, folded: only narrow screens need them apart."""
    reserved = state.board.reserved[state.day]
    return rx.cond(
        state.board.reserved.contains(state.day),
        rx.el.details(
            rx.el.summary(reserved.count),
            rx.el.p(reserved.times, class_name="small muted"),
            class_name="picker-reserved",
        ),
    )


def day_times(state: CalendarOf, draw_time: DrawTime) -> rx.Component:
    """Return the chosen day's slots by half day."""
    return rx.el.div(
        rx.cond(
            state.board.turns.contains(state.day),
            rx.fragment(
                rx.el.div(
                    rx.el.h3(
                        state.day_name,
                        rx.el.small(
                            "horário de Cuiabá (UTC−4)",
                            rx.cond(state.zone_words != "", "; " + state.zone_words, ""),
                        ),
                    ),
                    class_name="picker-bar",
                ),
                substitute_notice(state.board.attended_by.get(state.day, "")),
                rx.foreach(state.board.turns[state.day], lambda turn: _half_day(turn, draw_time)),
                _reserved(state),
            ),
            rx.el.p("Escolha um dia para ver os horários.", class_name="muted"),
        ),
        class_name="picker-hours",
    )
