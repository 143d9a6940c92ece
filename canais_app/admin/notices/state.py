"""Notices: those in force, to come and over; publishing, changing, ending, with a live preview."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel, Field

from canais_app.accounts.guarded import read, staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import reach
from canais_app.admin.filling import Filling
from canais_app.admin.notices import form as forms
from canais_app.admin.reach import NoticeLine
from canais_app.directory.views import UnitCard
from canais_app.expediente import posting
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.forms import Line, parse


class Named(BaseModel):
    """A notice of the list, or words to look for."""

    value: Line = Field(max_length=160)


class Notices(Filling, rx.State):
    """Rebuilt from the database at every change; the form keeps what was typed."""

    _fields: ClassVar[tuple[str, ...]] = forms.FIELDS

    everywhere: bool = False  # not bound to some units
    in_force: list[NoticeLine] = []
    to_come: list[NoticeLine] = []
    over: list[NoticeLine] = []
    comarcas: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    asking: str = ""
    card: UnitCard = UnitCard()
    reach: str = ""

    async def _show(self, actor: Actor) -> None:
        self.everywhere = actor.can(Permission.EDIT_DIRECTORY, "/")
        rows = await read(reach.lines, actor, now=clock.now())
        self.in_force = [row for row in rows if row.view.in_force]
        self.to_come = [row for row in rows if not row.view.in_force and not row.view.is_over]
        self.over = [row for row in reversed(rows) if row.view.is_over]
        self.comarcas = [asdict(c) for c in await db.in_reading(reach.comarcas)]

    def _open(self, form: dict[str, str]) -> None:
        self.form, self.asking = form, ""
        self._turn(writing=True)

    async def _preview(self, actor: Actor) -> None:
        """Show what is typed so far as a card; half a form keeps the last one."""
        try:
            shown = await read(reach.preview, actor, forms.read(self.form), now=clock.now())
        except AppError:
            return
        self.card, self.reach = shown.card, shown.words

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the notices of this person's places."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def fill(self, actor: Actor, form: dict[str, Any]) -> None:
        """Take what is typed so far, and say anew what it would do."""
        self._take(form)
        await self._preview(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def begin(self, actor: Actor) -> None:
        """Open an empty form."""
        self._open(forms.blank(clock.now(), everywhere=self.everywhere))
        self.card, self.reach = UnitCard(), ""
        self.units = [asdict(u) for u in await read(reach.units_named, actor, "")]

    @staff_event(Permission.EDIT_DIRECTORY)
    async def change(self, actor: Actor, value: str) -> None:
        """Open a notice to change it."""
        uid = parse(Named, {"value": value}).value
        row = await read(reach.notice_of, actor, uid)
        self._open(forms.of(row))
        name = await db.in_reading(reach.unit_name, row.unit_id)
        self.units = [{"id": row.unit_id or 0, "name": name}] if row.unit_id else []
        await self._preview(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def close(self, _actor: Actor) -> None:
        """Put the form away."""
        self.asking = ""
        self._turn(writing=False)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def find_units(self, actor: Actor, value: str) -> None:
        """Offer the units of this name."""
        words = parse(Named, {"value": value}).value
        self.units = [asdict(u) for u in await read(reach.units_named, actor, words)]

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def publish(self, actor: Actor, form: dict[str, Any]) -> None:
        """Publish the notice, or keep the change."""
        self._take_whole(form)
        wish, basis, now = forms.read(self.form), forms.basis(self.form), clock.now()
        if basis.editing:
            edit = posting.edit
            await db.in_session(edit, actor, basis.editing, wish, seen=basis.seen, now=now)
        else:
            await db.in_session(posting.post, actor, wish, now=now)
        self.news = "Alteração publicada." if basis.editing else "Aviso publicado."
        self._turn(writing=False)
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def ask(self, _actor: Actor, value: str) -> None:
        """Ask whether a notice shall really end; empty asks no more."""
        self.asking = parse(Named, {"value": value}).value

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def end(self, actor: Actor, value: str) -> None:
        """End a notice now; take one back that has not begun."""
        uid = parse(Named, {"value": value}).value
        await db.in_session(posting.end, actor, uid, now=clock.now())
        self.news, self.asking = "Aviso encerrado.", ""
        await self._show(actor)
