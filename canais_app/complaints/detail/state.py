"""One complaint on the desk: what it says, and the moves that staff may make."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints import queries, triage
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.service import ComplaintMessageForm, ReportText
from canais_app.complaints.views import ComplaintDetail
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from canais_app.kit.forms import parse_form
from canais_app.kit.text import generate_token

REFUSAL = "recusa"  # the id of the sentence that says why not


class MoveForm(BaseModel):
    """A move, and why."""

    to: ComplaintStatus
    text: ReportText = ""


class IdentityReasonForm(BaseModel):
    """Why an identity is opened."""

    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class ExtensionForm(BaseModel):
    """Why a term is extended."""

    text: ReportText = ""


class ComplaintState(StaffState, rx.State):
    """Rebuilt from the protocol in the address; an opened identity is forgotten on leaving."""

    complaint: dict[str, Any] = {}
    steps: list[dict[str, Any]] = []
    moves: list[dict[str, str]] = []
    identity: dict[str, str] = {}
    missing: bool = False
    form_key: str = ""  # another after each act: its form is emptied

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def load(self, actor: Actor) -> None:
        """Show the complaint that the address names."""
        self.reset()
        try:
            await self._read(actor)
        except NotFoundError:
            self.missing = True
            raise

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def move(self, actor: Actor, form: dict[str, Any]) -> None:
        """Move the complaint."""
        wish = parse_form(MoveForm, form)
        await self._call(triage.move_complaint, actor, wish.to, wish.text)
        await self._after(actor, "Movimento registrado.")

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def write_to_reporter(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write to whoever reported."""
        await self._call(
            triage.write_staff_message,
            actor,
            parse_form(ComplaintMessageForm, form).text,
            public=True,
        )
        await self._after(actor, "Mensagem enviada.")

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def add_note(self, actor: Actor, form: dict[str, Any]) -> None:
        """Keep a note for staff."""
        await self._call(
            triage.write_staff_message,
            actor,
            parse_form(ComplaintMessageForm, form).text,
            public=False,
        )
        await self._after(actor, "Nota guardada.")

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def extend_deadline(self, actor: Actor, form: dict[str, Any]) -> None:
        """Extend the term by 30 days, once."""
        await self._call(triage.extend_deadline, actor, parse_form(ExtensionForm, form).text)
        await self._after(actor, "Prazo prorrogado.")

    @staff_event(Permission.OPEN_IDENTITY, temporal=True, focus=REFUSAL)
    async def open_identity(self, actor: Actor, form: dict[str, Any]) -> None:
        """Show who reported; the opening is on record."""
        self.identity = asdict(
            await self._call(triage.open_identity, actor, parse_form(IdentityReasonForm, form).why)
        )
        await self._after(actor, "Identidade aberta; o registro de auditoria foi feito.")

    async def _call(
        self, verb: Callable[..., Any], actor: Actor, *words: object, **more: object
    ) -> Any:  # noqa: ANN401 (whatever the service returns)
        protocol = str(self.complaint.get("protocol", ""))
        return await db.write(verb, actor, protocol, *words, now=clock.now(), **more)

    async def _after(self, actor: Actor, done: str) -> None:
        """Read the complaint anew, and say what was done."""
        await self._read(actor)
        self.news, self.form_key = done, generate_token()

    async def _read(self, actor: Actor) -> None:
        protocol = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        seen: ComplaintDetail = await db.read(queries.load_detail, actor, protocol, now=clock.now())
        told = asdict(seen)
        self.steps = [{**s, "moment": ""} for s in told.pop("steps")]
        self.moves = told.pop("moves")
        self.complaint = told
