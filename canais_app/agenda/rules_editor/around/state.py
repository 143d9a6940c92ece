"""What stands around the rules: versions, substitutes, closed spans, colleagues' drafts."""

from typing import Any

from canais_app.accounts.guarded import staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import chambers
from canais_app.agenda.rules_editor.opened.state import SUMMARY, Opened
from canais_app.agenda.setting import drafts, editor, publishing, substitutes
from canais_app.agenda.setting.substitutes import Handover
from canais_app.agenda.times.moments import moment_of, time_words
from canais_app.kit import clock
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import number, parse


class Around(Opened, mixin=True):
    """What takes effect at once, beside the form."""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def unpublish(self, actor: Actor) -> EventResult:
        """Take the agenda out of the public's sight; what was booked stays."""
        now = clock.now()
        await in_session(publishing.unpublish, actor, self.agenda_id, now=now)
        await self._open(actor, self.agenda_id)
        return self._say("Agenda despublicada. Os atendimentos já marcados continuam.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def withdraw(self, actor: Actor, version_id: int) -> EventResult:
        """Take back a version that has not begun."""
        await in_session(publishing.withdraw, actor, number(version_id), now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Versão retirada: as regras anteriores continuam.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def take_draft(self, actor: Actor, staff_id: int) -> EventResult:
        """Open a copy of a colleague's draft."""
        whose, now = number(staff_id), clock.now()
        await in_session(drafts.take, actor, self.agenda_id, whose, now=now)
        await self._open(actor, self.agenda_id, anew=True)
        return self._say("Rascunho aberto. O original continua com quem o escreveu.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def find_chambers(self, actor: Actor, words: str) -> None:
        """List gabinetes that could stand in."""
        asked = words[:100] if isinstance(words, str) else ""
        self.candidates = await in_reading(editor.who_could_stand_in, actor, self.agenda_id, asked)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def hand_over(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Pass the agenda to another gabinete for a period."""
        wish = parse(Handover, form)
        await in_session(substitutes.appoint, actor, self.agenda_id, wish, now=clock.now())
        await self._open(actor, self.agenda_id)
        said = "Substituição anotada: a agenda passa e volta sozinha nos dias escolhidos."
        return self._say(said)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def end_handover(self, actor: Actor, substitute_id: int) -> EventResult:
        """Take the agenda back."""
        await in_session(substitutes.end, actor, number(substitute_id), now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Substituição encerrada: a agenda voltou ao gabinete.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def block(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Close a span, from a moment of one day to a moment of the same or another."""
        sent = form if isinstance(form, dict) else {}
        start = moment_of(sent.get("block_day"), time_words(sent.get("block_from")))
        last = sent.get("block_last") or sent.get("block_day")
        end = moment_of(last, time_words(sent.get("block_until")))
        if start is None or end is None:
            said = "Escolha o dia, o começo e o fim do bloqueio."
            raise InvalidError(said, {"block_day": said})
        reason = str(sent.get("block_reason", ""))
        await in_session(chambers.block, actor, self.agenda_id, start, end, reason, now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Período bloqueado: ninguém marca horário nele.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=SUMMARY)
    async def unblock(self, actor: Actor, block_id: int) -> EventResult:
        """Open a closed span again."""
        await in_session(chambers.unblock, actor, number(block_id), now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Bloqueio retirado.")
