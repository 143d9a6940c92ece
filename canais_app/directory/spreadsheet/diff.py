"""Compares a file with the directory: new, changed, equal and missing units, and refusals."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canais_app.directory import validation
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Feature
from canais_app.directory.spreadsheet import readers, schema, tree
from canais_app.directory.spreadsheet.models import (
    CellChange,
    FileContact,
    PlannedUnit,
    SharedValues,
    StoredDirectory,
    StoredUnit,
)
from canais_app.directory.spreadsheet.rows import (
    NamedRow,
    RawRow,
    ReportProgress,
    RowRefusal,
    UnreadableFileError,
    name_cells,
    no_progress,
)
from canais_app.directory.spreadsheet.schema import Column
from canais_app.kit.text import strip_accents


@dataclass(frozen=True, slots=True)
class ParsingContext:
    """The stored directory, the parsers of cells, and the file's columns per channel kind."""

    stored: StoredDirectory
    columns: tuple[Column, ...]
    contacts: Mapping[ChannelKind, Callable[[str], str]]
    channel_capacity: Mapping[ChannelKind, int]  # how many channels the header has columns for
    is_partial: bool = False  # blank and missing cells leave what is stored
    share: SharedValues = field(default_factory=SharedValues)


def parse_line(
    line: NamedRow, stored: StoredUnit | None, rules: ParsingContext
) -> PlannedUnit | list[RowRefusal]:
    """Return a line's planned unit, or its refusals; the caller checks the code."""
    return list(line.refusals) or _LineParser(line, stored, rules).parse()


def is_unchanged(line: NamedRow, stored: StoredUnit, rules: ParsingContext) -> bool:
    """Whether a line is literally what an export would write."""
    if line.refusals or rules.is_partial:
        return False
    written = schema.unit_cells(stored, rules.columns, rules.stored)
    expected = {column: schema.escape_formula(cell) for column, cell in written.items()}
    expected.pop(schema.VERSION)
    return {c: cell for c, cell in line.cells.items() if c != schema.VERSION} == expected


