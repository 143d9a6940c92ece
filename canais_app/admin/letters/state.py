"""The outbox: what waits, what failed, the words of a message."""

from dataclasses import asdict
from typing import Any, Literal

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.guarded import Choice, Guarded, read, staff_event, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import outgoing
from canais_app.kit import clock
from canais_app.kit.forms import parse


class StatusForm(BaseModel):
    """Which messages are wanted."""

    status: Literal["", "waiting", "sent", "failed", "bounced", "withdrawn"] = ""


class Letters(Guarded, rx.State):
    """One page of messages at a time, the newest first."""

    rows: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    status: str = ""
    next: str = ""
    open: dict[str, Any] = {}

    async def _show(self, actor: Actor) -> None:
        found = await read(outgoing.letters, actor, self.status)
        self.rows, self.next = [asdict(row) for row in found.items], found.next
        self.counts = asdict(await read(outgoing.counts, actor, now=clock.now()))

    @staff_event(Permission.SEE_OUTBOX)
    async def load(self, actor: Actor) -> None:
        """Show the newest messages and how many are where."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.SEE_OUTBOX)
    async def narrow(self, actor: Actor, status: str) -> None:
        """Show messages of one status."""
        self.status = parse(StatusForm, {"status": status}).status
        self.open = {}
        await self._show(actor)

    @staff_event(Permission.SEE_OUTBOX)
    async def more(self, actor: Actor) -> None:
        """Show earlier messages."""
        found = await read(outgoing.letters, actor, self.status, self.next)
        self.rows = [*self.rows, *(asdict(row) for row in found.items)]
        self.next = found.next

    @staff_event(Permission.SEE_OUTBOX, temporal=True)
    async def see(self, actor: Actor, letter: int) -> None:
        """Show the words of a message; that it was read is recorded."""
        found = await write(outgoing.letter, actor, parse(Choice, {"id": letter}).id)
        self.open = asdict(found)

    @staff_event(Permission.SEE_OUTBOX, temporal=True)
    async def retry(self, actor: Actor, letter: int) -> None:
        """Put a failed message back in the queue."""
        await write(outgoing.retry, actor, parse(Choice, {"id": letter}).id)
        self.news = "Mensagem de volta à fila."
        await self._show(actor)
