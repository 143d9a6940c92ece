"""State of the sessions page."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.admin import open_sessions
from canais_app.kit import clock
from canais_app.kit.forms import parse_id


class SessionsState(StaffState, rx.State):
    """The open sessions of all staff."""

    rows: list[dict[str, Any]] = []

    async def _show(self, actor: Actor) -> None:
        rows = await read_as_actor(open_sessions.list_open_sessions, actor, now=clock.now())
        self.rows = [asdict(row) for row in rows]

    @staff_event(Permission.MANAGE_STAFF)
    async def load(self, actor: Actor) -> None:
        """Show who is signed in."""
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def end_session(self, actor: Actor, session: int) -> None:
        """End a session."""
        await write_as_actor(open_sessions.end_any_session, actor, parse_id(session))
        self.news = "Sessão encerrada."
        await self._show(actor)
