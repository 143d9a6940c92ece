"""State of an agenda's page: the board, the held slot and the registration form."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import proofs, queries
from canais_app.agenda.booking import booking, disputes
from canais_app.agenda.errors import (
    AgendaNotFoundError,
    RegistrationLimitError,
    SlotNotOfferedError,
    SlotTakenError,
)
from canais_app.agenda.formatting import is_iso_day, parse_day_and_time
from canais_app.agenda.models import ACCESS_NEED_NAMES, PREFERENCE_NAMES, Requester
from canais_app.agenda.picker import calendar_state, view
from canais_app.agenda.picker.calendar_state import slot_status_shown
from canais_app.agenda.picker.hold_state import HoldState
from canais_app.agenda.schemas import REGISTRATION_FIELDS, BookingRequest
from canais_app.directory.search import case_number
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, limits, live, text
from canais_app.kit.contacts import format_registration
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form

CHECKED_FIELDS = (
    *(f"pref-{one}" for one in PREFERENCE_NAMES),
    *(f"need-{one}" for one in ACCESS_NEED_NAMES),
)


class PickerState(HoldState, rx.State):
    """An agenda's page; `_key` makes confirming the same review twice book once."""

    ready: bool = False
    missing: bool = False
    errors: dict[str, str] = {}
    terms: list[str] = []  # what the reviewed booking means
    requester: str = Requester.LAWYER.value
    can_dispute: bool = False
    news_of_dispute: str = ""
    _key: str = ""

    @rx.event
    async def load(self) -> None:
        """Load the agenda, and the slot that this tab held before a reload."""
        now = clock.now()
        self._slug = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        self.missing = False
        try:
            agenda = await read(queries.load_agenda_view, self._slug, now=now)
        except NotFoundError:
            self.missing, self.ready = True, True
            return
        self._agenda_id, self._last_day = agenda.id, agenda.last_day
        self.about = view.agenda_summary_view(agenda, str(self.kind))
        self.kind, self.on_form = self.about.kind_name, False
        self._restore_hold(now)
        day = self.mine.day or self.router.url.query_parameters.get("dia", "")
        self.day = day if is_iso_day(day) else ""
        today = clock.to_local_day(now)
        first = date.fromisoformat(self.day) if self.day else today
        await self._show(calendar_state.first_monday(first, today), now)
        self.ready = True

    @rx.event(temporal=True)
    async def choose_kind(self, kind: str) -> None:
        """Show the free times of another kind of attendance; a held slot is released."""
        if kind not in [one.name for one in self.about.kinds] or kind == self.kind:
            return
        await self._release()
        agenda = await read(queries.load_agenda_view, self._slug, now=clock.now())
        self.about, self.kind = view.agenda_summary_view(agenda, kind), kind
        await self._refresh()

    @rx.event
    def go_to_form(self) -> EventResult:
        """Show the form on a narrow screen."""
        self.on_form = True
        return rx.set_focus("seus-dados")

    @rx.event
    def go_to_calendar(self) -> EventResult:
        """Show the calendar again on a narrow screen; the slot stays held."""
        self.on_form = False
        return rx.set_focus("escolha")

    def _variant(self, first: date) -> str:
        return view.board_variant(first, self.kind)

    @rx.event
    async def review(self, form: dict[str, Any]) -> EventResult:
        """Validate what was typed, and show it for review when it is valid."""
        self._read_form(form)
        if not self.mine.label:
            self.summary = "Falta escolher o dia e o horário."
            self.errors = {"escolha": self.summary}
            return rx.set_focus("resumo-de-erros")
        try:
            request = parse_form(BookingRequest, self._booking_request())
        except AppError as refusal:
            self.summary, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self._normalise(request)
        deadline = view.deadline_of(request.start, self.about.cancel_notice, clock.now())
        self.terms = [*self.about.promises[:-1], deadline]
        self.step, self._key = "check", text.generate_token()
        return rx.set_focus("conferir")

    @rx.event
    def edit_again(self) -> EventResult:
        """Go back to the form, which kept what was typed."""
        self.step = "fill"
        return rx.set_focus("seus-dados")

    @rx.event(temporal=True)
    async def confirm(self) -> EventResult:
        """Book the chosen slot."""
        try:
            limits.check_rate_limit("10/minute", "book", self.router.session.client_ip)
            fields = {**self._booking_request(), "idempotency_key": self._key}
            request = parse_form(BookingRequest, fields)
            now = clock.now()
            client = limits.address_mark("booking", self.router.session.client_ip, now=now)
            booked = await write(booking.book, self._slug, request, now=now, client=client)
        except AppError as refusal:
            return await self._show_refusal(refusal)
        self._clear_hold()
        self.step, self.typed = "fill", {}
        return rx.redirect(routes.appointment(booked.token))

    async def _show_refusal(self, refusal: AppError) -> EventResult:
        self.step = "fill"
        if isinstance(refusal, SlotTakenError | SlotNotOfferedError | AgendaNotFoundError):
            self._clear_hold()
            self.on_form = False
            self.problem = f"{refusal.message} O que você digitou fica guardado nesta página."
            await self._refresh()
            return rx.set_focus("escolha" if self.board.published else "nada-livre")
        self.summary, self.errors = refusal.message, refusal.errors
        self.can_dispute = isinstance(refusal, RegistrationLimitError)
        return rx.set_focus("resumo-de-erros")

    @rx.event
    def choose_requester(self, requester: str) -> None:
        """Show the fields of this kind of requester."""
        self.requester = str(requester) if str(requester) in set(Requester) else "advocacia"

    @rx.event(temporal=True)
    async def dispute(self) -> EventResult:
        """Say “não fui eu”: tell who booked with this registration, and the gabinete."""
        try:
            limits.check_rate_limit("5/hour", "dispute", self.router.session.client_ip)
            request = parse_form(BookingRequest, self._booking_request())
            oab, now = request.oab, clock.now()
            said = await write(disputes.dispute_registration, self._slug, oab, now=now)
        except AppError as refusal:
            return await self._show_refusal(refusal)
        self.can_dispute, self.news_of_dispute = False, said
        return rx.set_focus("contestacao")

    @rx.event(temporal=True)
    async def prove_full(self) -> EventResult:
        """Issue the proof that this agenda has no free time, and open its PDF."""
        try:
            limits.check_rate_limit("10/hour", "no-free-time", self.router.session.client_ip)
            code = await write(proofs.issue_no_free_time, self._slug, now=clock.now())
        except AppError as refusal:
            self.problem = refusal.message
            await self._refresh()
            return rx.set_focus("escolha")
        return rx.redirect(f"{routes.API}/verify/{code}/pdf", is_external=True)

    def _read_form(self, form: object) -> None:
        sent: dict[str, Any] = form if isinstance(form, dict) else {}
        self.typed = {
            name: sent[name][:2000]
            for name in REGISTRATION_FIELDS
            if isinstance(sent.get(name), str)
        }
        self.typed["consent"] = "true" if sent.get("consent") else ""
        for name in CHECKED_FIELDS:
            self.typed[name] = "true" if sent.get(name) else ""
        self.errors, self.summary, self.problem = {}, "", ""
        self.can_dispute, self.news_of_dispute = False, ""

    def _booking_request(self) -> dict[str, object]:
        start = parse_day_and_time(self.mine.day, self.mine.label)
        return {
            **self.typed,
            "kind": self.kind,
            "preferences": [one for one in PREFERENCE_NAMES if self.typed.get(f"pref-{one}")],
            "access_needs": [one for one in ACCESS_NEED_NAMES if self.typed.get(f"need-{one}")],
            "consent": bool(self.typed.get("consent")),
            "start": start.isoformat() if start else "",
            "hold_token": self._token,
        }

    def _normalise(self, request: BookingRequest) -> None:
        """Show the OAB and the case number as they were understood."""
        number = request.case_number
        self.typed |= {
            "oab_uf": request.oab_uf,
            "registration_words": format_registration(request.oab, request.institution),
            "needs": ", ".join(
                [PREFERENCE_NAMES[one] for one in request.preferences]
                + [ACCESS_NEED_NAMES[one] for one in request.access_needs]
            ),
            "modality_name": view.modality_name(request.modality),
            "case_number": case_number.parse_case_number(number).format if number else "",
        }


def read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    """Return the board of a live room, and its latest change."""
    month = view.month_view(view.read_board(session, room, now), now)
    before = slot_status_shown.swap(room, month.marks)
    change = view.describe_change(before, month.marks, month.turns)
    # An update without a changed slot (clock, calendar) keeps the last announcement.
    return {"board": month, "news": change} if change.words else {"board": month}


def register() -> None:
    """Register the live view of the picker."""
    live.register_view("agenda", PickerState, read_room)
    live.depends_on("agenda", calendar.TOPIC)
