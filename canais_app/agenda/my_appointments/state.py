"""Asking for the link of one's appointments, and opening it once."""

from typing import Any
from urllib.parse import unquote

import reflex as rx
from pydantic import BaseModel

from canais_app.agenda.notifications import my_appointments
from canais_app.agenda.notifications.my_appointments import AppointmentRow, WaitlistRow
from canais_app.kit import clock, limits, live
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import ShortText, parse_form


class EmailForm(BaseModel):
    """What the form asks."""

    email: ShortText


class MyAppointmentsLinkState(rx.State):
    """Says "sent" before anything is looked up, so that the time of the answer tells nothing."""

    problem: str = ""
    errors: dict[str, str] = {}
    sent: bool = False

    @rx.event
    async def load(self) -> None:
        """Show an empty form."""
        await live.unsubscribe(self)
        self.problem, self.errors, self.sent = "", {}, False

    @rx.event(temporal=True)
    async def request_link(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (an async generator of Reflex)
        """Mail the link, if the address has appointments."""
        try:
            limits.check_rate_limit("10/hour", "mine", str(self.router.session.client_ip))
            email = my_appointments.check_email(parse_form(EmailForm, form).email)
        except AppError as refusal:
            self.errors = refusal.errors
            self.problem = "" if refusal.errors else refusal.message
            yield rx.set_focus("email")
            return
        self.problem, self.errors, self.sent = "", {}, True
        yield
        await write(my_appointments.request_link, email, now=clock.now())


class MyAppointmentsState(rx.State):
    """What the mailed link lists. Programs that look into mail open links: a press uses it up."""

    ready: bool = False
    is_good: bool = False
    opened: bool = False
    coming: list[AppointmentRow] = []
    past: list[AppointmentRow] = []
    waiting: list[WaitlistRow] = []

    @rx.event
    async def load(self) -> None:
        """Say whether the link of the address still opens."""
        self.opened, self.coming, self.past, self.waiting = False, [], [], []
        try:
            limits.check_rate_limit("60/minute", "mine-link", str(self.router.session.client_ip))
            await live.unsubscribe(self)
            self.is_good = await read(my_appointments.is_valid, self._token(), now=clock.now())
        except AppError:
            self.is_good = False
        self.ready = True

    @rx.event(temporal=True)
    async def consume_link(self) -> EventResult:
        """Use the link up and show the list."""
        try:
            limits.check_rate_limit("60/minute", "mine-link", str(self.router.session.client_ip))
            found = await write(my_appointments.consume, self._token(), now=clock.now())
        except AppError:
            self.is_good = self.opened  # a second press of the same tab loses nothing
            return None
        self.coming, self.past, self.waiting = found.coming, found.past, found.waiting
        self.opened = True
        return rx.set_focus("titulo")

    def _token(self) -> str:
        return unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
