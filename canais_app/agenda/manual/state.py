"""State of the gabinetes' manual, for those who work with an agenda."""

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event


class ManualState(StaffState, rx.State):
    """The manual has no values of its own."""

    @staff_event(Permission.SEE_AGENDA_DESK)
    async def load(self, _actor: Actor) -> None:
        """Check who opens the page."""
