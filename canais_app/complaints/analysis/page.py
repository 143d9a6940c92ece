"""Page of the Corregedoria's figures: totals, table, series, channels, hours, questions, files."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.analysis import figures, table
from canais_app.complaints.analysis.state import AnalysisState
from canais_app.complaints.scope_bar.bar import MONTH, TODAY, WEEK, YEAR, desk_tabs, scope_bar
from canais_app.ui import charts, desk, feedback

VIEW: Any = AnalysisState.view


def _head() -> rx.Component:
    mark = desk.live_mark(
        VIEW.time, VIEW.iso, VIEW.stamp, AnalysisState.paused, AnalysisState.pause
    )
    return desk.page_head(
        rx.cond(AnalysisState.ready, VIEW.title, "Análise"),
        VIEW.about,
        rx.cond(AnalysisState.ready, mark),
        announced=VIEW.title,
    )


def _questions() -> rx.Component:
    return rx.el.nav(
        rx.el.h2("Perguntas prontas", id="perguntas"),
        rx.el.ul(
            rx.foreach(
                VIEW.questions,
                lambda link: rx.el.li(
                    rx.el.a(
                        link.words,
                        href=link.href,
                        custom_attrs={"aria-current": rx.cond(link.chosen, "true", "false")},
                    ),
                    rx.el.small(link.about),
                    key=link.words,
                ),
            )
        ),
        aria_labelledby="perguntas",
        class_name="card p an-questions",
    )


def _answer() -> rx.Component:
    answer = VIEW.answer
    return rx.cond(
        answer.name != "",
        rx.el.section(
            rx.el.div(
                rx.el.h2(answer.title, id="resposta", tab_index=-1),
                rx.el.div(
                    charts.csv_link(answer.csv, answer.title),
                    rx.el.a("Fechar", href=AnalysisState.closed),
                ),
                rx.el.p(answer.about),
                class_name="dash-head",
            ),
            rx.match(
                answer.name,
                ("antes-depois", _day_form()),
                ("lado-a-lado", _other_form()),
                rx.fragment(),
            ),
            rx.cond(answer.minis.length() > 0, figures.minis(answer.minis, "an-mini an-dense")),
            rx.cond(answer.rows.length() > 0, table.answer_table(answer)),
            aria_labelledby="resposta",
            class_name="card p an-answer",
        ),
    )


def _day_form() -> rx.Component:
    return rx.el.form(
        rx.el.label("Data da mudança", rx.el.input(type="date", name="dia", required=True)),
        rx.el.button("Comparar", type="submit", class_name="btn pri sm"),
        on_submit=AnalysisState.choose_day,
        class_name="an-form",
    )


def _other_form() -> rx.Component:
    return rx.el.form(
        rx.el.label(
            "A outra unidade",
            rx.el.input(
                type="search",
                name="words",
                required=True,
                placeholder="1ª vara cível de sinop",
                auto_complete="off",
            ),
        ),
        rx.el.button("Comparar", type="submit", class_name="btn pri sm"),
        on_submit=AnalysisState.choose_other,
        class_name="an-form",
    )


def _take() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.b("Levar para a reunião"),
            rx.el.br(),
            "Exatamente este recorte, com esta ordem e estas colunas.",
        ),
        rx.el.a("PDF", href=VIEW.pdf, class_name="btn pri sm", custom_attrs=charts.DOWNLOAD),
        rx.el.a("XLSX", href=VIEW.xlsx, class_name="btn sec sm", custom_attrs=charts.DOWNLOAD),
        rx.el.a("Link fixo", href=VIEW.fixed, class_name="btn sec sm"),
        class_name="card an-take",
    )


def page() -> rx.Component:
    """Return the analysis."""
    return staff_frame(
        rx.el.script(src="/charts.js", custom_attrs={"async": True}),
        _head(),
        scope_bar(
            routes.CORREGEDORIA_ANALYSIS,
            TODAY,
            WEEK,
            ("semana", "Semana passada"),
            MONTH,
            YEAR,
            default="28d",
        ),
        desk_tabs(
            routes.CORREGEDORIA_ANALYSIS,
            rx.el.a("Comparar com ", VIEW.compare_words, href=VIEW.compare_href, class_name="lk"),
            rx.el.a(
                "Levar para a reunião",
                href=VIEW.pdf,
                class_name="btn pri sm",
                custom_attrs=charts.DOWNLOAD,
            ),
        ),
        feedback.error_message(AnalysisState.problem),
        rx.cond(
            AnalysisState.ready,
            rx.el.div(
                table.totals(VIEW.totals),
                _answer(),
                table.unit_table(VIEW.table),
                rx.el.div(
                    rx.el.div(
                        figures.series(VIEW.series),
                        figures.channels(VIEW.channels),
                        table.kinds_table(VIEW.kinds),
                        class_name="stack",
                    ),
                    rx.el.div(figures.heat(VIEW.heat), _questions(), class_name="stack"),
                    class_name="an-two",
                ),
                _take(),
                class_name="an-page",
            ),
            feedback.skeleton(16),
        ),
        here=routes.CORREGEDORIA_ANALYSIS,
        dense=True,
    )
