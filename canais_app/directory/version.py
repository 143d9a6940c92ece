"""The directory's version: a token that changes whenever rows of the search index change.

Kept by the session itself, so that no writer (editor, import, seed, test) can forget it, and
read by primary key before each search, so that both databases and all processes agree.
"""

import secrets

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session

from canais_app.directory.models import (
    Channel,
    Comarca,
    DirectoryVersion,
    Municipality,
    Synonym,
    Unit,
)

INDEXED = (Unit, Channel, Comarca, Municipality, Synonym)


def current(session: Session) -> str:
    """Return the version's token; empty while nothing was ever written."""
    there = session.get(DirectoryVersion, 1)
    return there.token if there else ""


def renew(session: Session) -> None:
    """Give the directory a new version within this transaction."""
    session.merge(DirectoryVersion(id=1, token=secrets.token_hex(12)))


@event.listens_for(Session, "before_flush")
def _renew_on_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, INDEXED) for row in changed):
        renew(session)


@event.listens_for(Session, "do_orm_execute")
def _renew_on_bulk_write(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.bind_mapper is not None and state.bind_mapper.class_ in INDEXED:
        assert isinstance(state.session, Session)  # noqa: S101 (listening to that class only)
        renew(state.session)
