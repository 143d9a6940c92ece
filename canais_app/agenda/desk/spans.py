"""Spans closed by the gabinete: put, and taken away."""

from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor
from canais_app.agenda import chambers
from canais_app.agenda.desk.work import Work, form_of, number, words
from canais_app.agenda.desks import DeskBlock
from canais_app.agenda.times.moments import moment_of, time_words
from canais_app.kit import clock
from canais_app.kit.db import in_session
from canais_app.kit.errors import InvalidError


class Spans(Work, mixin=True):
    """The blocks in force."""

    blocks: list[DeskBlock] = []  # noqa: RUF012 (Reflex copies defaults at class creation)

    @rx.event(temporal=True)
    async def block(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Close a span of a day."""
        sent = form_of(form)

        async def work(actor: Actor) -> str:
            start = moment_of(sent.get("day"), time_words(sent.get("from")))
            end = moment_of(sent.get("day"), time_words(sent.get("until")))
            if start is None or end is None:
                said = "Escolha o dia, o começo e o fim do bloqueio."
                raise InvalidError(said, {"day": said})
            reason = words(sent.get("block_reason"))
            await in_session(
                chambers.block, actor, self.agenda_id, start, end, reason, now=clock.now()
            )
            return "Período bloqueado: ninguém marca horário nele."

        return await self._do(work)

    @rx.event(temporal=True)
    async def unblock(self, block_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Open a closed span again."""
        return await self._call("Bloqueio retirado.", chambers.unblock, number(block_id))
