"""The secret calendar address of one of one's agendas: make it, see it once, end it."""

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import feeds
from canais_app.kit import clock
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError, NotSignedInError
from canais_app.kit.forms import parse


class Which(BaseModel):
    """Which agenda."""

    id: int


class FeedState(rx.State):
    """Whether the agenda has an address; the address itself only right after it was made."""

    since: str = ""
    address: str = ""
    problem: str = ""
    done: str = ""

    @rx.event
    async def look(self, agenda_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Say whether the agenda has an address."""

        async def work(_: Actor, __: int) -> str:
            return ""

        return await self._do(agenda_id, work)

    @rx.event(temporal=True)
    async def make(self, agenda_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Make a new address; the one before leads nowhere."""

        async def work(actor: Actor, number: int) -> str:
            self.address = await in_session(feeds.make, actor, number, now=clock.now())
            return "Endereço criado. Copie agora: ele não aparece de novo."

        return await self._do(agenda_id, work)

    @rx.event(temporal=True)
    async def revoke(self, agenda_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """End the address."""

        async def work(actor: Actor, number: int) -> str:
            await in_session(feeds.revoke, actor, number, now=clock.now())
            return "Endereço revogado: quem o tiver não vê mais a agenda."

        return await self._do(agenda_id, work)

    async def _do(self, agenda_id: object, work: Callable[[Actor, int], Awaitable[str]]) -> Any:  # noqa: ANN401
        self.address, self.problem, self.done = "", "", ""
        try:
            actor = await guard.admit(self, Permission.EDIT_AGENDA)
            number = parse(Which, {"id": agenda_id}).id
            self.done = await work(actor, number)
            self.since = (await in_reading(feeds.look, actor, number)).since
        except NotSignedInError as refusal:
            return guard.turn_away(self, refusal)
        except AppError as refusal:
            self.since, self.problem = "", refusal.message
        return None
