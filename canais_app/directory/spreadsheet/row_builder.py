"""Builds the table rows of an import in blocks, outside of the transaction that writes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from canais_app.directory import validation
from canais_app.directory.channels import ChannelKind
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.models import Channel, FormerSlug, Unit
from canais_app.directory.spreadsheet import tree
from canais_app.directory.spreadsheet.models import (
    PlannedUnit,
    StoredChannel,
    StoredDirectory,
    StoredUnit,
    pair_channels,
)
from canais_app.kit.text import slugify, strip_accents

RowValues = dict[str, Any]
BLOCK_UNITS = 500  # written in about a tenth of a second
MAX_SLUG_LENGTH = 150  # letters; leaves room for a number
POSITION_FIELDS = ("parent", "comarca")
STRUCTURE_FIELDS = {*POSITION_FIELDS, "degree", "active", "successor"}


@dataclass
class RowBlock:
    """The rows of some units: inserted (`new_…`, `slugs`, `history`), or updated by their ids."""

    lines: Sequence[PlannedUnit]
    new_units: list[RowValues] = field(default_factory=list[RowValues])
    units: list[RowValues] = field(default_factory=list[RowValues])
    slugs: list[RowValues] = field(default_factory=list[RowValues])
    reclaimed_slugs: list[str] = field(default_factory=list[str])  # former slugs in use again
    new_channels: list[RowValues] = field(default_factory=list[RowValues])
    channels: list[RowValues] = field(default_factory=list[RowValues])
    paths: list[RowValues] = field(default_factory=list[RowValues])
    history: list[RowValues] = field(default_factory=list[RowValues])


@dataclass
class RowBlocks:
    """The blocks of an import in their order: the first one, and the rest as it is asked for.

    The rows of a large file need not be in memory at once; then the rest can be read only once.
    `count` is of all blocks.
    """

    count: int = 0
    first: RowBlock = field(default_factory=lambda: RowBlock(()))
    rest: Iterable[RowBlock] = ()

    def __iter__(self) -> Iterator[RowBlock]:
        """Yield the blocks in their order."""
        if self.count:
            yield self.first
            yield from self.rest

    def build_all(self) -> None:
        """Build the rest now: the blocks can be read again."""
        self.rest = list(self.rest)


def build_blocks(
    session: Session, stored: StoredDirectory, lines: Sequence[PlannedUnit], context: ChangeContext
) -> RowBlocks:
    """Return the rows in blocks, to be written one after another.

    Parents come before children. Moves and retirements, with the new units that they need, are
    all in the first block. New rows bring their ids: the directory must not change until they
    are written.
    """
    asked = select(col(FormerSlug.slug), col(FormerSlug.unit_id))
    former = {row.slug: row.unit_id for row in session.connection().execute(asked)}
    last = {model: _highest_id(session, model) for model in (Unit, Channel)}
    if not lines:
        return RowBlocks()
    return _RowBuilder(stored, lines, former, last, context).build_blocks()


def _highest_id(session: Session, model: type[Unit | Channel]) -> int:
    return session.scalar(select(func.coalesce(func.max(col(model.id)), 0))) or 0


class _RowBuilder:
    def __init__(
        self,
        stored: StoredDirectory,
        lines: Sequence[PlannedUnit],
        former: Mapping[str, int],
        last: Mapping[type[Unit | Channel], int],
        context: ChangeContext,
    ) -> None:
        self.stored, self.former, self.context = stored, former, context
        self.nodes = tree.tree_after(stored.units, lines)
        self.owners = {**former, **{unit.slug: unit.id for unit in stored.units.values()}}
        new_codes = [line.code for line in lines if line.stored is None]
        self.ids = {code: unit.id for code, unit in stored.units.items()}
        self.ids |= dict(zip(new_codes, count(last[Unit] + 1)))
        self.names = {code: unit.name for code, unit in stored.units.items()}
        self.names |= {line.code: line.name for line in lines}
        self.channel_ids = count(last[Channel] + 1)
        self.lines = sorted(lines, key=lambda line: len(self.ancestors(line.code)))
        self.block = RowBlock(())

    def build_blocks(self) -> RowBlocks:
        first = self.structural_codes()
        head = [line for line in self.lines if line.code in first]
        rest = [line for line in self.lines if line.code not in first]
        cut = max(0, BLOCK_UNITS - len(head))
        groups = [rest[at : at + BLOCK_UNITS] for at in range(cut, len(rest), BLOCK_UNITS)]
        block = self.build_block([*head, *rest[:cut]])
        block.paths = self.changed_paths()
        return RowBlocks(1 + len(groups), block, map(self.build_block, groups))

    def build_block(self, lines: Sequence[PlannedUnit]) -> RowBlock:
        self.block = RowBlock(lines)
        for line in lines:
            self.build_line(line)
        return self.block

    def structural_codes(self) -> set[str]:
        """Return the lines that move, retire or replace units, and those that they refer to."""
        by_code = {line.code: line for line in self.lines}
        pending = [
            line.code
            for line in self.lines
            if (line.values.get("successor") if line.stored is None else
                STRUCTURE_FIELDS & line.values.keys())
        ]  # fmt: skip
        found: set[str] = set()
        while pending:
            code = pending.pop()
            if code in by_code and code not in found:
                found.add(code)
                pending += (self.nodes[code].parent, self.nodes[code].successor)
        return found

    def ancestors(self, code: str) -> list[str]:
        """Return a unit's code and those above it, the root last."""
        codes: list[str] = []
        while code:
            codes.append(code)
            code = self.nodes[code].parent
        return codes

    def tree_path(self, code: str) -> str:
        return f"/{'/'.join(str(self.ids[above]) for above in reversed(self.ancestors(code)))}/"

    def changed_paths(self) -> list[RowValues]:
        paths = ((unit, self.tree_path(code)) for code, unit in self.stored.units.items())
        return [{"id": unit.id, "path": path} for unit, path in paths if path != unit.path]

    def build_line(self, line: PlannedUnit) -> None:
        if line.stored is None:
            self.build_new_unit(line)
        else:
            self.build_changed_unit(line, line.stored)
        for kind in line.contacts:
            self.build_channels(line, kind)

    def build_new_unit(self, line: PlannedUnit) -> None:
        id_, values = self.ids[line.code], self.to_columns(line.values)
        successor, contacts = values["successor_id"], chain(*line.contacts.values())
        self.block.new_units.append({
            **values, "id": id_, "code": line.code, "slug": self.find_free_slug(line.name, id_),
            "path": self.tree_path(line.code), "successor_id": None,
            "retired_at": None if values["active"] else self.context.now,
            "is_demo": any(validation.is_demo_contact(contact.value) for contact in contacts),
            "updated_at": self.context.now, "version": 1,
        })  # fmt: skip
        self.record_history(id_, None, 1, created=(None, line.name))
        if successor:  # its row may come after this one
            self.block.units.append({"id": id_, "successor_id": successor})

    def build_changed_unit(self, line: PlannedUnit, stored: StoredUnit) -> None:
        """Build the row of what changes; changed contacts alone leave the unit's version."""
        changed = dict(line.values)
        row: RowValues = {"id": stored.id, "updated_at": self.context.now}
        if changed:
            row["version"] = stored.version + 1
            fields = self.history_fields(line, stored)
            self.record_history(stored.id, None, row["version"], **fields)
        if "name" in changed:
            changed |= self.rename_slug(line, stored)
        if "active" in changed:
            row["retired_at"] = None if changed["active"] else self.context.now
        self.block.units.append({**self.to_columns(changed), **row})

    def history_fields(self, line: PlannedUnit, stored: StoredUnit) -> dict[str, tuple[Any, Any]]:
        """Return (before, after) by the names that the history has for fields."""
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
        slug = self.stored.comarcas[comarca].slug if comarca in self.stored.comarcas else ""
        words = f"{self.names.get(parent, 'raiz')} ({comarca or 'sem comarca'})"
        return {"parent": parent, "comarca": slug, "words": words}

    def rename_slug(self, line: PlannedUnit, stored: StoredUnit) -> dict[str, Any]:
        """Return the slug and former names of a renamed unit; its old slug redirects."""
        slug = self.find_free_slug(line.name, stored.id)
        if slug != stored.slug:
            self.block.slugs.append({"slug": stored.slug, "unit_id": stored.id})
            self.block.reclaimed_slugs += [slug] if slug in self.former else []
        names = dict.fromkeys((*line.planned_value("former_names"), stored.name))
        former = [name for name in names if strip_accents(name) != strip_accents(line.name)]
        return {"slug": slug, "former_names": former}

    def find_free_slug(self, name: str, id_: int) -> str:
        """Return a slug that no other unit has or had."""
        stem = slugify(name)[:MAX_SLUG_LENGTH].strip("-") or "unidade"
        numbered: Iterable[str] = (f"{stem}-{number}" for number in count(2))
        slug = next(s for s in chain([stem], numbered) if self.owners.get(s, id_) == id_)
        self.owners[slug] = id_
        return slug

    def to_columns(self, values: Mapping[str, Any]) -> RowValues:
        """Return values by column: the comarca and other units as ids."""
        row = dict(values)
        if "comarca" in row:
            comarca = self.stored.comarcas.get(row.pop("comarca"))
            row["comarca_id"] = comarca.id if comarca else None
        for name in ("parent", "successor"):
            if name in row:
                row[f"{name}_id"] = self.ids.get(row.pop(name))
        return row

    def build_channels(self, line: PlannedUnit, kind: ChannelKind) -> None:
        """Build the rows of a unit's channels of one kind."""
        unit = self.ids[line.code]
        current = self.stored.channels_of(line.stored, kind)
        pairs, removed = pair_channels(current, line.contacts[kind])
        for stored, contact, position in pairs:
            values: RowValues = {
                "value": contact.value, "label": contact.label, "note": contact.note,
                "hours": contact.hours, "position": position,
            }  # fmt: skip
            if stored:
                self.build_changed_channel(unit, stored, values)
                continue
            id_ = next(self.channel_ids)
            row = {"id": id_, "unit_id": unit, "kind": kind.value, "version": 1}
            self.block.new_channels.append({**row, **values})
            if line.stored:
                self.record_history(unit, id_, 1, created=(None, contact.value))
        for stored in removed:
            version = stored.version + 1
            self.record_history(unit, stored.id, version, retired=(False, True))
            row = {"id": stored.id, "retired_at": self.context.now, "version": version}
            self.block.channels.append(row)

    def build_changed_channel(self, unit: int, stored: StoredChannel, values: RowValues) -> None:
        changed: dict[str, tuple[Any, Any]] = {
            name: (getattr(stored, name), after)
            for name, after in values.items()
            if getattr(stored, name) != after
        }
        if not changed:
            return
        version = stored.version + 1
        self.record_history(unit, stored.id, version, **changed)
        row: RowValues = {name: after for name, (_, after) in changed.items()}
        if "value" in row:  # the new contact is not verified yet
            row |= {"verified_at": None, "verified_by": ""}
        self.block.channels.append({**row, "id": stored.id, "version": version})

    def record_history(self, unit: int, channel: int | None, version: int, **changed: Any) -> None:  # noqa: ANN401 (fields of any type)
        """Add a history row for each `field=(before, after)`."""
        for name, (before, after) in changed.items():
            self.block.history.append({
                "unit_id": unit, "channel_id": channel, "version": version, "field": name,
                "before": before, "after": after, "at": self.context.now,
                "actor": self.context.actor.name,
            })  # fmt: skip
