"""What the gabinete sees of today and the week, live."""

from collections.abc import Mapping
from datetime import datetime

import reflex as rx
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.guarded import staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import desks, topics
from canais_app.agenda.desk.answers import Answers
from canais_app.agenda.desk.line import Line
from canais_app.agenda.desk.spans import Spans
from canais_app.agenda.desks import Desk, DeskAgenda, DeskDay
from canais_app.kit import clock, live
from canais_app.kit.db import in_reading
from canais_app.kit.forms import number
from canais_app.outbox.queue import UNDELIVERED

LIVE = "mesa"


def _shown(desk: Desk) -> dict[str, object]:
    return {
        "stand_ins": desk.stand_ins,
        "days": desk.days,
        "requests": desk.requests,
        "blocks": desk.blocks,
        "conflicts": desk.conflicts,
        "line": desk.line,
    }


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    return _shown(desks.desk_of(session, agenda_id, now=now))


class ChambersState(Answers, Line, Spans, rx.State):
    """Today and the week of one of one's agendas."""

    stand_ins: list[str] = []
    days: list[DeskDay] = []
    requests: list[DeskDay] = []
    conflicts: list[DeskDay] = []

    agendas: list[DeskAgenda] = []
    agenda_choice: str = ""
    title: str = ""
    slug: str = ""
    today: str = ""

    @staff_event(Permission.SEE_AGENDA_DESK)
    async def load(self, actor: Actor) -> None:
        """Let the gabinete's people in and show their first agenda."""
        self.agendas = await in_reading(desks.agendas_of, actor, now=clock.now())
        self.asking = self.refusing = 0
        if self.agendas:
            known = {one.id for one in self.agendas}
            await self._show(
                actor, self.agenda_id if self.agenda_id in known else self.agendas[0].id
            )

    @staff_event(Permission.EDIT_AGENDA)
    async def choose(self, actor: Actor, agenda_id: str) -> None:
        """Show another of one's agendas."""
        self.asking = self.refusing = 0
        await self._show(actor, number(agenda_id))

    async def _show(self, actor: Actor, agenda_id: int) -> None:
        now = clock.now()
        # Whoever may not see it is refused here, before the room is entered.
        await in_reading(desks.check, actor, agenda_id, now=now)
        await live.join(self, topics.agenda(agenda_id), LIVE, still=_still(actor, agenda_id))
        desk = await in_reading(desks.desk, actor, agenda_id, now=now)
        self.agenda_id, self.agenda_choice, self.title = agenda_id, str(agenda_id), desk.title
        self.slug = next((one.slug for one in self.agendas if one.id == agenda_id), "")
        self.stand_ins = desk.stand_ins
        self.days, self.requests, self.conflicts = desk.days, desk.requests, desk.conflicts
        self.blocks, self.line = desk.blocks, desk.line
        self.today = clock.local_day(now).isoformat()


def _still(actor: Actor, agenda_id: int) -> live.Still:
    return guard.still(
        actor, lambda session, who, now: desks.check(session, who, agenda_id, now=now)
    )


def register() -> None:
    """Register the live view of the gabinete's desk."""
    live.show(f"agenda#{LIVE}", ChambersState, _read_room, guarded=True)
    live.follow("agenda", UNDELIVERED)
