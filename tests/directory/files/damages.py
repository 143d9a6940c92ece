"""Ways to damage a file of the directory: what is done, where it is refused, and in which words.

A damage takes the lines of a good CSV (head first), each a dictionary by column, and gives bytes.
"""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from openpyxl import Workbook

Lines = list[dict[str, str]]
SECOND = 1  # the second unit stands in line 3


@dataclass(frozen=True)
class Damage:
    """What is done to a good file, and the place and words of the refusal."""

    name: str
    make: Callable[[Lines], bytes]
    place: str
    said: str
    kind: str = ".csv"
    more: tuple[str, ...] = field(default=())  # other places refused as well

    def __str__(self) -> str:
        return self.name


def as_csv(lines: Lines, delimiter: str = ";", columns: list[str] | None = None) -> str:
    """Write lines as a CSV file."""
    out = io.StringIO()
    names = columns or list(lines[0])
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([[line.get(name, "") for name in names] for line in lines])
    return out.getvalue()


def as_xlsx(lines: Lines, change: Callable[[Any], None] = lambda _: None) -> bytes:
    """Write lines as a workbook, and let `change` have its way with it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "unidades"
    sheet.append(list(lines[0]))
    for line in lines:
        sheet.append([cell or None for cell in line.values()])
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(content: bytes, **parts: bytes) -> bytes:
    """Put parts into a workbook, or other bytes in place of one; `__` stands for a slash."""
    named = {name.replace("__", "/").replace("_xml", ".xml"): part for name, part in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            if part.filename not in named:
                new.writestr(part, old.read(part))
        for name, part in named.items():
            new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def cell(column: str, value: str, said: str, name: str = "", *more: str) -> Damage:
    """Damage one cell of the third line."""

    def make(lines: Lines) -> bytes:
        lines[SECOND][column] = value
        return as_csv(lines).encode()

    shown = name or f"{column}={value!r:.30}"
    return Damage(shown, make, f"linha 3, coluna {column}", said, more=more)


def typed(value: Any, said: str, column: str = "sala") -> Damage:
    """Damage one cell of a workbook's third line with a value that is no text."""

    def make(lines: Lines) -> bytes:
        at = list(lines[0]).index(column) + 1

        def change(book: Any) -> None:
            book.active.cell(3, at).value = value

        return as_xlsx(lines, change)

    return Damage(f"{value!r} numa planilha", make, f"linha 3, coluna {column}", said, ".xlsx")


def whole(name: str, make: Callable[[bytes], bytes], place: str, said: str) -> Damage:
    """Damage the bytes of a good CSV."""
    return Damage(name, lambda lines: make(as_csv(lines).encode()), place, said)


def book(name: str, make: Callable[[bytes], bytes], place: str, said: str) -> Damage:
    """Damage the bytes of a good workbook."""
    return Damage(name, lambda lines: make(as_xlsx(lines)), place, said, ".xlsx")


def changed(name: str, change: Callable[[Any], None], said: str, place: str = "arquivo") -> Damage:
    """Damage a workbook before it is saved."""
    return Damage(name, lambda lines: as_xlsx(lines, change), place, said, ".xlsx")


def head(name: str, change: Callable[[list[str]], list[str]], column: str, said: str) -> Damage:
    """Damage the names of the columns."""

    def make(lines: Lines) -> bytes:
        rows = list(csv.reader(io.StringIO(as_csv(lines)), delimiter=";"))
        rows[0] = change(rows[0])
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(rows)
        return out.getvalue().encode()

    return Damage(name, make, f"linha 1, coluna {column}", said)


def on_line(name: str, make: Callable[[Lines], str], place: str, said: str, *more: str) -> Damage:
    """Damage lines and write them as CSV."""
    return Damage(name, lambda lines: make(lines).encode(), place, said, more=more)


def _swapped(lines: Lines, one: str, other: str) -> str:
    for line in lines:
        line[one], line[other] = line[other], line[one]
    return as_csv(lines)


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _hide(workbook: Any) -> None:
    workbook.create_sheet("rascunho").sheet_state = "hidden"


def _set(lines: Lines, at: int, **cells: str) -> str:
    lines[at].update(cells)
    return as_csv(lines)


def _circle(lines: Lines) -> str:
    lines[0]["codigo_pai"], lines[1]["codigo_pai"] = lines[1]["codigo"], lines[0]["codigo"]
    return as_csv(lines)


