"""The unit × week matrix."""

from typing import Any

import reflex as rx

from canais_app.complaints.dashboard.parts.links import VISUALLY_HIDDEN, complaints_link, csv_link
from canais_app.ui import charts

View = Value = Any  # Vars of a view and of what is in it


def _week_cell(cell: Value) -> rx.Component:
    return rx.el.td(
        rx.cond(
            cell.mark != "",
            rx.fragment(
                rx.el.span(cell.mark, aria_hidden="true", class_name="dash-mark"),
                rx.el.span(cell.sure, " ", class_name=VISUALLY_HIDDEN),
            ),
        ),
        rx.cond(
            cell.href != "", complaints_link(cell.words, cell.href, "relatos: ver"), cell.words
        ),
        class_name=cell.shade,
    )


def _week_sums(cells: Value, class_name: str) -> rx.Component:
    return rx.el.tr(
        rx.foreach(
            cells,
            lambda words, n: rx.cond(n == 0, rx.el.th(words, scope="row"), rx.el.td(words)),
        ),
        class_name=class_name,
    )


def weeks_section(view: View) -> rx.Component:
    """Return the unit × week matrix."""
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th("Unidade", scope="col"),
                rx.foreach(view.weeks.heads, lambda words: rx.el.th(words, scope="col")),
            )
        ),
        rx.el.tbody(
            rx.foreach(
                view.weeks.rows,
                lambda row: rx.el.tr(
                    rx.el.th(rx.el.a(row.unit, href=row.href), scope="row"),
                    rx.foreach(row.cells, _week_cell),
                    key=row.href,
                ),
            )
        ),
        rx.el.tfoot(_week_sums(view.weeks.others, ""), _week_sums(view.weeks.totals, "total")),
        class_name="dash-weeks dash-stick",
    )
    return charts.chart_figure(
        view.weeks.title,
        view.weeks.about,
        charts.scroll_area(table, words=view.weeks.title),
        name="semanas",
        span=11,
        links=[csv_link(view.weeks.csv, "das semanas")],
    )
