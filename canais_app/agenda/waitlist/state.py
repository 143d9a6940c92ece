"""State of the form to join an agenda's waiting list."""

from typing import Any
from urllib.parse import unquote

import reflex as rx

from canais_app import routes
from canais_app.agenda import queries
from canais_app.agenda.booking import waitlist
from canais_app.agenda.models import Requester
from canais_app.agenda.schemas import REGISTRATION_FIELDS, WaitlistRequest
from canais_app.kit import clock, limits
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form


class WaitlistFormState(rx.State):
    """The form; `summary` heads its errors."""

    ready: bool = False
    missing: bool = False
    title: str = ""
    agenda_path: str = ""
    modalities: list[str] = []
    accepts_parties: bool = False
    requester: str = Requester.LAWYER.value
    today: str = ""
    last_day: str = ""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    summary: str = ""
    _slug: str = ""

    @rx.event
    async def load(self) -> None:
        """Load the agenda of the URL."""
        self._slug = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        now = clock.now()
        self.errors, self.summary, self.missing = {}, "", False
        try:
            agenda = await read(queries.load_agenda_view, self._slug, now=now)
        except NotFoundError:
            self.missing = True
        else:
            self.title, self.agenda_path = agenda.title, routes.agenda(agenda.slug)
            self.modalities = list(agenda.modalities)
            self.accepts_parties = agenda.accepts_parties
            self.today, self.last_day = clock.to_local_day(now).isoformat(), agenda.last_day
        self.ready = True

    @rx.event
    def choose_requester(self, requester: str) -> None:
        """Show the fields of this kind of requester."""
        self.requester = str(requester) if str(requester) in set(Requester) else "advocacia"

    @rx.event(temporal=True)
    async def join(self, form: dict[str, Any]) -> EventResult:
        """Join the waiting list and go to the entry's page."""
        sent = form if isinstance(form, dict) else {}
        names = (*REGISTRATION_FIELDS, "from", "to")
        self.typed = {name: sent[name][:2000] for name in names if isinstance(sent.get(name), str)}
        try:
            limits.check_rate_limit("10/minute", "waitlist", self.router.session.client_ip)
            fields = {**self.typed, "consent": bool(sent.get("consent"))}
            request = parse_form(WaitlistRequest, fields)
            token = await write(waitlist.join_waitlist, self._slug, request, now=clock.now())
        except AppError as refusal:
            self.summary, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self.typed, self.errors, self.summary = {}, {}, ""
        return rx.redirect(routes.waitlist_status(token))
