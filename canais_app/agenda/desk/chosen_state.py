"""The desk's events on the appointment chosen in the week grid, and on which week is shown."""

from datetime import datetime
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event
from canais_app.agenda.chambers import chambers_changes, chambers_desk
from canais_app.agenda.chambers.chambers_desk import WEEKS_SHOWN, DeskItem
from canais_app.agenda.chambers.desk_week import Week
from canais_app.agenda.desk.actions_state import DeskState
from canais_app.agenda.formatting import format_relative_start
from canais_app.kit import clock
from canais_app.kit.db import read, write
from canais_app.kit.errors import InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_id

THIS_WEEK = 1
CHOSEN_ID = "atendimento-escolhido"
NOBODY = DeskItem(0, *[""] * 10, can_mark=False, can_cancel=False, conflict="")


class WeekState(DeskState, mixin=True):
    """The weeks' grids, the one shown, the chosen appointment and where it may move to."""

    weeks: list[Week] = []
    week_shown: int = THIS_WEEK
    chosen: DeskItem = NOBODY
    move_times: list[tuple[str, str]] = []

    @staff_event(Permission.SEE_AGENDA_DESK)
    async def show_week(self, _actor: Actor, number: int) -> None:
        """Show another of the loaded weeks."""
        self.week_shown = max(0, min(number if isinstance(number, int) else 1, WEEKS_SHOWN - 1))

    @staff_event(Permission.EDIT_AGENDA)
    async def choose_item(self, actor: Actor, appointment_id: int) -> EventResult:
        """Show an appointment beside the grid."""
        await self._choose(actor, parse_id(appointment_id))
        return rx.set_focus(CHOSEN_ID)

    @staff_event(Permission.EDIT_AGENDA)
    async def close_item(self, _actor: Actor) -> None:
        """Close the chosen appointment."""
        self.chosen, self.move_times = NOBODY, []

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def move_item(self, actor: Actor, form: dict[str, Any]) -> None:
        """Move the chosen appointment to a free time."""
        sent = form.get("start") if isinstance(form, dict) else None
        if sent not in [start for start, _ in self.move_times]:
            raise InvalidError.at("start", "Escolha um dos horários livres.")
        start, now = datetime.fromisoformat(str(sent)), clock.now()
        await write(chambers_changes.move_as_chambers, actor, self.chosen.id, start, now=now)
        await self._after(actor, "Horário mudado. Todos foram avisados.")
        await self._choose(actor, self.chosen.id)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def save_note(self, actor: Actor, form: dict[str, Any]) -> None:
        """Keep the gabinete's own note."""
        note = form.get("note") if isinstance(form, dict) else None
        note, now = note if isinstance(note, str) else "", clock.now()
        await write(chambers_changes.save_note, actor, self.chosen.id, note, now=now)
        await self._choose(actor, self.chosen.id)
        self.news = "Anotação guardada. Só o gabinete a vê."

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def save_links(self, actor: Actor, form: dict[str, Any]) -> None:
        """Set the room of the chosen appointment by video, and the moderator's link."""
        sent = form if isinstance(form, dict) else {}
        links = [str(sent.get(name) or "") for name in ("video_link", "moderator_link")]
        service = chambers_changes.set_links
        is_told = await write(service, actor, self.chosen.id, *links, now=clock.now())
        await self._choose(actor, self.chosen.id)
        more = " Todos foram avisados da nova sala." if is_told else ""
        self.news = f"Links guardados.{more}"

    async def _choose(self, actor: Actor, number: int) -> None:
        now = clock.now()
        self.chosen = await read(chambers_desk.load_desk_item, actor, number, now=now)
        times = []
        if self.chosen.can_cancel:
            times = await read(chambers_changes.list_move_times, actor, number, now=now)
        self.move_times = [(one.isoformat(), format_relative_start(one, now)) for one in times]
