"""The frame of staff pages: heading, news, refusals and, once loaded, the content."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.ui import feedback, forms, shell
from canais_app.ui.persistence import show_once_ready


def staff_page(
    title: Any,
    here: str,
    state: Any,
    *children: rx.Component | None,
    labels: Sequence[tuple[str, str]] = (),
    steps: Sequence[tuple[str, str]] = (),
) -> rx.Component:
    """Return a page with its heading, news, refusals and, once loaded, its content.

    `steps` are the pages between `/mesa` and this one.
    """
    return shell.page(
        shell.breadcrumbs(
            ("Início", routes.HOME), ("Mesa", routes.STAFF_HOME), *steps, (title, here)
        ),
        shell.page_heading(title),
        rx.el.div(
            rx.cond(state.news != "", feedback.callout(state.news, tone="ok")),
            role="status",
            class_name="section-tight",
        ),
        forms.error_summary(state.problem, state.errors, labels),
        show_once_ready(
            state.ready, rx.el.div(*children, class_name="stack admin-body"), feedback.skeleton()
        ),
        here=here,
        staff=True,
    )


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
