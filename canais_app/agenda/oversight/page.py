"""Atendimentos, for the Corregedoria."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.agenda.oversight.state import OversightState
from canais_app.ui import desk, feedback
from canais_app.ui.tables import table

Row = rx.vars.ObjectVar[dict[str, str]]


def _overdue(row: Row) -> rx.Component:
    return rx.el.tr(
        *desk.table_cells(
            row["unit"], row["comarca"], row["wanted"], row["due"], row["late"], row["code"]
        ),
        key=row["code"],
    )


def _differing(row: Row) -> rx.Component:
    href = row["complaint_href"].to(str)
    return rx.el.tr(
        *desk.table_cells(row["unit"], row["comarca"], row["at"], row["lawyer"], row["desk"]),
        rx.el.td(
            rx.cond(href != "", rx.el.a("Abrir a reclamação ", row["code"], href=href), row["code"])
        ),
        key=row["code"],
    )


def _full(row: Row) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.a(row["agenda"], href=row["agenda_href"])),
        *desk.table_cells(row["unit"], row["comarca"], row["next_free"]),
        key=row["agenda_href"],
    )


def page() -> rx.Component:
    """Return the page of requests past their term, disagreements and full agendas."""
    return staff_page(
        rx.cond(OversightState.title != "", OversightState.title, "Atendimentos"),
        routes.CORREGEDORIA_APPOINTMENTS,
        OversightState,
        rx.cond(
            OversightState.overdue.length() > 0,
            table(
                "Pedidos sem resposta no prazo",
                ("Gabinete", "Comarca", "Horário pedido", "Responder até", "Passou", "Código"),
                rx.el.tbody(rx.foreach(OversightState.overdue, _overdue)),
            ),
            feedback.empty_state(
                "Nenhum pedido passou do prazo", "O prazo é de 48 horas, ou o que a agenda publica."
            ),
        ),
        rx.cond(
            OversightState.differing.length() > 0,
            table(
                "O que advogado e gabinete dizem de modo diferente",
                ("Gabinete", "Comarca", "Quando", "Advogado diz", "Gabinete diz", "Mais"),
                rx.el.tbody(rx.foreach(OversightState.differing, _differing)),
            ),
            feedback.empty_state(
                "Nenhuma divergência em 90 dias",
                "Advogado e gabinete contam o mesmo dos atendimentos.",
            ),
        ),
        rx.cond(
            OversightState.full.length() > 0,
            table(
                "Agendas sem horário livre nos próximos 20 dias",
                ("Agenda", "Unidade", "Comarca", "Próximo horário livre"),
                rx.el.tbody(rx.foreach(OversightState.full, _full)),
            ),
            feedback.empty_state(
                "Toda agenda publicada tem horário livre em 20 dias",
                "Quando uma não tiver, aparece aqui; o gabinete é avisado na mesa dele aos 10.",
            ),
        ),
    )
