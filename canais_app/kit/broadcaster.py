"""The hub: a process hears of a change, and fills the rooms that show it.

A room is a topic, or a topic and a variant of its view: `agenda:12#2026-11-23`. The cost of a
change is per process and room, not per viewer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import reflex as rx
import structlog
from sqlmodel import Session

from canais_app import routes
from canais_app.kit import clock, db, pubsub
from canais_app.kit.sockets import RecheckAccess, SocketRegistry

MIN_INTERVAL_SECONDS = 0.2  # seconds between two updates of one topic: at most five a second
log = structlog.get_logger()

ReadRoom = Callable[[Session, str, datetime], Mapping[str, object]]
# Which of some rooms a change concerns: asked once, so that a change costs no more than it must.
SelectRooms = Callable[[Session, Iterable[str], datetime], Iterable[str]]
PendingUpdate = tuple[
    str, SelectRooms | None
]  # a topic to be shown, in all its rooms or the chosen ones


@dataclass(frozen=True)
class LiveView:
    """What fills a room: whole values by var name, for the vars of one State."""

    state: type[rx.State]
    read: ReadRoom
    rechecks_access: bool = False


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
    _loop: asyncio.AbstractEventLoop | None = None
    _missed: bool = False
    _due: set[PendingUpdate] = field(default_factory=set[PendingUpdate])
    _busy: set[PendingUpdate] = field(default_factory=set[PendingUpdate])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @property
    def sockets(self) -> SocketRegistry | None:
        """This process's sockets; none before the app serves."""
        return SocketRegistry(self.app.sio) if self.app and self.app.sio else None

    def find_view(self, topic: str, variant: str) -> LiveView | None:
        """Return what fills the rooms of a topic, or of one variant of it."""
        kind = topic.partition(":")[0]
        return self.views.get(f"{kind}#{variant}", self.views.get(kind))

    def on_change(self, topic: str) -> None:
        """Take note of a change; bursts of one topic become at most five updates a second."""
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

    def on_change_from_thread(self, topic: str) -> None:
        """Do the same from a thread that has just committed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.on_change, topic)

    async def _update_rooms(self, topic: str, choose: SelectRooms | None) -> None:
        try:
            while (topic, choose) in self._due:
                self._due.discard((topic, choose))
                for room in await self._selected_rooms(topic, choose):
                    await self._update_room(topic, room)
                await asyncio.sleep(MIN_INTERVAL_SECONDS)
        finally:
            self._busy.discard((topic, choose))

    async def _selected_rooms(self, topic: str, choose: SelectRooms | None) -> Iterable[str]:
        rooms = tuple(self.rooms.get(topic, ()))
        if choose is None or not rooms:
            return rooms
        try:
            return await db.read(choose, rooms, clock.now())
        except Exception:
            log.exception("live_choice_failed", topic=topic.partition(":")[0])
            return rooms

    async def _update_room(self, topic: str, room: str) -> None:
        wire, view = self.sockets, self.find_view(topic, room.partition("#")[2])
        if wire is None or view is None:
            return
        try:
            if view.rechecks_access:
                await _evict_unauthorised(wire, room)
            if not wire.has_sockets(room):
                self.rooms[topic].discard(room)
                return
            values = await db.read(view.read, room, clock.now())
        except Exception:
            log.exception("live_view_failed", topic=topic.partition(":")[0])
            return
        await wire.send_values(room, view.state, values)

    def refresh_all_rooms(self) -> None:
        """Show every room anew: changes may have been missed while nobody listened."""
        for topic in tuple(self.rooms):
            self.on_change(topic)

    async def run(self) -> None:
        """Listen until the process ends (a lifespan task of the app)."""
        self._loop = asyncio.get_running_loop()
        while True:
            try:
                await pubsub.listen(self.on_change, self._on_listening)
            except asyncio.CancelledError:
                raise
            except Exception:
                self.listening.clear()
                self._missed = True
                log.exception("live_listening_failed")
                await asyncio.sleep(1)

    def _on_listening(self) -> None:
        self.listening.set()
        if self._missed:
            self._missed = False
            self.refresh_all_rooms()


async def _evict_unauthorised(wire: SocketRegistry, room: str) -> None:
    """Lead whoever may no longer see a room out of it, to where one signs in."""
    for sid in await db.read(_has_lost_access, wire.list_sockets(room).items(), clock.now()):
        await wire.leave_room(sid, room)
        await wire.redirect(sid, routes.SIGN_IN)


def _has_lost_access(
    session: Session, watching: Iterable[tuple[str, RecheckAccess | None]], now: datetime
) -> list[str]:
    return [sid for sid, still in watching if still is None or not still(session, now)]
