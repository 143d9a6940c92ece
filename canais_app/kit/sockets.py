# pyright: standard
# (python-socketio carries no types, so strictness would only name its gaps)
"""The sockets that Reflex keeps to the open pages: the one file that knows its wire format.

A room is python-socketio's own, and costs one encoding for all who are in it. Names of rooms hold
a colon; a socket's private room, which python-socketio makes, does not.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from sqlmodel import Session

NAMESPACE = "/_event"
RECHECK_SESSION_KEY = "canais.still"  # where a socket's environment holds the question of its page

# Whether one page may go on watching, as the room that guards it knows.
RecheckAccess = Callable[[Session, datetime], bool]


@dataclass(frozen=True)
class SocketRegistry:
    """This process's sockets, by the number of each (`sid`)."""

    sio: Any  # python-socketio's server

    def has_sockets(self, room: str) -> bool:
        """Whether anybody is in a room."""
        return bool(self._rooms().get(room))

    def is_member(self, sid: str, room: str) -> bool:
        """Whether a socket is in a room."""
        return sid in self._rooms().get(room, ())

    def count_sockets_and_rooms(self) -> tuple[int, int]:
        """Return how many sockets there are, and how many rooms of topics."""
        rooms = self._rooms()
        topics = sum(1 for name in rooms if isinstance(name, str) and ":" in name)
        return len(rooms.get(None, ())), topics

    def list_rooms(self, sid: str) -> tuple[str, ...]:
        """Return the rooms of topics that a socket is in."""
        return tuple(room for room in self.sio.rooms(sid, NAMESPACE) if ":" in room)

    def list_sockets(self, room: str) -> dict[str, RecheckAccess | None]:
        """Return who is in a room, each with the question that its page left."""
        return {
            sid: (self.sio.get_environ(sid, NAMESPACE) or {}).get(RECHECK_SESSION_KEY)
            for sid, _ in tuple(self.sio.manager.get_participants(NAMESPACE, room))
        }

    def store_recheck(self, sid: str, still: RecheckAccess | None) -> bool:
        """Keep a page's question with its socket; return whether the socket is still there."""
        environment = self.sio.get_environ(sid, NAMESPACE)
        if environment is None:
            return False
        environment[RECHECK_SESSION_KEY] = still
        return True

    async def join_room(self, sid: str, room: str) -> None:
        """Put a socket into a room; one that went away meanwhile is no error."""
        with contextlib.suppress(ValueError):
            await self.sio.enter_room(sid, room, namespace=NAMESPACE)

    async def leave_room(self, sid: str, room: str) -> None:
        """Take a socket out of a room."""
        await self.sio.leave_room(sid, room, namespace=NAMESPACE)

    async def send_values(
        self, room: str, state: type[rx.State], values: Mapping[str, object]
    ) -> None:
        """Send everybody in a room whole values for the vars of one State."""
        delta = {state.get_full_name(): {f"{k}{FIELD_MARKER}": v for k, v in values.items()}}
        await self.sio.emit("event", StateUpdate(delta=delta), room=room, namespace=NAMESPACE)

    async def redirect(self, sid: str, path: str) -> None:
        """Send one page to another address of ours."""
        away = StateUpdate(events=Event.from_event_type(_redirect(path)))
        await self.sio.emit("event", away, to=sid, namespace=NAMESPACE)

    def _rooms(self) -> Mapping[Any, Any]:
        return self.sio.manager.rooms.get(NAMESPACE, {})


def _redirect(path: str) -> EventSpec:
    return rx.redirect(path, replace=True)
