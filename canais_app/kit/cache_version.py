"""Versions: a token that changes whenever rows of some tables change.

Kept by the session itself, so that no writer (editor, import, seed, test) can forget it, and read
by primary key, so that both databases and all processes agree on what is in memory and what not.
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
DATABASE_PREFIX_LENGTH = 8  # the first letters of a token never change: they name the database


@dataclass(frozen=True)
class CacheVersion:
    """The version of some tables; `table` has one row: `id` 1 and its `token`."""

    table: type[SQLModel]
    tables_covered: tuple[type[SQLModel], ...]

    def read_token(self, session: Session) -> str:
        """Return the token as this transaction sees it; empty while nothing was ever written."""
        there: Any = session.get(self.table, 1)
        return there.token if there else ""

    def renew_token(self, session: Session) -> None:
        """Give the tables a new version within this transaction."""
        before = self.read_token(session)[:DATABASE_PREFIX_LENGTH] or secrets.token_hex(
            DATABASE_PREFIX_LENGTH // 2
        )
        token = before + secrets.token_hex(10)
        session.merge(self.table(id=1, token=token))
        session.info[self.table] = token

    def is_changed_in_session(self, session: Session, token: str) -> bool:
        """Whether this session itself made this version, and so must see what it holds."""
        return session.info.get(self.table) == token


_listening: set[CacheVersion] = set()


def version_table(table: str) -> TableClause:
    """Return a version's table by its name: rooms below know no more of it."""
    return sa.table(table, sa.column("id"), sa.column("token"))


def read_tokens(session: Session, *tables: TableClause) -> tuple[str, ...]:
    """Return the tokens of several versions' tables, in one question to the database."""
    found = session.execute(_asked(tables)).one()  # pyright: ignore[reportDeprecated]
    return tuple(token or "" for token in found)


@lru_cache
def _asked(tables: tuple[TableClause, ...]) -> sa.Select[*tuple[str, ...]]:
    asked = (sa.select(one.c.token).where(one.c.id == 1).scalar_subquery() for one in tables)
    return sa.select(*asked)


class VersionedCache(Generic[K, V]):
    """What a process has read of a database, by key, for as long as some versions stand."""

    def __init__(self) -> None:
        self._kept: tuple[object, dict[K, V]] = (None, {})

    def get(self, session: Session, *tokens: object) -> dict[K, V]:
        """Return what was read under these versions, to look up and to add to.

        Nothing, each time anew, while one of them is unknown: nobody could say that it is old.
        """
        if not all(tokens):
            return {}
        versions = (session.get_bind().engine.url, *tokens)
        kept = self._kept
        if kept[0] != versions:
            kept = self._kept = (versions, {})
        return kept[1]


def is_same_database(one: str, other: str) -> bool:
    """Whether two tokens are versions of the same rows, and not of another database's."""
    return bool(one) and one[:DATABASE_PREFIX_LENGTH] == other[:DATABASE_PREFIX_LENGTH]


def register_cache_version(version: CacheVersion) -> None:
    """Renew a version from now on with every write through a session to the tables it covers.

    Repeated calls change nothing.
    """
    if version in _listening:
        return
    _listening.add(version)
    covers = version.tables_covered

    def on_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
        changed = (*session.new, *session.dirty, *session.deleted)
        if any(isinstance(row, covers) for row in changed):
            version.renew_token(session)

    def on_bulk_write(state: ORMExecuteState) -> None:
        writes = state.is_insert or state.is_update or state.is_delete
        if writes and state.bind_mapper is not None and state.bind_mapper.class_ in covers:
            assert isinstance(state.session, Session)  # noqa: S101 (listening to that class only)
            version.renew_token(state.session)

    event.listen(Session, "before_flush", on_flush)
    event.listen(Session, "do_orm_execute", on_bulk_write)
