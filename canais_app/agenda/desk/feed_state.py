"""The secret calendar address of one of one's agendas: make it, see it once, end it."""

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import RowChoice, StaffState, staff_event
from canais_app.agenda import feeds
from canais_app.kit import clock
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form


class FeedState(StaffState, rx.State):
    """Whether the agenda has an address; the address itself only right after it was made."""

    since: str = ""
    address: str = ""

    @staff_event(Permission.EDIT_AGENDA)
    async def load_feed(self, actor: Actor, agenda_id: int) -> None:
        """Say whether the agenda has an address."""
        await self._show(actor, parse_form(RowChoice, {"id": agenda_id}).id)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def create_feed(self, actor: Actor, agenda_id: int) -> None:
        """Make a new address; the one before leads nowhere."""
        number = parse_form(RowChoice, {"id": agenda_id}).id
        self.address = await write(feeds.create_feed, actor, number, now=clock.now())
        self.news = "Endereço criado. Copie agora: ele não aparece de novo."
        await self._show(actor, number)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def revoke_feed(self, actor: Actor, agenda_id: int) -> None:
        """End the address."""
        number = parse_form(RowChoice, {"id": agenda_id}).id
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
