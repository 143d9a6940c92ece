"""One complaint on the desk: what it says, and the moves that staff may make."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import guard
from canais_app.accounts.roles import Permission
from canais_app.complaints import queries, triage
from canais_app.complaints.lifecycle import Status
from canais_app.complaints.reports import Message, ReportText
from canais_app.complaints.views import Detail
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.forms import parse
from canais_app.kit.text import new_token


class Wish(BaseModel):
    """A move, and why."""

    to: Status
    text: ReportText = ""


class Reason(BaseModel):
    """Why an identity is opened."""

    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Why(BaseModel):
    """Why a term is extended."""

    text: ReportText = ""


class ComplaintDesk(rx.State):
    """Rebuilt from the protocol in the address; an opened identity is forgotten on leaving."""

    complaint: dict[str, Any] = {}
    steps: list[dict[str, Any]] = []
    moves: list[dict[str, str]] = []
    identity: dict[str, str] = {}
    done: str = ""
    missing: bool = False
    problem: str = ""
    errors: dict[str, str] = {}
    form_key: str = ""  # another after each act: its form is emptied

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show the complaint that the address names."""
        self.reset()
        try:
            await guard.admit(self, Permission.TRIAGE_COMPLAINTS)
            await self._read()
        except AppError as refusal:
            if refusal.status == 404:  # noqa: PLR2004 (as HTTP says it)
                self.missing = True
                self.problem = refusal.message
                return None
            return guard.turn_away(self, refusal)
        return None

    @rx.event(temporal=True)
    async def move(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Move the complaint."""

        def words(sent: object) -> tuple[object, ...]:
            wish = parse(Wish, sent)
            return wish.to, wish.text

        return await self._do(triage.move, words, form, "Movimento registrado.")

    @rx.event(temporal=True)
    async def write(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Write to whoever reported."""
        return await self._do(_write_public, _message, form, "Mensagem enviada.")

    @rx.event(temporal=True)
    async def note(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Keep a note for staff."""
        return await self._do(_write_note, _message, form, "Nota guardada.")

    @rx.event(temporal=True)
    async def extend(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Extend the term by 30 days, once."""
        return await self._do(
            triage.extend, lambda sent: (parse(Why, sent).text,), form, "Prazo prorrogado."
        )

    @rx.event(temporal=True)
    async def open_identity(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Show who reported; the opening is on record."""
        return await self._do(
            triage.open_identity,
            lambda sent: (parse(Reason, sent).why,),
            form,
            "Identidade aberta; o registro de auditoria foi feito.",
        )

    async def _do(
        self,
        work: Callable[..., Any],
        words: Callable[[object], tuple[object, ...]],
        form: object,
        done: str,
    ) -> Any:  # noqa: ANN401 (Reflex's own event type)
        self.problem, self.errors, self.done = "", {}, ""
        try:
            actor = await guard.admit(self, Permission.TRIAGE_COMPLAINTS)
        except AppError as refusal:
            self.reset()
            return guard.turn_away(self, refusal)
        try:
            protocol = str(self.complaint.get("protocol", ""))
            result = await db.in_session(work, actor, protocol, *words(form), now=clock.now())
            if isinstance(result, triage.Identity):
                self.identity = asdict(result)
            await self._read()
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return rx.set_focus("recusa")
        self.done = done
        self.form_key = new_token()
        return None

    async def _read(self) -> None:
        actor = await guard.actor_of(self)
        protocol = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        seen: Detail = await db.in_reading(queries.detail, actor, protocol, now=clock.now())
        told = asdict(seen)
        self.steps = [{**s, "moment": ""} for s in told.pop("steps")]
        self.moves = told.pop("moves")
        self.complaint = told


def _message(sent: object) -> tuple[object, ...]:
    return (parse(Message, sent).text,)


def _write_public(session: Any, actor: Any, protocol: str, said: str, *, now: Any) -> None:  # noqa: ANN401
    triage.write(session, actor, protocol, said, public=True, now=now)


def _write_note(session: Any, actor: Any, protocol: str, said: str, *, now: Any) -> None:  # noqa: ANN401
    triage.write(session, actor, protocol, said, public=False, now=now)
