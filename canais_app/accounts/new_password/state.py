"""Setting a password by the one-time link in the page's own address."""

from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import links
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.forms import parse_form

NewPasswordInput = Annotated[str, StringConstraints(max_length=1000)]


class NewPasswordForm(BaseModel):
    """What the form asks. Blanks at the ends of a password are part of it."""

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
        """Say whose link it is, or that it is over."""
        self.reset()
        try:
            limits.check_rate_limit("60/hour", "one-time-link", str(self.router.session.client_ip))
            found = await db.read(links.load_link, self._link(), now=clock.now())
        except AppError as refusal:
            self.over = refusal.message
            return
        self.name, self.email = found.name, found.email
        self.invited = found.purpose == links.INVITATION

    @rx.event(temporal=True)
    async def save(self, form: dict[str, Any]) -> None:
        """Set the password, or say what is wrong with it."""
        try:
            limits.check_rate_limit("60/hour", "one-time-link", str(self.router.session.client_ip))
            sent = parse_form(NewPasswordForm, form)
            await links.set_password(self._link(), sent.password, sent.repeated, now=clock.now())
        except NotFoundError as refusal:
            self.over = refusal.message
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
        else:
            self.problem, self.errors, self.done = "", {}, True
