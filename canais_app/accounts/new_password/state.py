"""State of the page that sets a password by the one-time link in its address."""

from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import password_links
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.forms import parse_form

NewPasswordInput = Annotated[str, StringConstraints(max_length=1000)]


class NewPasswordForm(BaseModel):
    """The new password, twice; spaces at its ends belong to it."""

    password: NewPasswordInput = ""
    repeated: NewPasswordInput = ""


class NewPasswordState(rx.State):
    """The link is checked when the page opens, and again when the password is sent."""

    name: str = ""
    email: str = ""
    invited: bool = False
    over: str = ""
    done: bool = False
    problem: str = ""
    errors: dict[str, str] = {}

    def _link(self) -> str:
        return str(self.router.url.path).strip("/").rpartition("/")[2][:200]

    @rx.event
    async def load(self) -> None:
        """Show the account of the link, or that the link has expired."""
        self.reset()
        try:
            limits.check_rate_limit("60/hour", "one-time-link", str(self.router.session.client_ip))
            link = await db.read(password_links.load_link, self._link(), now=clock.now())
        except AppError as refusal:
            self.over = refusal.message
            return
        self.name, self.email = link.name, link.email
        self.invited = link.purpose == password_links.INVITATION

    @rx.event(temporal=True)
    async def save(self, form: dict[str, Any]) -> None:
        """Set the password, or show what is wrong with it."""
        try:
            limits.check_rate_limit("60/hour", "one-time-link", str(self.router.session.client_ip))
            sent = parse_form(NewPasswordForm, form)
            await password_links.set_password(
                self._link(), sent.password, sent.repeated, now=clock.now()
            )
        except NotFoundError as refusal:
            self.over = refusal.message
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
        else:
            self.problem, self.errors, self.done = "", {}, True
