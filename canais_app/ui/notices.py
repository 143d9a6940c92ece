"""A notice as all pages show it: scope, text, time, and the act."""

from typing import Any

import reflex as rx


def act_link(notice: Any) -> rx.Component:
    """Return the act, as a link where it is published; nothing when there is none."""
    return rx.cond(
        notice.act_url != "",
        rx.el.a(rx.cond(notice.act != "", notice.act, "Ato"), href=notice.act_url, rel="noopener"),
        notice.act,
    )


def notice_pieces(row: Any) -> list[rx.Component]:
    """Return the pieces of a notice: its place, its words, its time."""
    return [
        rx.el.p(
            rx.el.span(row.scope, class_name=rx.cond(row.tone == "warn", "tag warn", "tag")),
            rx.cond(
                row.in_force,
                rx.el.span(row.kind_name, class_name="small strong"),
                rx.el.span(f"Anunciado: {row.kind_name}", class_name="tag off"),
            ),
            class_name="row",
        ),
        rx.el.p(row.text, " ", row.alternative),
        rx.el.p(
            row.when,
            rx.cond((row.act != "") | (row.act_url != ""), " · ", ""),
            act_link(row),
            class_name="muted small",
        ),
    ]


def feed_link(feed: Any) -> rx.Component:
    """Return the link to the feed of these notices."""
    return rx.el.p(
        rx.el.a(
            rx.icon("rss", size=16, aria_hidden=True),
            "Receber os avisos (Atom)",
            href=feed,
            class_name="row",
            custom_attrs={"reloadDocument": True, "type": "application/atom+xml"},
        ),
        class_name="small",
    )
