"""The lines over time: what was seen, what is normal, what alarms."""

from typing import Any

import reflex as rx

from canais_app.complaints.dashboard.parts.links import csv_link
from canais_app.ui import charts

View = Value = Any  # Vars of a view and of what is in it


def _legend() -> rx.Component:
    keys = (
        ("seen", "observado"),
        ("band", "esperado (90%)"),
        ("before", "semana passada"),
        ("limit", "limite do alarme"),
    )
    return rx.el.ul(
        *[
            rx.el.li(rx.el.span(class_name=f"dash-key-{k}", aria_hidden="true"), words)
            for k, words in keys
        ],
        class_name="dash-legend",
    )


def _line(series: Value, name: str, span: int, *links: rx.Component) -> rx.Component:
    head = ["Até / dia", "Observado", "Esperado", "Faixa", "Semana passada", "Limite"]
    return charts.chart_figure(
        series.title,
        series.about,
        _legend(),
        charts.line_chart(series.shape, series.heard),
        charts.data_table(series.title, head, series.rows),
        name=name,
        span=span,
        links=[*links, csv_link(series.csv, "da série")],
    )


def state_series_section(view: View) -> rx.Component:
    """Return the state's (or the comarca's) line with what is normal."""
    return _line(view.series, "serie", 12)


def unit_series_section(view: View, back: Value) -> rx.Component:
    """Return the chosen unit's line, and the way back to all."""
    leave = rx.el.a("Ver todas as unidades", href=back, class_name="dash-act")
    return _line(view.unit_series, "unidade", 24, leave)
