"""The days of a year: reading, adding, moving, removing, and taking over a proposal."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel, Field

from canais_app.accounts.guarded import Choice, read
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

    _needs: ClassVar[Permission] = Permission.EDIT_CALENDAR
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

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show this year."""
        self.reset()
        return await self._run(self._show)

    @rx.event
    async def see(self, number: int):  # noqa: ANN201 (Reflex's own)
        """Show another year."""

        async def look(_actor: Actor) -> None:
            self.year = parse(Year, {"year": number}).year
            self.proposing = False
            self._turn(writing=False)

        return await self._run(look, self._show)

    @rx.event
    async def narrow(self, comarca: str):  # noqa: ANN201 (Reflex's own)
        """Show only what holds in a comarca, or all again."""

        async def look(_actor: Actor) -> None:
            self.comarca = parse(Scope, {"comarca": comarca or 0}).comarca

        return await self._run(look, self._show)

    @rx.event
    async def begin(self):  # noqa: ANN201 (Reflex's own)
        """Open an empty form."""

        async def look(_actor: Actor) -> None:
            self._open(forms.blank(self.year))

        return await self._run(look, self._preview)

    @rx.event
    async def change(self, day: int):  # noqa: ANN201 (Reflex's own)
        """Open a day to change or move it."""

        async def look(actor: Actor) -> None:
            chosen = parse(Choice, {"id": day}).id
            self._open(forms.of(await read(year.day_of, actor, chosen)))

        return await self._run(look, self._preview)

    @rx.event
    async def close(self):  # noqa: ANN201 (Reflex's own)
        """Put the form or the proposal away."""

        async def look(_actor: Actor) -> None:
            self.proposing = False
            self._turn(writing=False)

        return await self._run(look)

    @rx.event(temporal=True)
    async def save(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Put the day into the calendar, or keep its change."""

        async def work(actor: Actor) -> None:
            self._take_whole(form)
            wish, now = forms.read(self.form), clock.now()
            changed = parse(Choice, {"id": self.form.get("editing") or 0}).id
            if changed:
                await db.in_session(service.change_day, actor, changed, wish, now=now)
            else:
                await db.in_session(service.add_day, actor, wish, now=now)
            self.news = "Dia alterado." if changed else "Dia incluído."
            self._turn(writing=False)

        return await self._run(work, self._show)

    @rx.event
    async def ask(self, day: int):  # noqa: ANN201 (Reflex's own)
        """Ask whether a day shall really go; 0 asks no more."""

        async def look(_actor: Actor) -> None:
            self.asking = parse(Choice, {"id": day}).id

        return await self._run(look)

    @rx.event(temporal=True)
    async def remove(self, day: int):  # noqa: ANN201 (Reflex's own)
        """Take a day out of the calendar."""

        async def work(actor: Actor) -> None:
            chosen = parse(Choice, {"id": day}).id
            await db.in_session(service.remove_day, actor, chosen, now=clock.now())
            self.news, self.asking = "Dia retirado.", 0

        return await self._run(work, self._show)

    @rx.event
    async def propose(self):  # noqa: ANN201 (Reflex's own)
        """Show the days that the year shown still lacks."""

        async def look(actor: Actor) -> None:
            self.proposal = await read(year.proposal, actor, self.year)
            self.proposing = True
            self._turn(writing=False)

        return await self._run(look)

    @rx.event(temporal=True)
    async def accept(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Write the days that are ticked."""

        async def work(actor: Actor) -> None:
            ticked = {str(k)[:200] for k in form} if isinstance(form, dict) else set()
            now = clock.now()
            written = await db.in_session(years.accept, actor, self.year, ticked, now=now)
            self.news, self.proposing = year.count_words(written), False

        return await self._run(work, self._show)
