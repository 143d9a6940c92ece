# pyright: standard
# (python-socketio has no types)
"""Reflex's sockets to the open pages: the only file that knows their wire format.

Rooms are python-socketio's: an update is encoded once per room. Names of our rooms contain a
colon; the private room of each socket does not.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
import structlog
from reflex.event import EventSpec
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from sqlmodel import Session

from canais_app.kit import clock, db
from canais_app.settings import settings

NAMESPACE = "/_event"
RECHECK_KEY = "canais.recheck"  # of the checks by room in a socket's environment

# Events of one socket: a person makes a few a second, a page that opens about ten at once.
EVENTS_PER_SECOND, EVENTS_AT_ONCE = 20.0, 200.0
log = structlog.get_logger()

# Returns whether a page may still receive updates.
RecheckAccess = Callable[[Session, datetime], bool]


@dataclass(frozen=True)
class SocketRegistry:
    """This process's sockets, by socket id (`sid`)."""

    sio: Any  # python-socketio's server

    def has_sockets(self, room: str) -> bool:
        """Return whether any socket is in a room."""
        return bool(self._rooms().get(room))

    def is_member(self, sid: str, room: str) -> bool:
        """Return whether a socket is in a room."""
        return sid in self._rooms().get(room, ())

    def count_sockets_and_rooms(self) -> tuple[int, int]:
        """Return the number of sockets and the number of topic rooms."""
        rooms = self._rooms()
        topics = sum(1 for name in rooms if isinstance(name, str) and ":" in name)
        return len(rooms.get(None, ())), topics

    def list_rooms(self, sid: str) -> tuple[str, ...]:
        """Return the topic rooms of a socket."""
        return tuple(room for room in self.sio.rooms(sid, NAMESPACE) if ":" in room)

    def list_sockets(self, room: str) -> dict[str, RecheckAccess | None]:
        """Return the sockets of a room, each with its page's access check."""
        return {
            sid: (self.sio.get_environ(sid, NAMESPACE) or {}).get(RECHECK_KEY, {}).get(room)
            for sid, _ in tuple(self.sio.manager.get_participants(NAMESPACE, room))
        }

    def store_recheck(self, sid: str, room: str, check: RecheckAccess | None) -> bool:
        """Store a room's access check with a socket; return False when the socket is gone."""
        environment = self.sio.get_environ(sid, NAMESPACE)
        if environment is None:
            return False
        environment.setdefault(RECHECK_KEY, {})[room] = check
        return True

    async def join_room(self, sid: str, room: str) -> None:
        """Put a socket into a room; ignore one that has disconnected meanwhile."""
        with contextlib.suppress(ValueError):
            await self.sio.enter_room(sid, room, namespace=NAMESPACE)

    async def leave_room(self, sid: str, room: str) -> None:
        """Take a socket out of a room."""
        await self.sio.leave_room(sid, room, namespace=NAMESPACE)
        environment = self.sio.get_environ(sid, NAMESPACE) or {}
        environment.get(RECHECK_KEY, {}).pop(room, None)

    async def send_values(
        self, room: str, state: type[rx.State], values: Mapping[str, object]
    ) -> None:
        """Send whole values of one State's vars to all sockets of a room."""
        delta = {state.get_full_name(): {f"{k}{FIELD_MARKER}": v for k, v in values.items()}}
        await self.sio.emit("event", StateUpdate(delta=delta), room=room, namespace=NAMESPACE)

    async def evict_unauthorised(self, rooms: Iterable[str]) -> list[tuple[str, str]]:
        """Remove the sockets that lost access from some rooms; return each with its room."""
        members = [
            (sid, room, check) for room in rooms for sid, check in self.list_sockets(room).items()
        ]
        evicted = await db.read(_without_access, members, clock.now())
        for sid, room in evicted:
            await self.leave_room(sid, room)
        return evicted

    async def redirect(self, sid: str, path: str) -> None:
        """Redirect one page to another path of the portal."""
        update = StateUpdate(events=Event.from_event_type(_redirect(path)))
        await self.sio.emit("event", update, to=sid, namespace=NAMESPACE)

    def _rooms(self) -> Mapping[Any, Any]:
        return self.sio.manager.rooms.get(NAMESPACE, {})


class EventBudget:
    """What each socket may still send: a bucket that fills with time (token bucket)."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}  # by socket: events, and as of when

    def take(self, sid: str, now: float) -> bool:
        """Take one event at `now` (seconds of any clock); return False when nothing is left."""
        left, since = self._left.get(sid, (EVENTS_AT_ONCE, now))
        left = min(EVENTS_AT_ONCE, left + (now - since) * EVENTS_PER_SECOND)
        is_left = left >= 1
        self._left[sid] = (left - is_left, now)
        return is_left

    def forget(self, sid: str) -> None:
        """Forget a socket that is gone."""
        self._left.pop(sid, None)


def limit_events(app: rx.App) -> None:
    """Close sockets that send more events than `EventBudget` allows."""
    namespace: Any = app.event_namespace
    dispatch, budget = namespace.trigger_event, EventBudget()

    async def trigger_event(event: str, sid: str, *args: Any) -> Any:  # noqa: ANN401 (socketio's)
        if event == "disconnect":
            budget.forget(sid)
        elif settings().rate_limits == "on" and not budget.take(sid, time.monotonic()):
            server = namespace.server
            if connection := server.manager.eio_sid_from_sid(sid, NAMESPACE):
                log.warning("socket_closed", cause="too many events")
                await server.eio.disconnect(connection)  # the line, not the namespace alone
            return None
        return await dispatch(event, sid, *args)

    namespace.trigger_event = trigger_event


def _redirect(path: str) -> EventSpec:
    return rx.redirect(path, replace=True)


def _without_access(
    session: Session, members: Iterable[tuple[str, str, RecheckAccess | None]], now: datetime
) -> list[tuple[str, str]]:
    found: dict[RecheckAccess | None, bool] = {None: False}
    for _, _, check in members:
        if check not in found and check is not None:  # windows of one session share a check
            found[check] = check(session, now)
    return [(sid, room) for sid, room, check in members if not found[check]]
