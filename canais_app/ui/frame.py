"""The frame of staff pages: heading, news, refusals and, once read, the content."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.ui import feedback, forms, shell
from canais_app.ui.once import once


def page(
    title: Any,
    here: str,
    state: Any,
    *children: rx.Component | None,
    labels: Sequence[tuple[str, str]] = (),
    steps: Sequence[tuple[str, str]] = (),
) -> rx.Component:
    """Return a page with its heading, news, refusals and, once read, its content.

    `steps` are the pages between the desk and this one.
    """
    return shell.page(
        shell.crumbs(("Início", routes.HOME), ("Mesa", routes.DESK), *steps, (title, here)),
        shell.h1(title),
        rx.el.div(
            rx.cond(state.news != "", feedback.note(state.news, tone="ok")),
            role="status",
            class_name="section-tight",
        ),
        forms.error_summary(state.problem, state.errors, labels),
        once(
            state.ready,
            rx.el.div(*children, class_name="stack admin-body"),
            feedback.skeleton(),
        ),
        here=here,
        staff=True,
    )


def cells(*values: Any) -> list[rx.Component]:
    """Return one table cell for each value."""
    return [rx.el.td(value) for value in values]
