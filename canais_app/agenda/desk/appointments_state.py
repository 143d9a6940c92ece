"""Appointments at the desk: noted, cancelled with other times, requests answered."""

from datetime import datetime
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event
from canais_app.agenda import chambers_desk
from canais_app.agenda.booking import approvals
from canais_app.agenda.desk.base_state import DeskState, parse_form_data, parse_text
from canais_app.agenda.formatting import format_relative_start
from canais_app.agenda.models import AppointmentStatus
from canais_app.kit import clock
from canais_app.kit.db import read, write
from canais_app.kit.errors import InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_id

MAX_ALTERNATIVES = 3


class DeskAppointmentsState(DeskState, mixin=True):
    """What the gabinete answers to those who come, will come, or ask to."""

    offers: list[tuple[str, str]] = []

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def mark_attended(self, actor: Actor, appointment_id: int) -> None:
        """Note that the lawyer came."""
        await self._call_service(
            actor,
            "Presença anotada.",
            chambers_desk.mark_attendance,
            parse_id(appointment_id),
            AppointmentStatus.ATTENDED,
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def mark_missed(self, actor: Actor, appointment_id: int) -> None:
        """Note that the lawyer did not come."""
        await self._call_service(
            actor,
            "Falta anotada.",
            chambers_desk.mark_attendance,
            parse_id(appointment_id),
            AppointmentStatus.MISSED,
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def clear_mark(self, actor: Actor, appointment_id: int) -> None:
        """Take the note back."""
        await self._call_service(
            actor,
            "Anotação desfeita.",
            chambers_desk.mark_attendance,
            parse_id(appointment_id),
            AppointmentStatus.CONFIRMED,
        )

    @staff_event(Permission.EDIT_AGENDA)
    async def ask_cancel(self, actor: Actor, appointment_id: int) -> EventResult:
        """Ask for the reason, and show the times that would be offered instead."""
        asked, now = parse_id(appointment_id), clock.now()
        found = await read(chambers_desk.suggest_alternatives, actor, asked, now=now)
        self.offers = [(at.isoformat(), format_relative_start(at, now)) for at in found]
        await self._after(actor)
        self.asking = asked
        return rx.set_focus("reason")

    @staff_event(Permission.EDIT_AGENDA)
    async def ask_refuse(self, actor: Actor, appointment_id: int) -> EventResult:
        """Ask why a request is refused."""
        await self._after(actor)
        self.refusing = parse_id(appointment_id)
        return rx.set_focus("refusal")

    @staff_event(Permission.EDIT_AGENDA)
    async def dismiss(self, actor: Actor) -> None:
        """Leave it as it is."""
        await self._after(actor)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def cancel(self, actor: Actor, form: dict[str, Any]) -> None:
        """Cancel with a reason, keeping the chosen times for the lawyer; everyone is told."""
        sent = parse_form_data(form)
        chosen = [at for at, _ in self.offers[:MAX_ALTERNATIVES] if sent.get(f"offer-{at}")]
        await write(
            chambers_desk.cancel_as_chambers,
            actor,
            self.asking,
            parse_text(sent.get("reason")),
            now=clock.now(),
            keep_closed=bool(sent.get("keep_closed")),
            alternatives=[_parse_moment(at) for at in chosen],
        )
        offered = " e com os horários oferecidos" if chosen else ""
        said = f"Atendimento cancelado. Quem marcou foi avisado, com o motivo{offered}."
        await self._after(actor, said)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def approve(self, actor: Actor, appointment_id: int) -> None:
        """Give a lawyer the time that was asked for."""
        said = "Pedido aprovado. Quem pediu foi avisado."
        await self._call_service(actor, said, approvals.approve_request, parse_id(appointment_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def refuse(self, actor: Actor, form: dict[str, Any]) -> None:
        """Refuse a request, with the reason."""
        said = parse_text(parse_form_data(form).get("refusal"))
        try:
            await write(approvals.refuse_request, actor, self.refusing, said, now=clock.now())
        except InvalidError as refusal:  # the field of this form has another name
            why = refusal.errors.get("reason", refusal.message)
            raise InvalidError(refusal.message, {"refusal": why}) from None
        await self._after(actor, "Pedido recusado. Quem pediu foi avisado, com o motivo.")


def _parse_moment(sent: str) -> datetime:
    return datetime.fromisoformat(sent)
