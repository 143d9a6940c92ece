"""Telling other processes of a touched topic, and hearing of theirs.

PostgreSQL carries a notice with the commit. SQLite has a table of changes, read twice a second.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Session, col, delete, func, select

from canais_app.kit import clock, db
from canais_app.kit.models import LiveChange
from canais_app.settings import settings

CHANNEL = "canais_live"
POLL_SECONDS = 0.5  # seconds between two looks at the change counter (SQLite)
RETENTION = timedelta(minutes=10)
PROCESS_ID = secrets.token_hex(8)
_NOTIFY = select(func.pg_notify(CHANNEL, func.unnest(bindparam("topics", type_=ARRAY(TEXT)))))


def publish(session: Session, topic: str) -> None:
    """Say inside the transaction, to whoever follows, that a topic has changed."""
    if settings().is_sqlite:
        session.add(LiveChange(topic=topic, origin=PROCESS_ID, at=clock.now()))
    else:
        session.info.setdefault("untold", []).append(topic)


def notify(session: Session) -> None:
    """Hand PostgreSQL the notices of a transaction, all in one statement."""
    if topics := session.info.pop("untold", []):
        session.connection().execute(_NOTIFY, {"topics": topics})


async def listen(hear: Callable[[str], None], begun: Callable[[], None]) -> None:
    """Hear of topics for ever; `begun` is called once nothing committed from now on is missed.

    Of this process's own topics it hears on PostgreSQL, and not on SQLite.
    """
    await (_poll if settings().is_sqlite else _listen)(hear, begun)


async def _poll(hear: Callable[[str], None], begun: Callable[[], None]) -> None:
    last = await db.read(_newest)
    begun()
    pruned = clock.now()
    while True:
        await asyncio.sleep(POLL_SECONDS)
        last, topics = await db.read(_changes_since, last)
        for topic in topics:
            hear(topic)
        if clock.now() - pruned > RETENTION:
            pruned = clock.now()
            await db.write(_prune, pruned - RETENTION)


async def _listen(hear: Callable[[str], None], begun: Callable[[], None]) -> None:
    url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        begun()
        async for notice in connection.notifies():
            hear(notice.payload)


def _newest(session: Session) -> int:
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
