"""State of the notices page: list, publish, change and end, with a live preview."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel, Field

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import read_as_actor, staff_event
from canais_app.admin import impact_preview
from canais_app.admin.draft_form import DraftFormState
from canais_app.admin.impact_preview import NoticeLine
from canais_app.admin.notices import form as forms
from canais_app.directory import queries as directory
from canais_app.directory.views import UnitCard
from canais_app.expediente import places, posting
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.forms import SingleLineText, parse_form


class NoticeChoice(BaseModel):
    """The uid of a notice, or a text to search."""

    value: SingleLineText = Field(max_length=160)


class NoticesState(DraftFormState, rx.State):
    """The notices are loaded again after every change."""

    _form_fields: ClassVar[tuple[str, ...]] = forms.FIELDS

    everywhere: bool = False  # the role has no unit scope
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
        rows = await read_as_actor(impact_preview.list_editable_notices, actor, now=clock.now())
        self.in_force = [row for row in rows if row.view.in_force]
        self.to_come = [row for row in rows if not row.view.in_force and not row.view.is_over]
        self.over = [row for row in reversed(rows) if row.view.is_over]
        self.comarcas = [asdict(c) for c in await db.read(directory.list_comarca_choices)]

    def _open(self, form: dict[str, str]) -> None:
        self.form, self.asking = form, ""
        self._toggle_form(writing=True)

    async def _find_units(self, actor: Actor, query: str) -> None:
        units = await read_as_actor(impact_preview.find_scope_units, actor, query)
        self.units = [asdict(unit) for unit in units]

    async def _preview(self, actor: Actor) -> None:
        """Preview the typed notice; an incomplete form keeps the last preview."""
        try:
            form = forms.parse_notice_form(self.form)
            preview = await read_as_actor(
                impact_preview.preview_notice, actor, form, now=clock.now()
            )
        except AppError:
            return
        self.card, self.reach = preview.card, preview.words

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the notices in the person's scope."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def update_draft(self, actor: Actor, form: dict[str, Any]) -> None:
        """Keep what is typed so far and preview its impact."""
        self._read_fields(form)
        await self._preview(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def open_new(self, actor: Actor) -> None:
        """Open an empty form."""
        self._open(forms.blank_notice_form(clock.now(), everywhere=self.everywhere))
        self.card, self.reach = UnitCard(), ""
        await self._find_units(actor, "")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def open_edit(self, actor: Actor, value: str) -> None:
        """Open a notice to change it."""
        uid = parse_form(NoticeChoice, {"value": value}).value
        row = await read_as_actor(impact_preview.load_editable_notice, actor, uid)
        self._open(forms.notice_form_of(row))
        self.units = []
        if row.unit_id:
            name = await db.read(places.load_unit_name, row.unit_id)
            self.units = [{"id": row.unit_id, "name": name}]
        await self._preview(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def close(self, _actor: Actor) -> None:
        """Close the form."""
        self.asking = ""
        self._toggle_form(writing=False)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def find_units(self, actor: Actor, value: str) -> None:
        """Offer the units that match."""
        await self._find_units(actor, parse_form(NoticeChoice, {"value": value}).value)

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def publish(self, actor: Actor, form: dict[str, Any]) -> None:
        """Publish the notice or its change."""
        self._read_submitted(form)
        notice, basis = forms.parse_notice_form(self.form), forms.parse_notice_version(self.form)
        edit, now = posting.edit_notice, clock.now()
        if basis.editing:
            await db.write(edit, actor, basis.editing, notice, seen=basis.seen, now=now)
        else:
            await db.write(posting.publish_notice, actor, notice, now=now)
        self.news = "Alteração publicada." if basis.editing else "Aviso publicado."
        self._toggle_form(writing=False)
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def confirm_end(self, _actor: Actor, value: str) -> None:
        """Ask for confirmation to end a notice; an empty uid closes the question."""
        self.asking = parse_form(NoticeChoice, {"value": value}).value

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def end(self, actor: Actor, value: str) -> None:
        """End a notice now, or withdraw one that has not begun."""
        uid = parse_form(NoticeChoice, {"value": value}).value
        await db.write(posting.end_notice, actor, uid, now=clock.now())
        self.news, self.asking = "Aviso encerrado.", ""
        await self._show(actor)
