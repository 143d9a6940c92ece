"""Forms and fields: label, hint, error at the field, and the error summary."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import reflex as rx
from reflex_base.components.component import field as field_of
from reflex_components_core.el.elements.base import BaseHTML

FORM_KEY = "form_key"
# A Var of {field: sentence}; on a State class pyright sees the plain dict.
Errors = Any
# Dynamic rows have names made of Vars: `"windows-" + row.key + "-starts"`.
FieldName = Any


class PlainForm(BaseHTML):
    """A form that the browser submits; Reflex's own always intercepts the submission."""

    tag = "form"
    action: rx.Var[str] = field_of(doc="Where the form is sent")
    method: rx.Var[str] = field_of(doc="How it is sent")


def _form_values(e: rx.Var[Any]) -> tuple[rx.Var[dict[str, str]]]:
    del e  # in the browser it is called `_e`
    values = rx.Var("Object.fromEntries(new FormData(_e.currentTarget))")
    return (values.to(dict[str, str]),)


class TypedForm(BaseHTML):
    """An uncontrolled form that sends all its fields at each change."""

    tag = "form"
    no_validate: rx.Var[bool] = field_of(doc="Whether the browser leaves checking to us")
    on_change: rx.EventHandler[_form_values] = field_of(doc="All fields, at each change")
    on_submit: rx.EventHandler[_form_values] = field_of(doc="All fields, when sent")


def typed_form(
    *children: rx.Component | None, on_change: Any, on_submit: Any, **props: Any
) -> rx.Component:
    """Return a form whose handlers get `{name: value}` of all its fields, as strings."""
    return TypedForm.create(
        *children,
        on_change=on_change,
        on_submit=on_submit.prevent_default,
        no_validate=True,
        **props,
    )


def send_once(key: Any) -> rx.Component:
    """Return the field by which `is_repeated` knows the second of two clicks on a form.

    `key` is the State's `form_key`, which changes when a form is sent.
    """
    return rx.el.input(type="hidden", name=FORM_KEY, value=key)


def is_repeated(form: object, key: str) -> bool:
    """Whether a form was drawn before the last was sent: the page may show another row by now."""
    return isinstance(form, dict) and form.get(FORM_KEY, key) != key


def plain_form(*children: rx.Component | None, action: str, **props: Any) -> rx.Component:
    """Return a form sent by the browser to one of our routes, as POST."""
    return PlainForm.create(*children, action=action, method="post", **props)


def _field_error(name: FieldName, errors: Errors) -> rx.Component:
    return rx.cond(
        errors.contains(name),
        rx.el.p(
            rx.icon("circle-alert", size=16, aria_hidden=True),
            errors[name],
            id=name + "-erro",
            class_name="err",
        ),
    )


def _hint_and_errors(name: FieldName, errors: Errors, hint: str) -> dict[str, Any]:
    described = name + "-erro " + name + "-dica" if hint else name + "-erro"
    return {
        "id": name,
        "name": name,
        "aria_invalid": rx.cond(errors.contains(name), "true", "false"),
        "aria_describedby": rx.cond(
            errors.contains(name), described, name + "-dica" if hint else ""
        ),
    }


def field(
    name: FieldName,
    label: str,
    errors: Errors,
    *,
    hint: str = "",
    optional: bool = False,
    control: Callable[..., rx.Component] = rx.el.input,
    **props: Any,
) -> rx.Component:
    """Return a one-line text field, or another labelled `control` with its hint and error."""
    defaults = {"type": "text"} if control is rx.el.input else {}
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(" (opcional)", class_name="muted") if optional else None,
            html_for=name,
        ),
        control(**{**defaults, **_hint_and_errors(name, errors, hint), **props}),
        _field_error(name, errors),
        rx.el.p(hint, id=name + "-dica", class_name="hint") if hint else None,
        class_name=rx.cond(errors.contains(name), "field has-err", "field"),
    )


def text_area(
    name: FieldName, label: str, errors: Errors, *, draft: Any = "", **props: Any
) -> rx.Component:
    """Return a field of several lines; the rest as in `field`.

    `draft` is the key under which staff's text is saved while they type (`accounts/drafts.py`).
    """
    drawn = partial(field, name, label, errors, control=rx.el.textarea)
    if isinstance(draft, str) and not draft:
        return drawn(**{"rows": "4", **props})
    note = rx.el.p(id=name + "-rascunho", role="status", class_name="draft-note")
    attributes = {**props.pop("custom_attrs", {}), "data-draft": draft}
    return rx.fragment(drawn(**{"rows": "4", "custom_attrs": attributes, **props}), note)


def select(
    name: FieldName, label: str, options: Sequence[rx.Component], errors: Errors, **props: Any
) -> rx.Component:
    """Return a native select of option components; the rest as in `field`."""
    return field(name, label, errors, control=partial(rx.el.select, *options), **props)


