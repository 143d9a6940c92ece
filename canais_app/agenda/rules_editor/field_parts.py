"""Field components of the rules form; what is typed stays in the browser."""

import reflex as rx

from canais_app.agenda.rules_editor.state import RulesPageState
from canais_app.ui import forms

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


def checkbox_field(name: str, label: str) -> rx.Component:
    """Return a checkbox."""
    return forms.consent_checkbox(
        name,
        label,
        RulesPageState.errors,
        value="true",
        default_checked=RulesPageState.opened.form.contains(name),
    )


def field_group(title: str, lead: str, *children: rx.Component) -> rx.Component:
    """Return a group of fields under its heading."""
    return rx.el.section(
        rx.el.h2(title),
        rx.el.p(lead, class_name="muted small") if lead else None,
        *children,
        class_name="card picker-pad rules-card",
    )
