"""Base State of the pages behind a private link: an appointment's and a waitlist entry's."""

from urllib.parse import unquote

import reflex as rx

from canais_app import routes
from canais_app.agenda.booking import booking
from canais_app.kit import clock, limits
from canais_app.kit.db import write
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.events import EventResult, EventState


class TokenPage(EventState, mixin=True):
    """The token authorises every action; the page reloads after each, done or refused."""

    missing: bool = False
    asking: str = ""  # the open dialog, if any
    _token: str = ""

    async def _show(self) -> None:
        """Load what the token opens, and subscribe to its changes."""
        raise NotImplementedError

    async def _open(self, limit: str) -> None:
        """Show what the URL names; `limit` names the rate limit of page views per address."""
        self._clear()
        self._token = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        self.missing = False
        try:
            limits.check_rate_limit("60/minute", limit, self.router.session.client_ip)
            await self._show()
        except NotFoundError:
            self.missing = True
        except AppError as refusal:
            self.problem = refusal.message
        self.ready = True

    async def _accept(self, offer: object) -> EventResult:
        """Accept an offered slot and go to its page."""
        token = offer if isinstance(offer, str) else ""
        booked = await write(booking.confirm_appointment, token, now=clock.now())
        return rx.redirect(routes.appointment(booked.token))

    async def _after(self, done: str = "") -> EventResult:
        """Reload and show the message `done`."""
        self.news = done
        try:
            await self._show()
        except NotFoundError:
            self.missing = True
        return rx.set_focus("pergunta" if self.asking else "titulo")

    def _clear(self) -> None:
        super()._clear()
        self.asking = ""

    async def _refuse(self, refusal: AppError) -> EventResult:
        await super()._refuse(refusal)
        return await self._after()
