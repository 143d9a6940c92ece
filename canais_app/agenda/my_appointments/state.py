"""States of “Meus agendamentos”: request the mailed link, and open it once."""

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
    """The request form."""

    email: ShortText


class MyAppointmentsLinkState(rx.State):
    """The request form; it says "sent" before any look-up, so that its timing reveals nothing."""

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
        """Send the link, if the address has appointments."""
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
    """The list. Mail scanners open links and press the first button: only a second one counts."""

    ready: bool = False
    is_valid: bool = False
    opened: bool = False
    asking: bool = False
    coming: list[AppointmentRow] = []
    past: list[AppointmentRow] = []
    waiting: list[WaitlistRow] = []

    @rx.event
    async def load(self) -> None:
        """Check whether the link is still valid."""
        self.opened, self.coming, self.past, self.waiting = False, [], [], []
        self.asking = False
        try:
            limits.check_rate_limit("60/minute", "mine-link", str(self.router.session.client_ip))
            await live.unsubscribe(self)
            self.is_valid = await read(my_appointments.is_valid, self._token(), now=clock.now())
        except AppError:
            self.is_valid = False
        self.ready = True

    @rx.event
    def ask_to_open(self) -> EventResult:
        """Ask before the link is used up."""
        self.asking = True
        return rx.set_focus("pergunta")

    @rx.event
    def dismiss(self) -> EventResult:
        """Leave the link for later."""
        self.asking = False
        return rx.set_focus("ver-meus")

    @rx.event(temporal=True)
    async def consume_link(self) -> EventResult:
        """Consume the link and show the list."""
        try:
            limits.check_rate_limit("60/minute", "mine-link", str(self.router.session.client_ip))
            found = await write(my_appointments.consume, self._token(), now=clock.now())
        except AppError:
            self.is_valid = self.opened  # a second click in the same tab keeps the list
            return None
        self.coming, self.past, self.waiting = found.coming, found.past, found.waiting
        self.opened = True
        return rx.set_focus("titulo")

    def _token(self) -> str:
        return unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