def select_from_pairs(
    name: FieldName,
    label: str,
    options: Sequence[tuple[str, str]] | Any,
    errors: Errors,
    **props: Any,
) -> rx.Component:
    """Return a native select of (value, words), which may be a Var; the rest as in `select`."""
    if isinstance(options, rx.Var):
        drawn = [rx.foreach(options, lambda pair: rx.el.option(pair[1], value=pair[0]))]
    else:
        drawn = [rx.el.option(words, value=value) for value, words in options]
    return select(name, label, drawn, errors, **props)


def consent_checkbox(
    name: FieldName, label: rx.Component | str, errors: Errors, **props: Any
) -> rx.Component:
    """Return a checkbox with its words beside it."""
    return rx.el.div(
        rx.el.label(
            rx.el.input(type="checkbox", **{**_hint_and_errors(name, errors, ""), **props}),
            rx.el.span(label),
            class_name="check",
        ),
        _field_error(name, errors),
        class_name=rx.cond(errors.contains(name), "field has-err", "field"),
    )


def plain_input(id_: str, label: str, *, hint: str = "", **props: Any) -> rx.Component:
    """Return a labelled input without an error of its own."""
    described = {"aria_describedby": f"{id_}-dica"} if hint else {}
    return rx.el.div(
        rx.el.label(label, html_for=id_),
        rx.el.input(id=id_, **described, **props),
        rx.el.p(hint, id=f"{id_}-dica", class_name="hint") if hint else None,
        class_name="field",
    )


def plain_select(id_: str, label: str, *options: rx.Component, **props: Any) -> rx.Component:
    """Return a labelled select without an error of its own."""
    select_ = rx.el.select(*options, id=id_, **props)
    return rx.el.div(rx.el.label(label, html_for=id_), select_, class_name="field")


def button(
    label: Any,
    event: Any,
    *spoken: Any,
    look: Any = "sec",
    icon: str = "",
    key: str = "",
    **props: Any,
) -> rx.Component:
    """Return a button that runs an event.

    `look` is its style, such as `pri` or `sec sm`; `spoken` is read aloud after the label. `key`
    is a single letter that presses it (`assets/staff.js`), printed in the button.
    """
    if key:
        props["custom_attrs"] = {**props.get("custom_attrs", {}), "data-key": key}
    return rx.el.button(
        rx.icon(icon, size=18, aria_hidden=True) if icon else None,
        label,
        rx.el.span(*spoken, class_name="visually-hidden") if spoken else None,
        rx.el.span(key.upper(), class_name="kbd", aria_hidden="true") if key else None,
        type="button",
        on_click=event,
        class_name=f"btn {look}",
        **props,
    )


def submit_or_go_back(text: str, on_back: Any, *, look: str = "pri") -> rx.Component:
    """Return the submit button of a form, and one that closes the form."""
    submit = rx.el.button(text, type="submit", class_name=f"btn {look}")
    return rx.el.div(submit, button("Voltar", on_back), class_name="row")


def file_link(
    text: Any, href: Any, *about: Any, class_name: str = "btn sec", icon: str = ""
) -> rx.Component:
    """Return a link that the browser follows itself; `about` is for screen readers only."""
    return rx.el.a(
        rx.icon(icon, size=18, aria_hidden=True) if icon else None,
        text,
        rx.el.span(*about, class_name="visually-hidden") if about else None,
        href=href,
        custom_attrs={"reloadDocument": True},
        class_name=class_name,
    )


def error_summary(
    said: rx.Var[str], errors: Errors, labels: Sequence[tuple[str, str]]
) -> rx.Component:
    """Return the summary above a form: how many fields to correct, with a link to each."""
    return rx.cond(
        said != "",
        rx.el.div(
            rx.el.p(said),
            rx.el.ul(
                *[
                    rx.cond(
                        errors.contains(name),
                        rx.el.li(
                            rx.el.a(label, href=f"#{name}", custom_attrs={"reloadDocument": True})
                        ),
                    )
                    for name, label in labels
                ]
            ),
            id="resumo-de-erros",
            role="alert",
            tab_index=-1,
            class_name="note bad summary",
        ),
    )


def search_and_select(name: str, label: str, state: Any, *, hint: str = "") -> rx.Component:
    """Return a search field and a select of its results.

    `state.find_units` handles the query; `found` are items with `code` and `name`, and `answer`
    says how many there are.
    """
    return rx.el.div(
        plain_input(
            f"{name}-procura",
            f"{label}: procurar",
            name=f"{name}-procura",
            type="search",
            auto_complete="off",
            max_length=80,
            on_change=state.find_units.debounce(300),
        ),
        select(
            name,
            label,
            [
                rx.el.option("Nenhuma", value=""),
                rx.foreach(state.found, lambda item: rx.el.option(item.name, value=item.code)),
            ],
            state.errors,
            hint=hint,
        ),
        rx.el.p(state.answer, role="status", class_name="hint"),
        class_name="fields two",
    )
