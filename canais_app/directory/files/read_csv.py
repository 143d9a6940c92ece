"""Reads CSV in UTF-8, with commas or semicolons, a bounded piece at a time."""

import csv
import io
from collections.abc import Iterator

from canais_app.directory.files.lines import MAX_RECORD_LENGTH, RawRow, abort
from canais_app.kit.text import format_number

SAVE_AS_UTF8_TEXT = "No Excel, salve como «CSV UTF-8 (delimitado por vírgulas)»."
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(content: bytes) -> Iterator[RawRow]:
    """Yield the lines of a CSV; the number of a line is where it begins.

    Raises:
        UnreadableError: not UTF-8, a line too long, quotes that do not close.
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
    """The file's lines as text; `letters` counts those of the record being read."""

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
