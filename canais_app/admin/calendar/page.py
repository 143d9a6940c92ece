"""Calendário."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.calendar import parts
from canais_app.admin.calendar.form import LABELS
from canais_app.admin.calendar.state import CourtCalendarState


def page() -> rx.Component:
    """Return the page of the calendar."""
    return staff_page(
        "Calendário do expediente",
        routes.ADMIN_CALENDAR,
        CourtCalendarState,
        rx.el.p(
            "Feriados, recesso, dias que abrem mais tarde e prazos suspensos. "
            "Um fórum que fecha por Portaria é um ",
            rx.el.a("aviso", href=routes.ADMIN_NOTICES),
            ", e aparece aqui no mês em que começa.",
            class_name="muted",
        ),
        parts.year_bar(),
        rx.cond(parts.WRITING, parts.day_editor()),
        rx.cond(CourtCalendarState.proposing, parts.proposal_section()),
        parts.year_section(),
        labels=LABELS,
    )
