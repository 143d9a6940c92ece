"""State of the desk's page: one agenda's coming days, live."""

from collections.abc import Mapping
from datetime import datetime

import reflex as rx
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import recheck_access, staff_event
from canais_app.agenda import tokens
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.chambers.chambers_desk import DeskAgenda, DeskDay, DeskView
from canais_app.agenda.desk.actions_state import BlocksState, DeskAppointmentsState, WalkInsState
from canais_app.agenda.desk.chosen_state import NOBODY, WeekState
from canais_app.kit import clock, live
from canais_app.kit.db import read
from canais_app.kit.forms import parse_id
from canais_app.outbox.models import UNDELIVERED

LIVE_VARIANT = "mesa"


def _desk_vars(desk: DeskView) -> dict[str, object]:
    return {
        "stand_ins": desk.stand_ins,
        "days": desk.days,
        "requests": desk.requests,
        "blocks": desk.blocks,
        "conflicts": desk.conflicts,
        "line": desk.line,
        "calendar_warning": desk.calendar_warning,
        "free_warning": desk.free_warning,
        "weeks": desk.weeks,
        "upcoming": desk.upcoming,
    }


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    return _desk_vars(chambers_desk.load_desk_by_id(session, agenda_id, now=now))


class ChambersDeskState(DeskAppointmentsState, WalkInsState, BlocksState, WeekState, rx.State):
    """One of the actor's agendas; its fields are those of `DeskView`."""

    stand_ins: list[str] = []
    days: list[DeskDay] = []
    requests: list[DeskDay] = []
    conflicts: list[DeskDay] = []
    calendar_warning: str = ""
    free_warning: str = ""
    upcoming: str = ""

    agendas: list[DeskAgenda] = []
    agenda_choice: str = ""
    title: str = ""
    slug: str = ""
    today: str = ""

    @staff_event(Permission.SEE_AGENDA_DESK)
    async def load(self, actor: Actor) -> None:
        """Show the agenda shown before, or the actor's first one."""
        self.agendas = await read(chambers_desk.list_desk_agendas, actor, now=clock.now())
        self.asking = self.refusing = 0
        if self.agendas:
            known = [agenda.id for agenda in self.agendas]
            await self._show(actor, self.agenda_id if self.agenda_id in known else known[0])

    @staff_event(Permission.EDIT_AGENDA)
    async def choose(self, actor: Actor, agenda_id: str) -> None:
        """Show another of the actor's agendas."""
        self.asking = self.refusing = 0
        await self._show(actor, parse_id(agenda_id))

    async def _show(self, actor: Actor, agenda_id: int) -> None:
        now = clock.now()
        # Check access before the tab subscribes to the agenda's updates.
        await read(chambers_desk.require_desk_access, actor, agenda_id, now=now)
        await live.subscribe(
            self,
            tokens.agenda_topic(agenda_id),
            LIVE_VARIANT,
            recheck_access=_recheck_access(actor, agenda_id),
        )
        if agenda_id != self.agenda_id:
            self.chosen, self.move_times = NOBODY, []
        elif self.chosen.id:
            await self._choose(actor, self.chosen.id)
        desk = await read(chambers_desk.load_desk, actor, agenda_id, now=now)
        self.agenda_id, self.agenda_choice, self.title = agenda_id, str(agenda_id), desk.title
        self.slug = next((row.slug for row in self.agendas if row.id == agenda_id), "")
        for name, value in _desk_vars(desk).items():
            setattr(self, name, value)
        self.today = clock.to_local_day(now).isoformat()


def _recheck_access(actor: Actor, agenda_id: int) -> live.RecheckAccess:
    return recheck_access(
        actor,
        lambda session, actor, now: chambers_desk.require_desk_access(
            session, actor, agenda_id, now=now
        ),
    )


def register() -> None:
    """Register the live view of the gabinete's desk."""
    live.register_view(
        f"agenda#{LIVE_VARIANT}", ChambersDeskState, _read_room, rechecks_access=True
    )
    live.depends_on("agenda", UNDELIVERED)
