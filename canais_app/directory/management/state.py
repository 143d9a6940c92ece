"""State of the manager's page; visitors' corrections appear live."""

from datetime import datetime
from typing import Any

import reflex as rx
from pydantic import BaseModel
from sqlmodel import Session

from canais_app.accounts.queries import load_actor
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import (
    StaffState,
    read_as_actor,
    recheck_access,
    staff_event,
    write_as_actor,
)
from canais_app.directory.editing import corrections, views
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.change_log import CONTACTS_TOPIC
from canais_app.directory.editing.corrections import CorrectionRow
from canais_app.directory.editing.schemas import UnitCodeForm
from canais_app.directory.editing.views import ManagedUnit
from canais_app.kit import clock, live
from canais_app.kit.events import EventResult
from canais_app.kit.forms import LongText, parse_form, parse_id
from canais_app.kit.text import pluralise


class RefusalForm(BaseModel):
    """Why a correction is refused."""

    reason: LongText = ""


class ManagementState(StaffState, rx.State):
    """The actor's units with their contacts, and the open corrections."""

    units: list[ManagedUnit] = []
    waiting: list[CorrectionRow] = []
    everywhere: bool = False
    refusing: int = 0

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the actor's units, and subscribe to changes."""
        self.reset()
        await live.subscribe(
            self,
            CONTACTS_TOPIC,
            str(actor.staff_id),
            recheck_access=recheck_access(actor, _recheck_permission),
        )
        await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        self.everywhere = actor.can(Permission.SHAPE_DIRECTORY)
        self.units = await read_as_actor(views.list_managed_units, actor, now=clock.now())
        self.waiting = await read_as_actor(corrections.list_open_corrections, actor)

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def confirm_contacts(self, actor: Actor, code: str) -> None:
        """Mark every contact of a unit as verified."""
        count = await write_as_actor(
            editing.confirm_contacts, actor, parse_form(UnitCodeForm, {"code": code}).code
        )
        self.news = pluralise(count, "contato confirmado.", "contatos confirmados.")
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def accept_correction(self, actor: Actor, proposal: int) -> None:
        """Apply a correction."""
        self.news = await write_as_actor(corrections.accept_correction, actor, parse_id(proposal))
        self.refusing = 0
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def open_refusal(self, _actor: Actor, proposal: int) -> EventResult:
        """Open the form of a refusal's reason; 0 closes it."""
        self.refusing = parse_id(proposal)
        return rx.set_focus("reason")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def refuse_correction(self, actor: Actor, form: dict[str, Any]) -> None:
        """Refuse the chosen correction."""
        reason = parse_form(RefusalForm, form).reason
        await write_as_actor(corrections.refuse_correction, actor, self.refusing, reason)
        self.news, self.refusing = "Correção recusada.", 0
        await self._show(actor)


def _recheck_permission(_session: Session, actor: Actor, _now: datetime) -> None:
    require_permission(actor, Permission.EDIT_DIRECTORY)


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read the page of the room's person, with their current roles."""
    actor = load_actor(session, int(room.rpartition("#")[2]))
    return {
        "units": views.list_managed_units(session, actor=actor, now=now),
        "waiting": corrections.list_open_corrections(session, actor=actor),
    }


def register() -> None:
    """Register the live view of a person's units."""
    # The inbox of the same page has a room of its own; this one is beside it.
    live.register_view(
        "contacts",
        ManagementState,
        _read,
        rechecks_access=True,
        farewell={"units": [], "waiting": []},
    )
