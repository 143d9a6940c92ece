"""Page “Contatos”: contacts by comarca and age of verification, and their list."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.directory.editing.verification import AGE_BANDS, FreshnessRow, StaleContact
from canais_app.directory.verification.state import VerificationState
from canais_app.ui import forms
from canais_app.ui.tables import table

CONTACTS_PATH = routes.ADMIN_CONTACTS


def _row(row: rx.Var[FreshnessRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.a(row.name, href=f"{CONTACTS_PATH}?comarca={row.slug}"), scope="row"),
        rx.foreach(row.counts, lambda count: rx.el.td(count, class_name="num")),
        rx.el.td(row.total, class_name="num"),
        rx.el.td(row.fresh_share, class_name="num"),
        key=row.slug,
    )


def _age_table() -> rx.Component:
    ages = [
        rx.el.th(rx.el.a(words, href=f"{CONTACTS_PATH}?idade={age}"), scope="col", class_name="num")
        for age, words in AGE_BANDS.items()
    ]
    totals = rx.foreach(VerificationState.total, lambda total: rx.el.td(total, class_name="num"))
    return table(
        "Contatos por comarca e tempo da verificação",
        ("Comarca", *ages, "Total", "Em dia"),
        rx.el.tbody(rx.foreach(VerificationState.rows, _row)),
        rx.el.tfoot(rx.el.tr(rx.el.th("Estado", scope="row"), totals, rx.el.td())),
        numbers=("Total", "Em dia"),
        class_name="data fresh-table",
    )


def _contact(one: rx.Var[StaleContact]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.a(one.unit, href=f"{routes.ADMIN_UNITS}/{one.unit_code}"),
            rx.el.p(one.comarca, class_name="muted small"),
            scope="row",
        ),
        rx.el.td(one.channel),
        rx.el.td(one.value),
        rx.el.td(
            rx.el.span(
                rx.cond(one.verified != "", one.verified, "nunca"), class_name=f"tag {one.tone}"
            )
        ),
        rx.el.td(one.by),
    )


def _stale_contacts() -> rx.Component:
    heads = ("Unidade", "Canal", "Contato", "Verificado em", "Por")
    return rx.el.section(
        rx.el.div(
            rx.el.h2(VerificationState.chosen, id="contatos"),
            rx.el.a("Ver a tabela inteira", href=CONTACTS_PATH, class_name="btn sm sec"),
            class_name="between",
        ),
        rx.cond(
            VerificationState.behind.length() > 0,
            table("Contatos", heads, rx.el.tbody(rx.foreach(VerificationState.behind, _contact))),
            rx.el.p("Nenhum contato nesta faixa.", class_name="muted"),
        ),
        rx.el.p(
            "A tela mostra até 200, os há mais tempo sem verificação primeiro; o arquivo, todos.",
            class_name="muted small",
        ),
        aria_labelledby="contatos",
        class_name="stack",
    )


def page() -> rx.Component:
    """Return the page of contacts by age of verification."""
    return staff_page(
        "Contatos",
        CONTACTS_PATH,
        VerificationState,
        rx.el.div(
            rx.el.p(VerificationState.headline, class_name="strong"),
            forms.file_link("Baixar CSV", VerificationState.export, class_name="btn sm sec"),
            class_name="between",
        ),
        rx.cond(VerificationState.chosen != "", _stale_contacts(), _age_table()),
    )
