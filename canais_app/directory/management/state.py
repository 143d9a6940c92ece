"""The desk of a manager: live, so that what a visitor says appears by itself."""

from datetime import datetime
from typing import Any

import reflex as rx
from pydantic import BaseModel
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.guarded import Choice, Guarded, read, staff_event, write
from canais_app.accounts.queries import grants_of
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import contacts, listing, proposals
from canais_app.directory.changes import DESK_TOPIC
from canais_app.directory.drafts import UnitCode
from canais_app.directory.listing import MyUnit
from canais_app.directory.proposals import ProposalRow
from canais_app.kit import clock, live
from canais_app.kit.events import EventResult
from canais_app.kit.forms import LongText, parse
from canais_app.kit.text import plural


class Refusal(BaseModel):
    """Why a proposal is not followed."""

    reason: LongText = ""


class Management(Guarded, rx.State):
    """One's units with their contacts, and the corrections that wait."""

    units: list[MyUnit] = []
    waiting: list[ProposalRow] = []
    everywhere: bool = False
    refusing: int = 0

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show one's units, and listen to what comes."""
        self.reset()
        await live.join(self, DESK_TOPIC, str(actor.staff_id), still=guard.still(actor, _may))
        await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        self.everywhere = actor.can(Permission.SHAPE_DIRECTORY)
        self.units = await read(listing.my_units, actor, now=clock.now())
        self.waiting = await read(proposals.waiting, actor)

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def confirm(self, actor: Actor, code: str) -> None:
        """Say that every contact of a unit is right as it is."""
        count = await write(contacts.confirm, actor, parse(UnitCode, {"code": code}).code)
        self.news = plural(count, "contato confirmado.", "contatos confirmados.")
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def accept(self, actor: Actor, proposal: int) -> None:
        """Do what a visitor says."""
        self.news = await write(proposals.accept, actor, parse(Choice, {"id": proposal}).id)
        self.refusing = 0
        await self._show(actor)

    @staff_event(Permission.EDIT_DIRECTORY)
    async def ask_reason(self, _actor: Actor, proposal: int) -> EventResult:
        """Ask why a proposal is not followed; 0 asks nothing."""
        self.refusing = parse(Choice, {"id": proposal}).id
        return rx.set_focus("reason")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def refuse(self, actor: Actor, form: dict[str, Any]) -> None:
        """Close the chosen proposal without doing what it says."""
        reason = parse(Refusal, form).reason
        await write(proposals.refuse, actor, self.refusing, reason)
        self.news, self.refusing = "Correção recusada.", 0
        await self._show(actor)


def _may(_session: Session, actor: Actor, _now: datetime) -> None:
    require(actor, Permission.EDIT_DIRECTORY)


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read the desk of the person whose room it is, with the roles they hold by now."""
    staff_id = int(room.rpartition("#")[2])
    actor = Actor(staff_id, grants=grants_of(session, staff_id))
    return {
        "units": listing.my_units(session, actor=actor, now=now),
        "waiting": proposals.waiting(session, actor=actor),
    }


def register() -> None:
    """Register the live view of a person's units."""
    live.show("contacts", Management, _read, guarded=True)
