"""What the holder of a place's private link sees and may do."""

from collections.abc import Mapping
from datetime import datetime

import reflex as rx
from sqlmodel import Session

from canais_app.agenda import tokens
from canais_app.agenda.booking import waitlist
from canais_app.agenda.token_page import TokenPage
from canais_app.agenda.waitlist_status import view
from canais_app.agenda.waitlist_status.view import WaitlistPageView
from canais_app.kit import clock, live
from canais_app.kit.db import read, write
from canais_app.kit.events import EventResult, public_event

ACTS = ("30/minute", "waitlist-act")


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    entry_id = int(room.partition("#")[2])
    return {
        "it": view.waitlist_page_view(
            waitlist.load_waitlist_view_by_id(session, entry_id, now=now), now
        )
    }


class WaitlistStatusState(TokenPage, rx.State):
    """One place in a line; whoever holds the link may answer an offer and leave."""

    it: WaitlistPageView = WaitlistPageView()

    @rx.event
    async def load(self) -> None:
        """Show the place of the address."""
        await self._open("waitlist")

    @public_event(limit=ACTS, temporal=True)
    async def accept(self, token: str) -> EventResult:
        """Say yes to the time that is kept, and go to its page."""
        return await self._accept(token)

    @public_event(limit=ACTS, temporal=True)
    async def decline(self) -> EventResult:
        """Let the time that is kept go to the next, and go on waiting."""
        await write(waitlist.decline_offer, self._token, now=clock.now())
        return await self._after("Horário recusado. Você continua na fila.")

    @rx.event
    def ask_leave(self) -> EventResult:
        """Ask once more before leaving."""
        self._clear()
        self.asking = "leave"
        return rx.set_focus("pergunta")

    @rx.event
    def dismiss(self) -> EventResult:
        """Keep the place."""
        self.asking = ""
        return rx.set_focus("titulo")

    @public_event(limit=ACTS, temporal=True)
    async def leave(self) -> EventResult:
        """Leave the line."""
        await write(waitlist.leave_waitlist, self._token, now=clock.now())
        return await self._after("Seu lugar passou para quem vem depois.")

    async def _show(self) -> None:
        now = clock.now()
        place = await read(waitlist.load_waitlist_view, self._token, now=now)
        await live.subscribe(self, tokens.waitlist_topic(place.agenda_id), str(place.id))
        self.it = view.waitlist_page_view(
            await read(waitlist.load_waitlist_view, self._token, now=now), now
        )


def register() -> None:
    """Register the live view of a place in the waiting list."""
    live.register_view("line", WaitlistStatusState, _read_room)
