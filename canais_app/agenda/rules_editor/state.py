"""What one person edits of an agenda's rules, and what four weeks would become of it.

The browser keeps what is typed; each change arrives here whole, is kept as a draft and answered
with the preview. Nothing is sent back into the fields but when another form is opened.
"""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app.accounts.guarded import staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda.errors import RulesChangedError
from canais_app.agenda.rules_editor import view
from canais_app.agenda.rules_editor.around.state import Around
from canais_app.agenda.rules_editor.opened.state import CHANGED, LIVE, SUMMARY, days_of
from canais_app.agenda.setting import drafts, publishing, rules, rules_form
from canais_app.kit import clock, live, text
from canais_app.kit.db import in_session
from canais_app.kit.events import EventResult
from canais_app.kit.forms import number


def _read_room(session: Session, room: str, now: Any) -> Mapping[str, object]:  # noqa: ANN401, ARG001
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    return {"newest": rules.newest(session, agenda_id)}


class RulesState(Around, rx.State):
    """What is done with the form: typing, rows, saving, publishing."""

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def load(self, actor: Actor) -> None:
        """Let the gabinete's people in and open the agenda they had open, or their first."""
        mine = await self._list(actor)
        if mine:
            await self._open(actor, self.agenda_id if self.agenda_id in mine else mine[0])

    @staff_event(Permission.EDIT_AGENDA, focus=SUMMARY)
    async def choose(self, actor: Actor, agenda_id: str) -> EventResult:
        """Open another of one's agendas."""
        await self._open(actor, number(agenda_id))
        return self._say()

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def create(self, actor: Actor, unit_id: int) -> EventResult:
        """Make the agenda of a gabinete that has none, and open it."""
        made = await in_session(publishing.create, actor, number(unit_id), now=clock.now())
        await self._list(actor)
        await self._open(actor, made)
        return self._say("Agenda criada. Ninguém a vê até você publicar.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def typed(self, actor: Actor, form: dict[str, str]) -> None:
        """Keep what is typed as a draft and show what it would make of the next four weeks."""
        sent = rules_form.clean(form)
        if sent != self._form:
            await self._keep(actor, sent)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_window(self, actor: Actor) -> None:
        """Add a window after the last one."""
        grown, key = view.with_window(self._form)
        await self._keep(actor, grown)
        self.windows = view.windows(grown, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_day(self, actor: Actor) -> None:
        """Add a special day."""
        grown, key = view.with_day(self._form)
        await self._keep(actor, grown)
        self.own_days = view.own_days(grown, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def remove(self, actor: Actor, kind: str, key: str) -> EventResult:
        """Take a row out."""
        left = view.without(self._form, str(kind), str(key))
        await self._keep(actor, left)
        self.windows, self.own_days = view.windows(left), view.own_days(left)
        where = "windows" if kind == "windows" else "own_days"
        return rx.set_focus(f"incluir-{where}")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def see_day(self, _actor: Actor, day: str) -> None:
        """Show the times of a day of the preview."""
        self.day = day if isinstance(day, str) and day in days_of(self.seen) else ""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def save(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Keep the draft, and name what stands in the way of publishing it."""
        await self._keep(actor, rules_form.clean(form))
        self._name([r for r in self.seen.remarks if r.refuses])
        if not self.problems:
            return self._say("Rascunho salvo. Nada impede a publicação.")
        count = text.plural(len(self.problems), "ponto", "pontos")
        self.problem = f"Rascunho salvo. Falta corrigir {count} para publicar."
        return rx.set_focus(SUMMARY)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def publish(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Publish what is typed as the next version, or say why not."""
        sent = rules_form.clean(form)
        await self._keep(actor, sent)
        now = clock.now()
        try:
            await in_session(publishing.publish, actor, self.agenda_id, sent, self.base, now=now)
        except RulesChangedError:
            await self._compare(actor)
            return rx.set_focus(CHANGED)
        await self._open(actor, self.agenda_id, anew=True)
        return self._say(f"Publicada às {text.hour_words(now)}. {self.opened.state}")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def discard(self, actor: Actor) -> EventResult:
        """Forget the draft and open what is published."""
        await in_session(drafts.discard, actor, self.agenda_id)
        await self._open(actor, self.agenda_id, anew=True)
        return self._say("Rascunho descartado.")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def see_changes(self, actor: Actor) -> EventResult:
        """Show what was published since one began."""
        await self._compare(actor)
        return rx.set_focus(CHANGED)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def keep_mine(self, actor: Actor) -> EventResult:
        """Go on with what is typed, having seen what somebody else published."""
        self.base, self.changed, self.changes = self.newest, "", []
        await self._keep(actor, self._form)
        said = "Você continua com o que digitou. Publicar vai substituir a versão mais nova."
        return self._say(said)


def register() -> None:
    """Register the live view of the rules editor."""
    live.show(f"agenda#{LIVE}", RulesState, _read_room)
