"""A list of notices, each with the buttons that change and end it."""

import reflex as rx

from canais_app.admin.impact_preview import NoticeLine
from canais_app.admin.notices.state import NoticesState
from canais_app.ui.desk import confirmation
from canais_app.ui.forms import button
from canais_app.ui.notices import notice_pieces


def _row(line: rx.Var[NoticeLine]) -> rx.Component:
    row = line.view
    question = rx.cond(row.in_force, "Encerrar", "Retirar")
    acts = rx.el.div(
        button("Alterar", NoticesState.open_edit(row.uid), " ", row.scope, look="sec sm"),
        confirmation(
            NoticesState.asking == row.uid,
            button(question, NoticesState.confirm_end(row.uid), " ", row.scope, look="danger sm"),
            rx.cond(row.in_force, "Sim, encerrar agora", "Sim, retirar"),
            NoticesState.end(row.uid),
            NoticesState.confirm_end(""),
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
