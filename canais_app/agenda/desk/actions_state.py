"""The desk's events: attendance, cancellations, answers to requests, walk-ins and blocks."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.agenda.booking import approvals
from canais_app.agenda.chambers import blocks, chambers_desk, walk_ins
from canais_app.agenda.chambers.walk_ins import WalkInForm, WalkInStatus, WalkInView
from canais_app.agenda.formatting import format_relative_start, parse_block_period
from canais_app.agenda.models import AppointmentStatus
from canais_app.agenda.views import BlockView
from canais_app.kit import clock, text
from canais_app.kit.db import read, write
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form, parse_id

MAX_ALTERNATIVES = 3
WALK_IN_FIELDS = frozenset(WalkInForm.model_fields)
ATTENDANCE_TEXTS: dict[str, str] = {
    AppointmentStatus.ATTENDED: "Presença anotada.",
    AppointmentStatus.MISSED: "Falta anotada.",
    AppointmentStatus.CONFIRMED: "Anotação desfeita.",
}
WALK_IN_TEXTS: dict[str, str] = {
    WalkInStatus.CALLED: "Chamada anotada.",
    WalkInStatus.WAITING: "A pessoa segue aguardando.",
    WalkInStatus.ATTENDED: "Atendimento anotado.",
    WalkInStatus.LEFT: "Saída anotada.",
}


class DeskState(StaffState, mixin=True):
    """The agenda on the screen; the appointments whose cancel or refuse form is open, or 0."""

    agenda_id: int = 0
    asking: int = 0
    refusing: int = 0

    async def _call_service(
        self, actor: Actor, done: str, service: Callable[..., object], *args: object
    ) -> None:
        """Call a service in a write transaction, reload the desk and show the message `done`."""
        await write(service, actor, *args, now=clock.now())
        await self._after(actor, done)

    async def _after(self, actor: Actor, done: str = "") -> None:
        """Close open forms, reload the desk and show the message `done`."""
        self.asking = self.refusing = 0
        await self._show(actor, self.agenda_id)
        self.news = done

    async def _show(self, actor: Actor, agenda_id: int) -> None:
        """Load the desk of an agenda."""
        raise NotImplementedError


class DeskAppointmentsState(DeskState, mixin=True):
    """Events on appointments and requests; `offers` are (ISO start, text) of alternatives."""

    offers: list[tuple[str, str]] = []

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def mark(self, actor: Actor, appointment_id: int, status: str) -> None:
        """Mark that the lawyer came or did not come; `confirmed` resets the mark."""
        done, service = ATTENDANCE_TEXTS.get(_text(status), ""), chambers_desk.mark_attendance
        await self._call_service(actor, done, service, parse_id(appointment_id), _text(status))

    @staff_event(Permission.EDIT_AGENDA)
    async def ask_cancel(self, actor: Actor, appointment_id: int) -> None:
        """Open the cancel form, with the slots that could be offered instead."""
        number, now = parse_id(appointment_id), clock.now()
        starts = await read(chambers_desk.suggest_alternatives, actor, number, now=now)
        self.offers = [(start.isoformat(), format_relative_start(start, now)) for start in starts]
        await self._after(actor)
        self.asking = number

    @staff_event(Permission.EDIT_AGENDA)
    async def ask_refuse(self, actor: Actor, appointment_id: int) -> None:
        """Open the refuse form."""
        await self._after(actor)
        self.refusing = parse_id(appointment_id)

    @staff_event(Permission.EDIT_AGENDA)
    async def dismiss(self, actor: Actor) -> None:
        """Close the open form."""
        await self._after(actor)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def cancel(self, actor: Actor, form: dict[str, Any]) -> None:
        """Cancel with a reason and hold the chosen alternatives for the lawyer."""
        sent = _form_data(form)
        chosen = [
            start for start, _ in self.offers[:MAX_ALTERNATIVES] if sent.get(f"offer-{start}")
        ]
        await write(
            chambers_desk.cancel_as_chambers,
            actor,
            self.asking,
            _text(sent.get("reason")),
            now=clock.now(),
            keep_closed=bool(sent.get("keep_closed")),
            alternatives=[datetime.fromisoformat(start) for start in chosen],
        )
        more = " e com os horários oferecidos" if chosen else ""
        done = f"Atendimento cancelado. Quem marcou foi avisado, com o motivo{more}."
        await self._after(actor, done)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def approve(self, actor: Actor, appointment_id: int) -> None:
        """Approve a request."""
        done = "Pedido aprovado. Quem pediu foi avisado."
        await self._call_service(actor, done, approvals.approve_request, parse_id(appointment_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def refuse(self, actor: Actor, form: dict[str, Any]) -> None:
        """Refuse a request with a reason."""
        reason = _text(_form_data(form).get("refusal"))
        try:
            await write(approvals.refuse_request, actor, self.refusing, reason, now=clock.now())
        except InvalidError as refusal:  # the field of this form has another name
            message = refusal.errors.get("reason", refusal.message)
            raise InvalidError(refusal.message, {"refusal": message}) from None
        await self._after(actor, "Pedido recusado. Quem pediu foi avisado, com o motivo.")


class WalkInsState(DeskState, mixin=True):
    """Events on today's walk-ins; a new `line_form` key empties the form."""

    line: list[WalkInView] = []
    line_form: str = "a"

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def add_walk_in(self, actor: Actor, form: dict[str, Any]) -> None:
        """Add a walk-in at the end of the list."""
        sent = {key: value for key, value in _form_data(form).items() if key in WALK_IN_FIELDS}
        arrival = parse_form(WalkInForm, sent)
        await write(walk_ins.add_walk_in, actor, self.agenda_id, arrival, now=clock.now())
        self.line_form = text.generate_token()
        await self._after(actor, f"{arrival.name} está na lista.")

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def move_walk_in(self, actor: Actor, walk_in_id: int, status: str) -> None:
        """Note that a walk-in is called, attended or gone; `waiting` reverts a call."""
        done, service = WALK_IN_TEXTS.get(_text(status), ""), walk_ins.set_walk_in_status
        await self._call_service(actor, done, service, parse_id(walk_in_id), _text(status))


class BlocksState(DeskState, mixin=True):
    """Events on blocked periods; `blocks` are the current and future ones."""

    blocks: list[BlockView] = []

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def create_block(self, actor: Actor, form: dict[str, Any]) -> None:
        """Block a period of one day, once or for some weeks."""
        sent = _form_data(form)
        day, weeks = sent.get("day"), parse_id(sent.get("weeks", "1"))
        start, end = parse_block_period(
            (day, sent.get("from")), (day, sent.get("until")), field="day"
        )
        done = "Período bloqueado: ninguém marca horário nele."
        reason = _text(sent.get("block_reason"))
        service = partial(blocks.create_block, weeks=weeks)
        await self._call_service(actor, done, service, self.agenda_id, start, end, reason)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def remove_block(self, actor: Actor, block_id: int) -> None:
        """Remove a block."""
        service = blocks.remove_block
        await self._call_service(actor, "Bloqueio retirado.", service, parse_id(block_id))


def _text(sent: object) -> str:
    return sent if isinstance(sent, str) else ""


def _form_data(sent: object) -> dict[str, Any]:
    return sent if isinstance(sent, dict) else {}
