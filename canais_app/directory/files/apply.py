"""Writes a difference in one transaction: rows in bulk, the tree's paths, history and audit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.directory import settling
from canais_app.directory import tree as shape
from canais_app.directory.changes import DESK_TOPIC, PUBLIC_TOPIC, By
from canais_app.directory.files import tree
from canais_app.directory.files.contact_rows import ContactRows
from canais_app.directory.files.difference import Difference
from canais_app.directory.files.lines import Tell, quiet
from canais_app.directory.files.rows import Rows
from canais_app.directory.files.stored import Directory, table_of
from canais_app.directory.files.unit_rows import UnitRows
from canais_app.directory.models import (
    Channel,
    ContactProposal,
    EditLock,
    FormerSlug,
    Unit,
    UnitChange,
)
from canais_app.kit import live, sequences

BATCH = 2000
NEW, CHANGED = "criar unidade por arquivo", "alterar unidade por arquivo"
Row = Mapping[str, Any]


def lock(session: Session) -> None:
    """Keep other writers of the directory away until the end of the transaction.

    SQLite lets one writer in at a time by itself. Readers never wait.
    """
    shape.take_turns(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE unit, channel IN SHARE ROW EXCLUSIVE MODE"))


def write(
    session: Session, there: Directory, found: Difference, *, by: By, tell: Tell = quiet
) -> None:
    """Write everything that is new or changed; the directory is locked since it was read."""
    lines = found.lines()
    if not lines:
        return
    rows = Rows(by.actor.name, by.now)
    nodes = tree.after(there.units, lines)
    units = UnitRows(rows, there, nodes, _former(session), _highest(session, Unit))
    units.take(lines)
    ContactRows(rows, there, units.ids, _highest(session, Channel)).take(lines)
    _store(session, rows, tell)
    _settle(session, [row["id"] for row in rows.channels], by)
    for action, kind in ((NEW, found.new), (CHANGED, found.changed)):
        changes = [
            (line.code, {c.column: [c.before, c.after] for c in line.changes}) for line in kind
        ]
        audit.record_all(session, by.actor, action, "unit", changes, now=by.now)
    _tell(session, {units.ids[line.code] for line in lines})


def _settle(session: Session, channels: Sequence[int], by: By) -> None:
    """Answer what visitors proposed of channels that are other now."""
    is_open = col(ContactProposal.status) == settling.OPEN
    asked = set(session.scalars(select(col(ContactProposal.channel_id)).where(is_open)))
    for id_ in sorted(asked.intersection(channels)):
        channel = session.get_one(Channel, id_, populate_existing=True)
        settling.settle_met(session, channel, by)


def _tell(session: Session, units: Collection[int]) -> None:
    """Let open pages hear: the public ones, the desks, and the editors of these units."""
    edited = set(session.scalars(select(col(EditLock.unit_id)))).intersection(units)
    for topic in (PUBLIC_TOPIC, DESK_TOPIC, *(f"editor:{id_}" for id_ in sorted(edited))):
        live.touch(session, topic)


def _former(session: Session) -> dict[str, int]:
    asked = select(col(FormerSlug.slug), col(FormerSlug.unit_id))
    return {row.slug: row.unit_id for row in session.connection().execute(asked)}


def _highest(session: Session, model: type[Unit | Channel]) -> int:
    return session.scalar(select(func.coalesce(func.max(col(model.id)), 0))) or 0


def _store(session: Session, rows: Rows, tell: Tell) -> None:
    total, done = rows.count(), 0
    if rows.taken_up:
        session.execute(delete(FormerSlug).where(col(FormerSlug.slug).in_(rows.taken_up)))
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
        for batch in _alike(wanted):
            session.execute(write_rows(model), batch)
            done += len(batch)
            tell("Gravando", done, total)
    sequences.restart(session, table_of(Unit), table_of(Channel))


def _alike(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows in batches of the same columns, each one statement."""
    ordered = sorted(rows, key=sorted)
    for _, group in groupby(ordered, key=sorted):
        alike = iter(group)
        while batch := list(islice(alike, BATCH)):
            yield batch
