"""Events around the rules form: versions, substitutes, blocks, colleagues' drafts."""

from typing import Any

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event
from canais_app.agenda import chambers_desk
from canais_app.agenda.formatting import format_time_field, parse_day_and_time
from canais_app.agenda.rules import drafts, editor, publishing, substitutes
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.agenda.rules_editor.base_state import ERROR_SUMMARY_ID, RulesEditorState
from canais_app.kit import clock
from canais_app.kit.db import read, write
from canais_app.kit.errors import InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id


class ImmediateChangesState(RulesEditorState, mixin=True):
    """Events that take effect at once, without publishing."""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def unpublish(self, actor: Actor) -> EventResult:
        """Hide the agenda from the public; appointments stay."""
        await write(publishing.unpublish_agenda, actor, self.agenda_id, now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Agenda despublicada. Os atendimentos já marcados continuam.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def withdraw_version(self, actor: Actor, version_id: int) -> EventResult:
        """Withdraw a version that is not yet in force."""
        await write(publishing.withdraw_version, actor, parse_id(version_id), now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Versão retirada: as regras anteriores continuam.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def copy_draft(self, actor: Actor, staff_id: int) -> EventResult:
        """Open a copy of a colleague's draft."""
        author = parse_id(staff_id)
        await write(drafts.copy_draft, actor, self.agenda_id, author, now=clock.now())
        await self._open(actor, self.agenda_id, anew=True)
        return self._say("Rascunho aberto. O original continua com quem o escreveu.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def find_chambers(self, actor: Actor, words: str) -> None:
        """List possible substitutes by name."""
        query = words[:100] if isinstance(words, str) else ""
        find = editor.find_substitute_candidates
        self.candidates = await read(find, actor, self.agenda_id, query)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def appoint_substitute(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Appoint a substitute gabinete for a period."""
        request = parse_form(SubstitutionRequest, form)
        await write(substitutes.appoint_substitute, actor, self.agenda_id, request, now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say(
            "Substituição anotada: a agenda passa e volta sozinha nos dias escolhidos."
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def end_substitution(self, actor: Actor, substitute_id: int) -> EventResult:
        """End a substitution."""
        await write(substitutes.end_substitution, actor, parse_id(substitute_id), now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Substituição encerrada: a agenda voltou ao gabinete.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def create_block(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Block a period, within a day or over several."""
        sent = form if isinstance(form, dict) else {}
        start = parse_day_and_time(sent.get("block_day"), format_time_field(sent.get("block_from")))
        last = sent.get("block_last") or sent.get("block_day")
        end = parse_day_and_time(last, format_time_field(sent.get("block_until")))
        if start is None or end is None:
            message = "Escolha o dia, o começo e o fim do bloqueio."
            raise InvalidError(message, {"block_day": message})
        reason = str(sent.get("block_reason", ""))
        await write(
            chambers_desk.create_block, actor, self.agenda_id, start, end, reason, now=clock.now()
        )
        await self._open(actor, self.agenda_id)
        return self._say("Período bloqueado: ninguém marca horário nele.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def remove_block(self, actor: Actor, block_id: int) -> EventResult:
        """Remove a block."""
        await write(chambers_desk.remove_block, actor, parse_id(block_id), now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say("Bloqueio retirado.")
