"""A unit being edited: who holds it, its fields, its history."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import (
    StaffState,
    read_as_actor,
    staff_event,
    write_as_actor,
)
from canais_app.directory.editing import change_log, history, locks, views
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.history import ChangeRow
from canais_app.directory.editing.locks import LockHolder
from canais_app.directory.editing.schemas import BaseVersion, UnitCodeForm, UnitForm
from canais_app.directory.editing.views import ChannelLine, UnitEditorView, UnitHeader
from canais_app.directory.errors import Clash, StaleVersionError
from canais_app.directory.models import Unit
from canais_app.kit import clock, db, disconnect, live
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.kit.text import pluralise

ERROR_SUMMARY_ID = "resumo-de-erros"
MAX_CHANGES = 200


class UnitEditorState(StaffState, rx.State):
    """Live but for the form: what somebody types is changed by nobody else."""

    missing: bool = False
    me: int = 0
    shapes: bool = False
    sheet: UnitHeader = UnitHeader()
    channels: list[ChannelLine] = []
    history: list[ChangeRow] = []
    total: int = 0
    holder: LockHolder = LockHolder()
    form: dict[str, str] = {}
    version: int = 0
    seen: int = 0
    clashes: list[Clash] = []
    most: int = views.CHANGES_PER_PAGE

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the unit of the address, to those who may edit it."""
        self.reset()
        last = unquote(self.router.url.path.rstrip("/").rpartition("/")[2])
        try:
            code = parse_form(UnitCodeForm, {"code": last}).code
            await _join_unit_room(self, actor, code)
            await load_unit(self, actor, code)
        except (NotFoundError, InvalidError):
            self.missing = True

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def take_lock(self, actor: Actor) -> EventResult:
        """Take the lock, and let the fields be written."""
        await write_as_actor(locks.acquire, actor, self.sheet.code, tab_id(self))
        await load_unit(self, actor)
        return rx.set_focus("name")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def release_lock(self, actor: Actor) -> None:
        """Give the lock back."""
        if self.holder.staff_id == actor.staff_id:
            await db.write(locks.release, self.sheet.code, actor=actor)
            self.holder = LockHolder()

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def release_lock_on_leave(self, actor: Actor) -> None:
        """Give the lock back on the way to another page; another tab of one's own keeps its."""
        if self.holder.staff_id == actor.staff_id:
            await db.write(locks.release, self.sheet.code, tab_id(self), actor=actor)

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def renew_lock(self, actor: Actor) -> None:
        """Keep the lock for whoever goes on from field to field."""
        if self.holder.staff_id == actor.staff_id:
            self.holder = await write_as_actor(locks.acquire, actor, self.sheet.code, tab_id(self))

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Store the unit's fields; on a refusal everything typed stays where it is."""
        self.clashes = []
        draft, basis = parse_form(UnitForm, form), parse_form(BaseVersion, form)
        try:
            await write_as_actor(editing.save_unit, actor, self.sheet.code, draft, basis)
        except StaleVersionError as stale:
            self.clashes, self.seen = stale.clashes, stale.version
            raise
        await load_unit(self, actor)
        self.news = "Cadastro salvo."
        return rx.set_focus("titulo")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def confirm_contacts(self, actor: Actor) -> None:
        """Say that every contact is right as it is."""
        count = await write_as_actor(editing.confirm_contacts, actor, self.sheet.code)
        await load_unit(self, actor)
        self.news = pluralise(count, "contato confirmado.", "contatos confirmados.")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def undo_change(self, actor: Actor, change: int) -> None:
        """Take one change back."""
        said = await write_as_actor(history.undo_change, actor, parse_id(change))
        await load_unit(self, actor)
        self.news = f"Desfeito. {said}"

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load_earlier_changes(self, actor: Actor) -> None:
        """Show earlier changes too."""
        self.most = min(self.most * 2, MAX_CHANGES)
        await load_unit(self, actor)


def tab_id(state: rx.State) -> str:
    """Return the name of the browser's tab, which outlives its sockets."""
    return str(state.router.session.client_token)


async def _join_unit_room(editor: UnitEditorState, actor: Actor, code: str) -> None:
    """Join the unit's room, and see to it that its lock ends with this tab.

    Whoever may not see the unit is refused first.
    """
    tab = tab_id(editor)
    desk, _ = await read_as_actor(views.load_unit_editor, actor, code, now=clock.now())
    unit_id: int = desk.header.id
    still = guard.recheck_access(
        actor, lambda session, who, _: change_log.get_unit(session, code, who)
    )
    room = await live.subscribe(editor, f"editor:{unit_id}", recheck_access=still)
    disconnect.on_disconnect(
        editor, room, lambda s, since: locks.expire_for_tab(s, unit_id, tab, since)
    )


async def load_unit(editor: UnitEditorState, actor: Actor, code: str = "") -> None:
    """Read the unit anew for whoever edits it; a form is filled anew when the unit changed."""
    now = clock.now()
    editor.news = ""
    found: tuple[UnitEditorView, dict[str, str]] = await read_as_actor(
        views.load_unit_editor, actor, code or editor.sheet.code, editor.most, now=now
    )
    desk, editor.form = found
    if desk.holder.staff_id == actor.staff_id:
        await write_as_actor(locks.renew_for_tab, actor, desk.header.id, tab_id(editor))
    editor.sheet, editor.channels, editor.holder = desk.header, desk.channels, desk.holder
    editor.history, editor.total = desk.history, desk.total
    editor.me = actor.staff_id or 0
    editor.shapes = actor.can(Permission.SHAPE_DIRECTORY)
    editor.version = editor.seen = desk.header.version


def _read_room(session: Session, room: str, now: datetime) -> dict[str, object]:
    unit = session.get_one(Unit, int(room.rpartition(":")[2]))
    desk = views.load_unit_editor_of(session, unit, now=now)
    return {
        "sheet": desk.header,
        "channels": desk.channels,
        "history": desk.history,
        "total": desk.total,
        "holder": desk.holder,
    }


def register() -> None:
    """Register the live view of the unit editor."""
    live.register_view("editor", UnitEditorState, _read_room, rechecks_access=True)
