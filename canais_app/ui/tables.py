"""Tables with a caption and right-aligned numbers."""

from collections.abc import Collection, Sequence

import reflex as rx


def table(
    caption: str,
    heads: Sequence[str | rx.Component],
    *parts: rx.Component,
    numbers: Collection[str] = (),
    class_name: str = "data",
) -> rx.Component:
    """Return a table that scrolls sideways.

    `parts` are its body and foot; `numbers` are the headings of numeric columns. A heading that
    is a component is a whole cell.
    """
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(head, scope="col", class_name="num" if head in numbers else "")
                        if isinstance(head, str)
                        else head
                        for head in heads
                    ]
                )
            ),
            *parts,
            class_name=class_name,
        ),
        role="region",
        aria_label=caption,
        tab_index=0,
        class_name="table-wrap",
    )
