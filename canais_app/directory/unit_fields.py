"""The texts that a unit has of its own: one table for the editor, the units file and the history.

A new text is a column of `Unit` with its migration, a row here, and a line of docs/importacao.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TextField:
    """A line of text of a unit. `name` is the attribute of `Unit` and the field of forms."""

    name: str
    label: str
    column: str  # of the units file
    max_length: int


TEXT_FIELDS = (
    TextField("address", "Endereço", column="endereco", max_length=200),
    TextField("room", "Sala", column="sala", max_length=80),
)
