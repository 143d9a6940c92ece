"""State of the page that moves an appointment: the calendar, and the new time."""

from dataclasses import dataclass
from datetime import date, datetime

import reflex as rx

from canais_app import routes
from canais_app.agenda import appointment_views, queries
from canais_app.agenda.appointment.state import MOVE_ASKED, MOVED
from canais_app.agenda.booking import cancellation
from canais_app.agenda.formatting import parse_day_and_time
from canais_app.agenda.models import AppointmentStatus
from canais_app.agenda.picker import calendar_state, view
from canais_app.agenda.picker.calendar_state import CalendarState
from canais_app.agenda.picker.state import read_room
from canais_app.agenda.views import AppointmentView
from canais_app.kit import clock, limits, live, text
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.events import EventResult

ACTS = ("30/minute", "appointment-act")


@dataclass
class MovingView:
    """The appointment in ready words. `is_request`: the gabinete has to answer the move."""

    agenda: str = ""
    code: str = ""
    page_path: str = ""
    from_words: str = ""
    from_short: str = ""
    until_words: str = ""
    is_request: bool = False
    is_pending: bool = False


@dataclass
class NewTime:
    """The chosen time; empty: none."""

    day: str = ""
    label: str = ""
    words: str = ""
    short: str = ""


def moving_view(one: AppointmentView, path: str) -> MovingView:
    """Return the values of the appointment that moves."""
    start = datetime.fromisoformat(one.start)
    is_pending = one.status == AppointmentStatus.PENDING
    return MovingView(
        agenda=one.agenda,
        code=one.code,
        page_path=path,
        from_words=f"{one.day_words}, das {one.time_words}",
        from_short=_short(clock.to_local_day(start), text.format_hour(start)),
        until_words="" if is_pending else one.change_until_words,
        is_request=one.needs_approval or is_pending,
        is_pending=is_pending,
    )


def new_time(day: str, label: str) -> NewTime:
    """Return a chosen time in words."""
    when = date.fromisoformat(day)
    return NewTime(day, label, f"{text.format_long_date(when)}, às {label}", _short(when, label))


def _short(day: date, label: str) -> str:
    return f"{text.format_short_date(day)}, {label}"


class MoveState(CalendarState, rx.State):
    """The calendar without the appointment that moves; nothing is chosen beforehand."""

    ready: bool = False
    missing: bool = False
    problem: str = ""
    moving: MovingView = MovingView()
    chosen: NewTime = NewTime()
    current_label: str = ""
    _token: str = ""
    _kind: str = ""
    _appointment_id: int = 0

    @rx.event
    async def load(self) -> EventResult:
        """Load the appointment of the URL and the agenda's free times."""
        path = str(self.router.url.path).removeprefix(routes.appointment(""))
        self._token = path.partition("/")[0]
        self.missing, self.problem, self.chosen = False, "", NewTime()
        self.day, now = "", clock.now()
        try:
            limits.check_rate_limit("60/minute", "appointment", self.router.session.client_ip)
            one = await read(appointment_views.load_view_by_token, self._token, now=now)
            agenda = await read(queries.load_agenda_view, one.agenda_slug, now=now)
        except NotFoundError:
            self.missing = self.ready = True
            return None
        except AppError as refusal:
            self.problem, self.ready = refusal.message, True
            return None
        path = routes.appointment(self._token)
        if not one.can_change:
            return rx.redirect(path)
        self._agenda_id, self._last_day = agenda.id, agenda.last_day
        self._appointment_id, self._kind = one.id, one.kind
        start = datetime.fromisoformat(one.start)
        self.current_day = clock.to_local_day(start).isoformat()
        self.current_label = text.format_hour(start)
        self.moving = moving_view(one, path)
        today = clock.to_local_day(now)
        await self._show(calendar_state.first_monday(today, today), now)
        self.ready = True
        return None

    @rx.event
    async def choose_time(self, label: str) -> None:
        """Choose a free time of the day shown."""
        offered = [time for turn in self.board.turns.get(self.day, []) for time in turn.times]
        is_current = (self.day, label) == (self.current_day, self.current_label)
        if label in offered and f"{self.day} {label}" not in self.board.marks and not is_current:
            self.chosen, self.problem = new_time(self.day, label), ""

    @rx.event(temporal=True)
    async def move(self) -> EventResult:
        """Move the appointment, or ask for it where the gabinete approves."""
        start = parse_day_and_time(self.chosen.day, self.chosen.label)
        try:
            limits.check_rate_limit(*ACTS, self.router.session.client_ip)
            if start is None:
                self.problem = "Escolha o novo dia e horário."
                return rx.set_focus("escolha")
            moved = await write(cancellation.move_appointment, self._token, start, now=clock.now())
        except AppError as refusal:
            self.problem, self.chosen = refusal.message, NewTime()
            await self._refresh()
            return rx.set_focus("escolha")
        # The rules of the new day decide, and may differ from those shown.
        done = MOVE_ASKED if moved.status == AppointmentStatus.PENDING else MOVED
        return rx.redirect(f"{self.moving.page_path}?{routes.DONE_QUERY}={done}")

    def _variant(self, first: date) -> str:
        return view.move_variant(first, self._kind, self._appointment_id)


def register() -> None:
    """Register the live view of those who move an appointment."""
    live.register_view(f"agenda#{view.MOVE_VARIANT}", MoveState, read_room)
