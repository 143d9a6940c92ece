"""The desk of a manager: live, so that what a visitor says appears by itself."""

from datetime import datetime
from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel
from sqlmodel import Session

from canais_app.accounts import guard
from canais_app.accounts.guarded import Choice, Guarded, read, write
from canais_app.accounts.queries import grants_of
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import contacts, listing, proposals
from canais_app.directory.changes import DESK_TOPIC
from canais_app.directory.drafts import UnitCode
from canais_app.directory.listing import MyUnit
from canais_app.directory.proposals import ProposalRow
from canais_app.kit import clock, live
from canais_app.kit.forms import LongText, parse
from canais_app.kit.text import plural


class Refusal(BaseModel):
    """Why a proposal is not followed."""

    reason: LongText = ""


class Management(Guarded, rx.State):
    """One's units with their contacts, and the corrections that wait."""

    _needs: ClassVar[Permission] = Permission.EDIT_DIRECTORY

    units: list[MyUnit] = []
    waiting: list[ProposalRow] = []
    everywhere: bool = False
    refusing: int = 0

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show one's units, and listen to what comes."""
        self.reset()

        async def look(actor: Actor) -> None:
            await live.join(self, DESK_TOPIC, str(actor.staff_id), still=guard.still(actor, _may))
            await self._show(actor)

        return await self._run(look)

    async def _show(self, actor: Actor) -> None:
        self.everywhere = actor.can(Permission.SHAPE_DIRECTORY)
        self.units = await read(listing.my_units, actor, now=clock.now())
        self.waiting = await read(proposals.waiting, actor)

    @rx.event(temporal=True)
    async def confirm(self, code: str):  # noqa: ANN201 (Reflex's own event type)
        """Say that every contact of a unit is right as it is."""

        async def work(actor: Actor) -> None:
            count = await write(contacts.confirm, actor, parse(UnitCode, {"code": code}).code)
            self.news = plural(count, "contato confirmado.", "contatos confirmados.")

        return await self._run(work, self._show)

    @rx.event(temporal=True)
    async def accept(self, proposal: int):  # noqa: ANN201 (Reflex's own event type)
        """Do what a visitor says."""

        async def work(actor: Actor) -> None:
            self.news = await write(proposals.accept, actor, parse(Choice, {"id": proposal}).id)
            self.refusing = 0

        return await self._run(work, self._show)

    @rx.event
    async def ask_reason(self, proposal: int):  # noqa: ANN201 (Reflex's own event type)
        """Ask why a proposal is not followed; 0 asks nothing."""

        async def work(_actor: Actor) -> None:
            self.refusing = parse(Choice, {"id": proposal}).id

        return await self._run(work) or rx.set_focus("reason")

    @rx.event(temporal=True)
    async def refuse(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Close the chosen proposal without doing what it says."""

        async def work(actor: Actor) -> None:
            reason = parse(Refusal, form).reason
            await write(proposals.refuse, actor, self.refusing, reason)
            self.news, self.refusing = "Correção recusada.", 0

        return await self._run(work, self._show)


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


live.show("contacts", Management, _read, guarded=True)
