"""Cache versions: a token in the database that changes whenever rows of some tables change.

SQLAlchemy events renew the token, so that no writer can forget it. Every process reads it by
primary key before it uses what it has cached.
"""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import TableClause, event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session, SQLModel

K = TypeVar("K")
V = TypeVar("V")
DATABASE_PREFIX_LENGTH = 8  # the first characters of a token identify the database


@dataclass(frozen=True)
class CacheVersion:
    """The version of some tables; `table` has one row: `id` 1 and its `token`."""

    table: type[SQLModel]
    tables_covered: tuple[type[SQLModel], ...]

    def read_token(self, session: Session) -> str:
        """Return the token as this transaction sees it; empty before the first write."""
        row: Any = session.get(self.table, 1)
        return row.token if row else ""

    def renew_token(self, session: Session) -> None:
        """Give the tables a new version within this transaction."""
        prefix = self.read_token(session)[:DATABASE_PREFIX_LENGTH]
        prefix = prefix or secrets.token_hex(DATABASE_PREFIX_LENGTH // 2)
        token = prefix + secrets.token_hex(10)
        session.merge(self.table(id=1, token=token))
        session.info[self.table] = token

    def is_changed_in_session(self, session: Session, token: str) -> bool:
        """Return whether this session made this version, not yet committed."""
        return session.info.get(self.table) == token


def version_table(table: str) -> TableClause:
    """Return a version's table by name, for rooms that may not import its model."""
    return sa.table(table, sa.column("id"), sa.column("token"))


def read_tokens(session: Session, *tables: TableClause) -> tuple[str, ...]:
    """Return the tokens of several version tables, in one query."""
    found = session.execute(_select_tokens(tables)).one()  # pyright: ignore[reportDeprecated]
    return tuple(token or "" for token in found)


@lru_cache
def _select_tokens(tables: tuple[TableClause, ...]) -> sa.Select[*tuple[str, ...]]:
    return sa.select(*(sa.select(t.c.token).where(t.c.id == 1).scalar_subquery() for t in tables))


class VersionedCache(Generic[K, V]):
    """Values that a process has read, by key, valid while some cache versions are unchanged."""

    def __init__(self) -> None:
        self._entry: tuple[object, dict[K, V]] = (None, {})

    def get(self, session: Session, *tokens: object) -> dict[K, V]:
        """Return the values read under these versions, to look up and to add to.

        While a token is empty nothing is cached: a new dict each time.
        """
        if not all(tokens):
            return {}
        versions = (session.get_bind().engine.url, *tokens)
        entry = self._entry
        if entry[0] != versions:
            entry = self._entry = (versions, {})
        return entry[1]


def is_same_database(one: str, other: str) -> bool:
    """Return whether two tokens are of the same database."""
    return bool(one) and one[:DATABASE_PREFIX_LENGTH] == other[:DATABASE_PREFIX_LENGTH]


_registered: set[CacheVersion] = set()


def register_cache_version(version: CacheVersion) -> None:
    """Renew a version with every write of a session to the tables it covers.

    Repeated calls change nothing.
    """
    if version in _registered:
        return
    _registered.add(version)
    covers = version.tables_covered

    def on_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
        changed = (*session.new, *session.dirty, *session.deleted)
        if any(isinstance(row, covers) for row in changed):
            version.renew_token(session)

    def on_bulk_write(state: ORMExecuteState) -> None:
        writes = state.is_insert or state.is_update or state.is_delete
        if writes and state.bind_mapper is not None and state.bind_mapper.class_ in covers:
            assert isinstance(state.session, Session)  # noqa: S101 (registered for that class only)
            version.renew_token(state.session)

    event.listen(Session, "before_flush", on_flush)
    event.listen(Session, "do_orm_execute", on_bulk_write)
