"""Fields of the rules form, and its rows that are added and removed."""

import reflex as rx

from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.rules_editor.state import RulesPageState
from canais_app.agenda.rules_editor.view import DayOverrideLine, KindLine, WindowLine
from canais_app.kit import text
from canais_app.ui import forms
from canais_app.ui.forms import button

WEEKDAYS = tuple((str(n), name) for n, name in enumerate(text.WEEKDAY_NAMES))
REPEATS = (
    ("cada-1", "toda semana"),
    *((f"cada-{n}", f"a cada {n} semanas") for n in range(2, 9)),
    *((f"mes-{n}", f"na {n}ª do mês") for n in range(1, 6)),
    ("mes--1", "na última do mês"),
)
UNITS = (("1", "minutos"), ("60", "horas"), ("1440", "dias"))
THREE_DIGITS = {"min": "0", "max": "999", "inputmode": "numeric"}


def initial_value(name: str) -> rx.Var:
    """Return a field's value when the form is opened."""
    return RulesPageState.opened.form[name]


def text_field(name: str, label: str, hint: str = "", **props: object) -> rx.Component:
    """Return a one-line field."""
    return forms.field(
        name, label, RulesPageState.errors, hint=hint, default_value=initial_value(name), **props
    )


def number_field(name: str, label: str, hint: str = "", **props: object) -> rx.Component:
    """Return a field for a whole number."""
    return text_field(name, label, hint, type="number", **(THREE_DIGITS | props))


def minutes_field(name: str, label: str, hint: str = "", least: str = "0") -> rx.Component:
    """Return a field for a duration in minutes."""
    return number_field(name, f"{label} (min)", hint, min=least, max="480", step="5")


def duration_field(name: str, label: str, hint: str = "") -> rx.Component:
    """Return a number beside its unit: minutes, hours or days."""
    return rx.el.div(
        number_field(name, label, hint),
        rx.el.div(
            rx.el.select(
                *[rx.el.option(words, value=value) for value, words in UNITS],
                name=f"{name}-unit",
                aria_label=f"{label}: minutos, horas ou dias",
                default_value=initial_value(f"{name}-unit"),
            ),
            class_name="field",
        ),
        class_name="rules-length",
    )


def checkbox_field(name: forms.FieldName, label: rx.Var[str] | str) -> rx.Component:
    """Return a checkbox."""
    return forms.consent_checkbox(
        name,
        label,
        RulesPageState.errors,
        value="true",
        default_checked=RulesPageState.opened.form.contains(name),
    )


def field_group(title: str, lead: str, *children: rx.Component, look: str = "") -> rx.Component:
    """Return a card with a heading and a lead; `look` is one more class."""
    return rx.el.section(
        rx.el.h2(title),
        rx.el.p(lead, class_name="muted small") if lead else None,
        *children,
        class_name=f"card picker-pad rules-card {look}".rstrip(),
    )


def group_error(name: forms.FieldName) -> rx.Component:
    """Return the error of a group of fields, if any."""
    return rx.cond(
        RulesPageState.errors.contains(name),
        rx.el.p(
            rx.icon("circle-alert", size=16, aria_hidden=True),
            RulesPageState.errors[name],
            class_name="rules-err",
        ),
    )


def card_row(*content: rx.Component | rx.Var) -> rx.Component:
    """Return a row of a card's list, with its button at the end."""
    return rx.el.li(*content, class_name="between rules-line")


def _remove(kind: str, key: rx.Var[str], label: str) -> rx.Component:
    icon = rx.icon("trash-2", size=18, aria_hidden=True)
    return button(icon, RulesPageState.remove(kind, key), label, look="ghost rules-remove")


def _validity(row: rx.Var[WindowLine], name: rx.Var[str]) -> rx.Component:
    errors = RulesPageState.errors
    since, until = name + "valid_from", name + "valid_until"
    is_set = (row.valid_from != "") | (row.valid_until != "")
    return rx.el.details(
        rx.el.summary("Validade"),
        rx.el.div(
            forms.field(
                since,
                "A partir de",
                errors,
                optional=True,
                type="date",
                default_value=row.valid_from,
            ),
            forms.field(
                until, "Até", errors, optional=True, type="date", default_value=row.valid_until
            ),
            class_name="fields two",
        ),
        open=is_set | errors.contains(since) | errors.contains(until),
        class_name="rules-validity",
    )


