"""The preview: four weeks, the slots of a day, its conflicts and the remarks."""

import reflex as rx

from canais_app.agenda.parts import hidden_text
from canais_app.agenda.rules.preview import PreviewDay, PreviewRemark, PreviewTime
from canais_app.agenda.rules_editor.state import RulesPageState
from canais_app.ui import calendar
from canais_app.ui.feedback import live_announcement


def _day(day: rx.Var[PreviewDay]) -> rx.Component:
    chosen = RulesPageState.day == day.iso
    look = rx.cond(day.today, f"picker-day {day.state} today", f"picker-day {day.state}")
    return rx.el.td(
        rx.cond(
            day.state == "past",
            rx.el.span(
                rx.el.strong(rx.el.span(day.number, aria_hidden="true")),
                hidden_text(day.full_name + ": passado"),
                class_name=look,
            ),
            rx.el.button(
                rx.el.strong(
                    rx.el.span(day.number, aria_hidden="true"),
                    rx.cond(day.month != "", rx.el.small(day.month, aria_hidden="true")),
                    hidden_text(day.full_name + ": "),
                ),
                rx.cond(
                    day.words != "",
                    rx.el.span(day.words),
                    rx.fragment(rx.el.span("–", aria_hidden="true"), hidden_text("sem janela")),
                ),
                rx.cond(
                    day.conflicts > 0,
                    rx.el.span(
                        rx.icon("triangle-alert", size=12, aria_hidden=True),
                        day.conflicts,
                        hidden_text(" em conflito"),
                        class_name="rules-conflict",
                    ),
                ),
                type="button",
                aria_pressed=rx.cond(chosen, "true", "false"),
                tab_index=rx.cond(chosen, 0, -1),
                on_click=RulesPageState.show_day(day.iso),
                class_name=look,
            ),
        )
    )


def _time(time: rx.Var[PreviewTime]) -> rx.Component:
    return rx.el.li(
        time.label,
        rx.cond(time.taken, rx.el.small(" reservado")),
        class_name=rx.cond(time.taken, "taken", ""),
    )


def _about_day(day: rx.Var[PreviewDay]) -> rx.Component:
    return rx.cond(
        day.iso == RulesPageState.day,
        rx.el.div(
            rx.el.h3(day.full_name),
            rx.cond(day.why != "", rx.el.p(day.why, class_name="muted")),
            rx.cond(
                RulesPageState.seen.times.contains(day.iso),
                rx.el.ul(
                    rx.foreach(RulesPageState.seen.times[day.iso], _time), class_name="rules-times"
                ),
            ),
            rx.cond(
                RulesPageState.seen.conflicts.contains(day.iso),
                rx.el.div(
                    rx.el.p("Já marcados, que continuam valendo:", class_name="strong"),
                    rx.el.ul(rx.foreach(RulesPageState.seen.conflicts[day.iso], rx.el.li)),
                    class_name="rules-standing",
                ),
            ),
            class_name="tight",
        ),
    )


def _remark(remark: rx.Var[PreviewRemark]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            remark.refuses,
            rx.icon("circle-alert", size=16, aria_hidden=True),
            rx.icon("info", size=16, aria_hidden=True),
        ),
        rx.el.a(remark.sentence, href="#" + remark.field, custom_attrs={"reloadDocument": True}),
        class_name=rx.cond(remark.refuses, "refuses", ""),
    )


def weeks_preview() -> rx.Component:
    """Return the preview of the form."""
    return rx.el.aside(
        rx.el.h2("Prévia", id="previa"),
        rx.el.p(
            rx.el.strong(RulesPageState.seen.total),
            ", de ",
            RulesPageState.seen.span,
            class_name="muted",
            id="previa-semanas",
        ),
        calendar.week_table(
            rx.foreach(RulesPageState.seen.weeks, lambda week: rx.el.tr(rx.foreach(week, _day))),
            labelled_by="previa previa-semanas",
        ),
        rx.el.div(
            rx.foreach(
                RulesPageState.seen.weeks, lambda week: rx.fragment(rx.foreach(week, _about_day))
            ),
            class_name="rules-day",
        ),
        rx.cond(
            RulesPageState.seen.remarks.length() > 0,
            rx.el.div(
                rx.el.h3("Antes de publicar"),
                rx.el.ul(
                    rx.foreach(RulesPageState.seen.remarks, _remark), class_name="rules-remarks"
                ),
                class_name="tight",
            ),
        ),
        live_announcement("Prévia: " + RulesPageState.seen.total + " em quatro semanas."),
        aria_labelledby="previa",
        class_name="card picker-pad rules-preview",
    )
