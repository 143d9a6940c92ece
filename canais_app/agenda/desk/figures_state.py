"""State of the card of the gabinete's own figures."""

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.agenda.chambers import desk_export
from canais_app.agenda.chambers.desk_export import Figure
from canais_app.kit import clock
from canais_app.kit.db import read
from canais_app.kit.forms import parse_id


class FiguresState(StaffState, rx.State):
    """The figures of the agenda on the screen."""

    figures: list[Figure] = []

    @staff_event(Permission.SEE_AGENDA_DESK)
    async def load_figures(self, actor: Actor, agenda_id: int) -> None:
        """Load the figures of the last 90 days."""
        number, now = parse_id(agenda_id), clock.now()
        self.figures = await read(desk_export.load_figures, actor, number, now=now)
