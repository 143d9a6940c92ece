"""Reads a line beside what is stored: each column that differs is checked, the others are kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from canais_app.directory import values
from canais_app.directory.channels import ChannelKind
from canais_app.directory.files import cells, columns, heads
from canais_app.directory.files.columns import Column
from canais_app.directory.files.lines import NamedRow, RowRefusal
from canais_app.directory.files.stored import StoredDirectory, StoredUnit
from canais_app.directory.files.wanted import CellChange, FileContact, PlannedUnit
from canais_app.directory.models import Feature


@dataclass(frozen=True, slots=True)
class ParsingContext:
    """What lines are read by: the stored directory, the readers of columns, the file's room."""

    there: StoredDirectory
    columns: tuple[Column, ...]
    contacts: Mapping[ChannelKind, Callable[[str], str]]
    channel_capacity: Mapping[
        ChannelKind, int
    ]  # how many channels of a kind the file's head has room for


def parse_line(
    line: NamedRow, stored: StoredUnit | None, rules: ParsingContext
) -> PlannedUnit | list[RowRefusal]:
    """Return what a line wants, or why it cannot be had; its code is checked elsewhere."""
    if line.refusals:
        return list(line.refusals)
    return _LineParser(line, stored, rules).parse()


def is_unchanged(line: NamedRow, stored: StoredUnit, rules: ParsingContext) -> bool:
    """Whether a line says letter for letter what is stored."""
    if line.refusals:
        return False
    written = columns.unit_cells(stored, rules.columns, rules.there)
    return line.cells == {column: cells.escape_formula(cell) for column, cell in written.items()}


class _LineParser:
    def __init__(self, line: NamedRow, stored: StoredUnit | None, rules: ParsingContext) -> None:
        self.line, self.stored, self.rules = line, stored, rules
        self.before = columns.unit_cells(stored, rules.columns, rules.there) if stored else {}
        code = stored.code if stored else line.cells.get(heads.CODE, "")
        self.wanted = PlannedUnit(line.number, code, stored.name if stored else "", stored)
        self.refusals: list[RowRefusal] = []
        self.differing = {
            column
            for column in line.cells.keys() | self.before.keys()
            if self.cell(column) != cells.escape_formula(self.before.get(column, ""))
        }

    def parse(self) -> PlannedUnit | list[RowRefusal]:
        for column in self.rules.columns:
            self.parse_column(column)
        self.parse_features()
        for kind in heads.CHANNEL_KINDS:
            self.parse_contacts(kind)
        self.wanted.name = self.wanted.values.get("name", self.wanted.name)
        return self.refusals or self.wanted

    def cell(self, column: str) -> str:
        return self.line.cells.get(column, "")

    def parse_cell(self, column: str, how: Callable[[str], Any]) -> Any:  # noqa: ANN401 (what the cell says)
        try:
            return how(self.cell(column))
        except ValueError as said:
            self.refuse(column, str(said))
            return None

    def refuse(self, column: str, reason: str) -> None:
        self.refusals.append(RowRefusal(self.line.number, column, reason))

    def record_change(self, before: dict[str, str], after: dict[str, str]) -> bool:
        """Keep how cells change; say whether any does."""
        found = [
            CellChange(column, before.get(column, ""), after.get(column, ""))
            for column in dict.fromkeys((*before, *after))
            if before.get(column, "") != after.get(column, "")
        ]
        self.wanted.changes += found
        return bool(found)

    def parse_column(self, column: Column) -> None:
        if self.stored and column.name not in self.differing:
            return
        asked = len(self.refusals)
        value = self.parse_cell(column.name, column.parse)
        if len(self.refusals) > asked:
            return
        if column.is_append_only and self.stored:
            value = list(dict.fromkeys((*self.stored.value(column.field), *value)))
        before = {column.name: self.before.get(column.name, "")}
        if self.record_change(before, {column.name: column.format(value)}) or not self.stored:
            self.wanted.values[column.field] = value

    def parse_features(self) -> None:
        if self.differing.isdisjoint(heads.FEATURE_COLUMNS):
            self.wanted.values |= {} if self.stored else {"accessibility": {}}
            return
        said: dict[str, dict[str, str]] = {}
        for feature in Feature:
            column = f"{heads.FEATURE_PREFIX}{feature.value}"
            has = self.parse_cell(column, columns.parse_has_feature) or ""
            note = self.parse_cell(f"{column}_nota", columns.parse_feature_note) or ""
            if note and not has:
                self.refuse(column, "Há uma nota: diga também se há, com sim ou nao.")
            said[feature.value] = {"has": has, "note": note}
        known = values.validate_features(said)
        before = {name: self.before.get(name, "") for name in heads.FEATURE_COLUMNS}
        if self.record_change(before, columns.feature_cells(known)) or not self.stored:
            self.wanted.values["accessibility"] = known

    def parse_contacts(self, kind: ChannelKind) -> None:
        stored = self.rules.there.channels_of(self.stored, kind)
        room = self.rules.channel_capacity[kind]
        if len(stored) > room:
            missing = heads.channel_columns(kind, room + 1)[0]
            self.refuse(missing, "A unidade tem mais canais deste tipo: falta esta coluna.")
            return
        names = heads.columns_of_first_channels(kind, room)
        if all(map(self.differing.isdisjoint, names)):
            return
        found = list(self.contacts_of(kind, names))
        if len({contact.value for contact in found}) < len(found):
            self.refuse(kind.value, "O mesmo contato aparece duas vezes na unidade.")
        before = {name: self.before.get(name, "") for group in names for name in group}
        after: dict[str, str] = {}
        for number, contact in enumerate(found, start=1):
            after |= columns.contact_cells(kind, number, contact)
        if self.record_change(before, after):
            self.wanted.contacts[kind] = found

    def contacts_of(
        self, kind: ChannelKind, names: Sequence[tuple[str, ...]]
    ) -> Iterator[FileContact]:
        rows = self.rules.there.channels_of(self.stored, kind)
        for number, group in enumerate(names):
            if not any(map(self.cell, group)):
                continue
            value, label, note, hours = group
            if not self.cell(value):
                self.refuse(value, "Falta o contato: há nome, observação ou horário dele.")
                continue
            row = rows[number] if number < len(rows) else None
            asked = len(self.refusals)
            contact = FileContact(
                self.parse_if_changed(value, row and row.value, self.rules.contacts[kind]),
                self.parse_if_changed(label, row and row.label, columns.label),
                self.parse_if_changed(note, row and row.note, columns.parse_note),
                self.parse_if_changed(hours, row and row.hours, columns.parse_hours_cell),
            )
            if len(self.refusals) == asked:
                yield contact

    def parse_if_changed(self, column: str, kept: Any, how: Callable[[str], Any]) -> Any:  # noqa: ANN401 (what the cell says)
        """Return what is stored where the cell says the same, else what the cell says."""
        return self.parse_cell(column, how) if kept is None or column in self.differing else kept
