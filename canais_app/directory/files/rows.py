"""The rows that a difference comes down to, by table."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
