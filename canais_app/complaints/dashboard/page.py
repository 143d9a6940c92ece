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
from canais_app.ui import feedback, forms, shell

VIEW = DashboardState.view


def _age() -> rx.Component:
    """Show how old the data are; CSS alone reveals the steps."""
    return rx.el.p(
        rx.el.span(class_name="dot", aria_hidden="true"),
        rx.el.span("Dados de ", rx.el.time(VIEW.time, date_time=VIEW.iso)),
        rx.el.span(
            rx.cond(DashboardState.paused, rx.el.span("em pausa", class_name="dash-paused")),
            rx.el.span("de agora", class_name="dash-age-now"),
            rx.el.span("há mais de 1 min", class_name="dash-age-minute"),
            rx.el.span("há mais de 2 min", class_name="dash-age-old"),
            class_name="dash-ages",
        ),
        key=VIEW.stamp,
        class_name="dash-age",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.page_heading(
                rx.cond(
                    DashboardState.ready,
                    rx.fragment(
                        rx.cond(VIEW.alarming, rx.el.em(VIEW.alarm_words), VIEW.alarm_words),
                        VIEW.rest_words,
                    ),
                    "Painel da Corregedoria",
                )
            ),
            rx.el.p(VIEW.summary),
            feedback.live_announcement(VIEW.alarm_words + VIEW.rest_words),
        ),
        rx.cond(
            DashboardState.ready,
            rx.el.div(
                _age(),
                rx.el.button(
                    rx.cond(
                        DashboardState.paused,
                        rx.icon("play", size=16, aria_hidden=True),
                        rx.icon("pause", size=16, aria_hidden=True),
                    ),
                    rx.cond(DashboardState.paused, "Continuar", "Pausar"),
                    type="button",
                    on_click=DashboardState.pause,
                    class_name="btn sec sm",
                ),
                forms.file_link(
                    "XLSX", VIEW.xlsx, " com todas as tabelas", class_name="btn sec sm"
                ),
                class_name="dash-live",
            ),
        ),
        class_name="dash-top",
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
    )
