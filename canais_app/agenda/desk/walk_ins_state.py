"""The list of who came without a time: put in, called, received, gone."""

from typing import Any

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event
from canais_app.agenda import walk_ins
from canais_app.agenda.desk.base_state import DeskState, parse_form_data
from canais_app.agenda.walk_ins import WalkInForm, WalkInStatus, WalkInView
from canais_app.kit import clock, text
from canais_app.kit.db import write
from canais_app.kit.forms import parse_form, parse_id


class WalkInsState(DeskState, mixin=True):
    """Who waits at the door, live for everybody of the gabinete."""

    line: list[WalkInView] = []
    line_form: str = "a"  # renewed to empty the form

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def add_walk_in(self, actor: Actor, form: dict[str, Any]) -> None:
        """Put somebody at the end of the list."""
        sent = {key: value for key, value in parse_form_data(form).items() if key in FIELDS}
        arrival = parse_form(WalkInForm, sent)
        await write(walk_ins.add_walk_in, actor, self.agenda_id, arrival, now=clock.now())
        self.line_form = text.generate_token()
        await self._after(actor, f"{arrival.name} está na lista.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def call_walk_in(self, actor: Actor, walk_in_id: int) -> None:
        """Call somebody in."""
        await self._call_service(
            actor,
            "Chamada anotada.",
            walk_ins.set_walk_in_status,
            parse_id(walk_in_id),
            WalkInStatus.CALLED,
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def revert_call(self, actor: Actor, walk_in_id: int) -> None:
        """Take a call back: the person keeps the place."""
        said = "A pessoa segue aguardando."
        await self._call_service(
            actor, said, walk_ins.set_walk_in_status, parse_id(walk_in_id), WalkInStatus.WAITING
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def mark_received(self, actor: Actor, walk_in_id: int) -> None:
        """Note that somebody was received."""
        said = "Atendimento anotado."
        await self._call_service(
            actor, said, walk_ins.set_walk_in_status, parse_id(walk_in_id), WalkInStatus.ATTENDED
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def mark_left(self, actor: Actor, walk_in_id: int) -> None:
        """Note that somebody left before being received."""
        await self._call_service(
            actor,
            "Saída anotada.",
            walk_ins.set_walk_in_status,
            parse_id(walk_in_id),
            WalkInStatus.LEFT,
        )


FIELDS = frozenset(WalkInForm.model_fields)
