"""The brief registration: looked over, mended, sent."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.agenda.booking import booking
from canais_app.agenda.errors import AgendaNotFoundError, SlotNotOfferedError, SlotTakenError
from canais_app.agenda.formatting import parse_day_and_time
from canais_app.agenda.picker import view
from canais_app.agenda.picker.hold_state import HoldState
from canais_app.agenda.schemas import REGISTRATION_FIELDS, BookingRequest
from canais_app.directory.search import case_number
from canais_app.kit import clock, limits, text
from canais_app.kit.db import write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form


class PickerFormState(HoldState, mixin=True):
    """What was typed, and what is wrong with it."""

    errors: dict[str, str] = {}
    _key: str = ""  # of one look at the answers: confirming twice books once

    @rx.event
    async def review(self, form: dict[str, Any]) -> EventResult:
        """Look over what was typed; with nothing to mend, show it all once more."""
        self._read_form(form)
        if not self.mine.label:
            self.said = "Falta escolher o dia e o horário."
            self.errors = {"escolha": self.said}
            return rx.set_focus("resumo-de-erros")
        try:
            wish = parse_form(BookingRequest, self._booking_request())
        except AppError as refusal:
            self.said, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self._normalise(wish)
        self.step, self._key = "check", text.generate_token()
        return rx.set_focus("conferir")

    @rx.event
    def edit_again(self) -> EventResult:
        """Go back to the form; everything is still there."""
        self.step = "fill"
        return rx.set_focus("seus-dados")

    @rx.event(temporal=True)
    async def confirm(self) -> EventResult:
        """Book the chosen time, or say why it cannot be booked."""
        try:
            limits.check_rate_limit("10/minute", "book", self.router.session.client_ip)
            wish = parse_form(
                BookingRequest, {**self._booking_request(), "idempotency_key": self._key}
            )
            booked = await write(booking.book, self._slug, wish, now=clock.now())
        except AppError as refusal:
            return await self._show_refusal(refusal)
        self._clear_hold()
        self.step, self.typed = "fill", {}
        return rx.redirect(routes.appointment(booked.token))

    async def _show_refusal(self, refusal: AppError) -> EventResult:
        self.step = "fill"
        if isinstance(refusal, SlotTakenError | SlotNotOfferedError | AgendaNotFoundError):
            self._clear_hold()
            self.problem = f"{refusal.message} O que você digitou fica guardado nesta página."
            await self._refresh()
            return rx.set_focus("escolha" if self.board.published else "nada-livre")
        self.said, self.errors = refusal.message, refusal.errors
        return rx.set_focus("resumo-de-erros")

    def _read_form(self, form: object) -> None:
        sent: dict[str, Any] = form if isinstance(form, dict) else {}
        self.typed = {
            n: str(sent[n])[:2000] for n in REGISTRATION_FIELDS if isinstance(sent.get(n), str)
        }
        self.typed["consent"] = "true" if sent.get("consent") else ""
        self.errors, self.said, self.problem = {}, "", ""

    def _booking_request(self) -> dict[str, object]:
        start = parse_day_and_time(self.mine.day, self.mine.label)
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
            "modality_name": view.modality_name(wish.modality),
            "case_number": case_number.parse_case_number(wish.case_number).format
            if wish.case_number
            else "",
        }
