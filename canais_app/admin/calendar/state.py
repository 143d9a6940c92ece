"""State of the calendar page: show a year; add, change, remove and propose days."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel, Field

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import read_as_actor, staff_event
from canais_app.admin import calendar_view, impact_preview
from canais_app.admin.calendar import form as forms
from canais_app.admin.calendar_view import CalendarMonth, ProposedDayView
from canais_app.admin.draft_form import DraftFormState
from canais_app.directory import queries as directory
from canais_app.expediente import service, years
from canais_app.expediente.service import SUPPORTED_YEARS
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.forms import parse_form, parse_id


class YearForm(BaseModel):
    """A year of the calendar."""

    year: int = Field(ge=SUPPORTED_YEARS[0], le=SUPPORTED_YEARS[-1])


class ComarcaForm(BaseModel):
    """The comarca to filter by; 0 for all."""

    comarca: int = Field(ge=0, le=1_000_000)


class CourtCalendarState(DraftFormState, rx.State):
    """The days are loaded again after every change."""

    _form_fields: ClassVar[tuple[str, ...]] = forms.FIELDS

    year: int = 0
    comarca: int = 0
    months: list[CalendarMonth] = []
    comarcas: list[dict[str, Any]] = []
    asking: int = 0
    reach: str = ""
    proposing: bool = False
    proposal: list[ProposedDayView] = []

    async def _show(self, actor: Actor) -> None:
        self.year = self.year or clock.to_local_day(clock.now()).year
        self.months = await read_as_actor(
            calendar_view.list_months, actor, self.year, self.comarca or None
        )
        self.comarcas = [asdict(c) for c in await db.read(directory.list_comarca_choices)]

    async def _preview(self, actor: Actor) -> None:
        """Show the impact of the typed day; nothing while the form is incomplete."""
        try:
            form = forms.parse_day_form(self.form)
            self.reach = await read_as_actor(
                impact_preview.preview_day, actor, form, now=clock.now()
            )
        except AppError:
            self.reach = ""

    def _open(self, form: dict[str, str]) -> None:
        self.form, self.proposing, self.asking = form, False, 0
        self._toggle_form(writing=True)

    @staff_event(Permission.EDIT_CALENDAR)
    async def load(self, actor: Actor) -> None:
        """Show this year."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def show_year(self, actor: Actor, number: int) -> None:
        """Show another year."""
        self.year = parse_form(YearForm, {"year": number}).year
        self.proposing = False
        self._toggle_form(writing=False)
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def filter_comarca(self, actor: Actor, comarca: str) -> None:
        """Show only the days of a comarca, or all again."""
        self.comarca = parse_form(ComarcaForm, {"comarca": comarca or 0}).comarca
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR, quiet=True)
    async def update_draft(self, actor: Actor, form: dict[str, Any]) -> None:
        """Keep what is typed so far and preview its impact."""
        self._read_fields(form)
        await self._preview(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def open_new(self, actor: Actor) -> None:
        """Open an empty form."""
        self._open(forms.blank_day_form(self.year))
        await self._preview(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def open_edit(self, actor: Actor, day: int) -> None:
        """Open a day to change or move it."""
        row = await read_as_actor(service.load_day, actor, parse_id(day))
        self._open(forms.day_form_of(row))
        await self._preview(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def close(self, _actor: Actor) -> None:
        """Close the form or the proposal."""
        self.proposing = False
        self._toggle_form(writing=False)

    @staff_event(Permission.EDIT_CALENDAR, temporal=True)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Add the day of the form, or change it."""
        self._read_submitted(form)
        day, now = forms.parse_day_form(self.form), clock.now()
        day_id = parse_id(self.form.get("editing"))
        if day_id:
            await db.write(service.change_day, actor, day_id, day, now=now)
        else:
            await db.write(service.add_day, actor, day, now=now)
        self.news = "Dia alterado." if day_id else "Dia incluído."
        self._toggle_form(writing=False)
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def confirm_removal(self, _actor: Actor, day: int) -> None:
        """Ask for confirmation to remove a day; 0 closes the question."""
        self.asking = parse_id(day)

    @staff_event(Permission.EDIT_CALENDAR, temporal=True)
    async def remove(self, actor: Actor, day: int) -> None:
        """Remove a day from the calendar."""
        await db.write(service.remove_day, actor, parse_id(day), now=clock.now())
        self.news, self.asking = "Dia retirado.", 0
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def propose(self, actor: Actor) -> None:
        """Show the usual days that the year still lacks."""
        self.proposal = await read_as_actor(calendar_view.list_proposed_days, actor, self.year)
        self.proposing = True
        self._toggle_form(writing=False)

    @staff_event(Permission.EDIT_CALENDAR, temporal=True)
    async def accept_proposal(self, actor: Actor, form: dict[str, Any]) -> None:
        """Add the ticked days."""
        ticked = {str(k)[:200] for k in form} if isinstance(form, dict) else set()
        now = clock.now()
        written = await db.write(years.accept_proposal, actor, self.year, ticked, now=now)
        self.news, self.proposing = calendar_view.format_day_count(written), False
        await self._show(actor)
