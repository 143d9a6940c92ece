"""A unit being edited: who holds it, its fields, its history."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.guarded import Choice, Guarded, read, staff_event, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.directory import changes, contacts, editing, history, locks, sheets
from canais_app.directory.drafts import Basis, UnitCode, UnitDraft
from canais_app.directory.errors import Clash, StaleError
from canais_app.directory.history import ChangeRow
from canais_app.directory.locks import Holder
from canais_app.directory.models import Unit
from canais_app.directory.sheets import ChannelLine, UnitDesk, UnitSheet
from canais_app.kit import clock, db, leaving, live
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse
from canais_app.kit.text import plural

SUMMARY = "resumo-de-erros"
MOST_CHANGES = 200


class Editor(Guarded, rx.State):
    """Live but for the form: what somebody types is changed by nobody else."""

    missing: bool = False
    me: int = 0
    shapes: bool = False
    sheet: UnitSheet = UnitSheet()
    channels: list[ChannelLine] = []
    history: list[ChangeRow] = []
    total: int = 0
    holder: Holder = Holder()
    form: dict[str, str] = {}
    version: int = 0
    seen: int = 0
    clashes: list[Clash] = []
    most: int = sheets.PAGE

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the unit of the address, to those who may edit it."""
        self.reset()
        last = unquote(self.router.url.path.rstrip("/").rpartition("/")[2])
        try:
            code = parse(UnitCode, {"code": last}).code
            await _enter(self, actor, code)
            await show(self, actor, code)
        except (NotFoundError, InvalidError):
            self.missing = True

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def begin(self, actor: Actor) -> EventResult:
        """Take the lock, and let the fields be written."""
        await write(locks.take, actor, self.sheet.code, tab_of(self))
        await show(self, actor)
        return rx.set_focus("name")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def finish(self, actor: Actor) -> None:
        """Give the lock back."""
        if self.holder.staff_id == actor.staff_id:
            await db.in_session(locks.release, self.sheet.code, actor=actor)
            self.holder = Holder()

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def leave(self, actor: Actor) -> None:
        """Give the lock back on the way to another page; another tab of one's own keeps its."""
        if self.holder.staff_id == actor.staff_id:
            await db.in_session(locks.release, self.sheet.code, tab_of(self), actor=actor)

    @staff_event(Permission.EDIT_DIRECTORY, quiet=True)
    async def renew(self, actor: Actor) -> None:
        """Keep the lock for whoever goes on from field to field."""
        if self.holder.staff_id == actor.staff_id:
            self.holder = await write(locks.take, actor, self.sheet.code, tab_of(self))

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True, focus=SUMMARY)
    async def save(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Store the unit's fields; on a refusal everything typed stays where it is."""
        self.clashes = []
        draft, basis = parse(UnitDraft, form), parse(Basis, form)
        try:
            await write(editing.save_unit, actor, self.sheet.code, draft, basis)
        except StaleError as stale:
            self.clashes, self.seen = stale.clashes, stale.version
            raise
        await show(self, actor)
        self.news = "Cadastro salvo."
        return rx.set_focus("titulo")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def confirm(self, actor: Actor) -> None:
        """Say that every contact is right as it is."""
        count = await write(contacts.confirm, actor, self.sheet.code)
        await show(self, actor)
        self.news = plural(count, "contato confirmado.", "contatos confirmados.")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def undo(self, actor: Actor, change: int) -> None:
        """Take one change back."""
        said = await write(history.undo, actor, parse(Choice, {"id": change}).id)
        await show(self, actor)
        self.news = f"Desfeito. {said}"

    @staff_event(Permission.EDIT_DIRECTORY)
    async def see_earlier(self, actor: Actor) -> None:
        """Show earlier changes too."""
        self.most = min(self.most * 2, MOST_CHANGES)
        await show(self, actor)


def tab_of(state: rx.State) -> str:
    """Return the name of the browser's tab, which outlives its sockets."""
    return str(state.router.session.client_token)


async def _enter(editor: Editor, actor: Actor, code: str) -> None:
    """Join the unit's room, and see to it that its lock ends with this tab.

    Whoever may not see the unit is refused first.
    """
    tab = tab_of(editor)
    desk, _ = await read(sheets.desk, actor, code, now=clock.now())
    unit_id: int = desk.sheet.id
    still = guard.still(actor, lambda session, who, _: changes.found(session, code, who))
    room = await live.join(editor, f"editor:{unit_id}", still=still)
    leaving.once_gone(editor, room, lambda s, since: locks.abandon(s, unit_id, tab, since))


async def show(editor: Editor, actor: Actor, code: str = "") -> None:
    """Read the unit anew for whoever edits it; a form is filled anew when the unit changed."""
    now = clock.now()
    editor.news = ""
    found: tuple[UnitDesk, dict[str, str]] = await read(
        sheets.desk, actor, code or editor.sheet.code, editor.most, now=now
    )
    desk, editor.form = found
    if desk.holder.staff_id == actor.staff_id:
        await write(locks.come_back, actor, desk.sheet.id, tab_of(editor))
    editor.sheet, editor.channels, editor.holder = desk.sheet, desk.channels, desk.holder
    editor.history, editor.total = desk.history, desk.total
    editor.me = actor.staff_id or 0
    editor.shapes = actor.can(Permission.SHAPE_DIRECTORY)
    editor.version = editor.seen = desk.sheet.version


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    unit = session.get_one(Unit, int(room.rpartition(":")[2]))
    desk = sheets.desk_of(session, unit, now=now)
    return {
        "sheet": desk.sheet,
        "channels": desk.channels,
        "history": desk.history,
        "total": desk.total,
        "holder": desk.holder,
    }


def register() -> None:
    """Register the live view of the unit editor."""
    live.show("editor", Editor, _read, guarded=True)
