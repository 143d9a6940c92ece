"""State of a complaint's page: the complaint and the actions of triage."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import reflex as rx
from pydantic import BaseModel
from sqlmodel import Session

from canais_app.accounts import drafts
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints import queries
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.schemas import ComplaintMessageForm, IdentityReasonForm, ReportText
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError, NotFoundError
from canais_app.kit.forms import parse_form
from canais_app.kit.text import generate_token
from canais_app.ui.forms import is_repeated

REFUSAL = "recusa"  # the id of the error message


class MoveForm(BaseModel):
    """A move and its reason."""

    to: ComplaintStatus
    text: ReportText = ""


class ExtensionForm(BaseModel):
    """The reason to extend a term."""

    text: ReportText = ""


class ComplaintState(StaffState, rx.State):
    """Rebuilt from the protocol in the address; an opened identity is cleared on leaving."""

    complaint: dict[str, Any] = {}
    steps: list[dict[str, Any]] = []
    moves: list[dict[str, str]] = []
    identity: dict[str, str] = {}
    missing: bool = False
    form_key: str = ""  # changes after each action, which empties its form

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
        if is_repeated(form, self.form_key):
            return
        sent = parse_form(MoveForm, form)
        await self._call(
            actor,
            "mover",
            "Movimento registrado.",
            triage.move_complaint,
            sent.to,
            sent.text,
            version=self._version(),
        )

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def write_to_reporter(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write to the reporter."""
        if is_repeated(form, self.form_key):
            return
        text = parse_form(ComplaintMessageForm, form).text
        await self._call(
            actor, "mensagem", "Mensagem enviada.", triage.write_staff_message, text, public=True
        )

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def add_note(self, actor: Actor, form: dict[str, Any]) -> None:
        """Add a note for staff."""
        if is_repeated(form, self.form_key):
            return
        text = parse_form(ComplaintMessageForm, form).text
        await self._call(
            actor, "nota", "Nota guardada.", triage.write_staff_message, text, public=False
        )

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def extend_deadline(self, actor: Actor, form: dict[str, Any]) -> None:
        """Extend the term by 30 days, once."""
        if is_repeated(form, self.form_key):
            return
        await self._call(
            actor,
            "prazo",
            "Prazo prorrogado.",
            triage.extend_deadline,
            parse_form(ExtensionForm, form).text,
            version=self._version(),
        )

    @staff_event(Permission.OPEN_IDENTITY, temporal=True, focus=REFUSAL)
    async def open_identity(self, actor: Actor, form: dict[str, Any]) -> None:
        """Show the reporter; the opening is audited."""
        if is_repeated(form, self.form_key):
            return
        reason = parse_form(IdentityReasonForm, form).why
        news = "Identidade aberta; o registro de auditoria foi feito."
        self.identity = asdict(
            await self._call(actor, "motivo", news, triage.open_identity, reason)
        )

    async def _call(
        self,
        actor: Actor,
        form: str,
        news: str,
        write: Callable[..., Any],
        *args: object,
        **options: object,
    ) -> Any:  # noqa: ANN401 (the service's result)
        protocol, now = str(self.complaint.get("protocol", "")), clock.now()

        def work(session: Session) -> Any:  # noqa: ANN401
            result = write(session, actor, protocol, *args, now=now, **options)
            drafts.discard_draft(session, f"{form}:{protocol}", actor=actor, now=now)
            return result

        try:
            result = await db.write(work)
        except ConflictError:
            await self._read(actor)  # as it is now; the text stays
            raise
        await self._read(actor)
        self.news, self.form_key = news, generate_token()
        return result

    def _version(self) -> int:
        """Return the version of the complaint that the page shows."""
        return int(self.complaint.get("version", 0))

    async def _read(self, actor: Actor) -> None:
        protocol = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        fields = asdict(await db.read(queries.load_detail, actor, protocol, now=clock.now()))
        self.steps = [{**step, "moment": ""} for step in fields.pop("steps")]
        # A duplicate needs its original, which the desk's panel offers.
        self.moves = [m for m in fields.pop("moves") if m["to"] != ComplaintStatus.DUPLICATE]
        self.complaint = fields
