"""What one person edits of an agenda's rules, and what four weeks would become of it.

The browser keeps what is typed; each change arrives here whole, is kept as a draft and answered
with the preview. Nothing is sent back into the fields but when another form is opened.
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
    """What is done with the form: typing, rows, saving, publishing."""

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def load(self, actor: Actor) -> None:
        """Let the gabinete's people in and open the agenda they had open, or their first."""
        mine = await self._list(actor)
        if mine:
            await self._open(actor, self.agenda_id if self.agenda_id in mine else mine[0])

    @staff_event(Permission.EDIT_AGENDA, focus=ERROR_SUMMARY_ID)
    async def choose(self, actor: Actor, agenda_id: str) -> EventResult:
        """Open another of one's agendas."""
        await self._open(actor, parse_id(agenda_id))
        return self._say()

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def create(self, actor: Actor, unit_id: int) -> EventResult:
        """Make the agenda of a gabinete that has none, and open it."""
        made = await write(publishing.create_agenda, actor, parse_id(unit_id), now=clock.now())
        await self._list(actor)
        await self._open(actor, made)
        return self._say("Agenda criada. Ninguém a vê até você publicar.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def save_typed(self, actor: Actor, form: dict[str, str]) -> None:
        """Keep what is typed as a draft and show what it would make of the next four weeks."""
        sent = form_values.clean_form(form)
        if sent != self._form:
            await self._save_draft(actor, sent)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_window(self, actor: Actor) -> None:
        """Add a window after the last one."""
        grown, key = view.add_window(self._form)
        await self._save_draft(actor, grown)
        self.windows = view.window_rows(grown, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_day(self, actor: Actor) -> None:
        """Add a special day."""
        grown, key = view.add_day_override(self._form)
        await self._save_draft(actor, grown)
        self.own_days = view.day_override_rows(grown, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def remove(self, actor: Actor, kind: str, key: str) -> EventResult:
        """Take a row out."""
        left = view.remove_row(self._form, str(kind), str(key))
        await self._save_draft(actor, left)
        self.windows, self.own_days = view.window_rows(left), view.day_override_rows(left)
        where = "windows" if kind == "windows" else "own_days"
        return rx.set_focus(f"incluir-{where}")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def show_day(self, _actor: Actor, day: str) -> None:
        """Show the times of a day of the preview."""
        self.day = day if isinstance(day, str) and day in preview_days(self.seen) else ""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Keep the draft, and name what stands in the way of publishing it."""
        await self._save_draft(actor, form_values.clean_form(form))
        self._name_problems([r for r in self.seen.remarks if r.refuses])
        if not self.problems:
            return self._say("Rascunho salvo. Nada impede a publicação.")
        count = text.pluralise(len(self.problems), "ponto", "pontos")
        self.problem = f"Rascunho salvo. Falta corrigir {count} para publicar."
        return rx.set_focus(ERROR_SUMMARY_ID)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def publish(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Publish what is typed as the next version, or say why not."""
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
        """Forget the draft and open what is published."""
        await write(drafts.discard_draft, actor, self.agenda_id)
        await self._open(actor, self.agenda_id, anew=True)
        return self._say("Rascunho descartado.")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def show_changes(self, actor: Actor) -> EventResult:
        """Show what was published since one began."""
        await self._load_changes(actor)
        return rx.set_focus(CHANGED)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def keep_own_edits(self, actor: Actor) -> EventResult:
        """Go on with what is typed, having seen what somebody else published."""
        self.base, self.changed, self.changes = self.newest, "", []
        await self._save_draft(actor, self._form)
        said = "Você continua com o que digitou. Publicar vai substituir a versão mais nova."
        return self._say(said)


def register() -> None:
    """Register the live view of the rules editor."""
    live.register_view(f"agenda#{LIVE_VARIANT}", RulesPageState, _read_room)
