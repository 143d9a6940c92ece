"""Calendário."""

import reflex as rx

from canais_app import routes
from canais_app.admin.calendar import parts
from canais_app.admin.calendar.form import LABELS
from canais_app.admin.calendar.state import CourtCalendarState
from canais_app.ui import staff_page


def page() -> rx.Component:
    """Return the page of the calendar."""
    return staff_page.staff_page(
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
