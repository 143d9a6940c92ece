"""The open complaints by the day their answer is due."""

from typing import Any

import reflex as rx

from canais_app.complaints.dashboard.parts.links import csv_link
from canais_app.ui import charts

View = Value = Any  # Vars of a view and of what is in it


def _due_row(row: Value) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.el.a(row.unit, href=row.href), rx.el.small(row.about)),
        rx.el.span(row.due, class_name=rx.cond(row.pressing, "pressing", "muted")),
    )


def deadline_section(view: View) -> rx.Component:
    """Return the open complaints by the day their answer is due."""
    everything = rx.cond(
        view.due.all_words != "",
        rx.el.a(view.due.all_words, href=view.due.all_href, class_name="dash-act"),
    )
    days = rx.el.div(
        rx.foreach(
            view.due.days,
            lambda day: rx.el.div(
                rx.el.h3(day.title, class_name=rx.cond(day.today, "today", "")),
                rx.el.ul(rx.foreach(day.rows, _due_row)),
            ),
        ),
        class_name="dash-due",
    )
    return charts.chart_figure(
        view.due.title,
        view.due.about,
        days,
        name="prazos",
        span=7,
        links=[everything, csv_link(view.due.csv, "dos prazos")],
    )
