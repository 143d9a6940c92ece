"""The settings in force."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx

from canais_app.accounts.guarded import Guarded
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import in_force


class Config(Guarded, rx.State):
    """Read only: settings come from the environment of the server."""

    _needs: ClassVar[Permission] = Permission.SEE_SETTINGS

    rows: list[dict[str, Any]] = []

    async def _show(self, actor: Actor) -> None:
        self.rows = [asdict(row) for row in in_force.settings_in_force(actor=actor)]

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show each setting; of secrets only whether they are set."""
        return await self._run(self._show)
