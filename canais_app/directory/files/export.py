"""Writes the whole directory out, a line for each unit, as CSV or XLSX."""

from typing import TYPE_CHECKING, BinaryIO

from canais_app.directory.files import cells, columns, heads
from canais_app.directory.files.stored import Directory
from canais_app.kit import export

if TYPE_CHECKING:
    from pandas import DataFrame

SHEET = "unidades"


def table(there: Directory) -> "DataFrame":
    """Return a row for each unit by code; every cell is text, escaped so that it reads back."""
    from pandas import DataFrame

    names = heads.all_of(there.most())
    units = columns.of_units(there)
    written = (columns.cells_of(unit, units, there) for unit in there.units.values())
    rows = [[cells.neutral(row.get(name, "")) for name in names] for row in written]
    return DataFrame(rows, columns=names, dtype=object)


def write_csv(there: Directory, out: BinaryIO) -> None:
    """Write UTF-8 with a BOM and semicolons, which a Brazilian spreadsheet opens as it is."""
    out.write(export.to_csv(table(there)).encode())


def write_xlsx(there: Directory, out: BinaryIO) -> None:
    """Write one sheet whose first row and first two columns stay in view."""
    export.to_xlsx({SHEET: table(there)}, out, freeze="C2")
