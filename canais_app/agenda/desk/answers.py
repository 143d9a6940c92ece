"""Appointments at the desk: noted, cancelled with other times, requests answered."""

from datetime import datetime
from typing import Any

import reflex as rx

from canais_app.accounts.guarded import staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import chambers
from canais_app.agenda.desk.work import Work, form_of, words
from canais_app.agenda.models import Status
from canais_app.agenda.words import moment_words
from canais_app.kit import clock
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import number

MOST_OFFERS = 3


class Answers(Work, mixin=True):
    """What the gabinete answers to those who come, will come, or ask to."""

    offers: list[tuple[str, str]] = []  # noqa: RUF012 (Reflex copies defaults at class creation)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def attended(self, actor: Actor, appointment_id: int) -> None:
        """Note that the lawyer came."""
        await self._call(
            actor, "Presença anotada.", chambers.mark, number(appointment_id), Status.ATTENDED
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def missed(self, actor: Actor, appointment_id: int) -> None:
        """Note that the lawyer did not come."""
        await self._call(
            actor, "Falta anotada.", chambers.mark, number(appointment_id), Status.MISSED
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def unmark(self, actor: Actor, appointment_id: int) -> None:
        """Take the note back."""
        await self._call(
            actor, "Anotação desfeita.", chambers.mark, number(appointment_id), Status.CONFIRMED
        )

    @staff_event(Permission.EDIT_AGENDA)
    async def ask_cancel(self, actor: Actor, appointment_id: int) -> EventResult:
        """Ask for the reason, and show the times that would be offered instead."""
        asked, now = number(appointment_id), clock.now()
        found = await in_reading(chambers.suggested, actor, asked, now=now)
        self.offers = [(at.isoformat(), moment_words(at, now)) for at in found]
        await self._after(actor)
        self.asking = asked
        return rx.set_focus("reason")

    @staff_event(Permission.EDIT_AGENDA)
    async def ask_refuse(self, actor: Actor, appointment_id: int) -> EventResult:
        """Ask why a request is refused."""
        await self._after(actor)
        self.refusing = number(appointment_id)
        return rx.set_focus("refusal")

    @staff_event(Permission.EDIT_AGENDA)
    async def keep(self, actor: Actor) -> None:
        """Leave it as it is."""
        await self._after(actor)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def cancel(self, actor: Actor, form: dict[str, Any]) -> None:
        """Cancel with a reason, keeping the chosen times for the lawyer; everyone is told."""
        sent = form_of(form)
        chosen = [at for at, _ in self.offers[:MOST_OFFERS] if sent.get(f"offer-{at}")]
        await in_session(
            chambers.cancel,
            actor,
            self.asking,
            words(sent.get("reason")),
            now=clock.now(),
            keep_closed=bool(sent.get("keep_closed")),
            alternatives=[_moment(at) for at in chosen],
        )
        offered = " e com os horários oferecidos" if chosen else ""
        said = f"Atendimento cancelado. Quem marcou foi avisado, com o motivo{offered}."
        await self._after(actor, said)

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def approve(self, actor: Actor, appointment_id: int) -> None:
        """Give a lawyer the time that was asked for."""
        said = "Pedido aprovado. Quem pediu foi avisado."
        await self._call(actor, said, chambers.approve, number(appointment_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def refuse(self, actor: Actor, form: dict[str, Any]) -> None:
        """Refuse a request, with the reason."""
        said = words(form_of(form).get("refusal"))
        try:
            await in_session(chambers.refuse, actor, self.refusing, said, now=clock.now())
        except InvalidError as refusal:  # the field of this form has another name
            why = refusal.errors.get("reason", refusal.message)
            raise InvalidError(refusal.message, {"refusal": why}) from None
        await self._after(actor, "Pedido recusado. Quem pediu foi avisado, com o motivo.")


def _moment(sent: str) -> datetime:
    return datetime.fromisoformat(sent)
