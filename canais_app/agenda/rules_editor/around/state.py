"""What stands around the rules: versions, substitutes, closed spans, colleagues' drafts."""

from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor
from canais_app.agenda import chambers
from canais_app.agenda.rules_editor.opened.state import Opened, number
from canais_app.agenda.setting import drafts, editor, publishing, substitutes
from canais_app.agenda.setting.substitutes import Handover
from canais_app.agenda.times.moments import moment_of, time_words
from canais_app.kit import clock
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse


class Around(Opened, mixin=True):
    """What takes effect at once, beside the form."""

    @rx.event(temporal=True)
    async def unpublish(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take the agenda out of the public's sight; what was booked stays."""

        async def work(actor: Actor) -> str:
            now = clock.now()
            await in_session(publishing.unpublish, actor, self.agenda_id, now=now)
            await self._open(actor, self.agenda_id)
            return "Agenda despublicada. Os atendimentos já marcados continuam."

        return await self._do(work)

    @rx.event(temporal=True)
    async def withdraw(self, version_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take back a version that has not begun."""

        async def work(actor: Actor) -> str:
            await in_session(publishing.withdraw, actor, number(version_id), now=clock.now())
            await self._open(actor, self.agenda_id)
            return "Versão retirada: as regras anteriores continuam."

        return await self._do(work)

    @rx.event(temporal=True)
    async def take_draft(self, staff_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Open a copy of a colleague's draft."""

        async def work(actor: Actor) -> str:
            whose, now = number(staff_id), clock.now()
            await in_session(drafts.take, actor, self.agenda_id, whose, now=now)
            await self._open(actor, self.agenda_id, anew=True)
            return "Rascunho aberto. O original continua com quem o escreveu."

        return await self._do(work)

    @rx.event(supersedes=True)
    async def find_chambers(self, words: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """List gabinetes that could stand in."""

        async def work(actor: Actor) -> str:
            asked = words[:100] if isinstance(words, str) else ""
            self.candidates = await in_reading(
                editor.who_could_stand_in, actor, self.agenda_id, asked
            )
            return ""

        return await self._do(work, quiet=True)

    @rx.event(temporal=True)
    async def hand_over(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Pass the agenda to another gabinete for a period."""

        async def work(actor: Actor) -> str:
            wish = parse(Handover, form)
            await in_session(substitutes.appoint, actor, self.agenda_id, wish, now=clock.now())
            await self._open(actor, self.agenda_id)
            return "Substituição anotada: a agenda passa e volta sozinha nos dias escolhidos."

        return await self._do(work)

    @rx.event(temporal=True)
    async def end_handover(self, substitute_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take the agenda back."""

        async def work(actor: Actor) -> str:
            await in_session(substitutes.end, actor, number(substitute_id), now=clock.now())
            await self._open(actor, self.agenda_id)
            return "Substituição encerrada: a agenda voltou ao gabinete."

        return await self._do(work)

    @rx.event(temporal=True)
    async def block(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Close a span, from a moment of one day to a moment of the same or another."""

        async def work(actor: Actor) -> str:
            sent = form if isinstance(form, dict) else {}
            start = moment_of(sent.get("block_day"), time_words(sent.get("block_from")))
            last = sent.get("block_last") or sent.get("block_day")
            end = moment_of(last, time_words(sent.get("block_until")))
            if start is None or end is None:
                said = "Escolha o dia, o começo e o fim do bloqueio."
                raise InvalidError(said, {"block_day": said})
            reason = str(sent.get("block_reason", ""))
            await in_session(
                chambers.block, actor, self.agenda_id, start, end, reason, now=clock.now()
            )
            await self._open(actor, self.agenda_id)
            return "Período bloqueado: ninguém marca horário nele."

        return await self._do(work)

    @rx.event(temporal=True)
    async def unblock(self, block_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Open a closed span again."""

        async def work(actor: Actor) -> str:
            await in_session(chambers.unblock, actor, number(block_id), now=clock.now())
            await self._open(actor, self.agenda_id)
            return "Bloqueio retirado."

        return await self._do(work)
