"""Reads the one sheet of an XLSX workbook, having looked at its parts before opening it."""

import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from canais_app.directory.files import workbook
from canais_app.directory.files.lines import (
    MAX_FILE_LINES,
    MAX_RECORD_LENGTH,
    RawRow,
    UnreadableFileError,
    abort,
)
from canais_app.kit.text import format_number

AS_TEXT_TIP = "Formate a coluna como texto e escreva de novo."
_NOT_TEXT = {
    "f": f"A célula é uma fórmula. {AS_TEXT_TIP}",
    "d": f"O Excel transformou a célula em data. {AS_TEXT_TIP}",
    "b": f"A célula é um valor lógico (VERDADEIRO ou FALSO). {AS_TEXT_TIP}",
    "e": "A célula mostra um erro do Excel.",
    "n": f"A célula é um número. {AS_TEXT_TIP}",
}


def read_xlsx(content: bytes) -> Iterator[RawRow]:
    """Yield the lines of a workbook's only sheet; the number of a line is the sheet's own.

    Raises:
        UnreadableError: not a workbook, more in it than cells, or too much of it.
    """
    workbook.inspect_workbook(content)
    from openpyxl import load_workbook  # late: a third of a second at start for a rare wish

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that are not ours to keep
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            yield from _raws(sheet)
    except UnreadableFileError:
        raise
    except Exception as wrong:
        # A damaged part makes the library fail in as many ways as it has parts.
        raise abort(0, "A planilha está danificada: abra e salve de novo.") from wrong


def _raws(sheet: Any) -> Iterator[RawRow]:  # noqa: ANN401 (a read-only worksheet, without types)
    width = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_FILE_LINES + 1:
            raise abort(number, f"A planilha passa de {format_number(MAX_FILE_LINES)} linhas.")
        raw = _raw(number, row)
        if raw.is_blank:
            continue
        width = width or len(raw.cells)
        yield RawRow(number, [*raw.cells, *[""] * (width - len(raw.cells))], raw.wrong)


def _raw(number: int, row: Sequence[Any]) -> RawRow:
    filled = len(row)
    while filled and row[filled - 1].value is None:
        filled -= 1
    cells = ["" if cell.value is None else str(cell.value) for cell in row[:filled]]
    if sum(map(len, cells)) > MAX_RECORD_LENGTH:
        raise abort(number, f"A linha passa de {format_number(MAX_RECORD_LENGTH)} letras.")
    wrong = {
        at: _NOT_TEXT.get(cell.data_type, _NOT_TEXT["e"])
        for at, cell in enumerate(row[:filled])
        if cell.value is not None and cell.data_type != "s"
    }
    return RawRow(number, cells, wrong)
