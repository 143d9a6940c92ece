"""Tables with a caption and right-aligned numbers."""

from collections.abc import Collection, Sequence

import reflex as rx


def table(
    caption: str, heads: Sequence[str], body: rx.Component, *, numbers: Collection[str] = ()
) -> rx.Component:
    """Return a table that scrolls sideways; `numbers` are the headings of numeric columns."""
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(words, scope="col", class_name="num" if words in numbers else "")
                        for words in heads
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
    )
