"""The units by excess over the expected."""

from typing import Any

import reflex as rx

from canais_app.complaints.dashboard.parts.links import complaints_link, csv_link
from canais_app.ui import charts

View = Value = Any  # Vars of a view and of what is in it


def _rank(row: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.a(row.unit, href=row.unit_href),
            rx.el.small(rx.cond(row.place != "", row.place + " · ", ""), row.channel),
            scope="row",
        ),
        rx.el.td(complaints_link(row.seen, row.href, "relatos: ver")),
        rx.el.td(row.expected, class_name="muted"),
        rx.el.td(
            rx.el.span(
                rx.el.span(style={"width": row.width}), class_name="dash-bar", aria_hidden="true"
            ),
            rx.el.b(row.excess),
            class_name="dash-excess",
        ),
        rx.el.td(charts.sparkline(row.spark, row.spark_words, hot=row.hot)),
        key=row.slug,
        class_name=rx.cond(row.hot, "hot", ""),
    )


def _sums(cells: Value, class_name: str) -> rx.Component:
    return rx.cond(
        cells.length() > 0,
        rx.el.tr(
            rx.el.th(cells[0], scope="row"),
            rx.el.td(cells[1]),
            rx.el.td(cells[2]),
            rx.el.td(cells[3]),
            rx.el.td(),
            class_name=class_name,
        ),
    )


def ranking_section(view: View) -> rx.Component:
    """Return the units by excess over the expected."""
    head = ("Unidade", "Visto", "Esper.", "Excesso", "No período")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(words, scope="col") for words in head])),
        rx.el.tbody(rx.foreach(view.ranking.rows, _rank)),
        rx.el.tfoot(_sums(view.ranking.others, ""), _sums(view.ranking.total, "total")),
        class_name="dash-rank dash-stick",
    )
    return charts.chart_figure(
        view.ranking.title,
        view.ranking.about,
        charts.scroll_area(table, words=view.ranking.title),
        name="ranking",
        span=12,
        links=[csv_link(view.ranking.csv, "das unidades")],
    )
