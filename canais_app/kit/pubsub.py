"""Exchange changed topics between processes.

PostgreSQL carries a notice with the commit. SQLite has a table of changes, polled twice a second.
`live.py` writes both before a commit.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Session, col, delete, func, select

from canais_app.kit import clock, db
from canais_app.kit.models import LiveChange
from canais_app.settings import settings

CHANNEL = "canais_live"
POLL_SECONDS = 0.5
RETENTION = timedelta(minutes=10)
PROCESS_ID = secrets.token_hex(8)
# All notices of a transaction in one statement.
NOTIFY = select(func.pg_notify(CHANNEL, func.unnest(bindparam("topics", type_=ARRAY(TEXT)))))


async def listen(on_topic: Callable[[str], None], on_ready: Callable[[], None]) -> None:
    """Call `on_topic` with changed topics until cancelled.

    `on_ready` is called once nothing committed from then on is missed. Topics of this process are
    included on PostgreSQL, and left out on SQLite.
    """
    await (_poll if settings().is_sqlite else _listen)(on_topic, on_ready)


async def _poll(on_topic: Callable[[str], None], on_ready: Callable[[], None]) -> None:
    last = await db.read(_newest_id)
    on_ready()
    pruned_at = clock.now()
    while True:
        await asyncio.sleep(POLL_SECONDS)
        last, topics = await db.read(_changes_since, last)
        for topic in topics:
            on_topic(topic)
        if clock.now() - pruned_at > RETENTION:
            pruned_at = clock.now()
            await db.write(_prune, pruned_at - RETENTION)


async def _listen(on_topic: Callable[[str], None], on_ready: Callable[[], None]) -> None:
    async with await db.connect_psycopg() as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        on_ready()
        async for notice in connection.notifies():
            on_topic(notice.payload)


def _newest_id(session: Session) -> int:
    return session.exec(select(func.max(LiveChange.id))).one() or 0


def _changes_since(session: Session, last: int) -> tuple[int, list[str]]:
    rows = session.exec(
        select(col(LiveChange.id), col(LiveChange.topic), col(LiveChange.origin))
        .where(col(LiveChange.id) > last)
        .order_by(col(LiveChange.id))
    ).all()
    newest = (rows[-1][0] or last) if rows else last
    return newest, list(dict.fromkeys(topic for _, topic, origin in rows if origin != PROCESS_ID))


def _prune(session: Session, before: datetime) -> None:
    session.exec(delete(LiveChange).where(col(LiveChange.at) < before))