class _LineParser:
    def __init__(self, line: NamedRow, stored: StoredUnit | None, rules: ParsingContext) -> None:
        self.line, self.stored, self.rules = line, stored, rules
        self.before = schema.unit_cells(stored, rules.columns, rules.stored) if stored else {}
        code = stored.code if stored else line.cells.get(schema.CODE, "")
        self.planned = PlannedUnit(line.number, code, stored.name if stored else "", stored)
        self.refusals: list[RowRefusal] = []
        self.newer = _fields_newer_than_file(line, stored, rules.stored)
        self.differing = {
            column
            for column in (line.cells.keys() | self.before.keys()) - {schema.VERSION}
            if self.cell(column) != schema.escape_formula(self.before.get(column, ""))
        }

    def parse(self) -> PlannedUnit | list[RowRefusal]:
        for column in self.rules.columns:
            self.parse_column(column)
        self.parse_features()
        for kind in schema.CHANNEL_KINDS:
            self.parse_contacts(kind)
        self.planned.name = self.planned.values.get("name", self.planned.name)
        return self.refusals or self.planned

    def cell(self, column: str) -> str:
        sent = self.line.cells.get(column, "")
        if sent or not self.rules.is_partial:
            return sent
        return schema.escape_formula(self.before.get(column, ""))

    def parse_cell(self, column: str, parse: Callable[[str], Any]) -> Any:  # noqa: ANN401 (a value of any type)
        try:
            value = parse(self.cell(column))
        except ValueError as wrong:
            self.refuse(column, str(wrong))
            return None
        return self.rules.share(value) if isinstance(value, list | dict) else value

    def refuse(self, column: str, reason: str) -> None:
        self.refusals.append(RowRefusal(self.line.number, column, reason))

    def record_change(self, field_: str, before: dict[str, str], after: dict[str, str]) -> bool:
        """Add the cells that change to the planned unit; return whether any does.

        A field that changed after the export stays as it is: its cells are conflicts.
        """
        changes = [
            CellChange(column, before.get(column, ""), after.get(column, ""))
            for column in dict.fromkeys((*before, *after))
            if before.get(column, "") != after.get(column, "")
        ]
        if field_ in self.newer:
            self.planned.conflicts += changes
            return False
        self.planned.changes += changes
        return bool(changes)

    def parse_column(self, column: Column) -> None:
        if self.stored and column.name not in self.differing:
            return
        refusals = len(self.refusals)
        value = self.parse_cell(column.name, column.parse)
        if len(self.refusals) > refusals:
            return
        if column.is_append_only and self.stored:
            value = list(dict.fromkeys((*self.stored.value(column.field), *value)))
        before = {column.name: self.before.get(column.name, "")}
        after = {column.name: column.format(value)}
        if self.record_change(column.field, before, after) or not self.stored:
            self.planned.values[column.field] = value

    def parse_features(self) -> None:
        if self.differing.isdisjoint(schema.FEATURE_COLUMNS):
            self.planned.values |= {} if self.stored else {"accessibility": {}}
            return
        parsed: dict[str, dict[str, str]] = {}
        for feature in Feature:
            column = f"{schema.FEATURE_PREFIX}{feature.value}"
            has = self.parse_cell(column, schema.parse_has_feature) or ""
            note = self.parse_cell(f"{column}_nota", schema.parse_feature_note) or ""
            if note and not has:
                self.refuse(column, "Há uma nota: diga também se há, com sim ou nao.")
            parsed[feature.value] = {"has": has, "note": note}
        known = validation.validate_features(parsed)
        before = {name: self.before.get(name, "") for name in schema.FEATURE_COLUMNS}
        after = schema.feature_cells(known)
        if self.record_change("accessibility", before, after) or not self.stored:
            self.planned.values["accessibility"] = known

    def parse_contacts(self, kind: ChannelKind) -> None:
        stored = self.rules.stored.channels_of(self.stored, kind)
        capacity = self.rules.channel_capacity.get(kind, 0)
        if self.rules.is_partial:
            capacity = max(capacity, len(stored))
        if len(stored) > capacity:
            missing = schema.channel_columns(kind, capacity + 1)[0]
            self.refuse(missing, "A unidade tem mais canais deste tipo: falta esta coluna.")
            return
        names = schema.columns_of_first_channels(kind, capacity)
        if all(map(self.differing.isdisjoint, names)):
            return
        found = list(self.contacts_of(kind, names))
        if len({contact.value for contact in found}) < len(found):
            self.refuse(kind.value, "O mesmo contato aparece duas vezes na unidade.")
        before = {name: self.before.get(name, "") for group in names for name in group}
        after: dict[str, str] = {}
        for number, contact in enumerate(found, start=1):
            after |= schema.contact_cells(kind, number, contact)
        if self.record_change(kind.value, before, after):
            self.planned.contacts[kind] = found

    def contacts_of(
        self, kind: ChannelKind, names: Sequence[tuple[str, ...]]
    ) -> Iterator[FileContact]:
        rows = self.rules.stored.channels_of(self.stored, kind)
        for number, group in enumerate(names):
            if not any(map(self.cell, group)):
                continue
            value, label, note, hours = group
            if not self.cell(value):
                self.refuse(value, "Falta o contato: há nome, observação ou horário dele.")
                continue
            row = rows[number] if number < len(rows) else None
            refusals = len(self.refusals)
            contact = FileContact(
                self.parse_if_changed(value, row and row.value, self.rules.contacts[kind]),
                self.parse_if_changed(label, row and row.label, schema.label),
                self.parse_if_changed(note, row and row.note, schema.parse_note),
                self.parse_if_changed(hours, row and row.hours, schema.parse_hours_cell),
            )
            if len(self.refusals) == refusals:
                yield contact

    def parse_if_changed(self, column: str, stored: Any, parse: Callable[[str], Any]) -> Any:  # noqa: ANN401 (a value of any type)
        """Return the stored value of an unchanged cell, else the cell's own."""
        is_new = stored is None or column in self.differing
        return self.parse_cell(column, parse) if is_new else stored


def _fields_newer_than_file(
    line: NamedRow, stored: StoredUnit | None, directory: StoredDirectory
) -> set[str]:
    """Return the fields of a unit that changed after the row was exported."""
    exported = line.cells.get(schema.VERSION, "").removeprefix("'")
    if stored is None or not exported.isascii() or not exported.isdigit():
        return set()
    version = int(exported[:18])
    if directory.latest.get(stored.id, 0) <= version:
        return set()
    return directory.changed_since(stored.id, version)


MAX_REFUSALS = 1000  # listed; all are counted
PROGRESS_INTERVAL_LINES = 500  # lines between two reports
READER_BY_SUFFIX = {".csv": readers.read_csv, ".xlsx": readers.read_xlsx}


