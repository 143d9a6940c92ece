"""State of the messages page: list by status, read, retry."""

from dataclasses import asdict
from typing import Any, Literal

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.admin import outbox_view
from canais_app.kit import clock
from canais_app.kit.forms import parse_form, parse_id


class StatusFilterForm(BaseModel):
    """The status to list; empty for all."""

    status: Literal["", "waiting", "sent", "failed", "bounced", "withdrawn"] = ""


class OutboxState(StaffState, rx.State):
    """One page of messages at a time, the newest first."""

    rows: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    status: str = ""
    next: str = ""
    open: dict[str, Any] = {}

    async def _show(self, actor: Actor) -> None:
        page = await read_as_actor(outbox_view.list_messages, actor, self.status)
        self.rows, self.next = [asdict(row) for row in page.items], page.next
        counts = await read_as_actor(outbox_view.count_by_status, actor, now=clock.now())
        self.counts = asdict(counts)

    @staff_event(Permission.SEE_OUTBOX)
    async def load(self, actor: Actor) -> None:
        """Show the newest messages and the counts by status."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.SEE_OUTBOX)
    async def filter_status(self, actor: Actor, status: str) -> None:
        """Show the messages of one status."""
        self.status = parse_form(StatusFilterForm, {"status": status}).status
        self.open = {}
        await self._show(actor)

    @staff_event(Permission.SEE_OUTBOX)
    async def load_more(self, actor: Actor) -> None:
        """Append the next page."""
        page = await read_as_actor(outbox_view.list_messages, actor, self.status, self.next)
        self.rows = [*self.rows, *(asdict(row) for row in page.items)]
        self.next = page.next

    @staff_event(Permission.SEE_OUTBOX, temporal=True)
    async def show_message(self, actor: Actor, letter: int) -> None:
        """Show the text of a message, which is recorded in the audit log."""
        found = await write_as_actor(outbox_view.read_message, actor, parse_id(letter))
        self.open = asdict(found)

    @staff_event(Permission.SEE_OUTBOX, temporal=True)
    async def retry(self, actor: Actor, letter: int) -> None:
        """Put a failed message back in the queue."""
        await write_as_actor(outbox_view.retry_failed_message, actor, parse_id(letter))
        self.news = "Mensagem de volta à fila."
        await self._show(actor)
