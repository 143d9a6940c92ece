"""Open sessions of everybody."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx

from canais_app.accounts.guarded import Choice, Guarded, read, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import open_sessions
from canais_app.kit import clock
from canais_app.kit.forms import parse


class Browsers(Guarded, rx.State):
    """The list, and ending one of it."""

    _needs: ClassVar[Permission] = Permission.MANAGE_STAFF

    rows: list[dict[str, Any]] = []

    async def _show(self, actor: Actor) -> None:
        rows = await read(open_sessions.everybodys, actor, now=clock.now())
        self.rows = [asdict(row) for row in rows]

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show who is signed in."""
        return await self._run(self._show)

    @rx.event(temporal=True)
    async def end(self, session: int):  # noqa: ANN201 (Reflex's own)
        """Sign a browser out at its next event."""

        async def work(actor: Actor) -> None:
            await write(open_sessions.end, actor, parse(Choice, {"id": session}).id)
            self.news = "Sessão encerrada."

        return await self._run(work, self._show)