def _window(row: rx.Var[WindowLine], position: rx.Var[int]) -> rx.Component:
    name = "windows-" + row.key + "-"
    errors = RulesPageState.errors
    return rx.el.fieldset(
        rx.el.legend("Janela ", position + 1, class_name="visually-hidden"),
        forms.select_from_pairs(
            name + "weekday",
            "Dia",
            WEEKDAYS,
            errors,
            default_value=row.weekday,
            auto_focus=row.fresh,
        ),
        forms.field(name + "starts", "Das", errors, type="time", default_value=row.starts),
        forms.field(name + "ends", "Às", errors, type="time", default_value=row.ends),
        forms.select_from_pairs(
            name + "repeats", "Repete", REPEATS, errors, default_value=row.repeats
        ),
        _remove("windows", row.key, "Retirar esta janela"),
        _validity(row, name),
        key=row.key,
        class_name="rules-row",
    )


def _day_override_row(row: rx.Var[DayOverrideLine], position: rx.Var[int]) -> rx.Component:
    name = "own_days-" + row.key + "-"
    errors = RulesPageState.errors
    return rx.el.fieldset(
        rx.el.legend("Data ", position + 1, class_name="visually-hidden"),
        forms.field(
            name + "day", "Data", errors, type="date", default_value=row.day, auto_focus=row.fresh
        ),
        forms.consent_checkbox(
            name + "closed", "Fechado o dia todo", errors, value="true", default_checked=row.closed
        ),
        forms.field(name + "starts", "Das", errors, type="time", default_value=row.starts),
        forms.field(name + "ends", "Às", errors, type="time", default_value=row.ends),
        _remove("own_days", row.key, "Retirar esta data"),
        key=row.key,
        class_name="rules-row day",
    )


def _kind_checks(row: rx.Var[KindLine], name: rx.Var[str]) -> rx.Component:
    def check(field: str, label: str) -> rx.Component:
        return forms.consent_checkbox(
            name + field,
            label,
            RulesPageState.errors,
            value="true",
            default_checked=row.checks.contains(field),
        )

    return rx.el.div(
        check("needs_approval", "O gabinete aprova cada pedido deste tipo"),
        check("needs_case_number", "Pede o nº do processo"),
        rx.el.fieldset(
            rx.el.legend("Só destas formas (sem marcar: todas as da agenda)", class_name="legend"),
            *[check(one.value, MODALITY_NAMES[one]) for one in Modality],
            group_error(name + "modalities"),
            id=name + "modalities",
            tab_index=-1,
        ),
        class_name="tight rules-kind-checks",
    )


def _kind(row: rx.Var[KindLine], position: rx.Var[int]) -> rx.Component:
    name, errors = "kinds-" + row.key + "-", RulesPageState.errors

    def number(field: str, label: str, **props: object) -> rx.Component:
        return forms.field(name + field, label, errors, optional=True, type="number", **props)

    return rx.el.fieldset(
        rx.el.legend("Tipo ", position + 1, class_name="visually-hidden"),
        forms.field(
            name + "name",
            "Tipo de atendimento",
            errors,
            default_value=row.name,
            max_length=80,
            auto_focus=row.fresh,
        ),
        number("minutes", "Duração (min)", default_value=row.minutes, min="5", max="480", step="5"),
        number("answer_hours", "Responder em (h)", default_value=row.answer_hours, max="240"),
        _remove("kinds", row.key, "Retirar este tipo"),
        forms.text_area(
            name + "instructions",
            "Orientações a quem marca",
            errors,
            optional=True,
            default_value=row.instructions,
            rows="2",
            max_length=500,
        ),
        _kind_checks(row, name),
        key=row.key,
        class_name="rules-row kind",
    )


def kind_list() -> rx.Component:
    """Return the kinds of attendance, and the button for one more."""
    return rx.el.div(
        rx.foreach(RulesPageState.kinds, _kind),
        group_error("kinds"),
        _add("kinds", "Incluir tipo", RulesPageState.add_kind),
        id="kinds",
        tab_index=-1,
        class_name="rules-rows",
    )


def _add(kind: str, label: str, event: object) -> rx.Component:
    content = rx.fragment(rx.icon("plus", size=18, aria_hidden=True), label)
    return button(content, event, look="soft", id=f"incluir-{kind}")


def window_list() -> rx.Component:
    """Return the weekly windows, and the button for one more."""
    return rx.el.div(
        rx.foreach(RulesPageState.windows, _window),
        group_error("windows"),
        _add("windows", "Incluir janela", RulesPageState.add_window),
        id="windows",
        tab_index=-1,
        class_name="rules-rows",
    )


def day_override_list() -> rx.Component:
    """Return the special days, and the button for one more."""
    return rx.el.div(
        rx.foreach(RulesPageState.own_days, _day_override_row),
        _add("own_days", "Incluir data", RulesPageState.add_day),
        class_name="rules-rows",
    )
