"""Appointments at the desk: noted, cancelled with other times, requests answered."""

from datetime import datetime
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor
from canais_app.agenda import chambers
from canais_app.agenda.desk.work import Work, form_of, number, words
from canais_app.agenda.models import Status
from canais_app.agenda.words import moment_words
from canais_app.kit import clock
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import InvalidError

MOST_OFFERS = 3


class Answers(Work, mixin=True):
    """What the gabinete answers to those who come, will come, or ask to."""

    offers: list[tuple[str, str]] = []  # noqa: RUF012 (Reflex copies defaults at class creation)

    @rx.event(temporal=True)
    async def attended(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Note that the lawyer came."""
        return await self._call(
            "Presença anotada.", chambers.mark, number(appointment_id), Status.ATTENDED
        )

    @rx.event(temporal=True)
    async def missed(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Note that the lawyer did not come."""
        return await self._call(
            "Falta anotada.", chambers.mark, number(appointment_id), Status.MISSED
        )

    @rx.event(temporal=True)
    async def unmark(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take the note back."""
        return await self._call(
            "Anotação desfeita.", chambers.mark, number(appointment_id), Status.CONFIRMED
        )

    @rx.event
    async def ask_cancel(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Ask for the reason, and show the times that would be offered instead."""

        async def work(actor: Actor) -> str:
            asked, now = number(appointment_id), clock.now()
            found = await in_reading(chambers.suggested, actor, asked, now=now)
            self.offers = [(at.isoformat(), moment_words(at, now)) for at in found]
            self.asking = asked
            return ""

        return await self._do(work) or rx.set_focus("reason")

    @rx.event
    async def ask_refuse(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Ask why a request is refused."""

        async def work(_: Actor) -> str:
            self.refusing = number(appointment_id)
            return ""

        return await self._do(work) or rx.set_focus("refusal")

    @rx.event
    async def keep(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Leave it as it is."""

        async def work(_: Actor) -> str:
            return ""

        return await self._do(work)

    @rx.event(temporal=True)
    async def cancel(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Cancel with a reason, keeping the chosen times for the lawyer; everyone is told."""
        sent, asked, offers = form_of(form), self.asking, self.offers

        async def work(actor: Actor) -> str:
            self.asking, self.offers = asked, offers  # still asked, when refused
            chosen = [at for at, _ in offers[:MOST_OFFERS] if sent.get(f"offer-{at}")]
            await in_session(
                chambers.cancel,
                actor,
                asked,
                words(sent.get("reason")),
                now=clock.now(),
                keep_closed=bool(sent.get("keep_closed")),
                alternatives=[_moment(at) for at in chosen],
            )
            self.asking = 0
            offered = " e com os horários oferecidos" if chosen else ""
            return f"Atendimento cancelado. Quem marcou foi avisado, com o motivo{offered}."

        return await self._do(work)

    @rx.event(temporal=True)
    async def approve(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Give a lawyer the time that was asked for."""
        said = "Pedido aprovado. Quem pediu foi avisado."
        return await self._call(said, chambers.approve, number(appointment_id))

    @rx.event(temporal=True)
    async def refuse(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Refuse a request, with the reason."""
        said, asked = words(form_of(form).get("refusal")), self.refusing

        async def work(actor: Actor) -> str:
            self.refusing = asked
            try:
                await in_session(chambers.refuse, actor, asked, said, now=clock.now())
            except InvalidError as refusal:  # the field of this form has another name
                why = refusal.errors.get("reason", refusal.message)
                raise InvalidError(refusal.message, {"refusal": why}) from None
            self.refusing = 0
            return "Pedido recusado. Quem pediu foi avisado, com o motivo."

        return await self._do(work)


def _moment(sent: str) -> datetime:
    return datetime.fromisoformat(sent)
