# pyright: standard
# (python-socketio carries no types, so strictness would only name its gaps)
"""Run clean-up after a page has disconnected: closed, crashed, suspended, or navigated away.

python-socketio allows one disconnect handler, and Reflex has it. So pages that hold a resource (a
lock) are polled for membership in their room; public pages are not.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import reflex as rx
import structlog
from sqlmodel import Session

from canais_app.kit import clock, db, live

POLL_SECONDS = 2.0
GRACE_SECONDS = 10.0  # time to reconnect after a reload or a lost socket
OnDisconnect = Callable[[Session, datetime], None]
log = structlog.get_logger()
_watched: dict[tuple[str, str], asyncio.Task[None]] = {}


def on_disconnect(state: rx.State, room: str, work: OnDisconnect) -> None:
    """Run `work(session, since)` some seconds after this page has left `room`.

    `since` is when the page was seen to be gone. `work` checks whether it has reconnected by
    another socket, perhaps in another process.
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
        log.exception("page_cleanup_failed", topic=room.partition(":")[0])
