"""Live pages: a topic touched in a transaction reaches every open page that shows it.

A page `join`s the room of what it shows before it reads the database; a service `touch`es the
topic inside its transaction; after the commit every process hears of it, reads the room's view
once (`hub.py`) and sends it to the room (`wire.py`).

What not everybody may see is a *guarded* view: its pages join with a question, whether they may
still watch, and it is asked anew before each update. A socket outlives sign-out, suspension and a
lost role; what it is sent does not.
"""

from collections.abc import Callable

import reflex as rx
from sqlmodel import Session

from canais_app.kit import db, pubsub
from canais_app.kit.broadcaster import Broadcaster, LiveView, ReadRoom, SelectRooms
from canais_app.kit.sockets import RecheckAccess, SocketRegistry
from canais_app.settings import settings

broadcaster = Broadcaster()


def emit(session: Session, topic: str) -> None:
    """Say, inside the transaction, that what `topic` shows has changed."""
    touched: set[str] = session.info.setdefault("topics", set())
    if topic not in touched:
        touched.add(topic)
        pubsub.publish(session, topic)


def _broadcast_committed(session: Session) -> None:
    topics: set[str] = session.info.pop("topics", set())
    if settings().is_sqlite:  # PostgreSQL tells every process, this one too
        for topic in topics:
            broadcaster.on_change_from_thread(topic)


def connect() -> None:
    """Let every commit of this process tell what it touched. Repeated calls change nothing."""
    if _broadcast_committed not in db.after_commit_hooks:
        db.before_commit_hooks.append(pubsub.notify)
        db.after_commit_hooks.append(_broadcast_committed)


def listen(hear: Callable[[str], None]) -> None:
    """Call `hear` with every topic that this process hears of. Repeated calls change nothing."""
    if hear not in broadcaster.listeners:
        broadcaster.listeners.append(hear)


def register_view(
    kind: str, state: type[rx.State], read: ReadRoom, *, rechecks_access: bool = False
) -> None:
    """Say which State's vars show topics `kind:…`, and how a room's values are read.

    A kind shown by two pages names the second one's variant: `agenda#mesa`.
    `read(session, room, now)` returns whole values by var name; it is called once per room.
    """
    broadcaster.views[kind] = LiveView(state, read, rechecks_access)


def depends_on(kind: str, topic: str, choose: SelectRooms | None = None) -> None:
    """Say that what topics `kind:…` show also depends on another topic, and changes with it.

    `choose(session, rooms, now)` returns those of the rooms that a change of it concerns.
    """
    broadcaster.dependents[topic][kind] = choose


async def subscribe(
    state: rx.State, topic: str, variant: str = "", *, recheck_access: RecheckAccess | None = None
) -> str:
    """Enter the room of what this page shows, leaving others. Call it before reading.

    Returns the room's name, which the view's `read` understands. A guarded view wants to know
    how to ask whether the page may `still` watch.

    Raises:
        ValueError: the view is guarded, and there is no way to ask.
    """
    room = f"{topic}#{variant}" if variant else topic
    view = broadcaster.find_view(topic, variant)
    if view is not None and view.rechecks_access and recheck_access is None:
        raise ValueError(topic)
    sid: str = state.router.session.session_id
    wire = broadcaster.sockets
    if wire is None or not sid:
        return room
    await _leave_other_rooms(wire, sid, but=room)
    if wire.store_recheck(sid, recheck_access):  # the tab may have gone away meanwhile
        broadcaster.rooms[topic].add(room)
        await wire.join_room(sid, room)
    return room


def has_subscribers(room: str) -> bool:
    """Whether any page is in a room of this process."""
    return broadcaster.sockets is not None and broadcaster.sockets.has_sockets(room)


def is_subscribed(sid: str, room: str) -> bool:
    """Whether a socket is in a room of this process."""
    return broadcaster.sockets is not None and broadcaster.sockets.is_member(sid, room)


async def unsubscribe(state: rx.State) -> None:
    """Leave every room: the page shows nothing live."""
    sid: str = state.router.session.session_id
    if broadcaster.sockets is not None and sid:
        await _leave_other_rooms(broadcaster.sockets, sid)


async def _leave_other_rooms(wire: SocketRegistry, sid: str, but: str = "") -> None:
    for room in wire.list_rooms(sid):
        if room != but:
            await wire.leave_room(sid, room)
            if not wire.has_sockets(room):
                broadcaster.rooms[room.partition("#")[0]].discard(room)
