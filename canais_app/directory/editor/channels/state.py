"""One channel at a time: opened, saved, retired, put before another."""

from typing import Any

import reflex as rx

from canais_app.accounts.guarded import Choice, Guarded, staff_event, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.directory import editing, locks
from canais_app.directory.drafts import Basis, ChannelDraft
from canais_app.directory.editor.state import Editor, show, tab_of
from canais_app.directory.errors import Clash, StaleError
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse

NEW = -1  # the form of a channel that is not there yet
CLOSED = -2
UNTOLD = 0  # what a tab's State says after a restart; the page knows what it had open
PREFIX = "c-"  # the unit's own form stands on the same page


class ChannelEditor(Guarded, rx.State):
    """The form of one channel of the unit in `Editor`."""

    chosen: int = UNTOLD
    seen: int = 0
    clashes: list[Clash] = []

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def choose(self, actor: Actor, channel: int) -> EventResult:
        """Open the form of a channel; the unit is held from here on."""
        self.clashes, self.seen = [], 0

        field = "kind" if channel == NEW else "value"
        editor = await self.get_state(Editor)
        number = parse(Choice, {"id": channel}).id
        await write(locks.take, actor, editor.sheet.code, tab_of(self))
        await show(editor, actor)
        known = {NEW, *(line.id for line in editor.channels)}
        self.chosen = number if number in known else CLOSED
        return rx.set_focus(f"{PREFIX}{field}")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def close(self, _actor: Actor) -> None:
        """Leave the form without saving."""
        self.chosen, self.seen, self.clashes = CLOSED, 0, []

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Store the open channel; on a refusal everything typed stays where it is."""
        self.clashes = []
        editor = await self.get_state(Editor)
        await self._store(actor, editor.sheet.code, _bare(form))
        await show(editor, actor)
        self.chosen, self.news = CLOSED, "Canal salvo."

    async def _refuse(self, refusal: AppError) -> EventResult:
        answer = await super()._refuse(refusal)
        self.errors = {f"{PREFIX}{name}": said for name, said in self.errors.items()}
        return answer

    async def _store(self, actor: Actor, code: str, sent: object) -> None:
        draft, number = parse(ChannelDraft, sent), parse(Choice, sent).id
        if number == NEW:
            await write(editing.add_channel, actor, code, draft)
            return
        basis = parse(Basis, sent)
        try:
            await write(editing.save_channel, actor, code, number, draft, basis)
        except StaleError as stale:
            self.clashes, self.seen = stale.clashes, stale.version
            raise

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def retire(self, actor: Actor, channel: int) -> None:
        """Take a channel out of use."""
        editor = await self.get_state(Editor)
        number = parse(Choice, {"id": channel}).id
        await write(editing.retire_channel, actor, editor.sheet.code, number)
        await show(editor, actor)
        self.chosen, self.news = CLOSED, "Canal retirado. Dá para desfazer no histórico."

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def shift(self, actor: Actor, channel: int, up: bool) -> None:  # noqa: FBT001 (as the browser sends it)
        """Put a channel before, or after, the next one of its kind."""
        editor = await self.get_state(Editor)
        number = parse(Choice, {"id": channel}).id
        await db.in_session(
            editing.shift_channel,
            editor.sheet.code,
            number,
            up=up is True,
            actor=actor,
            now=clock.now(),
        )
        await show(editor, actor)


def _bare(form: object) -> object:
    """Return a form's fields without the prefix that tells them from the unit's."""
    if not isinstance(form, dict):
        return form
    return {str(name).removeprefix(PREFIX): value for name, value in form.items()}
