"""Auditoria."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.audit.state import AuditState
from canais_app.ui import desk, forms
from canais_app.ui.tables import table


def _filter_value(name: str) -> rx.Var:
    return rx.cond(AuditState.asked.contains(name), AuditState.asked[name], "")


def _select(name: str, label: str, every: str, pairs: rx.Var) -> rx.Component:
    return forms.plain_select(
        name,
        label,
        rx.el.option(every, value=""),
        rx.foreach(pairs, lambda pair: rx.el.option(pair[1], value=pair[0])),
        name=name,
        default_value=_filter_value(name),
    )


def _date(name: str, label: str) -> rx.Component:
    return forms.field(
        name, label, AuditState.errors, type="date", default_value=_filter_value(name)
    )


def _filters() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            _select("quem", "Quem", "Todos", rx.Var.create(AuditState.people)),
            _select("acao", "Ação", "Todas", rx.Var.create(AuditState.actions)),
            _date("de", "De"),
            _date("ate", "Até"),
            class_name="fields two",
        ),
        rx.el.div(
            rx.el.button("Filtrar", type="submit", class_name="btn pri"),
            forms.file_link("Exportar CSV", AuditState.export),
            class_name="row",
        ),
        on_submit=AuditState.apply_filters,
        key=AuditState.export,  # a new query string fills the form again
        no_validate=True,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.tr(
        *desk.table_cells(
            row["at"], row["actor"], row["door"], row["action"], row["entity"], row["changes"]
        ),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the audit page."""
    heads = ("Quando", "Quem", "Por onde", "Ação", "Objeto", "O que mudou")
    return staff_page(
        "Auditoria",
        routes.ADMIN_AUDIT,
        AuditState,
        rx.el.p(
            rx.icon("link", size=16, aria_hidden=True),
            AuditState.chain,
            class_name=rx.cond(AuditState.chain_holds, "tag ok", "tag bad"),
        ),
        _filters(),
        table("Registro de quem fez o quê", heads, rx.el.tbody(rx.foreach(AuditState.rows, _row))),
        rx.cond(
            (AuditState.rows.length() == 0) & (AuditState.problem == ""),
            rx.el.p("Nada foi registrado com estes filtros.", class_name="muted"),
        ),
        desk.more_button(AuditState),
        labels=(("quem", "Quem"), ("acao", "Ação"), ("de", "De"), ("ate", "Até")),
    )
