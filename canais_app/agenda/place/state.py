"""What the holder of a place's private link sees and may do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import service, topics
from canais_app.agenda.lifecycle import places
from canais_app.agenda.place import view
from canais_app.agenda.place.view import Shown
from canais_app.kit import clock, limits, live
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError, NotFoundError


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    entry_id = int(room.partition("#")[2])
    return {"it": view.shown(places.place_by_id(session, entry_id, now=now), now)}


class PlaceState(rx.State):
    """One place in a line; whoever holds the link may answer an offer and leave."""

    it: Shown = Shown()
    ready: bool = False
    missing: bool = False
    asking: bool = False
    problem: str = ""
    done: str = ""
    _token: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the place of the address."""
        self._token = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        self.asking, self.problem, self.done, self.missing = False, "", "", False
        try:
            limits.check("60/minute", "waitlist", self.router.session.client_ip)
            await self._show()
        except NotFoundError:
            self.missing = True
        except AppError as refusal:
            self.problem = refusal.message
        self.ready = True

    @rx.event(temporal=True)
    async def accept(self, token: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Say yes to the time that is kept, and go to its page."""
        led = []

        async def work() -> str:
            offer = token if isinstance(token, str) else ""
            led.append((await in_session(service.confirm, offer, now=clock.now())).token)
            return ""

        refused = await self._do(work)
        return rx.redirect(routes.appointment(led[0])) if led else refused

    @rx.event(temporal=True)
    async def decline(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Let the time that is kept go to the next, and go on waiting."""

        async def work() -> str:
            await in_session(service.decline, self._token, now=clock.now())
            return "Horário recusado. Você continua na fila."

        return await self._do(work)

    @rx.event
    def ask_leave(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Ask once more before leaving."""
        self.asking, self.done, self.problem = True, "", ""
        return rx.set_focus("pergunta")

    @rx.event
    def stay(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Keep the place."""
        self.asking = False
        return rx.set_focus("titulo")

    @rx.event(temporal=True)
    async def leave(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Leave the line."""

        async def work() -> str:
            await in_session(service.leave, self._token, now=clock.now())
            return "Seu lugar passou para quem vem depois."

        return await self._do(work)

    async def _do(self, work: Callable[[], Awaitable[str]]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        self.problem, self.done, self.asking = "", "", False
        try:
            limits.check("30/minute", "waitlist-act", self.router.session.client_ip)
            self.done = await work()
        except AppError as refusal:
            self.problem = refusal.message
        try:
            await self._show()
        except NotFoundError:
            self.missing = True
        return rx.set_focus("titulo")

    async def _show(self) -> None:
        now = clock.now()
        place = await in_reading(service.place, self._token, now=now)
        await live.join(self, topics.line(place.agenda_id), str(place.id))
        self.it = view.shown(await in_reading(service.place, self._token, now=now), now)


live.show("line", PlaceState, _read_room)
