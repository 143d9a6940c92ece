"""State of the page that asks for a recovery link."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts import links, service
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError
from canais_app.kit.forms import ShortText, parse_form


class RecoveryForm(BaseModel):
    """The e-mail of an account."""

    email: ShortText


class RecoveryState(rx.State):
    """Answers before the account is looked up, so that the response time does not differ."""

    problem: str = ""
    errors: dict[str, str] = {}
    sent: bool = False

    @rx.event
    async def load(self) -> None:
        """Show an empty form."""
        self.problem, self.errors, self.sent = "", {}, False

    @rx.event(temporal=True)
    async def request_link(self, form: dict[str, Any]) -> AsyncIterator[None]:
        """Send the link, if the address has an account."""
        try:
            limits.check_rate_limit("10/hour", "recovery", str(self.router.session.client_ip))
            address = service.normalise_email(parse_form(RecoveryForm, form).email)
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return
        self.problem, self.errors, self.sent = "", {}, True
        yield
        await db.write(links.request_recovery, address, now=clock.now())
