# pyright: standard
# (python-socketio carries no types, so strictness would only name its gaps)
"""Live pages: a topic touched in a transaction reaches every open page that shows it.

The one file that knows Reflex's wire format. A page `join`s the room of what it shows before
it reads the database; a service `touch`es the topic inside its transaction; after the commit
every process hears of it, reads the room's view once and emits it to the room. The cost is per
process and change, not per viewer.

A room is a topic, or a topic and a variant of its view: `agenda:12#2026-11-23`.
"""

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
import reflex as rx
import structlog
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from sqlmodel import Session, col, delete, func, select

from canais_app.kit import clock, db
from canais_app.kit.models import LiveChange
from canais_app.settings import settings

NAMESPACE = "/_event"
CHANNEL = "canais_live"
EVERY = 0.2  # seconds between two updates of one topic: at most five a second
POLL = 0.5  # seconds between two looks at the change counter (SQLite)
KEEP = timedelta(minutes=10)
ORIGIN = secrets.token_hex(8)
log = structlog.get_logger()

Read = Callable[[Session, str, datetime], Mapping[str, object]]


def touch(session: Session, topic: str) -> None:
    """Say, inside the transaction, that what `topic` shows has changed."""
    touched: set[str] = session.info.setdefault("topics", set())
    if topic in touched:
        return
    touched.add(topic)
    if settings().is_sqlite:
        session.add(LiveChange(topic=topic, origin=ORIGIN, at=clock.now()))
    else:
        session.exec(select(func.pg_notify(CHANNEL, topic)))


@dataclass
class Hub:
    """This process's rooms, and the views that fill them."""

    views: dict[str, tuple[type[rx.State], Read]] = field(default_factory=dict)
    rooms: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    app: rx.App | None = None
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _due: set[str] = field(default_factory=set)
    _busy: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def hear(self, topic: str) -> None:
        """Take note of a change; bursts of one topic become at most five updates a second."""
        for listener in self.listeners:
            listener(topic)
        self._due.add(topic)
        if topic not in self._busy:
            self._busy.add(topic)
            task = asyncio.ensure_future(self._spread(topic))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def hear_from_thread(self, topic: str) -> None:
        """Do the same from a thread that has just committed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.hear, topic)

    async def _spread(self, topic: str) -> None:
        try:
            while topic in self._due:
                self._due.discard(topic)
                for room in tuple(self.rooms.get(topic, ())):
                    await self._show(topic, room)
                await asyncio.sleep(EVERY)
        finally:
            self._busy.discard(topic)

    async def _show(self, topic: str, room: str) -> None:
        assert self.app is not None  # noqa: S101 (the hub runs inside the app)
        sio = self.app.sio
        kind, variant = topic.partition(":")[0], room.partition("#")[2]
        view = self.views.get(f"{kind}#{variant}", self.views.get(kind))
        if sio is None or view is None:
            return
        if not sio.manager.rooms.get(NAMESPACE, {}).get(room):
            self.rooms[topic].discard(room)
            return
        state, read = view
        try:
            values = await db.in_reading(read, room, clock.now())
        except Exception:
            log.exception("live_view_failed", topic=topic.partition(":")[0])
            return
        delta = {state.get_full_name(): {f"{k}{FIELD_MARKER}": v for k, v in values.items()}}
        await sio.emit("event", StateUpdate(delta=delta), room=room, namespace=NAMESPACE)

    def refresh_all(self) -> None:
        """Show every room anew: changes may have been missed while nobody listened."""
        for topic in tuple(self.rooms):
            self.hear(topic)

    async def run(self) -> None:
        """Listen until the process ends (a lifespan task of the app)."""
        self._loop = asyncio.get_running_loop()
        listen = self._poll if settings().is_sqlite else self._listen
        while True:
            try:
                await listen()
            except asyncio.CancelledError:
                raise
            except Exception:
                self.listening.clear()
                log.exception("live_listening_failed")
                await asyncio.sleep(1)
                self.refresh_all()

    async def _poll(self) -> None:
        last = await db.in_reading(_newest)
        self.listening.set()
        pruned = clock.now()
        while True:
            await asyncio.sleep(POLL)
            last, topics = await db.in_reading(_changes_since, last)
            for topic in topics:
                self.hear(topic)
            if clock.now() - pruned > KEEP:
                pruned = clock.now()
                await db.in_session(_prune, pruned - KEEP)

    async def _listen(self) -> None:
        url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self.listening.set()
            self.refresh_all()
            async for notice in connection.notifies():
                self.hear(notice.payload)


hub = Hub()


def _newest(session: Session) -> int:
    return session.exec(select(func.max(LiveChange.id))).one() or 0


def _changes_since(session: Session, last: int) -> tuple[int, list[str]]:
    rows = session.exec(
        select(col(LiveChange.id), col(LiveChange.topic), col(LiveChange.origin))
        .where(col(LiveChange.id) > last)
        .order_by(col(LiveChange.id))
    ).all()
    newest = (rows[-1][0] or last) if rows else last
    return newest, list(dict.fromkeys(topic for _, topic, origin in rows if origin != ORIGIN))


def _prune(session: Session, before: datetime) -> None:
    session.exec(delete(LiveChange).where(col(LiveChange.at) < before))


def _spread_committed(session: Session) -> None:
    topics: set[str] = session.info.pop("topics", set())
    if settings().is_sqlite:  # PostgreSQL tells every process, this one too
        for topic in topics:
            hub.hear_from_thread(topic)


db.after_commit.append(_spread_committed)


def show(kind: str, state: type[rx.State], read: Read) -> None:
    """Say which State's vars show topics `kind:…`, and how a room's values are read.

    A kind shown by two pages names the second one's variant: `agenda#mesa`.
    `read(session, room, now)` returns whole values by var name; it is called once per room.
    """
    hub.views[kind] = (state, read)


async def join(state: rx.State, topic: str, variant: str = "") -> str:
    """Enter the room of what this page shows, leaving others. Call it before reading.

    Returns the room's name, which the view's `read` understands.
    """
    room = f"{topic}#{variant}" if variant else topic
    sid: str = state.router.session.session_id
    sio = hub.app.sio if hub.app else None
    if sio is None or not sid:
        return room
    for other in tuple(sio.rooms(sid, NAMESPACE)):
        if ":" in other and other != room:
            await sio.leave_room(sid, other, namespace=NAMESPACE)
    hub.rooms[topic].add(room)
    with contextlib.suppress(ValueError):  # the tab went away meanwhile
        await sio.enter_room(sid, room, namespace=NAMESPACE)
    return room


async def leave(state: rx.State) -> None:
    """Leave every room: the page shows nothing live."""
    sid: str = state.router.session.session_id
    sio = hub.app.sio if hub.app else None
    if sio is None or not sid:
        return
    for room in tuple(sio.rooms(sid, NAMESPACE)):
        if ":" in room:
            await sio.leave_room(sid, room, namespace=NAMESPACE)
