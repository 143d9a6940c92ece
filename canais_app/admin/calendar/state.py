"""The days of a year: reading, adding, moving, removing, and taking over a proposal."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel, Field

from canais_app.accounts.guarded import Choice, read, staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import reach, year
from canais_app.admin.calendar import form as forms
from canais_app.admin.filling import Filling
from canais_app.admin.year import Month, Proposed
from canais_app.expediente import service, years
from canais_app.expediente.service import YEARS
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.forms import parse


class Year(BaseModel):
    """A year of the calendar."""

    year: int = Field(ge=YEARS[0], le=YEARS[-1])


class Scope(BaseModel):
    """A comarca to narrow the list to; 0 for all."""

    comarca: int = Field(ge=0, le=1_000_000)


class Days(Filling, rx.State):
    """Rebuilt from the database at every change; the form keeps what was typed."""

    _fields: ClassVar[tuple[str, ...]] = forms.FIELDS

    year: int = 0
    comarca: int = 0
    months: list[Month] = []
    comarcas: list[dict[str, Any]] = []
    asking: int = 0
    reach: str = ""
    proposing: bool = False
    proposal: list[Proposed] = []

    async def _show(self, actor: Actor) -> None:
        self.year = self.year or clock.local_day(clock.now()).year
        self.months = await read(year.months, actor, self.year, self.comarca or None)
        self.comarcas = [asdict(c) for c in await db.in_reading(reach.comarcas)]

    async def _preview(self, actor: Actor) -> None:
        """Say what the typed day would change; half a form says nothing."""
        try:
            wish = forms.read(self.form)
            self.reach = await read(reach.day_words, actor, wish, now=clock.now())
        except AppError:
            self.reach = ""

    def _open(self, form: dict[str, str]) -> None:
        self.form, self.proposing, self.asking = form, False, 0
        self._turn(writing=True)

    @staff_event(Permission.EDIT_CALENDAR)
    async def load(self, actor: Actor) -> None:
        """Show this year."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def see(self, actor: Actor, number: int) -> None:
        """Show another year."""
        self.year = parse(Year, {"year": number}).year
        self.proposing = False
        self._turn(writing=False)
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def narrow(self, actor: Actor, comarca: str) -> None:
        """Show only what holds in a comarca, or all again."""
        self.comarca = parse(Scope, {"comarca": comarca or 0}).comarca
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR, quiet=True)
    async def fill(self, actor: Actor, form: dict[str, Any]) -> None:
        """Take what is typed so far, and say anew what it would do."""
        self._take(form)
        await self._preview(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def begin(self, actor: Actor) -> None:
        """Open an empty form."""
        self._open(forms.blank(self.year))
        await self._preview(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def change(self, actor: Actor, day: int) -> None:
        """Open a day to change or move it."""
        chosen = parse(Choice, {"id": day}).id
        self._open(forms.of(await read(year.day_of, actor, chosen)))
        await self._preview(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def close(self, _actor: Actor) -> None:
        """Put the form or the proposal away."""
        self.proposing = False
        self._turn(writing=False)

    @staff_event(Permission.EDIT_CALENDAR, temporal=True)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Put the day into the calendar, or keep its change."""
        self._take_whole(form)
        wish, now = forms.read(self.form), clock.now()
        changed = parse(Choice, {"id": self.form.get("editing") or 0}).id
        if changed:
            await db.in_session(service.change_day, actor, changed, wish, now=now)
        else:
            await db.in_session(service.add_day, actor, wish, now=now)
        self.news = "Dia alterado." if changed else "Dia incluído."
        self._turn(writing=False)
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def ask(self, _actor: Actor, day: int) -> None:
        """Ask whether a day shall really go; 0 asks no more."""
        self.asking = parse(Choice, {"id": day}).id

    @staff_event(Permission.EDIT_CALENDAR, temporal=True)
    async def remove(self, actor: Actor, day: int) -> None:
        """Take a day out of the calendar."""
        chosen = parse(Choice, {"id": day}).id
        await db.in_session(service.remove_day, actor, chosen, now=clock.now())
        self.news, self.asking = "Dia retirado.", 0
        await self._show(actor)

    @staff_event(Permission.EDIT_CALENDAR)
    async def propose(self, actor: Actor) -> None:
        """Show the days that the year shown still lacks."""
        self.proposal = await read(year.proposal, actor, self.year)
        self.proposing = True
        self._turn(writing=False)

    @staff_event(Permission.EDIT_CALENDAR, temporal=True)
    async def accept(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write the days that are ticked."""
        ticked = {str(k)[:200] for k in form} if isinstance(form, dict) else set()
        now = clock.now()
        written = await db.in_session(years.accept, actor, self.year, ticked, now=now)
        self.news, self.proposing = year.count_words(written), False
        await self._show(actor)
