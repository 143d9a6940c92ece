"""Page of a unit's dossier."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.analysis import figures, table
from canais_app.complaints.dossier.state import DossierState
from canais_app.complaints.scope_bar.bar import MONTH, WEEK, YEAR, desk_tabs, scope_bar
from canais_app.ui import charts, desk, feedback

VIEW: Any = DossierState.view


def _section(section: Any) -> rx.Component:  # noqa: ANN401 (a Var of the view)
    return rx.el.section(
        rx.el.div(rx.el.h2(section.title), rx.el.p(section.about), class_name="dash-head"),
        rx.cond(section.rows.length() > 0, table.answer_table(section)),
        aria_label=section.title,
        key=section.name,
        class_name="card p",
    )


def _dossier() -> rx.Component:
    return rx.el.div(
        table.totals(VIEW.totals),
        figures.series(VIEW.series),
        table.kinds_table(VIEW.kinds),
        rx.foreach(VIEW.sections, _section),
        rx.el.section(
            rx.el.h2("Como calculamos"),
            rx.el.p(VIEW.method),
            aria_label="Como calculamos",
            class_name="card p",
        ),
        rx.el.div(
            rx.el.p(rx.el.b("Levar o dossiê"), rx.el.br(), "As mesmas tabelas, com o método."),
            rx.el.a("PDF", href=VIEW.pdf, class_name="btn pri sm", custom_attrs=charts.DOWNLOAD),
            rx.el.a("Abrir na análise", href=VIEW.analysis, class_name="btn sec sm"),
            class_name="card an-take",
        ),
        class_name="an-page",
    )


def _choices() -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            VIEW.choices,
            lambda choice: rx.el.li(
                rx.el.a(choice.words, href=choice.href), rx.el.small(choice.about), key=choice.href
            ),
        ),
        class_name="card p an-choices",
    )


def page() -> rx.Component:
    """Return the dossier of the scope's unit."""
    return staff_frame(
        rx.el.script(src="/charts.js", custom_attrs={"async": True}),
        desk.page_head(rx.cond(DossierState.ready, VIEW.title, "Dossiês"), VIEW.about),
        scope_bar(
            routes.CORREGEDORIA_DOSSIERS,
            WEEK,
            ("semana", "Semana passada"),
            MONTH,
            YEAR,
            default="28d",
        ),
        desk_tabs(routes.CORREGEDORIA_DOSSIERS),
        feedback.error_message(DossierState.problem),
        rx.cond(
            DossierState.ready,
            rx.cond(VIEW.unit != "", _dossier(), _choices()),
            feedback.skeleton(12),
        ),
        here=routes.CORREGEDORIA_DOSSIERS,
        dense=True,
    )