def _bomb(_: Lines) -> bytes:
    """Return half a gigabyte in half a megabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
        new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _piece in range(512):
            part.write(b"\0" * 2**20)
    return out.getvalue()


def _lying_bomb(lines: Lines) -> bytes:
    """Return a workbook of which a part says that it is smaller than it is."""
    honest = rezipped(as_xlsx(lines), xl__media_xml=b"<a>" + b" " * 2**20 + b"</a>")
    at = honest.rindex(b"xl/media.xml") - 46  # APPNOTE 4.3.12: sizes stand 20 and 24 bytes in
    size = (2**20 + 7).to_bytes(4, "little")
    assert honest[at + 24 : at + 28] == size
    return honest[: at + 24] + (16).to_bytes(4, "little") + honest[at + 28 :]


def _protected(content: bytes) -> bytes:
    """Mark every part as encrypted (APPNOTE 4.4.4)."""
    marked = bytearray(content)
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(sign)
        while at >= 0:
            marked[at + flags] |= 1
            at = marked.find(sign, at + 4)
    return bytes(marked)


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
FORMULA, HIDDEN = "começa como uma fórmula", "caractere invisível"

ENCODINGS = [
    whole("latin-1", lambda c: c.decode().encode("latin-1", "replace"), "linha 2", "UTF-8"),
    whole("utf-16", lambda c: c.decode().encode("utf-16"), "linha 1", "UTF-16"),
    whole("utf-16 sem marca", lambda c: c.decode().encode("utf-16-le"), "linha 1", "nulo"),
    whole("utf-8 cortado", lambda c: c + b"\xc3", "linha 12", "UTF-8"),
    whole("byte nulo", lambda c: c + b"X;\0;", "linha 12", "nulo"),
    whole("vazio", lambda _: b"", "linha 1", "vazio"),
    whole("só espaços", lambda _: b" \r\n;;;\r\n", "linha 1", "vazio"),
    whole("planilha com final .csv", lambda _: b"PK\x03\x04xx", "linha 1", ".xlsx"),
    whole("linhas em CR", lambda c: c.replace(b"\r\n", b"\r"), "linha 1", "CR"),
]
SHAPES = [
    whole("uma linha de 10 MB", lambda c: c + b"x" * 10_000_000, "linha 12", "letras"),
    whole("aspas abertas", lambda c: c + b'"' + c, "linha 12", "aspas"),
    whole("aspas abertas no fim", lambda c: c + b'"x', "linha 12", "aspas"),
    whole("aspas no meio", lambda c: c + b'"x"y;', "linha 12", "aspas"),
    whole("um milhão de linhas", lambda c: c + b"a\n" * 1_000_000, "linha 100002", "100.000"),
    whole("colunas a menos", lambda c: c + b"X;Y\r\n", "linha 12", "tem 2 colunas"),
    whole("tabulações", lambda c: c.replace(b";", b"\t"), "linha 1, coluna codigo", "Falta"),
    on_line(
        "uma coluna a mais", lambda ls: as_csv(ls) + "X" + ";" * 60, "linha 12", "tem 61 colunas"
    ),
]
HEADS = [
    head("sem codigo", lambda names: ["", *names[1:]], "codigo", "Falta esta coluna"),
    head("coluna desconhecida", lambda n: [*n[:-1], "senha"], "senha", "não é conhecida"),
    head("coluna repetida", lambda n: ["codigo", "codigo", *n[2:]], "codigo", "aparece 2 vezes"),
    head("falta telefone_2_nota", lambda n: [*n, "telefone_2"], "telefone_2_nota", "Falta"),
    head("pula telefone_2", lambda n: [*n, "telefone_3"], "telefone_2", "Falta esta coluna"),
    head("sem cabeçalho", lambda n: ["X-1", "Vara", "vara", *n[3:]], "x-1", "não é conhecida"),
    Damage(
        "falta a coluna nome",
        lambda lines: as_csv(lines, columns=[n for n in lines[0] if n != "nome"]).encode(),
        "linha 1, coluna nome",
        "Falta esta coluna",
    ),
]
CODES = [
    cell("codigo", "", "Falta o código"),
    cell("codigo", "   ", "Falta o código", "código de espaços"),
    cell("codigo", "TEM ESPAÇO", "sem acento"),
    cell("codigo", "x" * 41, "40 letras", "código longo"),
    cell("codigo", "=A1", "sem acento"),
    on_line(
        "código repetido",
        lambda ls: _set(ls, SECOND, codigo=ls[0]["codigo"]),
        "linha 3, coluna codigo",
        "já apareceu na linha 2",
    ),
    on_line(
        "código em minúsculas",
        lambda ls: _set(ls, SECOND, codigo=ls[SECOND]["codigo"].lower()),
        "linha 3, coluna codigo",
        "maiúsculas",
    ),
    on_line(
        "código com espaço em volta",
        lambda ls: _set(ls, SECOND, codigo=f" {ls[SECOND]['codigo']} "),
        "linha 3, coluna codigo",
        "espaços",
    ),
]
UNITS = [
    cell("nome", "", "Preencha"),
    cell("nome", "V" * 201, "200 letras", "nome longo"),
    cell("nome", "=cmd|'/C calc'!A0", FORMULA),
    cell("nome", "+cmd", FORMULA),
    cell("nome", "-2+3", FORMULA),
    cell("nome", "@SUM(A1)", FORMULA),
    cell("nome", "\t=1", FORMULA),
    cell("endereco", "\r=1", FORMULA),
    cell("endereco", "Rua\x07", f"{HIDDEN} na célula (U+0007)"),
    cell("endereco", "duas\nlinhas", HIDDEN),
    cell("nome", "Vara \u202elevíC", "U+202E", "escrita ao contrário"),
    cell("nome", "Va\u200bra", "U+200B", "espaço de largura zero"),
    cell("sala", "\ufeffsala", "U+FEFF", "marca no meio"),
    cell("tipo", "cartório", "O tipo precisa ser"),
    cell("tipo", "", "O tipo precisa ser"),
    cell("grau", "3", "1 ou 2"),
    cell("grau", "1º", "1 ou 2"),
    cell("comarca", "Atlântida", "«Atlântida» não é conhecida"),
    cell("comarca", "Confresa", "não é conhecida", "comarca não instalada"),
    cell("competencias", "cível | alquimia", "«alquimia» não é conhecida"),
    cell("apelidos", " | ".join(f"a{n}" for n in range(21)), "até 20", "apelidos demais"),
    cell("situacao", "talvez", "ativa ou desativada"),
    cell("acessibilidade_rampa", "VERDADEIRO", "sim, nao ou vazio"),
    on_line(
        "nota sem resposta",
        lambda ls: _set(ls, SECOND, acessibilidade_rampa_nota="na entrada"),
        "linha 3, coluna acessibilidade_rampa",
        "diga também se há",
    ),
    cell("horario", "seg-sex 19:00-12:00", "depois do começo"),
    cell("horario", "seg-sex 12:00-25:00", "12:00"),
    cell("horario", "seg 08:00-12:00, 11:00-14:00", "sobrepõem"),
    cell("horario", "seg 8-12; seg 13-18", "duas vezes"),
    cell("horario", "das 8 às 12", "seg-sex"),
    cell("horario", "46375", "seg-sex", "horário que virou número de data"),
    cell("codigo_pai", "NAO-HA", "«NAO-HA» não existe"),
    on_line(
        "abaixo de si mesma",
        lambda ls: _set(ls, SECOND, codigo_pai=ls[SECOND]["codigo"]),
        "linha 3, coluna codigo_pai",
        "de si mesma",
    ),
    on_line("em círculo", _circle, "linha 2, coluna codigo_pai", "círculo", "linha 3"),
    on_line(
        "abaixo de outra comarca",
        lambda ls: _set(ls, SECOND, codigo_pai=ls[-1]["codigo"]),
        "linha 3, coluna comarca",
        "precisam concordar",
    ),
    on_line(
        "desativada sem sucessora",
        lambda ls: _set(ls, SECOND, situacao="desativada"),
        "linha 3, coluna sucessora",
        "passa a atender",
    ),
    cell("sucessora", "NAO-HA", "Só uma unidade desativada"),
    on_line(
        "sucessora que não existe",
        lambda ls: _set(ls, SECOND, situacao="desativada", sucessora="NAO-HA"),
        "linha 3, coluna sucessora",
        "não existe",
    ),
    on_line(
        "sucessora de si mesma",
        lambda ls: _set(ls, SECOND, situacao="desativada", sucessora=ls[SECOND]["codigo"]),
        "linha 3, coluna sucessora",
        "também está desativada",
    ),
]
CONTACTS = [
    cell("telefone", "12", "Confira o telefone"),
    cell("telefone", "+1 415 555 0100", "Confira o telefone", "telefone de outro país"),
    cell("telefone", "(65) 3648-000", "Confira o telefone", "faltou um algarismo"),
    cell("telefone", "65 3648 0000 ramal 12", "Ramal"),
    cell("telefone", "vara@tjmt.jus.br", "Confira o telefone"),
    cell("telefone", "6,536480000E+09", "Excel trocou o número", "telefone em notação científica"),
    cell("whatsapp", "=1+1", "Confira o telefone"),
    cell("email", "vara.exemplo.invalid", "Confira o e-mail"),
    cell("email", "a@b@exemplo.invalid", "Confira o e-mail"),
    cell("email", "a@exemplo.invalid, b@exemplo.invalid", "Confira o e-mail"),
    cell("email", "=cmd()", FORMULA),
    cell("email", f"{'a' * 250}@exemplo.invalid", "200 letras", "e-mail longo"),
    cell("balcao_virtual", "http://balcao.exemplo.invalid", "https://"),
    cell("balcao_virtual", "javascript:alert(1)", "https://"),
    cell("balcao_virtual", "https://tjmt.jus.br@mal.invalid/", "nome nem senha"),
    cell("balcao_virtual", f"https://a.invalid/{'x' * 300}", "300 letras", "link longo"),
    cell("agendamento", "/agenda/../admin", "https://"),
    cell("telefone_nota", "n" * 201, "200 letras", "nota longa"),
    cell("telefone_horario", "sempre", "seg-sex"),
    on_line(
        "nota de um canal que não há",
        lambda ls: _set(ls, SECOND, whatsapp="", whatsapp_nota="só mensagens"),
        "linha 3, coluna whatsapp",
        "Falta o contato",
    ),
    Damage(
        "o mesmo telefone duas vezes",
        lambda lines: as_csv(
            [
                {
                    **line,
                    "telefone_2": line["telefone"] if at == SECOND else "",
                    "telefone_2_rotulo": "", "telefone_2_nota": "", "telefone_2_horario": "",
                }
                for at, line in enumerate(lines)
            ]
        ).encode(),
        "linha 3, coluna telefone",
        "duas vezes",
    ),
    on_line(
        "telefone e e-mail trocados",
        lambda ls: _swapped(ls, "telefone", "email"),
        "linha 2, coluna telefone",
        "Confira o telefone",
        "linha 11",
    ),
]  # fmt: skip
WORKBOOKS = [
    typed(date(2026, 11, 24), "transformou a célula em data"),
    typed(time(12, 0), "transformou a célula em data", "horario"),
    typed(6536480000.0, "é um número", "telefone"),
    typed(12.5, "é um número"),
    typed(True, "valor lógico", "acessibilidade_rampa"),
    typed("#N/A", "erro do Excel"),
    typed("=1+1", "é uma fórmula"),
    typed("=HYPERLINK(A1)", "é uma fórmula", "balcao_virtual"),
    typed(1.5, "é um número", "grau"),
    changed("células mescladas", lambda b: b.active.merge_cells("B3:C4"), "B3:C4", "linha 3"),
    changed("planilha oculta", _hide, "oculta"),
    changed("duas planilhas", lambda b: b.create_sheet("outra"), "2 planilhas"),
    book("não é zip", lambda _: b"codigo;nome\r\n", "arquivo", "não é uma planilha"),
    book("planilha vazia", lambda _: b"", "linha 1", "vazio"),
    book("planilha cortada", _cut, "arquivo", "não é uma planilha"),
    book("xls ou senha", lambda _: b"\xd0\xcf\x11\xe0" + b"\0" * 900, "arquivo", "senha"),
    book("zip com senha", _protected, "arquivo", "senha"),
    book(
        "macro com outro final",
        lambda c: rezipped(c, **{"xl__vbaProject.bin": b"x"}),
        "arquivo",
        "macros",
    ),
    book(
        "vínculos externos",
        lambda c: rezipped(c, xl__externalLinks__externalLink1_xml=b"<a/>"),
        "arquivo",
        "vínculos",
    ),
    book(
        "entidades", lambda c: rezipped(c, xl__sharedStrings_xml=ENTITIES), "arquivo", "entidades"
    ),
    book("entidade de fora", lambda c: rezipped(c, xl__styles_xml=OUTSIDE), "arquivo", "entidades"),
    book(
        "folha que não é XML",
        lambda c: rezipped(c, xl__worksheets__sheet1_xml=b"<worksheet><sheetData>"),
        "arquivo",
        "não é uma planilha",
    ),
    book(
        "folha de outra coisa",
        lambda c: rezipped(c, xl__worksheets__sheet1_xml=b"<html/>"),
        "linha 1",
        "vazio",
    ),
    Damage("bomba", _bomb, "arquivo", "passa de 256 MB", ".xlsx"),
    Damage("bomba que mente", _lying_bomb, "arquivo", "não é uma planilha", ".xlsx"),
]
ALL = [*ENCODINGS, *SHAPES, *HEADS, *CODES, *UNITS, *CONTACTS, *WORKBOOKS]
