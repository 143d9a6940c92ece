"""Writes the whole directory as CSV or XLSX, a row for each unit."""

from typing import TYPE_CHECKING, BinaryIO

from canais_app.directory.spreadsheet import schema
from canais_app.directory.spreadsheet.models import StoredDirectory
from canais_app.kit import export

if TYPE_CHECKING:
    from pandas import DataFrame

SHEET = "unidades"


def table(stored: StoredDirectory) -> "DataFrame":
    """Return a row for each unit by code; every cell is text, escaped so that it reads back."""
    from pandas import DataFrame

    names = schema.file_columns(stored.max_channels_by_kind())
    columns = schema.unit_columns(stored)
    written = (schema.unit_cells(unit, columns, stored) for unit in stored.units.values())
    rows = [[schema.escape_formula(row.get(name, "")) for name in names] for row in written]
    return DataFrame(rows, columns=names, dtype=object)


def write_csv(stored: StoredDirectory, out: BinaryIO) -> None:
    """Write UTF-8 with a BOM and semicolons, as a Brazilian Excel expects."""
    out.write(export.to_csv(table(stored)).encode())


def write_xlsx(stored: StoredDirectory, out: BinaryIO) -> None:
    """Write one sheet whose first row and first two columns stay in view."""
    export.to_xlsx({SHEET: table(stored)}, out, freeze="C2")
