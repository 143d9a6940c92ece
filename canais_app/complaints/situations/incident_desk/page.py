"""Pages of incidents: their list, and one of them with its units, bookings, news and review."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.scope_bar.bar import desk_tabs
from canais_app.complaints.situations.incident_desk import form_parts
from canais_app.complaints.situations.incident_desk.incident_parts import (
    appointments,
    contacts,
    head,
    news,
    public_words,
    reports,
    review,
    units,
)
from canais_app.complaints.situations.incident_desk.state import IncidentsState
from canais_app.ui import feedback, forms, shell
from canais_app.ui.desk import key_help, live_mark, page_head

Value = Any  # a Var; on a State class pyright sees the plain types
LIST: Value = IncidentsState.listing
INCIDENT: Value = IncidentsState.incident
LABELS = (
    ("geral", "Falta um dado: o que funciona, a próxima notícia, ou o começo e o fim"),
    ("next_update_minutes", "Próxima notícia"),
    ("title", "Título"),
    ("reason", "Motivo"),
)
KEYS = (("P", "publicar notícia"), ("N", "nota interna"))


def list_page() -> rx.Component:
    """Return the list of incidents."""
    return _frame(
        page_head(LIST.title, LIST.summary, _live(), announced=LIST.title),
        desk_tabs(routes.CORREGEDORIA_INCIDENTS),
        rx.cond(
            IncidentsState.ready,
            rx.el.div(
                rx.cond(IncidentsState.may_act, _declare()),
                _items("Abertos", LIST.now, "Nenhum incidente aberto."),
                _items("Programados", LIST.planned, "Nenhuma manutenção programada."),
                _items("Encerrados", LIST.closed, "Nenhum ainda."),
                class_name="situ stack",
            ),
            feedback.skeleton(6),
        ),
    )


def page() -> rx.Component:
    """Return one incident."""
    return _frame(
        shell.breadcrumbs(
            ("Incidentes", routes.CORREGEDORIA_INCIDENTS),
            (INCIDENT.code, routes.CORREGEDORIA_INCIDENTS),
        ),
        page_head(
            rx.cond(INCIDENT.title != "", INCIDENT.title, "Incidente"),
            INCIDENT.over,
            _live(),
            announced=INCIDENT.status,
        ),
        desk_tabs(routes.CORREGEDORIA_INCIDENTS, key_help(*KEYS)),
        rx.cond(
            IncidentsState.ready & (INCIDENT.code != ""),
            rx.el.div(
                rx.el.div(head(), units(), appointments(), review(), class_name="stack"),
                rx.el.div(public_words(), reports(), news(), contacts(), class_name="stack"),
                class_name="situ inc-grid",
            ),
            rx.cond(IncidentsState.ready, None, feedback.skeleton(8)),
        ),
    )


def _frame(*children: rx.Component) -> rx.Component:
    *first, last = children
    return staff_frame(
        *first,
        rx.el.div(
            rx.cond(IncidentsState.news != "", feedback.callout(IncidentsState.news, tone="ok")),
            role="status",
        ),
        forms.error_summary(IncidentsState.problem, IncidentsState.errors, LABELS),
        last,
        here=routes.CORREGEDORIA_INCIDENTS,
        dense=True,
    )


def _live() -> rx.Component:
    return live_mark(LIST.time, LIST.iso, LIST.stamp, IncidentsState.paused, IncidentsState.pause)


def _declare() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            "Declarar incidente ou manutenção",
            type="button",
            on_click=IncidentsState.open_panel("declarar"),
            class_name="btn pri",
        ),
        rx.cond(IncidentsState.panel == "declarar", form_parts.declare_form()),
        class_name="card p",
    )


def _items(title: str, items: Value, empty: str) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="gh"),
        rx.cond(items.length() > 0, rx.foreach(items, _item), rx.el.p(empty, class_name="mut p")),
        class_name="card ls",
    )


def _item(item: Value) -> rx.Component:
    return rx.el.a(
        rx.el.span(
            rx.el.span(item.level, class_name="lvl " + item.mark),
            rx.el.span(
                rx.icon("clock", size=13, aria_hidden=True),
                item.clock,
                class_name="clock " + item.clock_tone,
            ),
            class_name="l1",
        ),
        rx.el.b(item.title, class_name="u"),
        rx.el.span(item.about, class_name="k"),
        href=item.href,
        key=item.code,
        class_name="st",
        custom_attrs={"data-row": item.code},
    )
