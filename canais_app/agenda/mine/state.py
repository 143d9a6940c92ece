"""Asking for the link of one's appointments, and opening it once."""

from typing import Any
from urllib.parse import unquote

import reflex as rx
from pydantic import BaseModel

from canais_app.agenda.mail import recalling
from canais_app.agenda.mail.recalling import Recalled, Waited
from canais_app.kit import clock, limits, live
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import ShortText, parse


class Address(BaseModel):
    """What the form asks."""

    email: ShortText


class AskMine(rx.State):
    """Says "sent" before anything is looked up, so that the time of the answer tells nothing."""

    problem: str = ""
    errors: dict[str, str] = {}
    sent: bool = False

    @rx.event
    async def load(self) -> None:
        """Show an empty form."""
        await live.leave(self)
        self.problem, self.errors, self.sent = "", {}, False

    @rx.event(temporal=True)
    async def ask(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (an async generator of Reflex)
        """Mail the link, if the address has appointments."""
        try:
            limits.check("10/hour", "mine", str(self.router.session.client_ip))
            email = recalling.checked(parse(Address, form).email)
        except AppError as refusal:
            self.errors = refusal.errors
            self.problem = "" if refusal.errors else refusal.message
            yield rx.set_focus("email")
            return
        self.problem, self.errors, self.sent = "", {}, True
        yield
        await in_session(recalling.ask, email, now=clock.now())


class MyAppointments(rx.State):
    """What the mailed link lists. Programs that look into mail open links: a press uses it up."""

    ready: bool = False
    is_good: bool = False
    opened: bool = False
    coming: list[Recalled] = []
    past: list[Recalled] = []
    waiting: list[Waited] = []

    @rx.event
    async def load(self) -> None:
        """Say whether the link of the address still opens."""
        self.opened, self.coming, self.past, self.waiting = False, [], [], []
        try:
            limits.check("60/minute", "mine-link", str(self.router.session.client_ip))
            await live.leave(self)
            self.is_good = await in_reading(recalling.is_good, self._token(), now=clock.now())
        except AppError:
            self.is_good = False
        self.ready = True

    @rx.event(temporal=True)
    async def open(self) -> EventResult:
        """Use the link up and show the list."""
        try:
            limits.check("60/minute", "mine-link", str(self.router.session.client_ip))
            found = await in_session(recalling.use, self._token(), now=clock.now())
        except AppError:
            self.is_good = self.opened  # a second press of the same tab loses nothing
            return None
        self.coming, self.past, self.waiting = found.coming, found.past, found.waiting
        self.opened = True
        return rx.set_focus("titulo")

    def _token(self) -> str:
        return unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
