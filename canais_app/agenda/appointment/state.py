"""What the holder of a private link sees and may do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import own, queries, service
from canais_app.agenda.appointment import course, view
from canais_app.agenda.appointment.course import Sent, Step
from canais_app.agenda.appointment.view import MoveDay, Shown
from canais_app.agenda.times.moments import moment_of
from canais_app.agenda.views import AppointmentView
from canais_app.kit import clock, limits, live
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError, InvalidError, NotFoundError
from canais_app.outbox.service import parties

MOVED = "Horário mudado. Avisamos todos, com o convite de calendário atualizado."


def _values(session: Session, one: AppointmentView, now: datetime) -> dict[str, Any]:
    return {
        "it": view.shown(one, routes.agenda(one.agenda_slug), routes.unit(one.unit_slug), now),
        "steps": course.steps(one, now),
        "sent": course.sent(parties(session, one.thread), one),
    }


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    one = own.view_by_id(session, int(room.partition(":")[2]), now=now)
    return _values(session, one, now)


def _read(session: Session, token: str, now: datetime) -> tuple[AppointmentView, dict[str, Any]]:
    one = own.view_by_token(session, token, now=now)
    return one, _values(session, one, now)


class AppointmentState(rx.State):
    """One appointment; whoever holds the token may see, move and cancel it."""

    it: Shown = Shown()
    steps: list[Step] = []
    sent: list[Sent] = []

    ready: bool = False
    missing: bool = False
    invite_path: str = ""
    asking: str = ""  # move, cancel
    move_days: list[MoveDay] = []
    move_day: str = ""
    move_times: list[str] = []
    problem: str = ""
    done: str = ""
    has_key: bool = False  # came by the link of the e-mail that asks for a confirmation
    _token: str = ""
    _key: str = ""
    _slug: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the appointment of the address."""
        self._token = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        self._key = self.router.url.query_parameters.get(routes.CONFIRMS, "")[:100]
        self.has_key = bool(self._key)
        self.asking, self.problem, self.done, self.missing = "", "", "", False
        self.invite_path = f"{routes.API}/appointments/{self._token}/invite.ics"
        try:
            limits.check("60/minute", "appointment", self.router.session.client_ip)
            await self._show()
        except NotFoundError:
            self.missing = True
        except AppError as refusal:
            self.problem = refusal.message
        self.ready = True

    @rx.event(temporal=True)
    async def confirm(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Say yes to the time that is kept."""

        async def work() -> str:
            now = clock.now()
            booked = await in_session(service.confirm, self._token, now=now, key=self._key)
            return view.CONFIRMED_WORDS[booked.status]

        return await self._do(work)

    @rx.event(temporal=True)
    async def accept(self, token: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Say yes to another time that the gabinete keeps, and go to its page."""
        led = []

        async def work() -> str:
            other = token if isinstance(token, str) else ""
            led.append((await in_session(service.confirm, other, now=clock.now())).token)
            return ""

        refused = await self._do(work)
        return rx.redirect(routes.appointment(led[0])) if led else refused

    @rx.event
    async def ask_cancel(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Ask once more before cancelling."""
        self.asking, self.problem, self.done = "cancel", "", ""
        return rx.set_focus("pergunta")

    @rx.event
    async def ask_move(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Show the free times one may move to."""
        self.asking, self.problem, self.done = "move", "", ""
        now = clock.now()
        try:
            agenda = await in_reading(queries.agenda_view, self._slug, now=now)
            last, first = date.fromisoformat(agenda.last_day), clock.local_day(now)
            slots = await in_reading(
                queries.open_slots, self._slug, first, last, now=now, modality=self.it.modality
            )
        except AppError as refusal:
            self.asking, self.problem = "", refusal.message
            return None
        self.move_days = view.move_days(slots)
        self._choose(self.move_days[0].iso if self.move_days else "")
        return rx.set_focus("pergunta")

    @rx.event
    async def choose_day(self, day: str) -> None:
        """Show the free times of another day."""
        self._choose(day)

    @rx.event
    def keep(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Leave the appointment as it is."""
        asked, self.asking = self.asking, ""
        return rx.set_focus("mudar" if asked == "move" else "cancelar")

    @rx.event(temporal=True)
    async def cancel(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Cancel the appointment, take the request back, or decline what is offered."""
        was = self.it.status

        async def work() -> str:
            await in_session(service.cancel, self._token, now=clock.now())
            return view.CANCELLED_WORDS.get(was, view.CANCELLED_WORDS["confirmed"])

        return await self._do(work)

    @rx.event(temporal=True)
    async def move(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Move the appointment to another free time; a refusal leaves the form open."""
        sent = form if isinstance(form, dict) else {}

        async def work() -> str:
            start = moment_of(sent.get("day"), sent.get("time"))
            if start is None:
                raise InvalidError("Escolha o novo dia e horário.")
            await in_session(service.move, self._token, start, now=clock.now())
            return MOVED

        return await self._do(work, refused="move")

    async def _do(self, work: Callable[[], Awaitable[str]], refused: str = "") -> Any:  # noqa: ANN401
        self.problem, self.done, self.asking = "", "", ""
        try:
            limits.check("30/minute", "appointment-act", self.router.session.client_ip)
            self.done = await work()
        except AppError as refusal:
            self.problem, self.asking = refusal.message, refused
        await self._show_again()
        return rx.set_focus("pergunta" if self.asking else "titulo")

    def _choose(self, day: object) -> None:
        found = next((one for one in self.move_days if one.iso == day), None)
        self.move_day = found.iso if found else ""
        self.move_times = found.times if found else []

    async def _show(self) -> None:
        now = clock.now()
        one, _ = await in_reading(_read, self._token, now)
        await live.join(self, one.thread)
        one, values = await in_reading(_read, self._token, now)
        self._slug = one.agenda_slug
        self.it, self.steps, self.sent = values["it"], values["steps"], values["sent"]

    async def _show_again(self) -> None:
        try:
            await self._show()
        except NotFoundError:
            self.missing = True


live.show("appointment", AppointmentState, _read_room)
