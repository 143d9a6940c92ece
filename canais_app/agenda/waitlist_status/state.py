"""State of a waitlist entry's private page."""

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
    entry = waitlist.load_waitlist_view_by_id(session, entry_id, now=now)
    return {"it": view.waitlist_page_view(entry, now)}


class WaitlistStatusState(TokenPage, rx.State):
    """One waitlist entry; its token authorises answering an offer and leaving."""

    it: WaitlistPageView = WaitlistPageView()

    @rx.event
    async def load(self) -> None:
        """Load the entry of the URL."""
        await self._open("waitlist")

    @public_event(limit=ACTS, temporal=True)
    async def accept(self, token: str) -> EventResult:
        """Accept the offered slot and go to its page."""
        return await self._accept(token)

    @public_event(limit=ACTS, temporal=True)
    async def decline(self) -> EventResult:
        """Decline the offered slot and keep waiting."""
        await write(waitlist.decline_offer, self._token, now=clock.now())
        return await self._after("Horário recusado. Você continua na fila.")

    @rx.event
    def ask_leave(self) -> EventResult:
        """Open the leave dialog."""
        self._clear()
        self.asking = "leave"
        return rx.set_focus("pergunta")

    @rx.event
    def dismiss(self) -> EventResult:
        """Close the dialog."""
        self.asking = ""
        return rx.set_focus("titulo")

    @public_event(limit=ACTS, temporal=True)
    async def leave(self) -> EventResult:
        """Leave the waiting list."""
        await write(waitlist.leave_waitlist, self._token, now=clock.now())
        return await self._after("Seu lugar passou para quem vem depois.")

    async def _show(self) -> None:
        now = clock.now()
        entry = await read(waitlist.load_waitlist_view, self._token, now=now)
        await live.subscribe(self, tokens.waitlist_topic(entry.agenda_id), str(entry.id))
        # Read again: nothing between the first reading and the subscription is lost.
        entry = await read(waitlist.load_waitlist_view, self._token, now=now)
        self.it = view.waitlist_page_view(entry, now)


def register() -> None:
    """Register the live view of a waitlist entry."""
    live.register_view("line", WaitlistStatusState, _read_room)
