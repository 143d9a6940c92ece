"""State of the page that asks for a recovery link."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts import password_links, service
from canais_app.kit import clock, db
from canais_app.kit.events import EventState, public_event
from canais_app.kit.forms import ShortText, parse_form


class RecoveryForm(BaseModel):
    """The e-mail of an account."""

    email: ShortText


class RecoveryState(EventState, rx.State):
    """Answers before the account is looked up, so that the response time does not differ."""

    sent: bool = False

    @public_event()
    async def load(self) -> None:
        """Show an empty form."""
        self.sent = False

    @public_event(limit=("10/hour", "recovery"), temporal=True)
    async def request_link(self, form: dict[str, Any]) -> AsyncIterator[None]:
        """Send the link, if the address has an account."""
        address = service.normalise_email(parse_form(RecoveryForm, form).email)
        self.sent = True
        yield
        await db.write(password_links.request_recovery, address, now=clock.now())
