"""State of the card of the gabinete's own calendar: connect it, read it now, disconnect it."""

from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.agenda.busy import fetch
from canais_app.agenda.busy import service as busy
from canais_app.agenda.busy.service import CalendarForm, CalendarView
from canais_app.kit import clock
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError, InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id

FIELDS = frozenset(CalendarForm.model_fields)


class OwnCalendarState(StaffState, rx.State):
    """The calendar of the agenda on the screen."""

    calendar: CalendarView = CalendarView()
    calendar_agenda: int = 0

    @staff_event(Permission.EDIT_AGENDA)
    async def load_calendar(self, actor: Actor, agenda_id: int) -> None:
        """Load which calendar is connected and how old its busy times are."""
        await self._show(actor, parse_id(agenda_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def connect(self, actor: Actor, form: dict[str, Any]) -> None:
        """Connect a calendar; the worker reads it within seconds."""
        sent = form if isinstance(form, dict) else {}
        asked = parse_form(CalendarForm, {name: sent[name] for name in FIELDS & sent.keys()})
        try:
            await fetch.check_address(asked.address)
        except InvalidError as refusal:
            raise InvalidError.at("address", refusal.message) from None
        service = busy.connect_calendar
        await write(service, actor, self.calendar_agenda, asked, now=clock.now())
        await self._show(actor, self.calendar_agenda)
        self.news = "Calendário ligado. A primeira leitura sai em segundos."

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def read_soon(self, actor: Actor) -> None:
        """Have the calendar read at once."""
        await write(busy.read_soon, actor, self.calendar_agenda, now=clock.now())
        self.news = "Leitura pedida: sai em segundos."

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def disconnect(self, actor: Actor) -> None:
        """Stop reading the calendar."""
        await write(busy.disconnect_calendar, actor, self.calendar_agenda, now=clock.now())
        await self._show(actor, self.calendar_agenda)
        self.news = "Calendário desligado: os horários que ele ocupava voltam a ser oferecidos."

    async def _show(self, actor: Actor, number: int) -> None:
        now = clock.now()
        self.calendar = await read(busy.load_calendar_view, actor, number, now=now)
        self.calendar_agenda = number

    async def _refuse(self, refusal: AppError) -> EventResult:
        if not refusal.errors:
            self.calendar = CalendarView()
        return await super()._refuse(refusal)
