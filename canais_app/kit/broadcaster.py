"""Read the view of each room whose topic changed, and send it to the room's sockets.

A room is a topic, or a topic and a variant of its view: `agenda:12#2026-11-23`. A change costs
one read per process and room, not one per viewer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import reflex as rx
import structlog
from sqlmodel import Session

from canais_app import routes
from canais_app.kit import clock, db, pubsub
from canais_app.kit.errors import BusyError
from canais_app.kit.sockets import SocketRegistry

MIN_INTERVAL_SECONDS = 0.2  # between two updates of one topic
BESIDE_INTERVAL_SECONDS = 1.0  # of rooms beside the page's own: one for each person
log = structlog.get_logger()

# Returns the values of a room; None when it already shows them.
ReadRoom = Callable[[Session, str, datetime], Mapping[str, object] | None]
# Returns the rooms that a change concerns.
SelectRooms = Callable[[Session, Iterable[str], datetime], Iterable[str]]
PendingUpdate = tuple[str, SelectRooms | None]  # a topic, and which of its rooms (None: all)


@dataclass(frozen=True)
class LiveView:
    """How a room is read: whole values by var name, for the vars of one State."""

    state: type[rx.State]
    read: ReadRoom
    rechecks_access: bool = False
    # Of a room beside the page's own: sent to a socket that lost access, which stays on its page.
    farewell: Mapping[str, object] | None = None


@dataclass
class Broadcaster:
    """This process's rooms, and the views that fill them."""

    views: dict[str, LiveView] = field(default_factory=dict[str, LiveView])
    rooms: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    listeners: list[Callable[[str], None]] = field(default_factory=list[Callable[[str], None]])
    dependents: defaultdict[str, dict[str, SelectRooms | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    app: rx.App | None = None
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None
    _may_have_missed: bool = False
    _due: set[PendingUpdate] = field(default_factory=set[PendingUpdate])
    _busy: set[PendingUpdate] = field(default_factory=set[PendingUpdate])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @property
    def sockets(self) -> SocketRegistry | None:
        """This process's sockets; None before the app serves."""
        return SocketRegistry(self.app.sio) if self.app and self.app.sio else None

    def find_view(self, topic: str, variant: str) -> LiveView | None:
        """Return the view of a topic's rooms, or of one variant of it (`mudar:7` is of `mudar`)."""
        kind, own = topic.partition(":")[0], variant.partition(":")[0]
        return self.views.get(f"{kind}#{own}", self.views.get(kind))

    def is_beside(self, room: str) -> bool:
        """Return whether a room is shown beside the page's own."""
        topic, _, variant = room.partition("#")
        view = self.find_view(topic, variant)
        return view is not None and view.farewell is not None

    def on_change(self, topic: str) -> None:
        """Schedule the updates of a topic and of its dependents, at most five a second."""
        for listener in self.listeners:
            listener(topic)
        followers = self.dependents.get(topic, {})
        for other in tuple(self.rooms) if followers else ():
            kind = other.partition(":")[0]
            choose = followers.get(kind)
            if choose is not None:
                self._schedule_update(other, choose)
            elif kind in followers and other != topic:
                self.on_change(other)
        self._schedule_update(topic)

    def _schedule_update(self, topic: str, choose: SelectRooms | None = None) -> None:
        self._due.add((topic, choose))
        if (topic, choose) not in self._busy:
            self._busy.add((topic, choose))
            task = asyncio.ensure_future(self._update_rooms(topic, choose))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _update_rooms(self, topic: str, choose: SelectRooms | None) -> None:
        try:
            beside = self.is_beside(topic)
            while (topic, choose) in self._due:
                if beside:  # the pages' own rooms come first
                    await asyncio.sleep(BESIDE_INTERVAL_SECONDS)
                self._due.discard((topic, choose))
                now = clock.now()  # one moment: what one room has read, the others may share
                rooms = await self._selected_rooms(topic, choose, now)
                for room in await self._recheck_access(topic, rooms):
                    await self._update_room(topic, room, now)
                if not beside:
                    await asyncio.sleep(MIN_INTERVAL_SECONDS)
        finally:
            self._busy.discard((topic, choose))

    async def _selected_rooms(
        self, topic: str, choose: SelectRooms | None, now: datetime
    ) -> Iterable[str]:
        rooms = tuple(self.rooms.get(topic, ()))
        if choose is None or not rooms:
            return rooms
        try:
            return await db.read(choose, rooms, now)
        except BusyError as wrong:
            log.warning("live_rooms_not_selected", cause=wrong.event)
            return rooms
        except Exception:
            log.exception("live_rooms_selection_failed", topic=topic.partition(":")[0])
            return rooms

    async def _recheck_access(self, topic: str, rooms: Iterable[str]) -> list[str]:
        """Remove the sockets that lost access from a topic's rooms; return the rooms to update.

        Those sockets are redirected to sign-in, or told. A room whose check fails is left out.
        """
        sockets, rooms = self.sockets, list(rooms)
        views = {room: self.find_view(topic, room.partition("#")[2]) for room in rooms}
        guarded = [room for room, view in views.items() if view and view.rechecks_access]
        if sockets is None or not guarded:
            return rooms
        try:
            for sid, room in await sockets.evict_unauthorised(guarded):
                view = views[room]
                if view is None or view.farewell is None:
                    await sockets.redirect(sid, routes.SIGN_IN)
                else:
                    await sockets.send_values(sid, view.state, view.farewell)
        except BusyError as wrong:
            log.warning("live_access_not_checked", cause=wrong.event)
            return [room for room in rooms if room not in guarded]
        except Exception:
            log.exception("live_access_check_failed", topic=topic.partition(":")[0])
            return [room for room in rooms if room not in guarded]
        return rooms

    async def _update_room(self, topic: str, room: str, now: datetime) -> None:
        sockets, view = self.sockets, self.find_view(topic, room.partition("#")[2])
        if sockets is None or view is None:
            return
        try:
            if not sockets.has_sockets(room):
                self.rooms[topic].discard(room)
                return
            values = await db.read(view.read, room, now)
        except BusyError as wrong:
            log.warning("live_view_not_read", cause=wrong.event)
            return
        except Exception:
            log.exception("live_view_read_failed", topic=topic.partition(":")[0])
            return
        if values is not None:
            await sockets.send_values(room, view.state, values)

    async def run(self) -> None:
        """Listen for changes until the process ends (a lifespan task of the app)."""
        self.loop = asyncio.get_running_loop()
        while True:
            try:
                await pubsub.listen(self.on_change, self._on_listening)
            except asyncio.CancelledError:
                raise
            except (BusyError, psycopg.OperationalError) as wrong:
                log.warning("live_listening_lost", error=type(wrong).__name__)
            except Exception:
                log.exception("live_listening_failed")
            self.listening.clear()
            self._may_have_missed = True
            await asyncio.sleep(1)

    def _on_listening(self) -> None:
        self.listening.set()
        if self._may_have_missed:
            self._may_have_missed = False
            for topic in tuple(self.rooms):
                self.on_change(topic)
