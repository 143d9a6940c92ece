"""The list of who came without a time: put in, called, received, gone."""

from typing import Any

from canais_app.accounts.guarded import staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import walk_ins
from canais_app.agenda.desk.work import Work, form_of
from canais_app.agenda.walk_ins import Arrival, Turn, WalkInView
from canais_app.kit import clock, text
from canais_app.kit.db import in_session
from canais_app.kit.forms import number, parse


class Line(Work, mixin=True):
    """Who waits at the door, live for everybody of the gabinete."""

    line: list[WalkInView] = []  # noqa: RUF012 (Reflex copies defaults at class creation)
    line_form: str = "a"  # renewed to empty the form

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def arrive(self, actor: Actor, form: dict[str, Any]) -> None:
        """Put somebody at the end of the list."""
        sent = {key: value for key, value in form_of(form).items() if key in FIELDS}
        arrival = parse(Arrival, sent)
        await in_session(walk_ins.arrive, actor, self.agenda_id, arrival, now=clock.now())
        self.line_form = text.new_token()
        await self._after(actor, f"{arrival.name} está na lista.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def call(self, actor: Actor, walk_in_id: int) -> None:
        """Call somebody in."""
        await self._call(actor, "Chamada anotada.", walk_ins.turn, number(walk_in_id), Turn.CALLED)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def call_back(self, actor: Actor, walk_in_id: int) -> None:
        """Take a call back: the person keeps the place."""
        said = "A pessoa segue aguardando."
        await self._call(actor, said, walk_ins.turn, number(walk_in_id), Turn.WAITING)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def received(self, actor: Actor, walk_in_id: int) -> None:
        """Note that somebody was received."""
        said = "Atendimento anotado."
        await self._call(actor, said, walk_ins.turn, number(walk_in_id), Turn.ATTENDED)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def gone(self, actor: Actor, walk_in_id: int) -> None:
        """Note that somebody left before being received."""
        await self._call(actor, "Saída anotada.", walk_ins.turn, number(walk_in_id), Turn.LEFT)


FIELDS = frozenset(Arrival.model_fields)
