"""State of the API keys page: list, create, revoke."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.admin import api_keys
from canais_app.kit import clock
from canais_app.kit.forms import ShortText, parse_form, parse_id


class ApiKeyForm(BaseModel):
    """The name and lifetime of a new key."""

    name: ShortText
    days: int = 90


class ApiKeysState(StaffState, rx.State):
    """`made` holds a new token until the page is left; it is not stored."""

    rows: list[dict[str, Any]] = []
    offered: list[str] = []
    made: str = ""

    async def _show(self, actor: Actor) -> None:
        rows = await read_as_actor(api_keys.list_api_keys, actor, now=clock.now())
        self.rows = [asdict(row) for row in rows]
        self.offered = [p.value for p in Permission if actor.can(p)]

    @staff_event(Permission.MANAGE_STAFF)
    async def load(self, actor: Actor) -> None:
        """Show every key."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def create(self, actor: Actor, form: dict[str, Any]) -> None:
        """Create a key and show its token once."""
        sent = parse_form(ApiKeyForm, form)
        permissions = [p for p in Permission if f"p-{p.value}" in form]
        self.made = await write_as_actor(
            api_keys.create_api_key, actor, sent.name, permissions, sent.days
        )
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def revoke(self, actor: Actor, key: int) -> None:
        """Revoke a key."""
        await write_as_actor(api_keys.revoke_api_key, actor, parse_id(key))
        self.made, self.news = "", "Chave revogada."
        await self._show(actor)
