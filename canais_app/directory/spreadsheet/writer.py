"""Writes a difference in one transaction: rows in bulk, the tree's paths, history and audit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count, groupby, islice
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.directory import validation
from canais_app.directory.channels import ChannelKind
from canais_app.directory.editing import correction_review
from canais_app.directory.editing import tree as shape
from canais_app.directory.editing.change_log import CONTACTS_TOPIC, PUBLIC_TOPIC, ChangeContext
from canais_app.directory.models import (
    Channel,
    ContactProposal,
    EditLock,
    FormerSlug,
    Unit,
    UnitChange,
)
from canais_app.directory.spreadsheet import tree
from canais_app.directory.spreadsheet.diff import Difference, pair_channels
from canais_app.directory.spreadsheet.models import (
    PlannedUnit,
    StoredChannel,
    StoredDirectory,
    StoredUnit,
    table_of_model,
)
from canais_app.directory.spreadsheet.rows import ReportProgress, no_progress
from canais_app.directory.spreadsheet.tree import TreeNode
from canais_app.kit import db, live
from canais_app.kit.text import slugify, strip_accents

RowValues = dict[str, Any]


@dataclass
class TableRows:
    """What is inserted (`new_…`, `slugs`, `history`), and what is updated by its id.

    New rows bring their ids: nobody else writes while the directory is locked.
    """

    who: str
    now: datetime
    new_units: list[RowValues] = field(default_factory=list[RowValues])
    units: list[RowValues] = field(default_factory=list[RowValues])
    slugs: list[RowValues] = field(default_factory=list[RowValues])
    reclaimed_slugs: list[str] = field(
        default_factory=list[str]
    )  # former slugs that are so no more
    new_channels: list[RowValues] = field(default_factory=list[RowValues])
    channels: list[RowValues] = field(default_factory=list[RowValues])
    paths: list[RowValues] = field(default_factory=list[RowValues])
    history: list[RowValues] = field(default_factory=list[RowValues])

    def count_rows(self) -> int:
        """Return how many rows there are."""
        return sum(len(rows) for rows in vars(self).values() if isinstance(rows, list))

    def record_history(self, unit: int, channel: int | None, version: int, **changed: Any) -> None:  # noqa: ANN401 (fields of any type)
        """Keep what fields were: `name=(before, after)`."""
        for name, (before, after) in changed.items():
            self.history.append({
                "unit_id": unit, "channel_id": channel, "version": version, "field": name,
                "before": before, "after": after, "at": self.now, "actor": self.who,
            })  # fmt: skip


class ContactRowBuilder:
    """Makes the rows of channels; `last` is the last id given."""

    def __init__(
        self, rows: TableRows, there: StoredDirectory, ids: Mapping[str, int], last: int
    ) -> None:
        self.rows, self.there, self.ids, self.last = rows, there, ids, last

    def build_rows(self, lines: Sequence[PlannedUnit]) -> None:
        """Make the rows of every kind of channel that differs."""
        for line in lines:
            for kind in line.contacts:
                self.build_rows_of_kind(line, kind)

    def build_rows_of_kind(self, line: PlannedUnit, kind: ChannelKind) -> None:
        """Make the rows of a unit's channels of one kind."""
        unit = self.ids[line.code]
        pairs, gone = pair_channels(self.there.channels_of(line.stored, kind), line.contacts[kind])
        for stored, contact, position in pairs:
            said: RowValues = {
                "value": contact.value, "label": contact.label, "note": contact.note,
                "hours": contact.hours, "position": position,
            }  # fmt: skip
            if stored:
                self.build_change(unit, stored, said)
                continue
            self.last += 1
            row = {"id": self.last, "unit_id": unit, "kind": kind.value, "version": 1}
            self.rows.new_channels.append({**row, **said})
            if line.stored:
                self.rows.record_history(unit, self.last, 1, created=(None, contact.value))
        for stored in gone:
            version = stored.version + 1
            self.rows.record_history(unit, stored.id, version, retired=(False, True))
            row = {"id": stored.id, "retired_at": self.rows.now, "version": version}
            self.rows.channels.append(row)

    def build_change(self, unit: int, stored: StoredChannel, said: RowValues) -> None:
        """Make the row of what changes of a channel, if anything does."""
        changed: dict[str, tuple[Any, Any]] = {
            name: (getattr(stored, name), after)
            for name, after in said.items()
            if getattr(stored, name) != after
        }
        if not changed:
            return
        version = stored.version + 1
        self.rows.record_history(unit, stored.id, version, **changed)
        row: RowValues = {name: after for name, (_, after) in changed.items()}
        if "value" in row:  # nobody has tried the new one
            row |= {"verified_at": None, "verified_by": ""}
        self.rows.channels.append({**row, "id": stored.id, "version": version})


MAX_SLUG_LENGTH = 150  # letters; leaves room for a number
POSITION_FIELDS = ("parent", "comarca")


