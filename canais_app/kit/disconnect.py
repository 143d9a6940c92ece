# pyright: standard
# (python-socketio carries no types, so strictness would only name its gaps)
"""What is done once a page is gone: closed, crashed, asleep for too long, or showing another thing.

python-socketio lets one handler hear of a lost socket, and that is Reflex's own. So whoever must
know looks now and then whether the page is still in its room; there are as many looks as pages
that hold something, and none for the public's.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import reflex as rx
import structlog
from sqlmodel import Session

from canais_app.kit import clock, db, live

POLL_SECONDS = 2.0  # seconds between two looks
GRACE_SECONDS = 10.0  # seconds a page has to come back: a reload, a tunnel, a socket that broke
OnDisconnect = Callable[[Session, datetime], None]
log = structlog.get_logger()
_watched: dict[tuple[str, str], asyncio.Task[None]] = {}


def on_disconnect(state: rx.State, room: str, work: OnDisconnect) -> None:
    """Do `work(session, since)` some seconds after this page has left `room`.

    `since` is when it was seen to be gone; whether it came back by another socket, perhaps in
    another process, is for `work` to know.
    """
    key = (str(state.router.session.session_id), room)
    if key in _watched or not live.is_subscribed(*key):
        return
    _watched[key] = asyncio.ensure_future(_wait_for_disconnect(*key, work))
    _watched[key].add_done_callback(lambda _: _watched.pop(key, None))


async def _wait_for_disconnect(sid: str, room: str, work: OnDisconnect) -> None:
    while live.is_subscribed(sid, room):  # noqa: ASYNC110 (no event tells of a lost socket)
        await asyncio.sleep(POLL_SECONDS)
    since = clock.now()
    await asyncio.sleep(GRACE_SECONDS)
    try:
        await db.write(work, since)
    except Exception:
        log.exception("page_not_cleared", topic=room.partition(":")[0])
