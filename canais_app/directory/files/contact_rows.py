"""Rows of channels: new ones, changed ones, those taken out of use."""

from collections.abc import Mapping, Sequence
from typing import Any

from canais_app.directory.channels import ChannelKind
from canais_app.directory.files.pairing import pair_channels
from canais_app.directory.files.rows import RowValues, TableRows
from canais_app.directory.files.stored import StoredChannel, StoredDirectory
from canais_app.directory.files.wanted import PlannedUnit


class ContactRowBuilder:
    """Makes the rows of channels; `last` is the last id given."""

    def __init__(
        self, rows: TableRows, there: StoredDirectory, ids: Mapping[str, int], last: int
    ) -> None:
        self.rows, self.there, self.ids, self.last = rows, there, ids, last

    def build_rows(self, lines: Sequence[PlannedUnit]) -> None:
        """Make the rows of every kind of channel that differs."""
        for line in lines:
            for kind in line.contacts:
                self.build_rows_of_kind(line, kind)

    def build_rows_of_kind(self, line: PlannedUnit, kind: ChannelKind) -> None:
        """Make the rows of a unit's channels of one kind."""
        unit = self.ids[line.code]
        pairs, gone = pair_channels(self.there.channels_of(line.stored, kind), line.contacts[kind])
        for stored, contact, position in pairs:
            said: RowValues = {
                "value": contact.value, "label": contact.label, "note": contact.note,
                "hours": contact.hours, "position": position,
            }  # fmt: skip
            if stored:
                self.build_change(unit, stored, said)
                continue
            self.last += 1
            row = {"id": self.last, "unit_id": unit, "kind": kind.value, "version": 1}
            self.rows.new_channels.append({**row, **said})
            if line.stored:
                self.rows.record_history(unit, self.last, 1, created=(None, contact.value))
        for stored in gone:
            version = stored.version + 1
            self.rows.record_history(unit, stored.id, version, retired=(False, True))
            row = {"id": stored.id, "retired_at": self.rows.now, "version": version}
            self.rows.channels.append(row)

    def build_change(self, unit: int, stored: StoredChannel, said: RowValues) -> None:
        """Make the row of what changes of a channel, if anything does."""
        changed: dict[str, tuple[Any, Any]] = {
            name: (getattr(stored, name), after)
            for name, after in said.items()
            if getattr(stored, name) != after
        }
        if not changed:
            return
        version = stored.version + 1
        self.rows.record_history(unit, stored.id, version, **changed)
        row: RowValues = {name: after for name, (_, after) in changed.items()}
        if "value" in row:  # nobody has tried the new one
            row |= {"verified_at": None, "verified_by": ""}
        self.rows.channels.append({**row, "id": stored.id, "version": version})