class UnitRowBuilder:
    """Makes the rows of units. `former` says whose each former address is, `last` the last id."""

    def __init__(
        self,
        rows: TableRows,
        there: StoredDirectory,
        nodes: Mapping[str, TreeNode],
        former: Mapping[str, int],
        last: int,
    ) -> None:
        self.rows, self.there, self.nodes = rows, there, nodes
        self.former, self.last = former, last
        self.ids = {code: unit.id for code, unit in there.units.items()}
        self.owners = {**former, **{unit.slug: unit.id for unit in there.units.values()}}
        self.names = {code: unit.name for code, unit in there.units.items()}

    def build_rows(self, lines: Sequence[PlannedUnit]) -> None:
        """Make the rows of all lines, what stands above before what hangs under it."""
        for line in lines:
            self.names[line.code] = line.name
            if line.stored is None:
                self.last += 1
                self.ids[line.code] = self.last
        for line in sorted(lines, key=lambda line: len(self.ancestors(line.code))):
            if line.stored is None:
                self.build_new(line)
            else:
                self.build_change(line, line.stored)
        self.update_paths()

    def ancestors(self, code: str) -> list[str]:
        """Return a unit's code and those above it, the root last."""
        codes: list[str] = []
        while code:
            codes.append(code)
            code = self.nodes[code].parent
        return codes

    def tree_path(self, code: str) -> str:
        """Return a unit's place in the tree as it is stored: `/1/24/380/`."""
        return f"/{'/'.join(str(self.ids[above]) for above in reversed(self.ancestors(code)))}/"

    def update_paths(self) -> None:
        """Give new paths to all that hang under what has moved."""
        for code, unit in self.there.units.items():
            path = self.tree_path(code)
            if path != unit.path:
                self.rows.paths.append({"id": unit.id, "path": path})

    def build_new(self, line: PlannedUnit) -> None:
        """Make a new unit's row."""
        id_, said = self.ids[line.code], self.columns_of(line.values)
        successor, contacts = said["successor_id"], chain(*line.contacts.values())
        self.rows.new_units.append({
            **said, "id": id_, "code": line.code, "slug": self.find_free_slug(line.name, id_),
            "path": self.tree_path(line.code), "successor_id": None,
            "retired_at": None if said["active"] else self.rows.now,
            "is_demo": any(validation.is_demo_contact(contact.value) for contact in contacts),
            "updated_at": self.rows.now, "version": 1,
        })  # fmt: skip
        self.rows.record_history(id_, None, 1, created=(None, line.name))
        if successor:  # it may be stored later
            self.rows.units.append({"id": id_, "successor_id": successor})

    def build_change(self, line: PlannedUnit, stored: StoredUnit) -> None:
        """Make the row of what changes of a unit; its contacts alone leave its version."""
        changed = dict(line.values)
        row: RowValues = {"id": stored.id, "updated_at": self.rows.now}
        if changed:
            row["version"] = stored.version + 1
            self.rows.record_history(
                stored.id, None, row["version"], **self.history_of(line, stored)
            )
        if "name" in changed:
            changed |= self.rename_slug(line, stored)
        if "active" in changed:
            row["retired_at"] = None if changed["active"] else self.rows.now
        self.rows.units.append({**self.columns_of(changed), **row})

    def history_of(self, line: PlannedUnit, stored: StoredUnit) -> dict[str, tuple[Any, Any]]:
        """Return what changes by the names that the history has for it."""
        fields = {
            name: (stored.value(name), after)
            for name, after in line.values.items()
            if name not in {*POSITION_FIELDS, "active", "successor"}
        }
        if any(name in line.values for name in POSITION_FIELDS):
            fields["place"] = (
                self.describe_position(stored.parent, stored.comarca),
                self.describe_position(line.planned_value("parent"), line.planned_value("comarca")),
            )
        if "active" in line.values:
            fields["retired"] = (stored.active is False, line.planned_value("active") is False)
        return fields

    def describe_position(self, parent: str, comarca: str) -> dict[str, str]:
        """Return where a unit hangs, as the history keeps it."""
        where = comarca or "sem comarca"
        slug = self.there.comarcas[comarca].slug if comarca in self.there.comarcas else ""
        words = f"{self.names.get(parent, 'raiz')} ({where})"
        return {"parent": parent, "comarca": slug, "words": words}

    def rename_slug(self, line: PlannedUnit, stored: StoredUnit) -> dict[str, Any]:
        """Return the address and former names of a renamed unit; its old address leads on."""
        slug = self.find_free_slug(line.name, stored.id)
        if slug != stored.slug:
            self.rows.slugs.append({"slug": stored.slug, "unit_id": stored.id})
            self.rows.reclaimed_slugs += [slug] if slug in self.former else []
        names = dict.fromkeys((*line.planned_value("former_names"), stored.name))
        kept = [name for name in names if strip_accents(name) != strip_accents(line.name)]
        return {"slug": slug, "former_names": kept}

    def find_free_slug(self, name: str, id_: int) -> str:
        """Return an address for a name that no other unit has or had."""
        stem = slugify(name)[:MAX_SLUG_LENGTH].strip("-") or "unidade"
        numbered: Iterable[str] = (f"{stem}-{number}" for number in count(2))
        slug = next(s for s in chain([stem], numbered) if self.owners.get(s, id_) == id_)
        self.owners[slug] = id_
        return slug

    def columns_of(self, said: Mapping[str, Any]) -> RowValues:
        """Return values by the columns of the table: other rows by their ids."""
        row = dict(said)
        if "comarca" in row:
            there = self.there.comarcas.get(row.pop("comarca"))
            row["comarca_id"] = there.id if there else None
        for name in ("parent", "successor"):
            if name in row:
                row[f"{name}_id"] = self.ids.get(row.pop(name))
        return row


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
    is_open = col(ContactProposal.status) == correction_review.OPEN
    asked = set(session.scalars(select(col(ContactProposal.channel_id)).where(is_open)))
    for id_ in sorted(asked.intersection(channels)):
        channel = session.get_one(Channel, id_, populate_existing=True)
        correction_review.resolve_fulfilled(session, channel, by)


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
    db.reset_sequences(session, table_of_model(Unit), table_of_model(Channel))


def _batches_of_same_columns(rows: Sequence[RowMapping]) -> Iterator[list[RowMapping]]:
    """Yield rows in batches of the same columns, each one statement."""
    ordered = sorted(rows, key=sorted)
    for _, group in groupby(ordered, key=sorted):
        alike = iter(group)
        while batch := list(islice(alike, BATCH_ROWS)):
            yield batch
