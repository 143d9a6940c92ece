"""Reads the lines of a CSV file, or of an XLSX workbook whose parts are inspected first."""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from xml.parsers import expat

from canais_app.directory.spreadsheet.rows import (
    MAX_FILE_LINES,
    MAX_RECORD_LENGTH,
    RawRow,
    UnreadableFileError,
    abort,
)
from canais_app.kit.text import format_number

SAVE_AS_UTF8_TEXT = "No Excel, salve como «CSV UTF-8 (delimitado por vírgulas)»."
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(content: bytes) -> Iterator[RawRow]:
    """Yield the lines of a CSV file with the numbers where they begin.

    Raises:
        UnreadableFileError: not UTF-8, a line too long, quotes that do not close.
    """
    if content.startswith(_UTF_16):
        raise abort(1, f"O arquivo está em UTF-16; precisa estar em UTF-8. {SAVE_AS_UTF8_TEXT}")
    if content.startswith(b"PK\x03\x04"):
        raise abort(1, "O arquivo é uma planilha: dê a ele o final .xlsx.")
    texts = _BoundedLines(content)
    reader = csv.reader(texts, delimiter=_delimiter(content), strict=True)
    while True:
        texts.letters, started = 0, texts.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise abort(started, _describe_csv_error(texts.last)) from None
        yield RawRow(started, cells)


class _BoundedLines(Iterator[str]):
    """The file's lines as text; `letters` counts those of the current record."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content.removeprefix(b"\xef\xbb\xbf"))
        self.number = 0
        self.letters = 0
        self.last = ""

    def __next__(self) -> str:
        line = self._file.readline(MAX_RECORD_LENGTH + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.letters += len(line)
        if self.letters > MAX_RECORD_LENGTH:
            raise abort(self.number, self._too_long(line))
        if b"\0" in line:
            raise abort(self.number, "Há um caractere nulo na linha.")
        try:
            self.last = line.decode()
        except UnicodeDecodeError:
            raise abort(self.number, f"A linha não está em UTF-8. {SAVE_AS_UTF8_TEXT}") from None
        return self.last

    def _too_long(self, line: bytes) -> str:
        if len(line) < self.letters:
            return "As aspas que abrem uma célula não se fecham."
        return f"A linha passa de {format_number(MAX_RECORD_LENGTH)} letras."


def _delimiter(content: bytes) -> str:
    head = content[:MAX_RECORD_LENGTH].lstrip().partition(b"\n")[0]
    return ";" if head.count(b";") > head.count(b",") else ","


def _describe_csv_error(line: str) -> str:
    if "\r" in line.rstrip("\r\n"):
        return f"Há uma quebra de linha (CR) solta na linha. {SAVE_AS_UTF8_TEXT}"
    return "As aspas da linha não estão certas: abrem e fecham a célula inteira."


MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_PARTS = 500
CHUNK_BYTES = 1024 * 1024
_OLE2_MAGIC = b"\xd0\xcf\x11\xe0"  # the container of .xls files and of encrypted workbooks
_ENCRYPTED = 0x1  # APPNOTE 4.4.4, bit 0
_UNWANTED = (
    ("vbaproject", "A planilha tem macros: salve como .xlsx sem macros."),
    ("externallinks/", "A planilha tem vínculos com outros arquivos: copie só os valores."),
    ("connections.xml", "A planilha tem conexões de dados: copie só os valores."),
)


def inspect_workbook(content: bytes) -> None:
    """Inspect every part of a workbook.

    Raises:
        UnreadableFileError: not a workbook, protected, too large, or with more than plain cells.
    """
    if content.startswith(_OLE2_MAGIC):
        raise abort(0, "A planilha é antiga (.xls) ou tem senha: salve como .xlsx sem senha.")
    if not content:
        raise abort(1, "O arquivo está vazio.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            _inspect_parts(book)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, expat.ExpatError):
        raise abort(0, "O arquivo não é uma planilha XLSX que se possa ler.") from None


def _inspect_parts(book: zipfile.ZipFile) -> None:
    parts = book.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        limit = format_number(MAX_UNPACKED_BYTES / 2**20)
        raise abort(0, f"A planilha, aberta, passa de {limit} MB.")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise abort(0, "A planilha tem senha: salve sem senha.")
    for part in parts:
        for word, reason in _UNWANTED:
            if word in part.filename.casefold():
                raise abort(0, reason)
    sheets = 0
    for part in parts:
        if part.filename.casefold().endswith((".xml", ".rels", ".vml")):
            sheets += _inspect_part(book, part)
    if sheets != 1:
        raise abort(0, f"A pasta tem {sheets} planilhas: deixe só a das unidades.")


def _inspect_part(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Parse a part in chunks; return how many sheets it names."""
    seen = _PartInspector()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = seen.doctype
    parser.StartElementHandler = seen.element
    with book.open(part) as unfolded:
        while piece := unfolded.read(CHUNK_BYTES):
            parser.Parse(piece, False)
    parser.Parse(b"", True)
    return seen.sheets


class _PartInspector:
    """Refuses what a plain sheet does not have, and counts sheets."""

    sheets = 0

    def doctype(self, *_declared: Any) -> None:  # noqa: ANN401 (expat's own arguments)
        raise abort(0, "A planilha declara entidades XML: salve de novo no Excel.")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "sheet" and "sheetId" in attributes:
            self.sheets += 1
            if attributes.get("state", "visible") != "visible":
                raise abort(0, "A pasta tem uma planilha oculta: reexiba ou apague.")
        if local == "mergeCell":
            span = attributes.get("ref", "")
            row = "".join(c for c in span.partition(":")[0] if c.isdigit())
            raise abort(int(row or 0), f"As células {span[:20]} estão mescladas: separe-as.")


AS_TEXT_TIP = "Formate a coluna como texto e escreva de novo."
_NOT_TEXT = {
    "f": f"A célula é uma fórmula. {AS_TEXT_TIP}",
    "d": f"O Excel transformou a célula em data. {AS_TEXT_TIP}",
    "b": f"A célula é um valor lógico (VERDADEIRO ou FALSO). {AS_TEXT_TIP}",
    "e": "A célula mostra um erro do Excel.",
    "n": f"A célula é um número. {AS_TEXT_TIP}",
}


def read_xlsx(content: bytes) -> Iterator[RawRow]:
    """Yield the lines of a workbook's only sheet; with its row numbers.

    Raises:
        UnreadableFileError: not a workbook, more in it than cells, or too much of it.
    """
    inspect_workbook(content)
    from openpyxl import load_workbook  # lazily: it slows down the start

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            yield from _raws(sheet)
    except UnreadableFileError:
        raise
    except Exception as wrong:
        # openpyxl raises many kinds of errors for damaged parts.
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
