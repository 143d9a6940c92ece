"""The words of schema.org, read from npm's `schema-dts`: types and their properties."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parent / "node" / "node_modules" / "schema-dts" / "dist" / "schema.d.ts"
_INTERFACE = re.compile(r"interface (\w+) extends ([\w<>, ]+) \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_PROPERTY = re.compile(r'^    "(\w+)"\?: SchemaValue<(.+), "\w+">;$', re.MULTILINE)
_UNION = re.compile(r"^export type (\w+) = (.+);$", re.MULTILINE)
_TEXTS = {"Text", "URL", "Date", "DateTime", "Time"}


class Vocabulary:
    """Types with their properties, inherited ones too."""

    def __init__(self, source: str) -> None:
        self._own = {
            name: (
                [base.strip() for base in above.split(",")],
                {prop: set(takes.split(" | ")) for prop, takes in _PROPERTY.findall(body)},
            )
            for name, above, body in _INTERFACE.findall(source)
        }
        self._unions = {name: set(parts.split(" | ")) for name, parts in _UNION.findall(source)}

    @cached_property
    def types(self) -> set[str]:
        """The names of all types."""
        return {name.removesuffix("Leaf") for name in self._own if name.endswith("Leaf")}

    def properties(self, kind: str) -> dict[str, set[str]]:
        """Return what each property of a type takes."""
        found: dict[str, set[str]] = {}
        waiting = [f"{kind}Leaf"]
        while waiting:
            above, own = self._own.get(waiting.pop(), ([], {}))
            waiting += above
            found |= own
        return found

    def covers(self, wanted: str, kind: str) -> bool:
        """Whether `kind` is `wanted` or a type below it."""
        below = {part.removesuffix("Leaf") for part in self._unions.get(wanted, set())}
        return kind == wanted or kind in below or any(
            self.covers(part, kind) for part in below - {wanted} if part in self._unions
        )  # fmt: skip

    def faults(self, node: Mapping[str, Any], path: str = "") -> Iterator[str]:
        """Yield what in a JSON-LD node is not schema.org's."""
        kind = str(node.get("@type", ""))
        if kind not in self.types:
            yield f"{path}: não há o tipo {kind!r}"
            return
        known = self.properties(kind)
        for name, value in node.items():
            if name.startswith("@"):
                continue
            if name not in known:
                yield f"{path}{kind}: não tem {name!r}"
                continue
            for one in value if isinstance(value, list) else [value]:
                yield from self._value_faults(f"{path}{kind}.{name}", known[name], one)

    def _value_faults(self, path: str, takes: set[str], value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            if not any(self.covers(wanted, str(value.get("@type"))) for wanted in takes):
                yield f"{path}: não aceita {value.get('@type')!r}"
            yield from self.faults(value, f"{path} › ")
        elif isinstance(value, bool):
            if "Boolean" not in takes:
                yield f"{path}: não aceita {value!r}"
        elif not self._takes_text(takes, str(value)):
            yield f"{path}: não aceita o texto {value!r}"

    def _takes_text(self, takes: set[str], value: str) -> bool:
        return bool(takes & _TEXTS) or any(
            {f'"{value}"', "string"} & self._unions.get(wanted, set()) for wanted in takes
        )


def read_vocabulary() -> Vocabulary:
    """Return schema.org's vocabulary; skips the test when the package is not installed."""
    if not SOURCE.exists():
        pytest.skip("falta o schema-dts (npm ci em tests/node)")
    return Vocabulary(SOURCE.read_text("utf-8"))
