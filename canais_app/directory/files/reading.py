"""Reads a line beside what is stored: each column that differs is checked, the others are kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from canais_app.directory import values
from canais_app.directory.channels import ChannelKind
from canais_app.directory.files import cells, columns, heads
from canais_app.directory.files.columns import Column
from canais_app.directory.files.lines import Line, Refusal
from canais_app.directory.files.stored import Directory, StoredUnit
from canais_app.directory.files.wanted import Change, Contact, Wanted
from canais_app.directory.models import Feature


@dataclass(frozen=True, slots=True)
class Rules:
    """What lines are read by: the stored directory, the readers of columns, the file's room."""

    there: Directory
    columns: tuple[Column, ...]
    contacts: Mapping[ChannelKind, Callable[[str], str]]
    room: Mapping[ChannelKind, int]  # how many channels of a kind the file's head has room for


def read(line: Line, stored: StoredUnit | None, rules: Rules) -> Wanted | list[Refusal]:
    """Return what a line wants, or why it cannot be had; its code is checked elsewhere."""
    if line.refusals:
        return list(line.refusals)
    return _Reader(line, stored, rules).read()


def is_same(line: Line, stored: StoredUnit, rules: Rules) -> bool:
    """Whether a line says letter for letter what is stored."""
    if line.refusals:
        return False
    written = columns.cells_of(stored, rules.columns, rules.there)
    return line.cells == {column: cells.neutral(cell) for column, cell in written.items()}


class _Reader:
    def __init__(self, line: Line, stored: StoredUnit | None, rules: Rules) -> None:
        self.line, self.stored, self.rules = line, stored, rules
        self.before = columns.cells_of(stored, rules.columns, rules.there) if stored else {}
        code = stored.code if stored else line.cells.get(heads.CODE, "")
        self.wanted = Wanted(line.number, code, stored.name if stored else "", stored)
        self.refusals: list[Refusal] = []
        self.differing = {
            column
            for column in line.cells.keys() | self.before.keys()
            if self.cell(column) != cells.neutral(self.before.get(column, ""))
        }

    def read(self) -> Wanted | list[Refusal]:
        for column in self.rules.columns:
            self.read_column(column)
        self.read_features()
        for kind in heads.KINDS:
            self.read_contacts(kind)
        self.wanted.name = self.wanted.values.get("name", self.wanted.name)
        return self.refusals or self.wanted

    def cell(self, column: str) -> str:
        return self.line.cells.get(column, "")

    def ask(self, column: str, how: Callable[[str], Any]) -> Any:  # noqa: ANN401 (what the cell says)
        try:
            return how(self.cell(column))
        except ValueError as said:
            self.refuse(column, str(said))
            return None

    def refuse(self, column: str, reason: str) -> None:
        self.refusals.append(Refusal(self.line.number, column, reason))

    def note(self, before: dict[str, str], after: dict[str, str]) -> bool:
        """Keep how cells change; say whether any does."""
        found = [
            Change(column, before.get(column, ""), after.get(column, ""))
            for column in dict.fromkeys((*before, *after))
            if before.get(column, "") != after.get(column, "")
        ]
        self.wanted.changes += found
        return bool(found)

    def read_column(self, column: Column) -> None:
        if self.stored and column.name not in self.differing:
            return
        asked = len(self.refusals)
        value = self.ask(column.name, column.read)
        if len(self.refusals) > asked:
            return
        if column.only_adds and self.stored:
            value = list(dict.fromkeys((*self.stored.value(column.field), *value)))
        before = {column.name: self.before.get(column.name, "")}
        if self.note(before, {column.name: column.write(value)}) or not self.stored:
            self.wanted.values[column.field] = value

    def read_features(self) -> None:
        if self.differing.isdisjoint(heads.FEATURES):
            self.wanted.values |= {} if self.stored else {"accessibility": {}}
            return
        said: dict[str, dict[str, str]] = {}
        for feature in Feature:
            column = f"{heads.FEATURE}{feature.value}"
            has = self.ask(column, columns.has) or ""
            note = self.ask(f"{column}_nota", columns.note_of_feature) or ""
            if note and not has:
                self.refuse(column, "Há uma nota: diga também se há, com sim ou nao.")
            said[feature.value] = {"has": has, "note": note}
        known = values.features(said)
        before = {name: self.before.get(name, "") for name in heads.FEATURES}
        if self.note(before, columns.of_features(known)) or not self.stored:
            self.wanted.values["accessibility"] = known

    def read_contacts(self, kind: ChannelKind) -> None:
        stored = self.rules.there.channels_of(self.stored, kind)
        room = self.rules.room[kind]
        if len(stored) > room:
            missing = heads.of_channel(kind, room + 1)[0]
            self.refuse(missing, "A unidade tem mais canais deste tipo: falta esta coluna.")
            return
        names = heads.of_channels(kind, room)
        if all(map(self.differing.isdisjoint, names)):
            return
        found = list(self.contacts_of(kind, names))
        if len({contact.value for contact in found}) < len(found):
            self.refuse(kind.value, "O mesmo contato aparece duas vezes na unidade.")
        before = {name: self.before.get(name, "") for group in names for name in group}
        after: dict[str, str] = {}
        for number, contact in enumerate(found, start=1):
            after |= columns.of_contact(kind, number, contact)
        if self.note(before, after):
            self.wanted.contacts[kind] = found

    def contacts_of(self, kind: ChannelKind, names: Sequence[tuple[str, ...]]) -> Iterator[Contact]:
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
            contact = Contact(
                self.unless_same(value, row and row.value, self.rules.contacts[kind]),
                self.unless_same(label, row and row.label, columns.label),
                self.unless_same(note, row and row.note, columns.note),
                self.unless_same(hours, row and row.hours, columns.hours),
            )
            if len(self.refusals) == asked:
                yield contact

    def unless_same(self, column: str, kept: Any, how: Callable[[str], Any]) -> Any:  # noqa: ANN401 (what the cell says)
        """Return what is stored where the cell says the same, else what the cell says."""
        return self.ask(column, how) if kept is None or column in self.differing else kept
