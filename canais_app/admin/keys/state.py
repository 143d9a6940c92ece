"""Keys of programs: the list, making one (shown once), revoking."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.guarded import Choice, Guarded, read, write
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

    _needs: ClassVar[Permission] = Permission.MANAGE_STAFF

    rows: list[dict[str, Any]] = []
    offered: list[str] = []
    made: str = ""

    async def _show(self, actor: Actor) -> None:
        rows = await read(api_keys.keys, actor, now=clock.now())
        self.rows = [asdict(row) for row in rows]
        self.offered = [p.value for p in Permission if actor.can(p)]

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show every key, without the keys themselves."""
        self.reset()
        return await self._run(self._show)

    @rx.event(temporal=True)
    async def make(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Make a key and show it, this once."""

        async def work(actor: Actor) -> None:
            sent = parse(KeyForm, form)
            wanted = [p for p in Permission if f"p-{p.value}" in form]
            self.made = await write(api_keys.make, actor, sent.name, wanted, sent.days)

        return await self._run(work, self._show)

    @rx.event(temporal=True)
    async def revoke(self, key: int):  # noqa: ANN201 (Reflex's own)
        """Stop a key."""

        async def work(actor: Actor) -> None:
            await write(api_keys.revoke, actor, parse(Choice, {"id": key}).id)
            self.made, self.news = "", "Chave revogada."

        return await self._run(work, self._show)
