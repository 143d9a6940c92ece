"""The hour × weekday table."""

from typing import Any

import reflex as rx

from canais_app.complaints.dashboard.parts.links import VISUALLY_HIDDEN, csv_link
from canais_app.ui import charts

View = Any  # a Var of it


def heat_section(view: View) -> rx.Component:
    """Return the hour × weekday table."""
    days = ("seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom.")
    return charts.chart_figure(
        view.heat.title,
        view.heat.about,
        rx.el.table(
            rx.el.caption("Média de relatos por hora e dia da semana", class_name=VISUALLY_HIDDEN),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(rx.el.span("Hora", class_name=VISUALLY_HIDDEN), scope="col"),
                    *[rx.el.th(day, scope="col") for day in days],
                )
            ),
            rx.el.tbody(
                rx.foreach(
                    view.heat.rows,
                    lambda row: rx.el.tr(
                        rx.el.th(row.hours, scope="row"),
                        rx.foreach(
                            row.cells, lambda cell: rx.el.td(cell.words, class_name=cell.shade)
                        ),
                        class_name=rx.cond(row.working, "working", ""),
                    ),
                )
            ),
            rx.el.tfoot(
                rx.el.tr(
                    rx.el.th("Dia", scope="row"),
                    rx.foreach(view.heat.totals, rx.el.td),
                )
            ),
            class_name="dash-heat",
        ),
        name="horas",
        span=6,
        links=[csv_link(view.heat.csv, "das horas")],
    )
