"""The brief registration: looked over, mended, sent."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.agenda import service
from canais_app.agenda.errors import NoSuchAgendaError, SlotTakenError, SlotUnavailableError
from canais_app.agenda.picker import about
from canais_app.agenda.picker.choosing import Choosing
from canais_app.agenda.requests import FIELDS, BookingRequest
from canais_app.agenda.times.moments import moment_of
from canais_app.directory import cnj
from canais_app.kit import clock, limits, text
from canais_app.kit.db import in_session
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse


class Registering(Choosing, mixin=True):
    """What was typed, and what is wrong with it."""

    errors: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)
    _key: str = ""  # of one look at the answers: confirming twice books once

    @rx.event
    async def check(self, form: dict[str, Any]) -> EventResult:
        """Look over what was typed; with nothing to mend, show it all once more."""
        self._take(form)
        if not self.mine.label:
            self.said = "Falta escolher o dia e o horário."
            self.errors = {"escolha": self.said}
            return rx.set_focus("resumo-de-erros")
        try:
            wish = parse(BookingRequest, self._wish())
        except AppError as refusal:
            self.said, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self._normalise(wish)
        self.step, self._key = "check", text.new_token()
        return rx.set_focus("conferir")

    @rx.event
    def mend(self) -> EventResult:
        """Go back to the form; everything is still there."""
        self.step = "fill"
        return rx.set_focus("seus-dados")

    @rx.event(temporal=True)
    async def confirm(self) -> EventResult:
        """Book the chosen time, or say why it cannot be booked."""
        try:
            limits.check("10/minute", "book", self.router.session.client_ip)
            wish = parse(BookingRequest, {**self._wish(), "idempotency_key": self._key})
            booked = await in_session(service.book, self._slug, wish, now=clock.now())
        except AppError as refusal:
            return await self._refused(refusal)
        self._forget()
        self.step, self.typed = "fill", {}
        return rx.redirect(routes.appointment(booked.token))

    async def _refused(self, refusal: AppError) -> EventResult:
        self.step = "fill"
        if isinstance(refusal, SlotTakenError | SlotUnavailableError | NoSuchAgendaError):
            self._forget()
            self.problem = f"{refusal.message} O que você digitou fica guardado nesta página."
            await self._refresh()
            return rx.set_focus("escolha" if self.board.published else "nada-livre")
        self.said, self.errors = refusal.message, refusal.errors
        return rx.set_focus("resumo-de-erros")

    def _take(self, form: object) -> None:
        sent: dict[str, Any] = form if isinstance(form, dict) else {}
        self.typed = {n: str(sent[n])[:2000] for n in FIELDS if isinstance(sent.get(n), str)}
        self.typed["consent"] = "true" if sent.get("consent") else ""
        self.errors, self.said, self.problem = {}, "", ""

    def _wish(self) -> dict[str, object]:
        start = moment_of(self.mine.day, self.mine.label)
        return {
            **self.typed,
            "consent": bool(self.typed.get("consent")),
            "start": start.isoformat() if start else "",
            "hold_token": self._token,
        }

    def _normalise(self, wish: BookingRequest) -> None:
        """Show what was understood: the OAB and the case number as they are written."""
        self.typed = {
            **self.typed,
            "oab_number": wish.oab_number,
            "modality_name": about.modality_name(wish.modality),
            "case_number": cnj.parse(wish.case_number).formatted if wish.case_number else "",
        }
