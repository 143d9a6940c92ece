"""State of the channel form: open, save, retire and reorder channels."""

from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event, write_as_actor
from canais_app.directory.editing import locks
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.schemas import BaseVersion, ChannelForm
from canais_app.directory.editor.state import UnitEditorState, load_unit, tab_id
from canais_app.directory.errors import Clash, StaleVersionError
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id

NEW_CHANNEL = 0  # the form of a new channel
NO_CHANNEL_OPEN = -2
NOT_LOADED = -1  # after a server restart; the page keeps which channel was open
PREFIX = "c-"  # the unit's own form is on the same page


class ChannelEditorState(StaffState, rx.State):
    """The form of one channel of the unit in `UnitEditorState`."""

    chosen: int = NOT_LOADED
    seen: int = 0
    clashes: list[Clash] = []

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def open_channel(self, actor: Actor, channel: int) -> EventResult:
        """Lock the unit and open the form of a channel."""
        self.clashes, self.seen = [], 0
        field = "kind" if channel == NEW_CHANNEL else "value"
        editor = await self.get_state(UnitEditorState)
        number = parse_id(channel)
        await write_as_actor(locks.acquire, actor, editor.sheet.code, tab_id(self))
        await load_unit(editor, actor)
        known = {NEW_CHANNEL, *(line.id for line in editor.channels)}
        self.chosen = number if number in known else NO_CHANNEL_OPEN
        return rx.set_focus(f"{PREFIX}{field}")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def close(self, _actor: Actor) -> None:
        """Close the form without saving."""
        self.chosen, self.seen, self.clashes = NO_CHANNEL_OPEN, 0, []

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Store the open channel; on a refusal the form keeps its input."""
        self.clashes = []
        editor = await self.get_state(UnitEditorState)
        await self._store(actor, editor.sheet.code, _strip_prefix(form))
        await load_unit(editor, actor)
        self.chosen, self.news = NO_CHANNEL_OPEN, "Canal salvo."

    async def _refuse(self, refusal: AppError) -> EventResult:
        answer = await super()._refuse(refusal)
        self.errors = {f"{PREFIX}{name}": text for name, text in self.errors.items()}
        return answer

    async def _store(self, actor: Actor, code: str, sent: dict[str, Any]) -> None:
        draft, number = parse_form(ChannelForm, sent), parse_id(sent.get("id"))
        if number == NEW_CHANNEL:
            await write_as_actor(editing.add_channel, actor, code, draft)
            return
        basis = parse_form(BaseVersion, sent)
        try:
            await write_as_actor(editing.save_channel, actor, code, number, draft, basis)
        except StaleVersionError as stale:
            self.clashes, self.seen = stale.clashes, stale.version
            raise

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def retire(self, actor: Actor, channel: int) -> None:
        """Take a channel out of use."""
        editor = await self.get_state(UnitEditorState)
        number = parse_id(channel)
        await write_as_actor(editing.retire_channel, actor, editor.sheet.code, number)
        await load_unit(editor, actor)
        self.chosen, self.news = NO_CHANNEL_OPEN, "Canal retirado. Dá para desfazer no histórico."

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def reorder(self, actor: Actor, channel: int, up: bool) -> None:  # noqa: FBT001 (as the browser sends it)
        """Move a channel up or down among those of its kind."""
        editor = await self.get_state(UnitEditorState)
        code, number, at = editor.sheet.code, parse_id(channel), clock.now()
        up = up is True
        await db.write(editing.reorder_channel, code, number, up=up, actor=actor, now=at)
        await load_unit(editor, actor)


def _strip_prefix(form: object) -> dict[str, Any]:
    if not isinstance(form, dict):
        return {}
    return {str(name).removeprefix(PREFIX): value for name, value in form.items()}
