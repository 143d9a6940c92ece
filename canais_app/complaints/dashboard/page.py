"""Page of the Corregedoria's dashboard, most urgent figures first."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.dashboard.charts import (
    alarm_section,
    deadline_section,
    heat_section,
    ranking_section,
    state_series_section,
    unit_series_section,
    weeks_section,
)
from canais_app.complaints.dashboard.state import DashboardState
from canais_app.complaints.scope_bar.bar import MONTH, NOW, TODAY, WEEK, desk_tabs, scope_bar
from canais_app.ui import desk, feedback, forms

VIEW = DashboardState.view


def _head() -> rx.Component:
    title = rx.cond(
        DashboardState.ready,
        rx.fragment(
            rx.cond(VIEW.alarming, rx.el.em(VIEW.alarm_words), VIEW.alarm_words), VIEW.rest_words
        ),
        "Painel da Corregedoria",
    )
    mark = rx.fragment(
        desk.live_mark(
            VIEW.time, VIEW.iso, VIEW.stamp, DashboardState.paused, DashboardState.pause
        ),
        forms.file_link("XLSX", VIEW.xlsx, " com todas as tabelas", class_name="btn sec xs"),
    )
    return desk.page_head(
        title,
        VIEW.summary,
        rx.cond(DashboardState.ready, mark),
        announced=VIEW.alarm_words + VIEW.rest_words,
    )


def page() -> rx.Component:
    """Return the dashboard."""
    return staff_frame(
        _head(),
        scope_bar(routes.CORREGEDORIA, NOW, TODAY, WEEK, MONTH),
        desk_tabs(routes.CORREGEDORIA_ANALYSIS),
        rx.cond(
            DashboardState.ready,
            rx.fragment(
                rx.el.div(
                    alarm_section(VIEW),
                    rx.cond(VIEW.has_unit, unit_series_section(VIEW, DashboardState.unit_link)),
                    state_series_section(VIEW),
                    ranking_section(VIEW),
                    heat_section(VIEW),
                    weeks_section(VIEW),
                    deadline_section(VIEW),
                    class_name="dash-grid",
                )
            ),
            feedback.skeleton(6),
        ),
        here=routes.CORREGEDORIA,
        dense=True,
    )
