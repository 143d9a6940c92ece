"""State of the staff frame: menu with live counts, the person, the session's clock."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypedDict

import reflex as rx
from sqlmodel import Session

from canais_app.accounts import queries, sessions
from canais_app.accounts.frame import counts
from canais_app.accounts.frame.menu import MenuEntry, menu_for, office_of, phone_entries
from canais_app.accounts.roles import Actor, Permission, require_signed_in
from canais_app.accounts.staff_state import (
    StaffState,
    peek_presence,
    recheck_access,
    redirect_refusal,
    staff_event,
)
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.text import format_hour, format_number, initials

WARNING = timedelta(minutes=5)  # before the end of the session
SESSION_OVER = "Sua sessão terminou. O que você digitou está guardado: entre para continuar."


class MenuGroup(TypedDict):
    """The entries of one area."""

    name: str
    entries: list[dict[str, Any]]


class Frame(TypedDict):
    """What changes live: the menu of a person's roles, and its numbers (empty: zero)."""

    groups: list[MenuGroup]
    phone: list[dict[str, Any]]
    counts: dict[str, str]


async def _peek_actor(state: rx.State, _needs: Permission | None) -> Actor:
    actor = (await peek_presence(state)).actor
    require_signed_in(actor)
    return actor


class FrameState(StaffState, rx.State):
    """One for all staff pages of a tab, loaded with each."""

    groups: list[MenuGroup] = []
    phone: list[dict[str, Any]] = []
    counts: dict[str, str] = {}
    person: int = 0
    name: str = ""
    initials: str = ""
    roles: str = ""
    office: str = ""
    until: str = ""
    # Seconds to the end of the session when `stamp` was given; the page's script counts.
    left: int = 0
    stamp: str = ""
    ending: str = ""
    extendable: bool = True

    @staff_event(None)
    async def load(self, actor: Actor) -> None:
        """Show the person's menu, and subscribe to its numbers."""
        await live.subscribe(
            self,
            sessions.frame_topic(actor.staff_id),
            recheck_access=recheck_access(actor, _recheck),
        )
        await self._show_session(actor)
        self.person = actor.staff_id or 0
        frame = await db.read(load_frame, actor, now=clock.now())
        self.groups, self.phone, self.counts = frame["groups"], frame["phone"], frame["counts"]
        self.name, self.initials, self.office = (actor.name, initials(actor.name), office_of(actor))
        roles = await db.read(queries.describe_roles, actor.staff_id)
        self.roles = ", ".join(role[:1].upper() + role[1:] for role in roles)

    @staff_event(None, admit=_peek_actor)
    async def check_session(self, actor: Actor) -> None:
        """Warn of the session's end; asking does not prolong it."""
        await self._show_session(actor)

    @staff_event(None)
    async def keep_session(self, actor: Actor) -> None:
        """Prolong the session, as every event does."""
        await self._show_session(actor)

    async def _show_session(self, actor: Actor) -> None:
        now = clock.now()
        expires, idle = await db.read(sessions.load_ends, actor.session_id)
        end = min(expires, idle)
        self.until, self.stamp = format_hour(expires), now.isoformat()
        self.left = max(0, int((end - now).total_seconds()))
        self.extendable = idle < expires
        self.ending = ""
        if end - now <= WARNING:
            minutes = max(1, round(self.left / 60))
            self.ending = f"Sua sessão termina em {minutes} min. Nada se perde."

    async def _refuse(self, refusal: AppError) -> EventResult:
        """Say that the session is over; a page drawn for the first time leaves it to its own."""
        if not self.name:
            return redirect_refusal(self, refusal)
        self.problem, self.ending = SESSION_OVER, ""
        return None


def load_frame(session: Session, actor: Actor, *, now: datetime) -> Frame:
    """Return the menu of a person with its numbers."""
    menu = menu_for(actor)
    numbers = counts.read_counts(session, actor, now=now)
    return {
        "groups": _group_entries(menu),
        "phone": [asdict(entry) for entry in phone_entries(menu)],
        "counts": {
            name: format_number(number) if number else "" for name, number in numbers.items()
        },
    }


def _group_entries(menu: Sequence[MenuEntry]) -> list[MenuGroup]:
    names = dict.fromkeys(entry.group for entry in menu)
    return [{"name": n, "entries": [asdict(e) for e in menu if e.group == n]} for n in names]


def _recheck(_session: Session, actor: Actor, _now: datetime) -> None:
    require_signed_in(actor)


def _read(session: Session, room: str, now: datetime) -> Frame:
    """Read the frame of the room's person, with their current roles."""
    actor = queries.load_actor(session, int(room.partition(":")[2]))
    return load_frame(session, actor, now=now)


def register() -> None:
    """Register the live view of a person's frame."""
    live.register_view(
        "frame",
        FrameState,
        _read,
        rechecks_access=True,
        farewell={"problem": SESSION_OVER, "ending": ""},
    )
