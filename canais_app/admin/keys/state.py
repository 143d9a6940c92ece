"""Keys of programs: the list, making one (shown once), revoking."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.guarded import Choice, Guarded, read, staff_event, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import api_keys
from canais_app.kit import clock
from canais_app.kit.forms import ShortText, parse


class KeyForm(BaseModel):
    """For which program, for how long."""

    name: ShortText
    days: int = 90


class Keys(Guarded, rx.State):
    """The key itself is in `made` until the page is left, and stored nowhere."""

    rows: list[dict[str, Any]] = []
    offered: list[str] = []
    made: str = ""

    async def _show(self, actor: Actor) -> None:
        rows = await read(api_keys.keys, actor, now=clock.now())
        self.rows = [asdict(row) for row in rows]
        self.offered = [p.value for p in Permission if actor.can(p)]

    @staff_event(Permission.MANAGE_STAFF)
    async def load(self, actor: Actor) -> None:
        """Show every key, without the keys themselves."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def make(self, actor: Actor, form: dict[str, Any]) -> None:
        """Make a key and show it, this once."""
        sent = parse(KeyForm, form)
        wanted = [p for p in Permission if f"p-{p.value}" in form]
        self.made = await write(api_keys.make, actor, sent.name, wanted, sent.days)
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def revoke(self, actor: Actor, key: int) -> None:
        """Stop a key."""
        await write(api_keys.revoke, actor, parse(Choice, {"id": key}).id)
        self.made, self.news = "", "Chave revogada."
        await self._show(actor)
