"""Spans closed by the gabinete: put, and taken away."""

from typing import Any

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event
from canais_app.agenda import chambers_desk
from canais_app.agenda.availability.parsing import format_time_field, parse_day_and_time
from canais_app.agenda.desk.base_state import DeskState, parse_form_data, parse_text
from canais_app.agenda.views import BlockView
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_id


class BlocksState(DeskState, mixin=True):
    """The blocks in force."""

    blocks: list[BlockView] = []

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def create_block(self, actor: Actor, form: dict[str, Any]) -> None:
        """Close a span of a day."""
        sent = parse_form_data(form)
        start = parse_day_and_time(sent.get("day"), format_time_field(sent.get("from")))
        end = parse_day_and_time(sent.get("day"), format_time_field(sent.get("until")))
        if start is None or end is None:
            said = "Escolha o dia, o começo e o fim do bloqueio."
            raise InvalidError(said, {"day": said})
        done = "Período bloqueado: ninguém marca horário nele."
        reason = parse_text(sent.get("block_reason"))
        await self._call_service(
            actor, done, chambers_desk.create_block, self.agenda_id, start, end, reason
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def remove_block(self, actor: Actor, block_id: int) -> None:
        """Open a closed span again."""
        await self._call_service(
            actor, "Bloqueio retirado.", chambers_desk.remove_block, parse_id(block_id)
        )
