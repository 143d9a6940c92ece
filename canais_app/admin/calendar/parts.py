"""Pieces of the page of the calendar: the year's bar, the form, the proposal, the months."""

import reflex as rx

from canais_app import routes
from canais_app.admin.calendar.state import Days
from canais_app.admin.filling import opened
from canais_app.admin.year import Line, Month, Proposed
from canais_app.expediente.service import WORDS
from canais_app.ui import forms
from canais_app.ui.once import kept

WRITING, FORM, KEY = opened(Days)


def bar() -> rx.Component:
    """Return the year, the comarca, and what can be done."""
    return rx.el.div(
        rx.el.div(
            _step("chevron-left", "Ano anterior", -1),
            rx.el.h2(Days.year, aria_live="polite", class_name="calendar-year"),
            _step("chevron-right", "Ano seguinte", 1),
            class_name="row",
        ),
        rx.el.div(
            rx.el.label("Mostrar", html_for="mostrar"),
            rx.el.select(
                rx.el.option("Todos os dias", value="0"),
                _comarcas(),
                id="mostrar",
                on_change=Days.narrow,
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.button("Incluir dia", type="button", on_click=Days.begin, class_name="btn pri"),
            rx.el.button(
                f"Propor dias de {Days.year}",
                type="button",
                on_click=Days.propose,
                class_name="btn sec",
            ),
            rx.el.a("Declarar fechamento", href=routes.ADMIN_NOTICES, class_name="btn sec"),
            class_name="row",
        ),
        class_name="card pad between",
    )


def _step(icon: str, words: str, by: int) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=18, aria_hidden=True),
        rx.el.span(words, class_name="visually-hidden"),
        type="button",
        on_click=Days.see(Days.year + by),
        class_name="btn ghost sm",
    )


def _comarcas() -> rx.Component:
    return rx.foreach(
        kept(Days.comarcas, Days.ready),
        lambda one: rx.el.option(one["name"], value=one["id"].to_string()),
    )


def _fields() -> rx.Component:
    effects = [(effect.value, words) for effect, words in WORDS.items()]
    errors = Days.errors
    everywhere = [rx.el.option("Todo o Estado", value=""), _comarcas()]
    late = forms.field("opens_at", "Abre às", errors, type="time", default_value=FORM["opens_at"])
    return rx.el.div(
        forms.choice("effect", "O que muda", effects, errors, default_value=FORM["effect"]),
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
            "act",
            "Ato (número)",
            errors,
            optional=True,
            max_length=120,
            default_value=FORM["act"],
        ),
        class_name="fields two",
    )


def editor() -> rx.Component:
    """Return the form of a day, with what it would change."""
    return forms.typed_form(
        rx.el.input(type="hidden", name="editing", value=FORM["editing"], read_only=True),
        rx.el.h2(rx.cond(FORM["editing"] != "", "Alterar ou transferir o dia", "Incluir dia")),
        _fields(),
        rx.el.p(Days.reach, role="status", class_name="strong"),
        rx.el.div(
            rx.el.button("Guardar", type="submit", class_name="btn pri"),
            rx.el.button("Voltar", type="button", on_click=Days.close, class_name="btn sec"),
            class_name="row",
        ),
        key=KEY,
        on_change=Days.fill,
        on_submit=Days.save,
        class_name="card pad stack",
    )


def _proposed(day: rx.Var[Proposed]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=day.key, default_checked=True),
        rx.el.span(day.words),
        class_name="check",
        key=day.key,
    )


def proposal() -> rx.Component:
    """Return the days that the year lacks, each to be left out."""
    return rx.el.form(
        rx.el.h2(f"Dias propostos para {Days.year}"),
        rx.cond(
            Days.proposal.length() > 0,
            rx.el.fieldset(
                rx.el.legend(
                    "Confira com a Portaria do ano e desmarque o que não vale.",
                    class_name="legend",
                ),
                rx.el.div(rx.foreach(Days.proposal, _proposed), class_name="fields two"),
            ),
            rx.el.p("O ano já tem todos os dias que conhecemos."),
        ),
        rx.el.div(
            rx.cond(
                Days.proposal.length() > 0,
                rx.el.button("Incluir os marcados", type="submit", class_name="btn pri"),
            ),
            rx.el.button("Voltar", type="button", on_click=Days.close, class_name="btn sec"),
            class_name="row",
        ),
        on_submit=Days.accept,
        class_name="card pad stack",
    )


def _acts(line: rx.Var[Line]) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            "Alterar",
            rx.el.span(f": {line.name}, {line.when}", class_name="visually-hidden"),
            type="button",
            on_click=Days.change(line.id),
            class_name="btn ghost sm",
        ),
        rx.cond(
            Days.asking == line.id,
            rx.el.span(
                rx.el.button(
                    "Sim, retirar",
                    type="button",
                    on_click=Days.remove(line.id),
                    class_name="btn danger sm",
                ),
                rx.el.button("Não", type="button", on_click=Days.ask(0), class_name="btn ghost sm"),
                class_name="row",
            ),
            rx.el.button(
                "Retirar",
                rx.el.span(f": {line.name}, {line.when}", class_name="visually-hidden"),
                type="button",
                on_click=Days.ask(line.id),
                class_name="btn ghost sm",
            ),
        ),
        class_name="row",
    )


def _line(line: rx.Var[Line]) -> rx.Component:
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
            _acts(line),
            rx.el.a("Ver o aviso", href=routes.ADMIN_NOTICES, class_name="btn ghost sm"),
        ),
        class_name="calendar-line",
    )


def _month(month: rx.Var[Month]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(month.name, class_name="calendar-month"),
        rx.el.ul(rx.foreach(month.lines, _line)),
        class_name="card pad",
    )


def year() -> rx.Component:
    """Return the months that have special days."""
    return rx.cond(
        Days.months.length() > 0,
        rx.el.div(rx.foreach(Days.months, _month), class_name="stack"),
        rx.el.p(
            f"O ano de {Days.year} ainda não tem dias. Use “Propor dias de {Days.year}”.",
            class_name="card pad",
        ),
    )
