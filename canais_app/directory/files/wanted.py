"""What a line wants of a unit: only what differs from what is stored, each difference by column."""

from dataclasses import dataclass, field
from typing import Any

from canais_app.directory.channels import ChannelKind
from canais_app.directory.files.stored import StoredUnit


@dataclass(frozen=True, slots=True)
class FileContact:
    """A channel as the file has it."""

    value: str
    label: str
    note: str
    hours: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellChange:
    """What a column says now and what it would say."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class PlannedUnit:
    """A unit to be made, or what of a stored one is to change.

    `values` are by field of `StoredUnit`; `contacts` name every channel of a kind that differs.
    """

    line: int
    code: str
    name: str
    stored: StoredUnit | None
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    contacts: dict[ChannelKind, list[FileContact]] = field(
        default_factory=dict[ChannelKind, list[FileContact]]
    )
    changes: list[CellChange] = field(default_factory=list[CellChange])

    def planned_value(self, name: str) -> Any:  # noqa: ANN401 (a field of any type)
        """Return a field as it would be."""
        if name in self.values or self.stored is None:
            return self.values[name]
        return self.stored.value(name)
