"""State of the unit's editor: edit lock, fields, history."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import (
    StaffState,
    read_as_actor,
    recheck_access,
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
from canais_app.kit import clock, db, live
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.kit.text import pluralise

ERROR_SUMMARY_ID = "resumo-de-erros"
MAX_CHANGES = 200


class UnitEditorState(StaffState, rx.State):
    """All but the form updates live: input in progress is never overwritten."""

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
        """Show the unit of the address."""
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
        """Take the edit lock and enable the fields."""
        await write_as_actor(locks.acquire, actor, self.sheet.code, tab_id(self))
        await load_unit(self, actor)
        return rx.set_focus("name")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def release_lock(self, actor: Actor) -> None:
        """Release the edit lock."""
        if self.holder.staff_id == actor.staff_id:
            await db.write(locks.release, self.sheet.code, actor=actor)
            self.holder = LockHolder()

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def release_lock_on_leave(self, actor: Actor) -> None:
        """Release this tab's edit lock when the page is left."""
        if self.holder.staff_id == actor.staff_id:
            await db.write(locks.release, self.sheet.code, tab_id(self), actor=actor)

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def renew_lock(self, actor: Actor) -> None:
        """Renew the edit lock while fields get the focus."""
        if self.holder.staff_id == actor.staff_id:
            self.holder = await write_as_actor(locks.acquire, actor, self.sheet.code, tab_id(self))

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Store the unit's fields; on a refusal the form keeps its input."""
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
        """Mark every contact as verified."""
        count = await write_as_actor(editing.confirm_contacts, actor, self.sheet.code)
        await load_unit(self, actor)
        self.news = pluralise(count, "contato confirmado.", "contatos confirmados.")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def undo_change(self, actor: Actor, change: int) -> None:
        """Undo one change."""
        restored = await write_as_actor(history.undo_change, actor, parse_id(change))
        await load_unit(self, actor)
        self.news = f"Desfeito. {restored}"

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load_earlier_changes(self, actor: Actor) -> None:
        """Show earlier changes too."""
        self.most = min(self.most * 2, MAX_CHANGES)
        await load_unit(self, actor)


def tab_id(state: rx.State) -> str:
    """Return the id of the browser's tab, which outlives its sockets."""
    return str(state.router.session.client_token)


async def _join_unit_room(editor: UnitEditorState, actor: Actor, code: str) -> None:
    """Check access, join the unit's room, and end the lock with this tab."""
    tab = tab_id(editor)
    view, _ = await read_as_actor(views.load_unit_editor, actor, code, now=clock.now())
    unit_id: int = view.sheet.id
    recheck = recheck_access(actor, lambda session, who, _: change_log.get_unit(session, code, who))
    room = await live.subscribe(editor, f"editor:{unit_id}", recheck_access=recheck)
    live.on_disconnect(editor, room, lambda s, since: locks.expire_for_tab(s, unit_id, tab, since))


async def load_unit(editor: UnitEditorState, actor: Actor, code: str = "") -> None:
    """Reload the unit; the form is filled again when its version changed."""
    now = clock.now()
    editor.news = ""
    found: tuple[UnitEditorView, dict[str, str]] = await read_as_actor(
        views.load_unit_editor, actor, code or editor.sheet.code, editor.most, now=now
    )
    view, editor.form = found
    if view.holder.staff_id == actor.staff_id:
        await write_as_actor(locks.renew_for_tab, actor, view.sheet.id, tab_id(editor))
    editor.sheet, editor.channels, editor.holder = view.sheet, view.channels, view.holder
    editor.history, editor.total = view.history, view.total
    editor.me = actor.staff_id or 0
    editor.shapes = actor.can(Permission.SHAPE_DIRECTORY)
    editor.version = editor.seen = view.sheet.version


def _read_room(session: Session, room: str, now: datetime) -> dict[str, object]:
    unit = session.get_one(Unit, int(room.rpartition(":")[2]))
    return vars(views.load_unit_editor_of(session, unit, now=now))


def register() -> None:
    """Register the live view of the unit editor."""
    live.register_view("editor", UnitEditorState, _read_room, rechecks_access=True)
