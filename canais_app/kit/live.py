"""Live pages: a topic emitted in a transaction updates every open page that shows it.

A page subscribes to the room of what it shows, before it reads the database; a service emits the
topic in its transaction; after the commit every process hears of it (`pubsub.py`), reads the
room's view once (`broadcaster.py`) and sends it to the sockets of the room (`sockets.py`).

A view that not everybody may see rechecks access before each update: a socket outlives sign-out,
suspension and a lost role.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import reflex as rx
import structlog
from sqlmodel import Session

from canais_app.kit import clock, db, pubsub
from canais_app.kit.broadcaster import Broadcaster, LiveView, ReadRoom, SelectRooms
from canais_app.kit.models import LiveChange
from canais_app.kit.sockets import RecheckAccess, SocketRegistry
from canais_app.settings import settings

POLL_SECONDS = 2.0  # between two looks for pages that have disconnected
GRACE_SECONDS = 10.0  # time to reconnect after a reload or a lost socket
OnDisconnect = Callable[[Session, datetime], None]
log = structlog.get_logger()
broadcaster = Broadcaster()
_watched: dict[tuple[str, str], asyncio.Task[None]] = {}


def emit(session: Session, topic: str) -> None:
    """Announce a change of `topic` when this transaction is committed."""
    session.info.setdefault("topics", set()).add(topic)


def connect() -> None:
    """Announce emitted topics with every commit. Repeated calls change nothing."""
    if _broadcast not in db.after_commit_hooks:
        db.before_commit_hooks.append(_publish)
        db.after_commit_hooks.append(_broadcast)


def _publish(session: Session) -> None:
    """Tell the other processes: by a notice on PostgreSQL, by rows that they poll on SQLite."""
    topics = session.info.get("topics", ())
    if settings().is_sqlite:
        now, origin = clock.now(), pubsub.PROCESS_ID
        session.add_all(LiveChange(topic=topic, origin=origin, at=now) for topic in topics)
    elif topics:
        session.connection().execute(pubsub.NOTIFY, {"topics": [*topics]})


def _broadcast(session: Session) -> None:
    """Tell this process, from the thread that committed; PostgreSQL's notice does it there."""
    topics = session.info.pop("topics", ())
    loop = broadcaster.loop
    if settings().is_sqlite and loop is not None and not loop.is_closed():
        for topic in topics:
            loop.call_soon_threadsafe(broadcaster.on_change, topic)


def listen(listener: Callable[[str], None]) -> None:
    """Call `listener` with every topic that this process hears of. Repeats change nothing."""
    if listener not in broadcaster.listeners:
        broadcaster.listeners.append(listener)


def register_view(
    kind: str,
    state: type[rx.State],
    read: ReadRoom,
    *,
    rechecks_access: bool = False,
    farewell: Mapping[str, object] | None = None,
) -> None:
    """Register which State shows the topics `kind:…`, and how a room's values are read.

    A second page of the same kind names its variant: `agenda#mesa`. `read(session, room, now)`
    returns whole values by var name, or None when the room already shows them; it is called once
    per room. With `farewell` the room is
    shown beside the page's own (the staff frame): it stays when the page changes, and a socket
    that loses access gets these values instead of being redirected to sign-in.
    """
    broadcaster.views[kind] = LiveView(state, read, rechecks_access, farewell)


def depends_on(kind: str, topic: str, choose: SelectRooms | None = None) -> None:
    """Update the rooms of `kind:…` when another topic changes, too.

    `choose(session, rooms, now)` returns the rooms that such a change concerns; default: all.
    """
    broadcaster.dependents[topic][kind] = choose


async def subscribe(
    state: rx.State, topic: str, variant: str = "", *, recheck_access: RecheckAccess | None = None
) -> str:
    """Enter the room of what this page shows and leave its others; call it before reading.

    Returns the room's name, as the view's `read` gets it.

    Raises:
        ValueError: the view rechecks access and `recheck_access` is missing.
    """
    room = f"{topic}#{variant}" if variant else topic
    view = broadcaster.find_view(topic, variant)
    if view is not None and view.rechecks_access and recheck_access is None:
        raise ValueError(topic)
    sid: str = state.router.session.session_id
    sockets = broadcaster.sockets
    if sockets is None or not sid:
        return room
    await _leave_other_rooms(sockets, sid, but=room)
    if sockets.store_recheck(sid, room, recheck_access):  # the tab may have gone away meanwhile
        broadcaster.rooms[topic].add(room)
        await sockets.join_room(sid, room)
    return room


async def unsubscribe(state: rx.State) -> None:
    """Leave the page's rooms: it shows nothing live."""
    sid: str = state.router.session.session_id
    if broadcaster.sockets is not None and sid:
        await _leave_other_rooms(broadcaster.sockets, sid)


def has_subscribers(room: str) -> bool:
    """Return whether any page is in a room of this process."""
    return broadcaster.sockets is not None and broadcaster.sockets.has_sockets(room)


def is_subscribed(sid: str, room: str) -> bool:
    """Return whether a socket is in a room of this process."""
    return broadcaster.sockets is not None and broadcaster.sockets.is_member(sid, room)


async def _leave_other_rooms(sockets: SocketRegistry, sid: str, but: str = "") -> None:
    if but and broadcaster.is_beside(but):
        return
    for room in sockets.list_rooms(sid):
        if room != but and not broadcaster.is_beside(room):
            await sockets.leave_room(sid, room)
            if not sockets.has_sockets(room):
                broadcaster.rooms[room.partition("#")[0]].discard(room)


def on_disconnect(state: rx.State, room: str, work: OnDisconnect) -> None:
    """Run `work(session, since)` some seconds after this page has left `room`.

    It was closed, crashed, suspended or navigated away. python-socketio allows one disconnect
    handler, and Reflex has it, so pages that hold a resource (a lock) are polled.

    `since` is when the page was seen to be gone. `work` checks whether it has reconnected by
    another socket, perhaps in another process.
    """
    key = (str(state.router.session.session_id), room)
    if key in _watched or not is_subscribed(*key):
        return
    _watched[key] = asyncio.ensure_future(_wait_for_disconnect(*key, work))
    _watched[key].add_done_callback(lambda _: _watched.pop(key, None))


async def _wait_for_disconnect(sid: str, room: str, work: OnDisconnect) -> None:
    while is_subscribed(sid, room):  # noqa: ASYNC110 (no event tells of a lost socket)
        await asyncio.sleep(POLL_SECONDS)
    since = clock.now()
    await asyncio.sleep(GRACE_SECONDS)
    try:
        await db.write(work, since)
    except Exception:
        log.exception("page_cleanup_failed", topic=room.partition(":")[0])
