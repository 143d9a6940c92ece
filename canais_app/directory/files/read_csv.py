"""Reads CSV in UTF-8, with commas or semicolons, a bounded piece at a time."""

import csv
import io
from collections.abc import Iterator

from canais_app.directory.files.lines import MOST_LETTERS, Raw, stop
from canais_app.kit.text import number_words

SAVE_AS = "No Excel, salve como «CSV UTF-8 (delimitado por vírgulas)»."
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read(content: bytes) -> Iterator[Raw]:
    """Yield the lines of a CSV; the number of a line is where it begins.

    Raises:
        UnreadableError: not UTF-8, a line too long, quotes that do not close.
    """
    if content.startswith(_UTF_16):
        raise stop(1, f"O arquivo está em UTF-16; precisa estar em UTF-8. {SAVE_AS}")
    if content.startswith(b"PK\x03\x04"):
        raise stop(1, "O arquivo é uma planilha: dê a ele o final .xlsx.")
    texts = _Texts(content)
    reader = csv.reader(texts, delimiter=_delimiter(content), strict=True)
    while True:
        texts.letters, started = 0, texts.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise stop(started, _what_broke(texts.last)) from None
        yield Raw(started, cells)


class _Texts(Iterator[str]):
    """The file's lines as text; `letters` counts those of the record being read."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content.removeprefix(b"\xef\xbb\xbf"))
        self.number = 0
        self.letters = 0
        self.last = ""

    def __next__(self) -> str:
        line = self._file.readline(MOST_LETTERS + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.letters += len(line)
        if self.letters > MOST_LETTERS:
            raise stop(self.number, self._too_long(line))
        if b"\0" in line:
            raise stop(self.number, "Há um caractere nulo na linha.")
        try:
            self.last = line.decode()
        except UnicodeDecodeError:
            raise stop(self.number, f"A linha não está em UTF-8. {SAVE_AS}") from None
        return self.last

    def _too_long(self, line: bytes) -> str:
        if len(line) < self.letters:
            return "As aspas que abrem uma célula não se fecham."
        return f"A linha passa de {number_words(MOST_LETTERS)} letras."


def _delimiter(content: bytes) -> str:
    head = content[:MOST_LETTERS].lstrip().partition(b"\n")[0]
    return ";" if head.count(b";") > head.count(b",") else ","


def _what_broke(line: str) -> str:
    if "\r" in line.rstrip("\r\n"):
        return f"Há uma quebra de linha (CR) solta na linha. {SAVE_AS}"
    return "As aspas da linha não estão certas: abrem e fecham a célula inteira."
