"""State of the calendar feed's card: create the secret address, show it once, revoke it."""

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.agenda import feeds
from canais_app.kit import clock
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_id


class FeedState(StaffState, rx.State):
    """`since` when the agenda has an address; `address` only right after its creation."""

    since: str = ""
    address: str = ""

    @staff_event(Permission.EDIT_AGENDA)
    async def load_feed(self, actor: Actor, agenda_id: int) -> None:
        """Load whether the agenda has an address."""
        await self._show(actor, parse_id(agenda_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def create_feed(self, actor: Actor, agenda_id: int) -> None:
        """Create a new address; the old one stops working."""
        number = parse_id(agenda_id)
        self.address = await write(feeds.create_feed, actor, number, now=clock.now())
        self.news = "Endereço criado. Copie agora: ele não aparece de novo."
        await self._show(actor, number)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def revoke_feed(self, actor: Actor, agenda_id: int) -> None:
        """Revoke the address."""
        number = parse_id(agenda_id)
        await write(feeds.revoke_feed, actor, number, now=clock.now())
        self.news = "Endereço revogado: quem o tiver não vê mais a agenda."
        await self._show(actor, number)

    async def _show(self, actor: Actor, number: int) -> None:
        self.since = (await read(feeds.load_feed_view, actor, number)).since

    def _clear(self) -> None:
        super()._clear()
        self.address = ""

    async def _refuse(self, refusal: AppError) -> EventResult:
        self.since = ""
        return await super()._refuse(refusal)
