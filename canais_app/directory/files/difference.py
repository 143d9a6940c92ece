"""What a file would change: lines new, changed, refused; units missing from it; those the same."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from canais_app.directory import values
from canais_app.directory.files import columns, heads, read_csv, read_xlsx, reading, tree
from canais_app.directory.files.lines import (
    NamedRow,
    RawRow,
    ReportProgress,
    RowRefusal,
    UnreadableFileError,
    name_cells,
    no_progress,
)
from canais_app.directory.files.reading import ParsingContext
from canais_app.directory.files.stored import StoredDirectory, StoredUnit
from canais_app.directory.files.wanted import PlannedUnit
from canais_app.kit.text import strip_accents

MAX_REFUSALS = 1000  # kept to be shown; all are counted
PROGRESS_INTERVAL_LINES = 500  # lines between two words on how far it is
READER_BY_SUFFIX = {".csv": read_csv.read_csv, ".xlsx": read_xlsx.read_xlsx}


@dataclass
class Difference:
    """What would happen; nothing may be written while anything is refused."""

    new: list[PlannedUnit] = field(default_factory=list[PlannedUnit])
    changed: list[PlannedUnit] = field(default_factory=list[PlannedUnit])
    missing: list[StoredUnit] = field(default_factory=list[StoredUnit])
    refused: list[RowRefusal] = field(default_factory=list[RowRefusal])
    refusals: int = 0
    same: int = 0

    def add_refusals(self, refusals: Iterable[RowRefusal]) -> None:
        """Count refusals, and keep the first ones."""
        for refusal in refusals:
            self.refusals += 1
            if len(self.refused) < MAX_REFUSALS:
                self.refused.append(refusal)

    def fingerprint(self) -> str:
        """Return what two equal differences have in common and no other has."""
        said = [
            [w.code, [[c.column, c.before, c.after] for c in w.changes]]
            for w in self.changed_lines()
        ]
        words = json.dumps([said, [unit.code for unit in self.missing]], ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()

    def changed_lines(self) -> list[PlannedUnit]:
        """Return the lines that would be written."""
        return [*self.new, *self.changed]


def compare_file(
    stored: StoredDirectory,
    kind: str,
    content: bytes,
    *,
    accepts_demo: bool,
    progress: ReportProgress = no_progress,
) -> Difference:
    """Return what a file of a kind (`.csv`, `.xlsx`) would change in the stored directory."""
    found = Difference()
    comparison = _Comparison(stored, found, accepts_demo, progress)
    try:
        comparison.read(READER_BY_SUFFIX[kind](content))
    except UnreadableFileError as wrong:
        found.refusals += len(wrong.refusals)
        found.refused[:0] = wrong.refusals  # why the reading ended comes first
    return found


class _Comparison:
    def __init__(
        self, there: StoredDirectory, found: Difference, accepts_demo: bool, tell: ReportProgress
    ) -> None:  # noqa: FBT001 (passed on)
        self.there, self.found, self.tell = there, found, tell
        self.accepts_demo = accepts_demo
        self.seen: dict[str, int] = {}
        self.alike = {strip_accents(code): code for code in there.units}

    def read(self, raws: Iterable[RawRow]) -> None:
        names, lines = name_cells(iter(raws))
        readers = (
            columns.unit_columns(self.there),
            columns.contact_parsers(accept_demo=self.accepts_demo),
        )
        rules = ParsingContext(
            self.there, *readers, channel_capacity=heads.count_channels_by_kind(names)
        )
        for count, line in enumerate(lines, start=1):
            self.compare(line, rules)
            if count % PROGRESS_INTERVAL_LINES == 0:
                self.tell("Lendo", count, 0)
        nodes = tree.tree_after(self.there.units, self.found.changed_lines(), self.seen)
        self.found.add_refusals(tree.find_tree_faults(nodes, self.found.changed_lines()))
        self.found.refused.sort(key=lambda refusal: refusal.line)
        self.found.missing = [
            unit for code, unit in self.there.units.items() if unit.active and code not in self.seen
        ]

    def compare(self, line: NamedRow, rules: ParsingContext) -> None:
        code = line.cells.get(heads.CODE, "").removeprefix("'")
        said = self.find_code_fault(code)
        if said:
            self.found.add_refusals((*line.refusals, RowRefusal(line.number, heads.CODE, said)))
            return
        self.seen[code] = line.number
        self.alike[strip_accents(code)] = code
        stored = self.there.units.get(code)
        if stored and reading.is_unchanged(line, stored, rules):
            self.found.same += 1
            return
        got = reading.parse_line(line, stored, rules)
        if isinstance(got, list):
            self.found.add_refusals(got)
        elif not stored:
            self.found.new.append(got)
        elif got.changes:
            self.found.changed.append(got)
        else:
            self.found.same += 1

    def find_code_fault(self, code: str) -> str:
        if code in self.seen:
            return f"O código já apareceu na linha {self.seen[code]}."
        if code in self.there.units:
            return ""
        if not code.strip():
            return "Falta o código."
        alike = self.alike.get(strip_accents(code.strip()))
        if alike is not None:
            return f"O código difere de «{alike}» só em espaços ou maiúsculas."
        try:
            return (
                "" if values.validate_unit_code(code) == code else "O código tem espaços em volta."
            )
        except ValueError as said:
            return str(said)
