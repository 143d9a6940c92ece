"""From a figure to what is behind it: its file, its complaints."""

from typing import Any

import reflex as rx

Value = Any  # Vars of what is in a view
VISUALLY_HIDDEN = "visually-hidden"


def csv_link(href: Value, words: str) -> rx.Component:
    """Link a figure to its file; `words` say of what, to who does not see where it stands."""
    return rx.el.a(
        "CSV",
        rx.el.span(f" {words}", class_name=VISUALLY_HIDDEN),
        href=href,
        custom_attrs={"reloadDocument": True},
        class_name="dash-act",
    )


def complaints_link(count: Value, href: Value, words: Value, **props: Value) -> rx.Component:
    """Link a count to the complaints behind it."""
    return rx.el.a(count, rx.el.span(" ", words, class_name=VISUALLY_HIDDEN), href=href, **props)
