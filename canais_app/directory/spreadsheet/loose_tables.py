"""Reads tables as people have them: any encoding and delimiter, `sep=` lines, numbers as text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from canais_app.directory.spreadsheet import readers
from canais_app.directory.spreadsheet.rows import MAX_FILE_LINES, MAX_RECORD_LENGTH, RawRow, abort
from canais_app.kit.text import format_number

DELIMITERS = ";\t|,"
_SEP_LINE = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_PROBED_LINES = 40


def read_loose_table(kind: str, content: bytes) -> Iterator[RawRow]:
    """Yield the rows of a CSV or XLSX file; cells are what the file shows.

    Raises:
        UnreadableFileError: neither, or too many lines, or a line too long.
    """
    if kind == ".xlsx" or content.startswith(b"PK\x03\x04"):
        for row in readers.read_xlsx(content):
            yield RawRow(row.number, row.cells)
        return
    text, delimiter = decode_table(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if reader.line_num > MAX_FILE_LINES + 1:
                limit = format_number(MAX_FILE_LINES)
                raise abort(reader.line_num, f"O arquivo passa de {limit} linhas.")
            if sum(map(len, cells)) > MAX_RECORD_LENGTH:
                limit = format_number(MAX_RECORD_LENGTH)
                raise abort(reader.line_num, f"A linha passa de {limit} letras.")
            yield RawRow(reader.line_num, cells)
    except csv.Error:
        raise abort(reader.line_num, "As aspas da linha não estão certas.") from None


def decode_table(content: bytes) -> tuple[str, str]:
    """Return the text of a CSV file with plain line ends, and its delimiter."""
    text = _decode(content).replace("\r\n", "\n").replace("\r", "\n")
    said = _SEP_LINE.match(text)
    if said:
        return text[said.end() :], said[1]
    lines = text.split("\n", _PROBED_LINES)[:_PROBED_LINES]
    # The delimiter of most lines, of the same number per line where two are possible.
    counts = {
        mark: Counter(line.count(mark) for line in lines if mark in line) for mark in DELIMITERS
    }
    return text, max(DELIMITERS, key=lambda mark: max(counts[mark].values(), default=0))


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def recode(kind: str, content: bytes) -> bytes:
    """Return a CSV file as the reader of units files takes it: UTF-8, `;` or `,`, no `sep=` line.

    A file that it takes already, and a workbook, are returned unchanged.
    """
    if kind != ".csv" or content.startswith(b"PK\x03\x04") or _is_plain(content):
        return content
    text, delimiter = decode_table(content)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    out = io.StringIO()
    try:
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
    except csv.Error:
        return content
    return out.getvalue().encode()


def _is_plain(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    head = text.partition("\n")[0]
    lone_cr = "\r" in text.replace("\r\n", "\n")
    return not lone_cr and not _SEP_LINE.match(text) and (";" in head or "," in head)
