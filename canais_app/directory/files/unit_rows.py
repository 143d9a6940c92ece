"""Rows of units: new ones, changed ones, those that move along with what they hang under."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

from canais_app.directory import values
from canais_app.directory.files.rows import RowValues, TableRows
from canais_app.directory.files.stored import StoredDirectory, StoredUnit
from canais_app.directory.files.tree import TreeNode
from canais_app.directory.files.wanted import PlannedUnit
from canais_app.kit.text import slugify, strip_accents

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
            "is_demo": any(values.is_demo_contact(contact.value) for contact in contacts),
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
