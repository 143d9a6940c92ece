"""What a file would change: lines new, changed, refused; units missing from it; those the same."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from canais_app.directory import values
from canais_app.directory.files import columns, heads, read_csv, read_xlsx, reading, tree
from canais_app.directory.files.lines import (
    Line,
    Raw,
    Refusal,
    Tell,
    UnreadableError,
    named,
    quiet,
)
from canais_app.directory.files.reading import Rules
from canais_app.directory.files.stored import Directory, StoredUnit
from canais_app.directory.files.wanted import Wanted
from canais_app.kit.text import fold

MOST_REFUSALS = 1000  # kept to be shown; all are counted
EVERY = 500  # lines between two words on how far it is
READERS = {".csv": read_csv.read, ".xlsx": read_xlsx.read}


@dataclass
class Difference:
    """What would happen; nothing may be written while anything is refused."""

    new: list[Wanted] = field(default_factory=list[Wanted])
    changed: list[Wanted] = field(default_factory=list[Wanted])
    missing: list[StoredUnit] = field(default_factory=list[StoredUnit])
    refused: list[Refusal] = field(default_factory=list[Refusal])
    refusals: int = 0
    same: int = 0

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Count refusals, and keep the first ones."""
        for refusal in refusals:
            self.refusals += 1
            if len(self.refused) < MOST_REFUSALS:
                self.refused.append(refusal)

    def fingerprint(self) -> str:
        """Return what two equal differences have in common and no other has."""
        said = [[w.code, [[c.column, c.before, c.after] for c in w.changes]] for w in self.lines()]
        words = json.dumps([said, [unit.code for unit in self.missing]], ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()

    def lines(self) -> list[Wanted]:
        """Return the lines that would be written."""
        return [*self.new, *self.changed]


def compare(
    there: Directory, kind: str, content: bytes, *, accepts_demo: bool, tell: Tell = quiet
) -> Difference:
    """Return what a file of a kind (`.csv`, `.xlsx`) would change in the stored directory."""
    found = Difference()
    comparison = _Comparison(there, found, accepts_demo, tell)
    try:
        comparison.read(READERS[kind](content))
    except UnreadableError as wrong:
        found.refusals += len(wrong.refusals)
        found.refused[:0] = wrong.refusals  # why the reading ended comes first
    return found


class _Comparison:
    def __init__(self, there: Directory, found: Difference, accepts_demo: bool, tell: Tell) -> None:  # noqa: FBT001 (passed on)
        self.there, self.found, self.tell = there, found, tell
        self.accepts_demo = accepts_demo
        self.seen: dict[str, int] = {}
        self.alike = {fold(code): code for code in there.units}

    def read(self, raws: Iterable[Raw]) -> None:
        names, lines = named(iter(raws))
        readers = columns.of_units(self.there), columns.contacts(accept_demo=self.accepts_demo)
        rules = Rules(self.there, *readers, room=heads.most_of(names))
        for count, line in enumerate(lines, start=1):
            self.compare(line, rules)
            if count % EVERY == 0:
                self.tell("Lendo", count, 0)
        nodes = tree.after(self.there.units, self.found.lines(), self.seen)
        self.found.refuse(tree.check(nodes, self.found.lines()))
        self.found.refused.sort(key=lambda refusal: refusal.line)
        self.found.missing = [
            unit for code, unit in self.there.units.items() if unit.active and code not in self.seen
        ]

    def compare(self, line: Line, rules: Rules) -> None:
        code = line.cells.get(heads.CODE, "").removeprefix("'")
        said = self.wrong_code(code)
        if said:
            self.found.refuse((*line.refusals, Refusal(line.number, heads.CODE, said)))
            return
        self.seen[code] = line.number
        self.alike[fold(code)] = code
        stored = self.there.units.get(code)
        if stored and reading.is_same(line, stored, rules):
            self.found.same += 1
            return
        got = reading.read(line, stored, rules)
        if isinstance(got, list):
            self.found.refuse(got)
        elif not stored:
            self.found.new.append(got)
        elif got.changes:
            self.found.changed.append(got)
        else:
            self.found.same += 1

    def wrong_code(self, code: str) -> str:
        if code in self.seen:
            return f"O código já apareceu na linha {self.seen[code]}."
        if code in self.there.units:
            return ""
        if not code.strip():
            return "Falta o código."
        alike = self.alike.get(fold(code.strip()))
        if alike is not None:
            return f"O código difere de «{alike}» só em espaços ou maiúsculas."
        try:
            return "" if values.code(code) == code else "O código tem espaços em volta."
        except ValueError as said:
            return str(said)
