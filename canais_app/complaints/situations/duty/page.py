"""Plantão: who is told of alarms by e-mail."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.complaints.situations.alarm_rules import LEVEL_NAMES
from canais_app.complaints.situations.duty.state import DutyState
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label
from canais_app.ui import desk, feedback, forms
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted
from canais_app.ui.tables import table

STATE: Any = DutyState
CHANNELS = (("", "Todos"), *((kind.value, channel_label(kind)) for kind in ChannelKind))


def _form() -> rx.Component:
    comarcas: Any = persisted(STATE.comarcas, DutyState.ready)
    places = [
        rx.el.option("Todo o Estado", value=""),
        rx.foreach(comarcas, lambda each: rx.el.option(each[1], value=each[0])),
    ]
    errors = DutyState.errors
    people: Any = persisted(STATE.people, DutyState.ready)
    return rx.el.form(
        rx.el.h2("Avisar por e-mail"),
        rx.el.div(
            forms.select_from_pairs("person", "Quem", people, errors),
            forms.select("comarca", "Onde", places, errors),
            forms.select_from_pairs("channel", "Canal", CHANNELS, errors),
            forms.select_from_pairs("level", "Gravidade", tuple(LEVEL_NAMES.items()), errors),
            class_name="fields two",
        ),
        rx.el.button("Avisar", type="submit", class_name="btn pri"),
        on_submit=DutyState.add,
        no_validate=True,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    act = button(
        "Retirar", DutyState.remove(row["id"].to(int)), " ", row["person"], look="danger sm"
    )
    return rx.el.tr(
        *desk.table_cells(row["person"], row["place"], row["channel"], row["level"]),
        rx.el.td(rx.cond(row["is_editable"].to(bool), act), class_name="acts"),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of alarm rules."""
    heads = ("Quem", "Onde", "Canal", "Gravidade", "Ações")
    return staff_page(
        "Plantão: quem é avisado",
        routes.CORREGEDORIA_DUTY,
        DutyState,
        rx.el.p("Um e-mail por episódio, quando algo passa do normal."),
        rx.cond(STATE.people.length() > 0, _form()),
        rx.cond(
            DutyState.rows.length() > 0,
            table("Regras em vigor", heads, rx.el.tbody(rx.foreach(DutyState.rows, _row))),
            feedback.empty_state(
                "Nenhuma regra",
                "Enquanto não houver nenhuma, toda a Corregedoria recebe os alarmes prováveis.",
            ),
        ),
        labels=(("person", "Quem"), ("comarca", "Onde")),
    )
