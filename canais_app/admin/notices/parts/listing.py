"""The notices of a moment: those in force, to come, over; changing and ending one."""

import reflex as rx

from canais_app.admin.impact_preview import NoticeLine
from canais_app.admin.notices.state import NoticesState
from canais_app.ui.notices import notice_pieces


def _row(line: rx.Var[NoticeLine]) -> rx.Component:
    row = line.view
    acts = rx.el.div(
        rx.el.button(
            "Alterar",
            rx.el.span(" ", row.scope, class_name="visually-hidden"),
            type="button",
            on_click=NoticesState.open_edit(row.uid),
            class_name="btn sec sm",
        ),
        rx.cond(
            NoticesState.asking == row.uid,
            rx.el.span(
                rx.el.button(
                    rx.cond(row.in_force, "Sim, encerrar agora", "Sim, retirar"),
                    type="button",
                    on_click=NoticesState.end(row.uid),
                    class_name="btn danger sm",
                ),
                rx.el.button(
                    "Não",
                    type="button",
                    on_click=NoticesState.confirm_end(""),
                    class_name="btn ghost sm",
                ),
                class_name="row",
            ),
            rx.el.button(
                rx.cond(row.in_force, "Encerrar", "Retirar"),
                rx.el.span(" ", row.scope, class_name="visually-hidden"),
                type="button",
                on_click=NoticesState.confirm_end(row.uid),
                class_name="btn danger sm",
            ),
        ),
        class_name="row",
    )
    return rx.el.li(
        *notice_pieces(row),
        rx.cond(line.may_change & ~row.is_over, acts),
        class_name="card pad tight",
        key=row.uid,
    )


def group(title: str, rows: rx.Var, nothing: str) -> rx.Component:
    """Return a list of notices under its heading."""
    return rx.el.section(
        rx.el.h2(title),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, _row), class_name="stack"),
            rx.el.p(nothing, class_name="muted"),
        ),
        class_name="section tight",
    )