@dataclass
class Difference:
    """What an import would do; nothing is written while a line is refused."""

    new: list[PlannedUnit] = field(default_factory=list[PlannedUnit])
    changed: list[PlannedUnit] = field(default_factory=list[PlannedUnit])
    missing: list[StoredUnit] = field(default_factory=list[StoredUnit])
    conflicts: list[PlannedUnit] = field(default_factory=list[PlannedUnit])
    refused: list[RowRefusal] = field(default_factory=list[RowRefusal])
    refusals: int = 0
    same: int = 0

    def add_refusals(self, refusals: Iterable[RowRefusal]) -> None:
        """Count refusals, and list the first ones."""
        for refusal in refusals:
            self.refusals += 1
            if len(self.refused) < MAX_REFUSALS:
                self.refused.append(refusal)

    def fingerprint(self) -> str:
        """Return a hash that only equal differences share."""
        changes = [
            [w.code, [[c.column, c.before, c.after] for c in w.changes]]
            for w in self.changed_lines()
        ]
        kept = [[w.code, [c.column for c in w.conflicts]] for w in self.conflicts]
        missing = [unit.code for unit in self.missing]
        words = json.dumps([changes, missing, kept], ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()

    def changed_lines(self) -> list[PlannedUnit]:
        """Return the new and changed units."""
        return [*self.new, *self.changed]


def compare_file(
    stored: StoredDirectory,
    kind: str,
    content: bytes,
    *,
    accepts_demo: bool,
    progress: ReportProgress = no_progress,
) -> Difference:
    """Compare a file of a kind (`.csv`, `.xlsx`) with the stored directory."""
    found = Difference()
    comparison = _Comparison(stored, found, accepts_demo, progress)
    try:
        comparison.read(READER_BY_SUFFIX[kind](content))
    except UnreadableFileError as wrong:
        found.refusals += len(wrong.refusals)
        found.refused[:0] = wrong.refusals  # the reason that ended the reading comes first
    return found


class _Comparison:
    def __init__(
        self,
        stored: StoredDirectory,
        found: Difference,
        accepts_demo: bool,  # noqa: FBT001 (passed on)
        progress: ReportProgress,
    ) -> None:
        self.stored, self.found, self.progress = stored, found, progress
        self.accepts_demo = accepts_demo
        self.seen: dict[str, int] = {}
        self.alike = {strip_accents(code): code for code in stored.units}

    def read(self, raws: Iterable[RawRow]) -> None:
        names, lines = name_cells(iter(raws))
        readers = (
            schema.unit_columns(self.stored),
            schema.contact_parsers(accept_demo=self.accepts_demo),
        )
        rules = ParsingContext(
            self.stored,
            *readers,
            channel_capacity=schema.highest_channels(names),
            is_partial=schema.is_partial(names),
        )
        for count, line in enumerate(lines, start=1):
            self.compare(line, rules)
            if count % PROGRESS_INTERVAL_LINES == 0:
                self.progress("Lendo", count, 0)
        self.found.add_refusals(tree.find_copies(self.stored, self.found.new, self.found.changed))
        nodes = tree.tree_after(self.stored.units, self.found.changed_lines(), self.seen)
        self.found.add_refusals(tree.find_tree_faults(nodes, self.found.changed_lines()))
        self.found.refused.sort(key=lambda refusal: refusal.line)
        self.found.missing = [
            unit
            for code, unit in self.stored.units.items()
            if unit.active and code not in self.seen
        ]

    def compare(self, line: NamedRow, rules: ParsingContext) -> None:
        code = line.cells.get(schema.CODE, "").removeprefix("'")
        fault = self.find_code_fault(code)
        if fault:
            self.found.add_refusals((*line.refusals, RowRefusal(line.number, schema.CODE, fault)))
            return
        self.seen[code] = line.number
        self.alike[strip_accents(code)] = code
        stored = self.stored.units.get(code)
        if stored and is_unchanged(line, stored, rules):
            self.found.same += 1
            return
        if rules.is_partial and not stored:
            reason = "Esta unidade não existe: um arquivo de poucas colunas só muda as que existem."
            self.found.add_refusals([RowRefusal(line.number, schema.CODE, reason)])
            return
        planned = parse_line(line, stored, rules)
        if isinstance(planned, list):
            self.found.add_refusals(planned)
        elif not stored:
            self.found.new.append(planned)
        else:
            if planned.conflicts:
                self.found.conflicts.append(planned)
            if planned.changes:
                self.found.changed.append(planned)
            else:
                self.found.same += 1

    def find_code_fault(self, code: str) -> str:
        if code in self.seen:
            return f"O código já apareceu na linha {self.seen[code]}."
        if code in self.stored.units:
            return ""
        if not code.strip():
            return "Falta o código."
        alike = self.alike.get(strip_accents(code.strip()))
        if alike is not None:
            return f"O código difere de «{alike}» só em espaços ou maiúsculas."
        try:
            is_clean = validation.validate_unit_code(code) == code
        except ValueError as wrong:
            return str(wrong)
        return "" if is_clean else "O código tem espaços em volta."
