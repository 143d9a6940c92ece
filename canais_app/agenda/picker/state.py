"""What one person sees and does on an agenda's page."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app.agenda import month_view, queries
from canais_app.agenda.formatting import is_iso_day
from canais_app.agenda.picker import calendar_state, view
from canais_app.agenda.picker.calendar_state import slot_status_shown
from canais_app.agenda.picker.form_state import PickerFormState
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, live
from canais_app.kit.db import read
from canais_app.kit.errors import NotFoundError


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    topic, _, variant = room.partition("#")
    agenda_id = int(topic.partition(":")[2])
    board = month_view.load_month_by_id(session, agenda_id, date.fromisoformat(variant), now=now)
    shown = view.month_view(board, now)
    said = view.describe_change(slot_status_shown.swap(room, shown.marks), shown.marks, shown.turns)
    # Shown anew without a change (the clock, the calendar), the news stays.
    return {"board": shown, "news": said} if said.words else {"board": shown}


class PickerState(PickerFormState, rx.State):
    """An agenda's page: looking at the board, choosing a time, registering."""

    ready: bool = False
    missing: bool = False

    @rx.event
    async def load(self) -> None:
        """Show the agenda, and the time held before when the page comes back."""
        now = clock.now()
        self._slug = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        self.missing = False
        try:
            agenda = await read(queries.load_agenda_view, self._slug, now=now)
        except NotFoundError:
            self.missing, self.ready = True, True
            return
        self._agenda_id, self._last_day = agenda.id, agenda.last_day
        self.about = view.agenda_summary_view(agenda)
        self._restore_hold(now)
        asked = self.mine.day or self.router.url.query_parameters.get("dia", "")
        self.day = asked if is_iso_day(asked) else ""
        today = clock.to_local_day(now)
        shown = date.fromisoformat(self.day) if self.day else today
        await self._show(calendar_state.first_monday(shown, today), now)
        self.ready = True


def register() -> None:
    """Register the live view of the picker."""
    live.register_view("agenda", PickerState, _read_room)
    live.depends_on("agenda", calendar.TOPIC)
