"""Pieces of staff pages: buttons of a row, confirmation, cells."""

from typing import Any

import reflex as rx


def row_button(text: Any, on_click: Any, *about: Any, tone: str = "sec") -> rx.Component:
    """Return a small button of a row; `about` names the row, for screen readers only."""
    hidden = rx.el.span(*about, class_name="visually-hidden") if about else None
    return rx.el.button(text, hidden, type="button", on_click=on_click, class_name=f"btn {tone} sm")


def confirmation(asking: Any, ask: rx.Component, yes: Any, act: Any, dismiss: Any) -> rx.Component:
    """Return the button `ask`; while `asking`, the buttons that confirm and dismiss."""
    answers = (row_button(yes, act, tone="danger"), row_button("Não", dismiss, tone="ghost"))
    return rx.cond(asking, rx.el.span(*answers, class_name="row"), ask)


def more_button(state: Any) -> rx.Component:
    """Return the button that loads the next page of a list, if there is one."""
    more = rx.el.button("Mostrar mais", on_click=state.load_more, class_name="btn sec")
    return rx.cond(state.next != "", more)


def table_cells(*values: Any) -> list[rx.Component]:
    """Return one table cell for each value."""
    return [rx.el.td(value) for value in values]
