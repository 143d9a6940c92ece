"""State of the rules editor's form: typing, rows, saving and publishing.

The browser holds what is typed. Each change arrives as a whole form, is saved as a draft and
answered with the preview; the fields are only replaced when another form is opened.
"""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event
from canais_app.agenda.errors import StaleRulesError
from canais_app.agenda.rules import drafts, form_values, permissions, publishing
from canais_app.agenda.rules_editor import view
from canais_app.agenda.rules_editor.base_state import (
    CHANGED,
    ERROR_SUMMARY_ID,
    LIVE_VARIANT,
    preview_days,
)
from canais_app.agenda.rules_editor.sidebar_state import ImmediateChangesState
from canais_app.kit import clock, live, text
from canais_app.kit.db import read, write
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_id


def _read_room(session: Session, room: str, now: Any) -> Mapping[str, object]:  # noqa: ANN401, ARG001
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    return {"newest": permissions.newest_version_number(session, agenda_id)}


class RulesPageState(ImmediateChangesState, rx.State):
    """Events of the form."""

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def load(self, actor: Actor) -> None:
        """Open the agenda opened before, or the actor's first one."""
        ids = await self._list(actor)
        if ids:
            await self._open(actor, self.agenda_id if self.agenda_id in ids else ids[0])

    @staff_event(Permission.EDIT_AGENDA, focus=ERROR_SUMMARY_ID)
    async def choose(self, actor: Actor, agenda_id: str) -> EventResult:
        """Open another of the actor's agendas."""
        await self._open(actor, parse_id(agenda_id))
        return self._say()

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def create(self, actor: Actor, unit_id: int) -> EventResult:
        """Create the agenda of a gabinete and open it."""
        agenda_id = await write(publishing.create_agenda, actor, parse_id(unit_id), now=clock.now())
        await self._list(actor)
        await self._open(actor, agenda_id)
        return self._say("Agenda criada. Ninguém a vê até você publicar.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def save_typed(self, actor: Actor, form: dict[str, str]) -> None:
        """Save what is typed as a draft and load its preview."""
        sent = form_values.clean_form(form)
        if sent != self._form:
            await self._save_draft(actor, sent)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_window(self, actor: Actor) -> None:
        """Add a window after the last one."""
        form, key = view.add_window(self._form)
        await self._save_draft(actor, form)
        self.windows = view.window_rows(form, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_day(self, actor: Actor) -> None:
        """Add a special day."""
        form, key = view.add_day_override(self._form)
        await self._save_draft(actor, form)
        self.own_days = view.day_override_rows(form, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def remove(self, actor: Actor, kind: str, key: str) -> EventResult:
        """Remove a row."""
        form = view.remove_row(self._form, str(kind), str(key))
        await self._save_draft(actor, form)
        self.windows, self.own_days = view.window_rows(form), view.day_override_rows(form)
        return rx.set_focus("incluir-windows" if kind == "windows" else "incluir-own_days")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def show_day(self, _actor: Actor, day: str) -> None:
        """Show the slots of a day of the preview."""
        self.day = day if isinstance(day, str) and day in preview_days(self.seen) else ""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Save the draft, and list the errors that block publishing it."""
        await self._save_draft(actor, form_values.clean_form(form))
        self._list_problems([r for r in self.seen.remarks if r.refuses])
        if not self.problems:
            return self._say("Rascunho salvo. Nada impede a publicação.")
        count = text.pluralise(len(self.problems), "ponto", "pontos")
        self.problem = f"Rascunho salvo. Falta corrigir {count} para publicar."
        return rx.set_focus(ERROR_SUMMARY_ID)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def publish(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Publish what is typed as the next version."""
        sent = form_values.clean_form(form)
        await self._save_draft(actor, sent)
        now = clock.now()
        try:
            checked = await read(
                publishing.check_form, actor, self.agenda_id, sent, self.base, now=now
            )
            await write(publishing.publish_version, actor, self.agenda_id, checked, now=now)
        except StaleRulesError:
            await self._load_changes(actor)
            return rx.set_focus(CHANGED)
        await self._open(actor, self.agenda_id, anew=True)
        return self._say(f"Publicada às {text.format_hour(now)}. {self.opened.state}")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def discard(self, actor: Actor) -> EventResult:
        """Discard the draft and open the published rules."""
        await write(drafts.discard_draft, actor, self.agenda_id)
        await self._open(actor, self.agenda_id, anew=True)
        return self._say("Rascunho descartado.")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def show_changes(self, actor: Actor) -> EventResult:
        """Show what was published since the draft began."""
        await self._load_changes(actor)
        return rx.set_focus(CHANGED)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def keep_own_edits(self, actor: Actor) -> EventResult:
        """Keep what is typed on top of the newest version."""
        self.base, self.changed, self.changes = self.newest, "", []
        await self._save_draft(actor, self._form)
        return self._say(
            "Você continua com o que digitou. Publicar vai substituir a versão mais nova."
        )


def register() -> None:
    """Register the live view of the rules editor."""
    live.register_view(f"agenda#{LIVE_VARIANT}", RulesPageState, _read_room)
