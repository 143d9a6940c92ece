"""Knowing at once that a process is gone: what it had begun can be taken up by another.

Whoever begins something holds a lock under a name of its own, which the operating system
(SQLite) or the server (PostgreSQL) lets go when the process ends, however it ends.
"""

import asyncio
import fcntl
import secrets
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, select

from canais_app.kit import db
from canais_app.settings import settings


@asynccontextmanager
async def here(name: str = "") -> AsyncGenerator[str]:
    """Be present under a name until the end of the block: a new one (16 characters), or the given.

    Yields the name; an empty string when somebody else is present under it.
    """
    name = name or secrets.token_hex(8)
    holding = (_file_held if settings().is_sqlite else _key_held)(name)
    is_mine = await asyncio.to_thread(holding.__enter__)
    try:
        yield name if is_mine else ""
    finally:
        await asyncio.shield(asyncio.to_thread(holding.__exit__, None, None, None))


def is_here(session: Session, name: str) -> bool:
    """Tell whether somebody is present under a name; also without a sign of them: not present."""
    if not name.isalnum():
        return False
    if not settings().is_sqlite:
        free = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
        return not session.exec(select(free)).one()
    file = _file(name)
    try:
        with file.open("rb") as seen:
            fcntl.flock(seen, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink(missing_ok=True)  # left by a process that was killed
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _file_held(name: str) -> Generator[bool]:
    file = _file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            file.unlink(missing_ok=True)


@contextmanager
def _key_held(name: str) -> Generator[bool]:
    key = func.hashtextextended(name, 0)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(select(func.pg_try_advisory_lock(key))).scalar_one():
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(select(func.pg_advisory_unlock(key)))


def _file(name: str) -> Path:
    """Return the lock file of a name, beside the database: who shares one shares the other."""
    return Path(str(db.engine().url.database)).parent / "present" / name
