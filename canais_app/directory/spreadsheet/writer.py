"""Writes the row blocks of an import: rows in bulk, audit, corrections, version, live topics."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, text
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.directory.editing import correction_review
from canais_app.directory.editing import tree as shape
from canais_app.directory.editing.change_log import CONTACTS_TOPIC, PUBLIC_TOPIC, ChangeContext
from canais_app.directory.models import (
    VERSION,
    Channel,
    ContactProposal,
    EditLock,
    FormerSlug,
    Unit,
    UnitChange,
)
from canais_app.directory.spreadsheet.models import table_of_model
from canais_app.directory.spreadsheet.row_builder import RowBlock
from canais_app.kit import db, live

NEW, CHANGED = "criar unidade por arquivo", "alterar unidade por arquivo"
RowMapping = Mapping[str, Any]


def lock_directory(session: Session) -> None:
    """Keep other writers of the directory out until the transaction ends.

    SQLite has one writer anyway. Readers never wait.

    Raises:
        ConflictError: an import is being written in blocks.
    """
    shape.lock_tree(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE unit, channel IN SHARE ROW EXCLUSIVE MODE"))


def write_block(session: Session, block: RowBlock, context: ChangeContext) -> None:
    """Write a block's rows with their history and audit entries.

    The directory's version stays as it is: caches read the directory anew after `finish`.
    """
    session.flush()
    _write_rows(session, block)
    _resolve_corrections(session, [row["id"] for row in block.channels], context)
    for action, is_new in ((NEW, True), (CHANGED, False)):
        changes = [
            (line.code, {c.column: [c.before, c.after] for c in line.changes})
            for line in block.lines
            if (line.stored is None) is is_new
        ]
        audit.record_entries(session, context.actor, action, "unit", changes, now=context.now)


def finish(session: Session) -> None:
    """Give the directory a new version and update the open pages; call it with the last block."""
    db.reset_sequences(session, table_of_model(Unit), table_of_model(Channel))
    VERSION.renew_token(session)
    edited = session.scalars(select(col(EditLock.unit_id)))
    for topic in (PUBLIC_TOPIC, CONTACTS_TOPIC, *(f"editor:{id_}" for id_ in edited)):
        live.emit(session, topic)


def _write_rows(session: Session, block: RowBlock) -> None:
    connection = session.connection()
    if block.reclaimed_slugs:
        reclaimed = col(FormerSlug.slug).in_(block.reclaimed_slugs)
        connection.execute(delete(FormerSlug).where(reclaimed))
    steps = (
        (_insert, Unit, block.new_units),
        (_update, Unit, block.units),
        (_insert, FormerSlug, block.slugs),
        (_insert, Channel, block.new_channels),
        (_update, Channel, block.channels),
        (_update, Unit, block.paths),
        (_insert, UnitChange, block.history),
    )
    for write, model, rows in steps:
        for batch in _batches_of_same_columns(rows):
            write(session, table_of_model(model), batch)


def _insert(session: Session, table: Table, rows: Sequence[RowMapping]) -> None:
    session.connection().execute(table.insert(), rows)


def _update(session: Session, table: Table, rows: Sequence[RowMapping]) -> None:
    change = table.update().where(table.c.id == bindparam("row_id"))
    renamed = [{"row_id" if k == "id" else k: v for k, v in row.items()} for row in rows]
    session.connection().execute(change, renamed)


def _batches_of_same_columns(rows: Sequence[RowMapping]) -> Iterator[list[RowMapping]]:
    """Yield the rows of the same columns together: each batch is one statement."""
    for _, group in groupby(sorted(rows, key=sorted), key=sorted):
        yield list(group)


def _resolve_corrections(session: Session, channels: Sequence[int], context: ChangeContext) -> None:
    is_open = col(ContactProposal.status) == correction_review.OPEN
    corrected = set(session.scalars(select(col(ContactProposal.channel_id)).where(is_open)))
    for id_ in sorted(corrected.intersection(channels)):
        channel = session.get_one(Channel, id_, populate_existing=True)
        correction_review.resolve_fulfilled(session, channel, context)
