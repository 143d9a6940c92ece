"""Writes a difference in one transaction: rows in bulk, the tree's paths, history and audit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.directory.files import tree
from canais_app.directory.files.contact_rows import ContactRows
from canais_app.directory.files.difference import Difference
from canais_app.directory.files.lines import Tell, quiet
from canais_app.directory.files.rows import Rows
from canais_app.directory.files.stored import Directory, table_of
from canais_app.directory.files.unit_rows import UnitRows
from canais_app.directory.models import Channel, FormerSlug, Unit, UnitChange
from canais_app.kit import live, sequences

BATCH = 2000
Row = Mapping[str, Any]


def lock(session: Session) -> None:
    """Keep other writers of the directory away until the end of the transaction.

    SQLite lets one writer in at a time by itself. Readers never wait.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE unit, channel IN SHARE ROW EXCLUSIVE MODE"))


def write(  # noqa: PLR0913 (what, where, by whom, when and for whom to tell)
    session: Session,
    there: Directory,
    found: Difference,
    *,
    actor: Actor,
    now: datetime,
    tell: Tell = quiet,
) -> None:
    """Write everything that is new or changed; the directory must be locked since it was read."""
    lines = found.lines()
    if not lines:
        return
    rows = Rows(actor.name, now)
    nodes = tree.after(there.units, lines)
    units = UnitRows(rows, there, nodes, _former(session), _highest(session, Unit))
    units.take(lines)
    ContactRows(rows, there, units.ids, _highest(session, Channel)).take(lines)
    _store(session, rows, tell)
    for action, kind in (("importar unidade", found.new), ("alterar por arquivo", found.changed)):
        changes = [
            (line.code, {c.column: [c.before, c.after] for c in line.changes}) for line in kind
        ]
        audit.record_all(session, actor, action, "unit", changes, now=now)
    live.touch(session, "directory:all")


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
