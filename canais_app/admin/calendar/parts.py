"""Components of the calendar page: year bar, day form, proposal, months."""

import reflex as rx

from canais_app import routes
from canais_app.admin.calendar.state import CourtCalendarState
from canais_app.admin.calendar_view import CalendarLine, CalendarMonth, ProposedDayView
from canais_app.admin.draft_form import persisted_form
from canais_app.expediente.service import EFFECT_NAMES
from canais_app.ui import forms
from canais_app.ui.desk import confirmation
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted

WRITING, FORM, KEY = persisted_form(CourtCalendarState)


def year_bar() -> rx.Component:
    """Return the year, the comarca filter and the page's actions."""
    return rx.el.div(
        rx.el.div(
            _step("chevron-left", "Ano anterior", -1),
            rx.el.h2(CourtCalendarState.year, aria_live="polite", class_name="calendar-year"),
            _step("chevron-right", "Ano seguinte", 1),
            class_name="row",
        ),
        forms.plain_select(
            "mostrar",
            "Mostrar",
            rx.el.option("Todos os dias", value="0"),
            _comarcas(),
            on_change=CourtCalendarState.filter_comarca,
        ),
        rx.el.div(
            forms.button("Incluir dia", CourtCalendarState.open_new, look="pri"),
            forms.button(f"Propor dias de {CourtCalendarState.year}", CourtCalendarState.propose),
            rx.el.a("Declarar fechamento", href=routes.ADMIN_NOTICES, class_name="btn sec"),
            class_name="row",
        ),
        class_name="card pad between",
    )


def _step(icon: str, text: str, by: int) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=18, aria_hidden=True),
        rx.el.span(text, class_name="visually-hidden"),
        type="button",
        on_click=CourtCalendarState.show_year(CourtCalendarState.year + by),
        class_name="btn ghost sm",
    )


def _comarcas() -> rx.Component:
    return rx.foreach(
        persisted(CourtCalendarState.comarcas, CourtCalendarState.ready),
        lambda comarca: rx.el.option(comarca["name"], value=comarca["id"].to_string()),
    )


def _fields() -> rx.Component:
    effects = [(effect.value, words) for effect, words in EFFECT_NAMES.items()]
    errors = CourtCalendarState.errors
    everywhere = [rx.el.option("Todo o Estado", value=""), _comarcas()]
    late = forms.field("opens_at", "Abre às", errors, type="time", default_value=FORM["opens_at"])
    return rx.el.div(
        forms.select_from_pairs(
            "effect", "O que muda", effects, errors, default_value=FORM["effect"]
        ),
        forms.field("name", "Nome", errors, max_length=120, default_value=FORM["name"]),
        forms.field(
            "first_day", "Primeiro dia", errors, type="date", default_value=FORM["first_day"]
        ),
        forms.field(
            "last_day",
            "Último dia",
            errors,
            type="date",
            optional=True,
            hint="Vazio: um dia só.",
            default_value=FORM["last_day"],
        ),
        forms.select("comarca_id", "Onde", everywhere, errors, default_value=FORM["comarca_id"]),
        rx.cond(FORM["effect"] == "opens_late", late),
        forms.field(
            "act", "Ato (número)", errors, optional=True, max_length=120, default_value=FORM["act"]
        ),
        class_name="fields two",
    )


def day_editor() -> rx.Component:
    """Return the form of a day, with a preview of its impact."""
    return forms.typed_form(
        rx.el.input(type="hidden", name="editing", value=FORM["editing"], read_only=True),
        rx.el.h2(rx.cond(FORM["editing"] != "", "Alterar ou transferir o dia", "Incluir dia")),
        _fields(),
        rx.el.p(CourtCalendarState.reach, role="status", class_name="strong"),
        forms.submit_or_go_back("Guardar", CourtCalendarState.close),
        key=KEY,
        on_change=CourtCalendarState.update_draft,
        on_submit=CourtCalendarState.save,
        class_name="card pad stack",
    )


def _proposed(day: rx.Var[ProposedDayView]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=day.key, default_checked=True),
        rx.el.span(day.words),
        class_name="check",
        key=day.key,
    )


def proposal_section() -> rx.Component:
    """Return the days that the year lacks, each with a checkbox."""
    return rx.el.form(
        rx.el.h2(f"Dias propostos para {CourtCalendarState.year}"),
        rx.cond(
            CourtCalendarState.proposal.length() > 0,
            rx.el.fieldset(
                rx.el.legend(
                    "Confira com a Portaria do ano e desmarque o que não vale.", class_name="legend"
                ),
                rx.el.div(
                    rx.foreach(CourtCalendarState.proposal, _proposed), class_name="fields two"
                ),
            ),
            rx.el.p("O ano já tem todos os dias que conhecemos."),
        ),
        rx.el.div(
            rx.cond(
                CourtCalendarState.proposal.length() > 0,
                rx.el.button("Incluir os marcados", type="submit", class_name="btn pri"),
            ),
            forms.button("Voltar", CourtCalendarState.close),
            class_name="row",
        ),
        on_submit=CourtCalendarState.accept_proposal,
        class_name="card pad stack",
    )


def _line_actions(line: rx.Var[CalendarLine]) -> rx.Component:
    about, confirm = f": {line.name}, {line.when}", CourtCalendarState.confirm_removal
    return rx.el.div(
        button("Alterar", CourtCalendarState.open_edit(line.id), about, look="ghost sm"),
        confirmation(
            CourtCalendarState.asking == line.id,
            button("Retirar", confirm(line.id), about, look="ghost sm"),
            "Sim, retirar",
            CourtCalendarState.remove(line.id),
            confirm(0),
        ),
        class_name="row",
    )


def _line(line: rx.Var[CalendarLine]) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.when, class_name="strong"),
        rx.el.span(
            rx.el.span(line.name),
            rx.el.span(
                line.where, rx.cond(line.act != "", f" · {line.act}", ""), class_name="muted small"
            ),
            class_name="desk-words",
        ),
        rx.el.span(line.tag, class_name=f"tag {line.tone}"),
        rx.cond(
            line.id > 0,
            _line_actions(line),
            rx.el.a("Ver o aviso", href=routes.ADMIN_NOTICES, class_name="btn ghost sm"),
        ),
        class_name="calendar-line",
    )


def _month(month: rx.Var[CalendarMonth]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(month.name, class_name="calendar-month"),
        rx.el.ul(rx.foreach(month.lines, _line)),
        class_name="card pad",
    )


def year_section() -> rx.Component:
    """Return the months that have special days."""
    return rx.cond(
        CourtCalendarState.months.length() > 0,
        rx.el.div(rx.foreach(CourtCalendarState.months, _month), class_name="stack"),
        rx.el.p(
            f"O ano de {CourtCalendarState.year} ainda não tem dias. "
            f"Use “Propor dias de {CourtCalendarState.year}”.",
            class_name="card pad",
        ),
    )
