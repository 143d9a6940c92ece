# pyright: standard
# (python-socketio carries no types, so strictness would only name its gaps)
"""Live pages: a topic touched in a transaction reaches every open page that shows it.

The one file that knows Reflex's wire format. A page `join`s the room of what it shows before
it reads the database; a service `touch`es the topic inside its transaction; after the commit
every process hears of it, reads the room's view once and emits it to the room. The cost is per
process and change, not per viewer.

A room is a topic, or a topic and a variant of its view: `agenda:12#2026-11-23`.

What not everybody may see is a *guarded* view: its pages join with a question, whether they may
still watch, and it is asked anew before each update. A socket outlives sign-out, suspension and a
lost role; what it is sent does not.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import reflex as rx
import structlog
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from sqlmodel import Session

from canais_app import routes
from canais_app.kit import changes, clock, db
from canais_app.settings import settings

NAMESPACE = "/_event"
STILL = "canais.still"  # where a socket's environment holds the question of its page
EVERY = 0.2  # seconds between two updates of one topic: at most five a second
log = structlog.get_logger()

Read = Callable[[Session, str, datetime], Mapping[str, object]]
# Which of some rooms a change concerns: asked once, so that a change costs no more than it must.
Choose = Callable[[Session, Iterable[str], datetime], Iterable[str]]
# Whether one page may go on watching, as the room that guards it knows.
Still = Callable[[Session, datetime], bool]


def touch(session: Session, topic: str) -> None:
    """Say, inside the transaction, that what `topic` shows has changed."""
    touched: set[str] = session.info.setdefault("topics", set())
    if topic not in touched:
        touched.add(topic)
        changes.tell(session, topic)


@dataclass(frozen=True)
class View:
    """What fills a room: whole values by var name, for the vars of one State."""

    state: type[rx.State]
    read: Read
    guarded: bool = False


@dataclass
class Hub:
    """This process's rooms, and the views that fill them."""

    views: dict[str, View] = field(default_factory=dict)
    rooms: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    followers: defaultdict[str, dict[str, Choose | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    app: rx.App | None = None
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _missed: bool = False
    _due: set[tuple[str, Choose | None]] = field(default_factory=set)
    _busy: set[tuple[str, Choose | None]] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def view(self, topic: str, variant: str) -> View | None:
        """Return what fills the rooms of a topic, or of one variant of it."""
        kind = topic.partition(":")[0]
        return self.views.get(f"{kind}#{variant}", self.views.get(kind))

    def hear(self, topic: str) -> None:
        """Take note of a change; bursts of one topic become at most five updates a second."""
        for listener in self.listeners:
            listener(topic)
        followers = self.followers.get(topic, {})
        for other in tuple(self.rooms) if followers else ():
            kind = other.partition(":")[0]
            choose = followers.get(kind)
            if choose is not None:
                self._show_soon(other, choose)
            elif kind in followers and other != topic:
                self.hear(other)
        self._show_soon(topic)

    def _show_soon(self, topic: str, choose: Choose | None = None) -> None:
        self._due.add((topic, choose))
        if (topic, choose) not in self._busy:
            self._busy.add((topic, choose))
            task = asyncio.ensure_future(self._spread(topic, choose))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def hear_from_thread(self, topic: str) -> None:
        """Do the same from a thread that has just committed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.hear, topic)

    async def _spread(self, topic: str, choose: Choose | None) -> None:
        try:
            while (topic, choose) in self._due:
                self._due.discard((topic, choose))
                for room in await self._chosen(topic, choose):
                    await self._show(topic, room)
                await asyncio.sleep(EVERY)
        finally:
            self._busy.discard((topic, choose))

    async def _chosen(self, topic: str, choose: Choose | None) -> Iterable[str]:
        rooms = tuple(self.rooms.get(topic, ()))
        if choose is None or not rooms:
            return rooms
        try:
            return await db.in_reading(choose, rooms, clock.now())
        except Exception:
            log.exception("live_choice_failed", topic=topic.partition(":")[0])
            return rooms

    async def _show(self, topic: str, room: str) -> None:
        assert self.app is not None  # noqa: S101 (the hub runs inside the app)
        sio = self.app.sio
        view = self.view(topic, room.partition("#")[2])
        if sio is None or view is None:
            return
        try:
            if view.guarded:
                await self._turn_out(sio, room)
            if not sio.manager.rooms.get(NAMESPACE, {}).get(room):
                self.rooms[topic].discard(room)
                return
            values = await db.in_reading(view.read, room, clock.now())
        except Exception:
            log.exception("live_view_failed", topic=topic.partition(":")[0])
            return
        delta = {view.state.get_full_name(): {f"{k}{FIELD_MARKER}": v for k, v in values.items()}}
        await sio.emit("event", StateUpdate(delta=delta), room=room, namespace=NAMESPACE)

    async def _turn_out(self, sio: Any, room: str) -> None:  # noqa: ANN401 (python-socketio)
        """Lead whoever may no longer see a room out of it, to where one signs in."""
        watching: dict[str, Still | None] = {
            sid: (sio.get_environ(sid, NAMESPACE) or {}).get(STILL)
            for sid, _ in tuple(sio.manager.get_participants(NAMESPACE, room))
        }
        for sid in await db.in_reading(_refused, watching.items(), clock.now()):
            await sio.leave_room(sid, room, namespace=NAMESPACE)
            away = StateUpdate(events=Event.from_event_type(_away()))
            await sio.emit("event", away, to=sid, namespace=NAMESPACE)

    def refresh_all(self) -> None:
        """Show every room anew: changes may have been missed while nobody listened."""
        for topic in tuple(self.rooms):
            self.hear(topic)

    async def run(self) -> None:
        """Listen until the process ends (a lifespan task of the app)."""
        self._loop = asyncio.get_running_loop()
        while True:
            try:
                await changes.follow(self.hear, self._begun)
            except asyncio.CancelledError:
                raise
            except Exception:
                self.listening.clear()
                self._missed = True
                log.exception("live_listening_failed")
                await asyncio.sleep(1)

    def _begun(self) -> None:
        self.listening.set()
        if self._missed:
            self._missed = False
            self.refresh_all()


hub = Hub()


def _refused(
    session: Session, watching: Iterable[tuple[str, Still | None]], now: datetime
) -> list[str]:
    return [sid for sid, still in watching if still is None or not still(session, now)]


def _away() -> Any:  # noqa: ANN401 (Reflex's own event type)
    return rx.redirect(routes.SIGN_IN, replace=True)


def _spread_committed(session: Session) -> None:
    topics: set[str] = session.info.pop("topics", set())
    if settings().is_sqlite:  # PostgreSQL tells every process, this one too
        for topic in topics:
            hub.hear_from_thread(topic)


db.after_commit.append(_spread_committed)


def show(kind: str, state: type[rx.State], read: Read, *, guarded: bool = False) -> None:
    """Say which State's vars show topics `kind:…`, and how a room's values are read.

    A kind shown by two pages names the second one's variant: `agenda#mesa`.
    `read(session, room, now)` returns whole values by var name; it is called once per room.
    """
    hub.views[kind] = View(state, read, guarded)


def follow(kind: str, topic: str, choose: Choose | None = None) -> None:
    """Say that what topics `kind:…` show also depends on another topic, and changes with it.

    `choose(session, rooms, now)` returns those of the rooms that a change of it concerns.
    """
    hub.followers[topic][kind] = choose


async def join(
    state: rx.State, topic: str, variant: str = "", *, still: Still | None = None
) -> str:
    """Enter the room of what this page shows, leaving others. Call it before reading.

    Returns the room's name, which the view's `read` understands. A guarded view wants to know
    how to ask whether the page may `still` watch.

    Raises:
        ValueError: the view is guarded, and there is no way to ask.
    """
    room = f"{topic}#{variant}" if variant else topic
    view = hub.view(topic, variant)
    if view is not None and view.guarded and still is None:
        raise ValueError(topic)
    sid: str = state.router.session.session_id
    sio = hub.app.sio if hub.app else None
    if sio is None or not sid:
        return room
    await _leave_all(sio, sid, but=room)
    environment = sio.get_environ(sid, NAMESPACE)
    if environment is None:  # the tab went away meanwhile
        return room
    environment[STILL] = still
    hub.rooms[topic].add(room)
    with contextlib.suppress(ValueError):
        await sio.enter_room(sid, room, namespace=NAMESPACE)
    return room


def is_in(sid: str, room: str) -> bool:
    """Whether a socket is in a room of this process."""
    sio = hub.app.sio if hub.app else None
    return sio is not None and sid in sio.manager.rooms.get(NAMESPACE, {}).get(room, ())


async def leave(state: rx.State) -> None:
    """Leave every room: the page shows nothing live."""
    sid: str = state.router.session.session_id
    sio = hub.app.sio if hub.app else None
    if sio is not None and sid:
        await _leave_all(sio, sid)


async def _leave_all(sio: Any, sid: str, but: str = "") -> None:  # noqa: ANN401 (python-socketio)
    for room in tuple(sio.rooms(sid, NAMESPACE)):
        if ":" in room and room != but:
            await sio.leave_room(sid, room, namespace=NAMESPACE)
            if not sio.manager.rooms.get(NAMESPACE, {}).get(room):
                hub.rooms[room.partition("#")[0]].discard(room)
