"""Page of the Corregedoria's dashboard, most urgent figures first."""

from collections.abc import Mapping
from typing import Any

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
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES
from canais_app.directory.channels import CHANNEL_NAMES
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


def _period(key: str, words: str) -> rx.Component:
    return rx.el.a(
        words,
        href=DashboardState.links[key],
        custom_attrs={"aria-current": rx.cond(DashboardState.chosen["p"] == key, "true", "false")},
        class_name="chip",
    )


def _select(field: str, label: str, options: list[rx.Component]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label),
        rx.el.select(
            *options,
            value=DashboardState.chosen[field],
            on_change=lambda value: DashboardState.choose(field, value),
        ),
        class_name="dash-select",
    )


def _options(rows: rx.Var, all_words: str) -> list[rx.Component]:
    return [
        rx.el.option(all_words, value=""),
        rx.foreach(rows, lambda row: rx.el.option(row[1], value=row[0], key=row[0])),
    ]


def _options_of(names: Mapping[Any, str]) -> list[rx.Component]:
    first = rx.el.option("Todos", value="")
    return [first, *[rx.el.option(words, value=str(value)) for value, words in names.items()]]


def _date(name: str, label: str) -> rx.Component:
    return rx.el.label(
        label,
        rx.el.input(
            type="date",
            name=name,
            default_value=DashboardState.chosen[name],
            key=DashboardState.chosen[name],
            required=True,
            aria_invalid=rx.cond(DashboardState.problem != "", "true", "false"),
        ),
    )


def _dates() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.cond(
                DashboardState.chosen["de"] != "",
                DashboardState.chosen["de"] + " a " + DashboardState.chosen["ate"],
                "Outro período",
            ),
            class_name="chip",
        ),
        rx.el.form(
            _date("de", "De"),
            _date("ate", "Até"),
            rx.el.button("Mostrar", type="submit", class_name="btn pri sm"),
            on_submit=DashboardState.choose_dates,
            class_name="dash-dates card",
        ),
        class_name="dash-other",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _period("24h", "24 horas"),
            _period("7d", "7 dias"),
            _period("30d", "30 dias"),
            _dates(),
            role="group",
            aria_label="Período",
            class_name="dash-periods",
        ),
        _select("comarca", "Comarca", _options(DashboardState.comarcas, "Todas")),
        _select("unidade", "Unidade", _options(DashboardState.units, "Todas")),
        _select("canal", "Canal", _options_of(CHANNEL_NAMES)),
        _select("tipo", "Tipo", _options_of(COMPLAINT_KIND_NAMES)),
        role="search",
        aria_label="Filtros do painel",
        class_name="dash-filters",
    )


def page() -> rx.Component:
    """Return the dashboard."""
    return staff_frame(
        _head(),
        rx.cond(
            DashboardState.ready,
            rx.fragment(
                _filters(),
                feedback.error_message(DashboardState.problem),
                rx.el.div(
                    alarm_section(VIEW),
                    rx.cond(VIEW.has_unit, unit_series_section(VIEW, DashboardState.links["unit"])),
                    state_series_section(VIEW),
                    ranking_section(VIEW),
                    heat_section(VIEW),
                    weeks_section(VIEW),
                    deadline_section(VIEW),
                    class_name="dash-grid",
                ),
            ),
            feedback.skeleton(6),
        ),
        here=routes.CORREGEDORIA,
    )
