"""Tables of values: a caption that says what they show, numbers aligned to be compared."""

from collections.abc import Sequence
from typing import Any

import reflex as rx


def table(
    caption: str, head: Sequence[tuple[str, bool]], body: rx.Component, **props: Any
) -> rx.Component:
    """Return a table that scrolls sideways by itself; `head` is (words, is a number)."""
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(words, scope="col", class_name="num" if number else "")
                        for words, number in head
                    ]
                )
            ),
            body,
            class_name="data",
        ),
        role="region",
        aria_label=caption,
        tab_index=0,
        class_name="table-wrap",
        **props,
    )
