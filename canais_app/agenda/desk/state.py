"""What the gabinete sees of today and the week, and what it does about it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import chambers
from canais_app.agenda.chambers import Desk, DeskAgenda, DeskBlock, DeskDay
from canais_app.agenda.models import Status
from canais_app.agenda.moments import moment_of, time_words
from canais_app.kit import clock, live
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError, InvalidError, NotSignedInError

LIVE = "mesa"


def _read_room(session: Session, room: str, now: Any) -> Mapping[str, object]:  # noqa: ANN401
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    desk = chambers.desk_of(session, agenda_id, now=now)
    return {"days": desk.days, "blocks": desk.blocks, "conflicts": desk.conflicts}


class ChambersState(rx.State):
    """Today and the week of one of one's agendas."""

    days: list[DeskDay] = []
    blocks: list[DeskBlock] = []
    conflicts: list[DeskDay] = []

    ready: bool = False
    agendas: list[DeskAgenda] = []
    agenda_id: int = 0
    agenda_choice: str = ""
    title: str = ""
    slug: str = ""
    today: str = ""
    asking: int = 0
    problem: str = ""
    done: str = ""
    errors: dict[str, str] = {}

    @rx.event
    async def load(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Let the gabinete's people in and show their first agenda."""
        try:
            actor = await guard.admit(self, Permission.SEE_AGENDA_DESK)
            self.agendas = await in_reading(chambers.agendas_of, actor, now=clock.now())
            self._clear()
            if self.agendas:
                known = {one.id for one in self.agendas}
                await self._show(self.agenda_id if self.agenda_id in known else self.agendas[0].id)
        except AppError as refusal:
            return guard.turn_away(self, refusal)
        self.ready = True
        return None

    @rx.event
    async def choose(self, agenda_id: str) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Show another of one's agendas."""

        async def work(_: Actor) -> str:
            self.agenda_id = _number(agenda_id)
            return ""

        return await self._do(work)

    @rx.event(temporal=True)
    async def attended(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Note that the lawyer came."""
        return await self._mark(appointment_id, Status.ATTENDED, "Presença anotada.")

    @rx.event(temporal=True)
    async def missed(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Note that the lawyer did not come."""
        return await self._mark(appointment_id, Status.MISSED, "Falta anotada.")

    @rx.event(temporal=True)
    async def unmark(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Take the note back."""
        return await self._mark(appointment_id, Status.CONFIRMED, "Anotação desfeita.")

    @rx.event
    async def ask_cancel(self, appointment_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Ask for the reason."""

        async def work(_: Actor) -> str:
            self.asking = _number(appointment_id)
            return ""

        return await self._do(work) or rx.set_focus("reason")

    @rx.event
    async def keep(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Leave the appointment as it is."""

        async def work(_: Actor) -> str:
            return ""

        return await self._do(work)

    @rx.event(temporal=True)
    async def cancel(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Cancel with a reason; everyone is told."""
        sent = form if isinstance(form, dict) else {}
        asked = self.asking

        async def work(actor: Actor) -> str:
            self.asking = asked  # still asked, when refused
            await in_session(
                chambers.cancel,
                actor,
                asked,
                _words(sent.get("reason")),
                now=clock.now(),
                keep_closed=bool(sent.get("keep_closed")),
            )
            self.asking = 0
            return "Atendimento cancelado. Quem marcou foi avisado, com o motivo."

        return await self._do(work)

    @rx.event(temporal=True)
    async def block(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Close a span of a day."""
        sent = form if isinstance(form, dict) else {}

        async def work(actor: Actor) -> str:
            start = moment_of(sent.get("day"), time_words(sent.get("from")))
            end = moment_of(sent.get("day"), time_words(sent.get("until")))
            if start is None or end is None:
                said = "Escolha o dia, o começo e o fim do bloqueio."
                raise InvalidError(said, {"day": said})
            reason = _words(sent.get("block_reason"))
            await in_session(
                chambers.block, actor, self.agenda_id, start, end, reason, now=clock.now()
            )
            return "Período bloqueado: ninguém marca horário nele."

        return await self._do(work)

    @rx.event(temporal=True)
    async def unblock(self, block_id: int) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Open a closed span again."""

        async def work(actor: Actor) -> str:
            await in_session(chambers.unblock, actor, _number(block_id), now=clock.now())
            return "Bloqueio retirado."

        return await self._do(work)

    async def _mark(self, appointment_id: object, status: str, said: str) -> Any:  # noqa: ANN401

        async def work(actor: Actor) -> str:
            number = _number(appointment_id)
            await in_session(chambers.mark, actor, number, status, now=clock.now())
            return said

        return await self._do(work)

    async def _do(self, work: Callable[[Actor], Awaitable[str]]) -> Any:  # noqa: ANN401
        """Let in, do it, show what came of it; or say why not."""
        before = self.agenda_id
        self._clear()
        try:
            actor = await guard.admit(self, Permission.EDIT_AGENDA)
            said = await work(actor)
            await self._show(self.agenda_id)
        except NotSignedInError as refusal:
            return guard.turn_away(self, refusal)
        except AppError as refusal:
            self.agenda_id = before
            self.problem, self.errors = refusal.message, refusal.errors
        else:
            self.done = said
        return None

    async def _show(self, agenda_id: int) -> None:
        actor = await guard.admit(self, Permission.SEE_AGENDA_DESK)
        now = clock.now()
        # Whoever may not see it is refused here, before the room is entered.
        await in_reading(chambers.desk, actor, agenda_id, now=now)
        await live.join(self, f"agenda:{agenda_id}", LIVE, still=_still(actor, agenda_id))
        desk: Desk = await in_reading(chambers.desk, actor, agenda_id, now=now)
        self.agenda_id, self.agenda_choice, self.title = agenda_id, str(agenda_id), desk.title
        self.slug = next((one.slug for one in self.agendas if one.id == agenda_id), "")
        self.days, self.blocks, self.conflicts = desk.days, desk.blocks, desk.conflicts
        self.today = clock.local_day(now).isoformat()

    def _clear(self) -> None:
        self.asking, self.problem, self.done, self.errors = 0, "", "", {}


def _still(actor: Actor, agenda_id: int) -> live.Still:
    return guard.still(
        actor, lambda session, who, now: chambers.check(session, who, agenda_id, now=now)
    )


def _number(sent: object) -> int:
    if isinstance(sent, int):
        return sent
    return int(sent) if isinstance(sent, str) and sent.isascii() and sent.isdigit() else 0


def _words(sent: object) -> str:
    return sent if isinstance(sent, str) else ""


live.show(f"agenda#{LIVE}", ChambersState, _read_room, guarded=True)
