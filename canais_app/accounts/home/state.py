"""State of the staff home page; the menu is the frame's."""

import reflex as rx

from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import StaffState, staff_event


class HomeState(StaffState, rx.State):
    """Rebuilt at every visit."""

    refused: bool = False

    @staff_event(None)
    async def load(self, _actor: Actor) -> None:
        """Say so when another page has sent the person here."""
        self.refused = "recusado" in self.router.url.query_parameters
