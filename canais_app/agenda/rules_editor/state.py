"""What one person edits of an agenda's rules, and what four weeks would become of it.

The browser keeps what is typed; each change arrives here whole, is kept as a draft and answered
with the preview. Nothing is sent back into the fields but when another form is opened.
"""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda.rules_editor import view
from canais_app.agenda.rules_editor.around.state import Around
from canais_app.agenda.rules_editor.opened.state import CHANGED, LIVE, days_of, number
from canais_app.agenda.setting import drafts, publishing, rules, rules_form
from canais_app.kit import clock, live, text
from canais_app.kit.db import in_session
from canais_app.kit.errors import AppError


def _read_room(session: Session, room: str, now: Any) -> Mapping[str, object]:  # noqa: ANN401, ARG001
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    return {"newest": rules.newest(session, agenda_id)}


class RulesState(Around, rx.State):
    """What is done with the form: typing, rows, saving, publishing."""

    @rx.event
    async def load(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Let the gabinete's people in and open the agenda they had open, or their first."""
        try:
            actor = await guard.admit(self, Permission.EDIT_AGENDA)
            mine = await self._list(actor)
            if mine:
                await self._open(actor, self.agenda_id if self.agenda_id in mine else mine[0])
        except AppError as refusal:
            return guard.turn_away(self, refusal)
        self.ready = True
        return None

    @rx.event
    async def choose(self, agenda_id: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Open another of one's agendas."""

        async def work(actor: Actor) -> str:
            await self._open(actor, number(agenda_id))
            return ""

        return await self._do(work)

    @rx.event(temporal=True)
    async def create(self, unit_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Make the agenda of a gabinete that has none, and open it."""

        async def work(actor: Actor) -> str:
            made = await in_session(publishing.create, actor, number(unit_id), now=clock.now())
            await self._list(actor)
            await self._open(actor, made)
            return "Agenda criada. Ninguém a vê até você publicar."

        return await self._do(work)

    @rx.event(supersedes=True)
    async def typed(self, form: dict[str, str]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Keep what is typed as a draft and show what it would make of the next four weeks."""

        async def work(actor: Actor) -> str:
            sent = rules_form.clean(form)
            if sent != self._form:
                await self._keep(actor, sent)
            return ""

        return await self._do(work, quiet=True)

    @rx.event
    async def add_window(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Add a window after the last one."""

        async def work(actor: Actor) -> str:
            grown, key = view.with_window(self._form)
            await self._keep(actor, grown)
            self.windows = view.windows(grown, fresh=key)
            return ""

        return await self._do(work, quiet=True)

    @rx.event
    async def add_day(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Add a special day."""

        async def work(actor: Actor) -> str:
            grown, key = view.with_day(self._form)
            await self._keep(actor, grown)
            self.own_days = view.own_days(grown, fresh=key)
            return ""

        return await self._do(work, quiet=True)

    @rx.event
    async def remove(self, kind: str, key: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take a row out."""

        async def work(actor: Actor) -> str:
            left = view.without(self._form, str(kind), str(key))
            await self._keep(actor, left)
            self.windows, self.own_days = view.windows(left), view.own_days(left)
            return ""

        where = "windows" if kind == "windows" else "own_days"
        return await self._do(work, quiet=True) or rx.set_focus(f"incluir-{where}")

    @rx.event
    async def see_day(self, day: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Show the times of a day of the preview."""

        async def work(_: Actor) -> str:
            self.day = day if isinstance(day, str) and day in days_of(self.seen) else ""
            return ""

        return await self._do(work, quiet=True)

    @rx.event(temporal=True)
    async def save(self, form: dict[str, str]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Keep the draft, and name what stands in the way of publishing it."""

        async def work(actor: Actor) -> str:
            await self._keep(actor, rules_form.clean(form))
            self._name([r for r in self.seen.remarks if r.refuses])
            if not self.problems:
                return "Rascunho salvo. Nada impede a publicação."
            count = text.plural(len(self.problems), "ponto", "pontos")
            self.problem = f"Rascunho salvo. Falta corrigir {count} para publicar."
            return ""

        return await self._do(work)

    @rx.event(temporal=True)
    async def publish(self, form: dict[str, str]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Publish what is typed as the next version, or say why not."""

        async def work(actor: Actor) -> str:
            sent = rules_form.clean(form)
            await self._keep(actor, sent)
            now = clock.now()
            await in_session(publishing.publish, actor, self.agenda_id, sent, self.base, now=now)
            await self._open(actor, self.agenda_id, anew=True)
            return f"Publicada às {text.hour_words(now)}. {self.opened.state}"

        return await self._do(work)

    @rx.event(temporal=True)
    async def discard(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Forget the draft and open what is published."""

        async def work(actor: Actor) -> str:
            await in_session(drafts.discard, actor, self.agenda_id)
            await self._open(actor, self.agenda_id, anew=True)
            return "Rascunho descartado."

        return await self._do(work)

    @rx.event
    async def see_changes(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Show what was published since one began."""

        async def work(actor: Actor) -> str:
            await self._compare(actor)
            return ""

        return await self._do(work, quiet=True) or rx.set_focus(CHANGED)

    @rx.event(temporal=True)
    async def keep_mine(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Go on with what is typed, having seen what somebody else published."""

        async def work(actor: Actor) -> str:
            self.base, self.changed, self.changes = self.newest, "", []
            await self._keep(actor, self._form)
            return "Você continua com o que digitou. Publicar vai substituir a versão mais nova."

        return await self._do(work)


live.show(f"agenda#{LIVE}", RulesState, _read_room)
