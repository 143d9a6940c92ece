"""The outbox: what waits, what failed, the words of a message."""

from dataclasses import asdict
from typing import Any, ClassVar, Literal

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.guarded import Choice, Guarded, read, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import outgoing
from canais_app.kit import clock
from canais_app.kit.forms import parse


class StatusForm(BaseModel):
    """Which messages are wanted."""

    status: Literal["", "waiting", "sent", "failed", "bounced", "withdrawn"] = ""


class Letters(Guarded, rx.State):
    """One page of messages at a time, the newest first."""

    _needs: ClassVar[Permission] = Permission.SEE_OUTBOX

    rows: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    status: str = ""
    next: str = ""
    open: dict[str, Any] = {}

    async def _show(self, actor: Actor) -> None:
        found = await read(outgoing.letters, actor, self.status)
        self.rows, self.next = [asdict(row) for row in found.items], found.next
        self.counts = asdict(await read(outgoing.counts, actor, now=clock.now()))

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show the newest messages and how many are where."""
        self.reset()
        return await self._run(self._show)

    @rx.event
    async def narrow(self, status: str):  # noqa: ANN201 (Reflex's own)
        """Show messages of one status."""

        async def look(actor: Actor) -> None:
            self.status = parse(StatusForm, {"status": status}).status
            self.open = {}
            await self._show(actor)

        return await self._run(look)

    @rx.event
    async def more(self):  # noqa: ANN201 (Reflex's own)
        """Show earlier messages."""

        async def look(actor: Actor) -> None:
            found = await read(outgoing.letters, actor, self.status, self.next)
            self.rows = [*self.rows, *(asdict(row) for row in found.items)]
            self.next = found.next

        return await self._run(look)

    @rx.event(temporal=True)
    async def see(self, letter: int):  # noqa: ANN201 (Reflex's own)
        """Show the words of a message; that it was read is recorded."""

        async def work(actor: Actor) -> None:
            found = await write(outgoing.letter, actor, parse(Choice, {"id": letter}).id)
            self.open = asdict(found)

        return await self._run(work)

    @rx.event(temporal=True)
    async def retry(self, letter: int):  # noqa: ANN201 (Reflex's own)
        """Put a failed message back in the queue."""

        async def work(actor: Actor) -> None:
            await write(outgoing.retry, actor, parse(Choice, {"id": letter}).id)
            self.news = "Mensagem de volta à fila."

        return await self._run(work, self._show)
