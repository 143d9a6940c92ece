"""What an XLSX file is made of, looked at before any library opens it.

A workbook is a zip of XML parts: it may unfold to any size, and hold macros, links to other
files, hidden sheets and entities. Only plain cells of one visible sheet are wanted.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from canais_app.directory.files.lines import abort
from canais_app.kit.text import format_number

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
    """Look at every part of a workbook.

    Raises:
        UnreadableError: it is no workbook, is protected, too large, or has more than plain cells.
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
        for word, said in _UNWANTED:
            if word in part.filename.casefold():
                raise abort(0, said)
    sheets = 0
    for part in parts:
        if part.filename.casefold().endswith((".xml", ".rels", ".vml")):
            sheets += _inspect_part(book, part)
    if sheets != 1:
        raise abort(0, f"A pasta tem {sheets} planilhas: deixe só a das unidades.")


def _inspect_part(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Read a part whole, piece by piece; return how many sheets it names."""
    seen = _PartInspector()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = seen.doctype
    parser.StartElementHandler = seen.element
    for piece in _read_chunks(book, part):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return seen.sheets


def _read_chunks(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with book.open(part) as unfolded:
        while piece := unfolded.read(CHUNK_BYTES):
            yield piece


class _PartInspector:
    """Listens to the parser for what is not wanted."""

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
