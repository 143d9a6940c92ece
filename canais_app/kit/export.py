"""Write DataFrames as CSV and XLSX files.

Pandas and openpyxl are imported inside the functions: each takes a third of a second to load.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from canais_app.kit.text import escape_formula

if TYPE_CHECKING:
    from pandas import DataFrame, Series

XLSX_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_MEDIA = "text/csv; charset=utf-8"
CHUNK_ROWS = 2000
_TEXT_FORMAT = "@"  # keeps a spreadsheet from reading a code as a number or a date
# XML 1.0 cannot write these characters.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_csv(frame: "DataFrame") -> str:
    """Return a table as CSV for Brazilian spreadsheets: BOM, semicolons, decimal commas."""
    return "\ufeff" + _csv(frame, header=True)


def open_data_lines(
    rows: Sequence[Sequence[object]], columns: Sequence[str], *, header: bool
) -> str:
    """Return rows as CSV for programs (RFC 4180): commas, decimal points, no BOM.

    With or without its header, to write a long table in parts.
    """
    from pandas import DataFrame

    frame = DataFrame(list(rows), columns=list(columns), dtype=object)
    return _csv(frame, header=header, sep=",", decimal=".")


def csv_chunks(rows: Iterable[Sequence[object]], columns: Sequence[str]) -> Iterator[str]:
    """Yield the same CSV in chunks, so that a long table is never in memory as a whole.

    A column should hold values of one type in all rows. Without rows only the header is yielded.
    """
    from pandas import DataFrame

    remaining = iter(rows)
    yield to_csv(DataFrame(columns=list(columns)))
    while chunk := list(islice(remaining, CHUNK_ROWS)):
        yield _csv(DataFrame(chunk, columns=list(columns)), header=False)


def to_xlsx(sheets: Mapping[str, "DataFrame"], out: BinaryIO, *, freeze: str = "A2") -> None:
    """Write tables as one workbook, a sheet each; `freeze` is the first cell that scrolls.

    Numbers stay numbers; all other cells are text that no spreadsheet turns into dates.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = freeze
        for number, column in enumerate(frame.columns, start=1):
            written = sheet.column_dimensions[get_column_letter(number)]
            written.width = max(14, len(str(column)) + 2)
            if not _is_number(frame[column]):
                written.number_format = _TEXT_FORMAT
        _append_rows(sheet, escape_formulas(frame))
    book.save(out)


def escape_formulas(frame: "DataFrame") -> "DataFrame":
    """Return the table with no text or column name that a spreadsheet runs as a formula."""
    text_columns = {
        name: [escape_formula(cell) if isinstance(cell, str) else cell for cell in frame[name]]
        for name in frame.columns
        if not _is_number(frame[name])
    }
    return frame.assign(**text_columns).rename(columns=lambda name: escape_formula(str(name)))


def _csv(frame: "DataFrame", *, header: bool, sep: str = ";", decimal: str = ",") -> str:
    return escape_formulas(frame).to_csv(
        sep=sep, decimal=decimal, index=False, header=header, lineterminator="\r\n"
    )


def _is_number(column: "Series") -> bool:
    from pandas.api.types import is_numeric_dtype

    return is_numeric_dtype(column)


def _append_rows(sheet: Any, frame: "DataFrame") -> None:  # noqa: ANN401 (openpyxl's private class)
    from openpyxl.cell import WriteOnlyCell

    cells = [WriteOnlyCell(sheet) for _ in frame.columns]  # one set, filled anew for each row
    empty_as_none = frame.astype(object).where(frame.notna(), None)
    body: Iterable[tuple[Any, ...]] = empty_as_none.itertuples(index=False, name=None)
    head: tuple[Any, ...] = tuple(frame.columns)
    for row in (head, *body):
        for cell, value in zip(cells, row, strict=True):
            if isinstance(value, str):
                cell.number_format = _TEXT_FORMAT
                cell.value = _NOT_IN_XML.sub("", value) or None
                cell.data_type = "s"
            else:
                cell.number_format = "General"
                cell.value = value
        sheet.append([cell if cell.value is not None else None for cell in cells])
