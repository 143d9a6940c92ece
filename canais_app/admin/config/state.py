"""State of the settings page."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.admin import settings_view


class ConfigState(StaffState, rx.State):
    """Read only: the settings come from the server's environment."""

    rows: list[dict[str, Any]] = []

    @staff_event(Permission.SEE_SETTINGS)
    async def load(self, actor: Actor) -> None:
        """Show each setting; of secrets only whether they are set."""
        self.rows = [asdict(row) for row in settings_view.list_settings(actor=actor)]
