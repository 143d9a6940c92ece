"""State of the page "Como calculamos"."""

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints.situations.method.view import MethodView, load_method
from canais_app.kit import clock, db


class MethodState(StaffState, rx.State):
    """Read from the stored calibration at every visit."""

    view: MethodView = MethodView()

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the newest calibration and this month's alarms."""
        self.view = await db.read(load_method, actor, now=clock.now())
