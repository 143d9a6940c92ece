"""Writes the whole directory out, a line for each unit, as CSV or XLSX."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from canais_app.directory.files import cells, columns, heads
from canais_app.directory.files.stored import Directory

SHEET = "unidades"
AS_TEXT = "@"  # the format that keeps a spreadsheet from guessing
# XML 1.0 has no way to write these.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def rows(there: Directory) -> Iterator[list[str]]:
    """Yield the head, then a row for each unit by code; no cell can be run as a formula."""
    names = heads.all_of(there.most())
    units = columns.of_units(there)
    yield names
    for unit in there.units.values():
        written = columns.cells_of(unit, units, there)
        yield [cells.neutral(written.get(name, "")) for name in names]


def write_csv(there: Directory, out: BinaryIO) -> None:
    """Write what a Brazilian spreadsheet opens at a double click: UTF-8, BOM, semicolons."""
    words = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    csv.writer(words, delimiter=";", lineterminator="\r\n").writerows(rows(there))
    words.detach()


def write_xlsx(there: Directory, out: BinaryIO) -> None:
    """Write one sheet whose cells are all text, so that no spreadsheet turns them into dates."""
    from openpyxl import Workbook  # late: a third of a second at start for a rare wish
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "C2"
    found = rows(there)
    names = next(found)
    for number, name in enumerate(names, start=1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = max(14, len(name) + 2)
        column.number_format = AS_TEXT
    as_text = [WriteOnlyCell(sheet) for _ in names]
    for cell in as_text:
        cell.number_format = AS_TEXT
    for row in (names, *found):
        for cell, words in zip(as_text, row, strict=True):
            cell.value = _NOT_IN_XML.sub("", words) or None
            cell.data_type = "s"
        sheet.append([cell if cell.value is not None else None for cell in as_text])
    book.save(out)
