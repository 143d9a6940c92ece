"""The list of who came without a time: put in, called, received, gone."""

from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor
from canais_app.agenda import walk_ins
from canais_app.agenda.desk.work import Work, form_of, number
from canais_app.agenda.walk_ins import Arrival, Turn, WalkInView
from canais_app.kit import clock, text
from canais_app.kit.db import in_session
from canais_app.kit.forms import parse


class Line(Work, mixin=True):
    """Who waits at the door, live for everybody of the gabinete."""

    line: list[WalkInView] = []  # noqa: RUF012 (Reflex copies defaults at class creation)
    line_form: str = "a"  # renewed to empty the form

    @rx.event(temporal=True)
    async def arrive(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Put somebody at the end of the list."""

        async def work(actor: Actor) -> str:
            sent = {key: value for key, value in form_of(form).items() if key in FIELDS}
            arrival = parse(Arrival, sent)
            await in_session(walk_ins.arrive, actor, self.agenda_id, arrival, now=clock.now())
            self.line_form = text.new_token()
            return f"{arrival.name} está na lista."

        return await self._do(work)

    @rx.event(temporal=True)
    async def call(self, walk_in_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Call somebody in."""
        return await self._call("Chamada anotada.", walk_ins.turn, number(walk_in_id), Turn.CALLED)

    @rx.event(temporal=True)
    async def call_back(self, walk_in_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take a call back: the person keeps the place."""
        said = "A pessoa segue aguardando."
        return await self._call(said, walk_ins.turn, number(walk_in_id), Turn.WAITING)

    @rx.event(temporal=True)
    async def received(self, walk_in_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Note that somebody was received."""
        said = "Atendimento anotado."
        return await self._call(said, walk_ins.turn, number(walk_in_id), Turn.ATTENDED)

    @rx.event(temporal=True)
    async def gone(self, walk_in_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Note that somebody left before being received."""
        return await self._call("Saída anotada.", walk_ins.turn, number(walk_in_id), Turn.LEFT)


FIELDS = frozenset(Arrival.model_fields)
