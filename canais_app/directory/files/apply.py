"""Writes a difference in one transaction: rows in bulk, the tree's paths, history and audit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.directory import settling
from canais_app.directory import tree as shape
from canais_app.directory.changes import CONTACTS_TOPIC, PUBLIC_TOPIC, ChangeContext
from canais_app.directory.files import tree
from canais_app.directory.files.contact_rows import ContactRowBuilder
from canais_app.directory.files.difference import Difference
from canais_app.directory.files.lines import ReportProgress, no_progress
from canais_app.directory.files.rows import TableRows
from canais_app.directory.files.stored import StoredDirectory, table_of_model
from canais_app.directory.files.unit_rows import UnitRowBuilder
from canais_app.directory.models import (
    Channel,
    ContactProposal,
    EditLock,
    FormerSlug,
    Unit,
    UnitChange,
)
from canais_app.kit import live, sequences

BATCH_ROWS = 2000
NEW, CHANGED = "criar unidade por arquivo", "alterar unidade por arquivo"
RowMapping = Mapping[str, Any]


def lock_directory(session: Session) -> None:
    """Keep other writers of the directory away until the end of the transaction.

    SQLite lets one writer in at a time by itself. Readers never wait.
    """
    shape.lock_tree(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE unit, channel IN SHARE ROW EXCLUSIVE MODE"))


def write_difference(
    session: Session,
    stored: StoredDirectory,
    difference: Difference,
    *,
    context: ChangeContext,
    progress: ReportProgress = no_progress,
) -> None:
    """Write everything that is new or changed; the directory is locked since it was read."""
    lines = difference.changed_lines()
    if not lines:
        return
    rows = TableRows(context.actor.name, context.now)
    nodes = tree.tree_after(stored.units, lines)
    units = UnitRowBuilder(
        rows, stored, nodes, _load_former_slugs(session), _highest_id(session, Unit)
    )
    units.build_rows(lines)
    ContactRowBuilder(rows, stored, units.ids, _highest_id(session, Channel)).build_rows(lines)
    _insert_or_update(session, rows, progress)
    _resolve_corrections(session, [row["id"] for row in rows.channels], context)
    for action, kind in ((NEW, difference.new), (CHANGED, difference.changed)):
        changes = [
            (line.code, {c.column: [c.before, c.after] for c in line.changes}) for line in kind
        ]
        audit.record_entries(session, context.actor, action, "unit", changes, now=context.now)
    _emit_changes(session, {units.ids[line.code] for line in lines})


def _resolve_corrections(session: Session, channels: Sequence[int], by: ChangeContext) -> None:
    """Answer what visitors proposed of channels that are other now."""
    is_open = col(ContactProposal.status) == settling.OPEN
    asked = set(session.scalars(select(col(ContactProposal.channel_id)).where(is_open)))
    for id_ in sorted(asked.intersection(channels)):
        channel = session.get_one(Channel, id_, populate_existing=True)
        settling.resolve_fulfilled(session, channel, by)


def _emit_changes(session: Session, units: Collection[int]) -> None:
    """Let open pages hear: the public ones, the desks, and the editors of these units."""
    edited = set(session.scalars(select(col(EditLock.unit_id)))).intersection(units)
    for topic in (PUBLIC_TOPIC, CONTACTS_TOPIC, *(f"editor:{id_}" for id_ in sorted(edited))):
        live.emit(session, topic)


def _load_former_slugs(session: Session) -> dict[str, int]:
    asked = select(col(FormerSlug.slug), col(FormerSlug.unit_id))
    return {row.slug: row.unit_id for row in session.connection().execute(asked)}


def _highest_id(session: Session, model: type[Unit | Channel]) -> int:
    return session.scalar(select(func.coalesce(func.max(col(model.id)), 0))) or 0


def _insert_or_update(session: Session, rows: TableRows, tell: ReportProgress) -> None:
    total, done = rows.count_rows(), 0
    if rows.reclaimed_slugs:
        session.execute(delete(FormerSlug).where(col(FormerSlug.slug).in_(rows.reclaimed_slugs)))
    steps = (
        (insert, Unit, rows.new_units),
        (update, Unit, rows.units),
        (insert, FormerSlug, rows.slugs),
        (insert, Channel, rows.new_channels),
        (update, Channel, rows.channels),
        (update, Unit, rows.paths),
        (insert, UnitChange, rows.history),
    )
    for write_rows, model, wanted in steps:
        for batch in _batches_of_same_columns(wanted):
            session.execute(write_rows(model), batch)
            done += len(batch)
            tell("Gravando", done, total)
    sequences.reset_sequences(session, table_of_model(Unit), table_of_model(Channel))


def _batches_of_same_columns(rows: Sequence[RowMapping]) -> Iterator[list[RowMapping]]:
    """Yield rows in batches of the same columns, each one statement."""
    ordered = sorted(rows, key=sorted)
    for _, group in groupby(ordered, key=sorted):
        alike = iter(group)
        while batch := list(islice(alike, BATCH_ROWS)):
            yield batch
