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

from canais_app.kit import changes, db
from canais_app.kit.hub import Choose, Hub, Read, View
from canais_app.kit.wire import Still, Wire
from canais_app.settings import settings

hub = Hub()


def touch(session: Session, topic: str) -> None:
    """Say, inside the transaction, that what `topic` shows has changed."""
    touched: set[str] = session.info.setdefault("topics", set())
    if topic not in touched:
        touched.add(topic)
        changes.tell(session, topic)


def _spread_committed(session: Session) -> None:
    topics: set[str] = session.info.pop("topics", set())
    if settings().is_sqlite:  # PostgreSQL tells every process, this one too
        for topic in topics:
            hub.hear_from_thread(topic)


def connect() -> None:
    """Let every commit of this process tell what it touched. Repeated calls change nothing."""
    if _spread_committed not in db.after_commit:
        db.before_commit.append(changes.notify)
        db.after_commit.append(_spread_committed)


def listen(hear: Callable[[str], None]) -> None:
    """Call `hear` with every topic that this process hears of. Repeated calls change nothing."""
    if hear not in hub.listeners:
        hub.listeners.append(hear)


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
    wire = hub.wire
    if wire is None or not sid:
        return room
    await _leave_all(wire, sid, but=room)
    if wire.leave_question(sid, still):  # the tab may have gone away meanwhile
        hub.rooms[topic].add(room)
        await wire.enter(sid, room)
    return room


def is_watched(room: str) -> bool:
    """Whether any page is in a room of this process."""
    return hub.wire is not None and hub.wire.is_watched(room)


def is_in(sid: str, room: str) -> bool:
    """Whether a socket is in a room of this process."""
    return hub.wire is not None and hub.wire.is_in(sid, room)


async def leave(state: rx.State) -> None:
    """Leave every room: the page shows nothing live."""
    sid: str = state.router.session.session_id
    if hub.wire is not None and sid:
        await _leave_all(hub.wire, sid)


async def _leave_all(wire: Wire, sid: str, but: str = "") -> None:
    for room in wire.rooms_of(sid):
        if room != but:
            await wire.leave(sid, room)
            if not wire.is_watched(room):
                hub.rooms[room.partition("#")[0]].discard(room)
