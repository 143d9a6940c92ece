"""Spans closed by the gabinete: put, and taken away."""

from typing import Any

from canais_app.accounts.guarded import staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import chambers
from canais_app.agenda.desk.work import Work, form_of, words
from canais_app.agenda.desks import DeskBlock
from canais_app.agenda.times.moments import moment_of, time_words
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import number


class Spans(Work, mixin=True):
    """The blocks in force."""

    blocks: list[DeskBlock] = []  # noqa: RUF012 (Reflex copies defaults at class creation)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def block(self, actor: Actor, form: dict[str, Any]) -> None:
        """Close a span of a day."""
        sent = form_of(form)
        start = moment_of(sent.get("day"), time_words(sent.get("from")))
        end = moment_of(sent.get("day"), time_words(sent.get("until")))
        if start is None or end is None:
            said = "Escolha o dia, o começo e o fim do bloqueio."
            raise InvalidError(said, {"day": said})
        done = "Período bloqueado: ninguém marca horário nele."
        reason = words(sent.get("block_reason"))
        await self._call(actor, done, chambers.block, self.agenda_id, start, end, reason)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def unblock(self, actor: Actor, block_id: int) -> None:
        """Open a closed span again."""
        await self._call(actor, "Bloqueio retirado.", chambers.unblock, number(block_id))
