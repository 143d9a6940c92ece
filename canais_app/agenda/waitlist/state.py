"""Entering a waiting list, and what the holder of a place's link sees and may do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import queries, service, waiting
from canais_app.agenda.requests import FIELDS, WaitlistRequest
from canais_app.agenda.waitlist import view
from canais_app.agenda.waitlist.view import Shown
from canais_app.kit import clock, limits, live
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.forms import parse


class WaitlistState(rx.State):
    """The form with which one enters an agenda's line."""

    ready: bool = False
    missing: bool = False
    title: str = ""
    agenda_path: str = ""
    modalities: list[str] = []
    today: str = ""
    last_day: str = ""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    said: str = ""
    _slug: str = ""

    @rx.event
    async def load(self) -> None:
        """Show which line it is."""
        self._slug = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        now = clock.now()
        self.errors, self.said, self.missing = {}, "", False
        try:
            agenda = await in_reading(queries.agenda_view, self._slug, now=now)
        except NotFoundError:
            self.missing = True
        else:
            self.title, self.agenda_path = agenda.title, routes.agenda(agenda.slug)
            self.modalities = list(agenda.modalities)
            self.today, self.last_day = clock.local_day(now).isoformat(), agenda.last_day
        self.ready = True

    @rx.event(temporal=True)
    async def join(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Enter the line and go to one's place, or say what is missing."""
        sent = form if isinstance(form, dict) else {}
        known = (*FIELDS, "from", "to")
        self.typed = {n: str(sent[n])[:2000] for n in known if isinstance(sent.get(n), str)}
        try:
            limits.check("10/minute", "waitlist", self.router.session.client_ip)
            wish = parse(WaitlistRequest, {**self.typed, "consent": bool(sent.get("consent"))})
            token = await in_session(service.join, self._slug, wish, now=clock.now())
        except AppError as refusal:
            self.said, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self.typed, self.errors, self.said = {}, {}, ""
        return rx.redirect(routes.waiting_place(token))


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    place = waiting.place_by_id(session, int(room.partition(":")[2]), now=now)
    return {"it": view.shown(place)}


class PlaceState(rx.State):
    """One place in a line; whoever holds the link may see and leave it."""

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

    @rx.event
    def ask_leave(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Ask once more before leaving."""
        self.asking, self.done = True, ""
        return rx.set_focus("pergunta")

    @rx.event
    def stay(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Keep the place."""
        self.asking = False
        return rx.set_focus("titulo")

    @rx.event(temporal=True)
    async def leave(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Leave the line."""
        try:
            await in_session(service.leave, self._token, now=clock.now())
            await self._show()
        except AppError as refusal:
            self.problem = refusal.message
        else:
            self.done = "Você saiu da fila."
        self.asking = False
        return rx.set_focus("titulo")

    async def _show(self) -> None:
        now = clock.now()
        place = await in_reading(service.place, self._token, now=now)
        await live.join(self, place.thread)
        self.it = view.shown(await in_reading(service.place, self._token, now=now))


live.show("waitlist", PlaceState, _read_room)
