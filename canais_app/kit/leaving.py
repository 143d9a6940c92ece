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

LOOK = 2.0  # seconds between two looks
GRACE = 10.0  # seconds a page has to come back: a reload, a tunnel, a socket that broke
Work = Callable[[Session, datetime], None]
log = structlog.get_logger()
_watched: dict[tuple[str, str], asyncio.Task[None]] = {}


def once_gone(state: rx.State, room: str, work: Work) -> None:
    """Do `work(session, since)` some seconds after this page has left `room`.

    `since` is when it was seen to be gone; whether it came back by another socket, perhaps in
    another process, is for `work` to know.
    """
    key = (str(state.router.session.session_id), room)
    if key in _watched or not live.is_in(*key):
        return
    _watched[key] = asyncio.ensure_future(_watch(*key, work))
    _watched[key].add_done_callback(lambda _: _watched.pop(key, None))


async def _watch(sid: str, room: str, work: Work) -> None:
    while live.is_in(sid, room):  # noqa: ASYNC110 (no event tells of a lost socket)
        await asyncio.sleep(LOOK)
    since = clock.now()
    await asyncio.sleep(GRACE)
    try:
        await db.in_session(work, since)
    except Exception:
        log.exception("page_not_cleared", topic=room.partition(":")[0])
