"""Page "Como calculamos": the method of the alarms with the figures of the stored fit."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.scope_bar.bar import desk_tabs
from canais_app.complaints.situations.method.state import MethodState
from canais_app.ui import desk, feedback, tables

VIEW: Any = MethodState.view


def page() -> rx.Component:
    """Return the page."""
    return staff_frame(
        desk.page_head(rx.cond(MethodState.ready, VIEW.title, "Como calculamos"), VIEW.about),
        desk_tabs(""),
        feedback.error_message(MethodState.problem),
        rx.cond(MethodState.ready, _method(), feedback.skeleton(12)),
        here=routes.CORREGEDORIA_SITUATIONS,
        dense=True,
    )


def _method() -> rx.Component:
    return rx.el.div(
        _section("Meta e limites", rx.el.p(VIEW.budget), _list(VIEW.thresholds)),
        _section(
            "Como calculamos", rx.el.ol(rx.foreach(VIEW.steps, _item), class_name="method-list")
        ),
        rx.cond(VIEW.channels.length() > 0, _channels()),
        rx.cond(VIEW.rises.length() > 0, _rises()),
        _section(
            "Piora lenta",
            rx.cond(
                VIEW.drift.length() > 0,
                _list(VIEW.drift),
                rx.el.p("Nenhum canal piora aos poucos."),
            ),
        ),
        class_name="an-page",
    )


def _section(title: str, *parts: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *parts, aria_label=title, class_name="card p")


def _list(values: Any) -> rx.Component:  # noqa: ANN401 (a Var)
    return rx.el.ul(rx.foreach(values, _item), class_name="method-list")


def _item(words: Any) -> rx.Component:  # noqa: ANN401 (a Var)
    return rx.el.li(words, key=words)


def _channels() -> rx.Component:
    heads = ("Canal", "Pessoas por dia", "φ", "κ", "Menor aumento visível em 2 h")
    return _section(
        "Canais",
        rx.el.p(
            "φ e κ dizem quanto as contagens variam além do acaso (φ 1 e κ 0: só o acaso). O menor "
            "aumento visível é o que aparece em 8 de 10 falhas, na unidade mediana."
        ),
        tables.table(
            "Ajuste por tipo de canal",
            heads,
            rx.el.tbody(
                rx.foreach(
                    VIEW.channels,
                    lambda row: rx.el.tr(
                        rx.el.th(row.name, scope="row"),
                        *desk.table_cells(row.usual, row.phi, row.kappa, row.rise),
                        key=row.name,
                    ),
                )
            ),
        ),
    )


def _rises() -> rx.Component:
    return _section(
        "Canais que mostram menos",
        rx.el.p("Em canais movimentados, uma falha pequena some no movimento."),
        tables.table(
            "Menor aumento que aparece em duas horas, por unidade e canal",
            ("Unidade", "Canal", "Pessoas em 20 dias", "Menor aumento visível em 2 h"),
            rx.el.tbody(
                rx.foreach(
                    VIEW.rises,
                    lambda row: rx.el.tr(
                        rx.el.th(row.unit, scope="row"),
                        *desk.table_cells(row.channel, row.people, row.rise),
                        key=row.key,
                    ),
                )
            ),
        ),
    )
