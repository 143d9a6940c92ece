"""Lists that others made, in the shapes that courts publish, become changes of known units."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlmodel import Session

from canais_app.accounts.roles import OPERATOR
from canais_app.directory.channels import ChannelKind
from canais_app.directory.spreadsheet import mapping, models, pending_imports
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.directory.spreadsheet.loose_tables import recode
from canais_app.directory.spreadsheet.mapping import MappedFile
from canais_app.directory.spreadsheet.rows import UnreadableFileError
from canais_app.directory.spreadsheet.schema import contact_parsers
from canais_app.directory.spreadsheet.service import UploadedFile
from canais_app.kit.errors import InvalidError, PermissionDeniedError
from tests.factories import accounts
from tests.factories.directory import make_small_directory
from tests.people import MANAGER_A

JEC, CIVIL = "JUIZADO-ESPECIAL-CIVEL-DE-SINOP", "2A-VARA-CIVEL-DE-RONDONOPOLIS"
Read = Callable[..., MappedFile]


@pytest.fixture
def court(session: Session) -> Session:
    make_small_directory(session)
    return session


def _workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)  # pyright: ignore[reportOptionalMemberAccess, reportUnknownMemberType]
    book.save(out)
    return out.getvalue()


# Seven shapes: what each holds of our two units is the same.
TABLES: dict[str, tuple[str, bytes]] = {
    # a PDF turned into CSV: title rows, the header again on each page, page numbers
    "pdf": (
        ".csv",
        "PODER JUDICIÁRIO;;\nRelação de telefones — 1º grau;;\n\n"
        "Comarca;Unidade;Telefone/Ramal\n"
        "Sinop;Juizado Especial Cível;(65) 3000-7001 r. 22\nPágina 1 de 2;;\n"
        "Comarca;Unidade;Telefone/Ramal\n"
        "Rondonópolis;2ª Vara Cível;(66) 3000-7002\nPágina 2 de 2;;\n".encode(),
    ),
    # comarcas as rows of their own above their units; Latin-1, as Excel saves in Portuguese
    "groups": (
        ".csv",
        "Vara / Setor;Fone;E-mail\nCOMARCA DE SINOP;;\n"
        "JUIZADO ESPECIAL CÍVEL;65 3000-7001 ramal 22;jec@exemplo.invalid\n"
        "COMARCA DE RONDONÓPOLIS;;\n"
        "2A VARA CÍVEL;66 3000 7002;civel@exemplo.invalid\n".encode("cp1252"),
    ),
    # copied from a web page into a text file: tabs, UTF-16, Mac line ends
    "tabs": (
        ".csv",
        "Órgão\tMunicípio\tContato\rJuizado Especial Cível de Sinop\tSinop\t(65)3000-7001 R 22\r"
        "2ª Vara Cível\tRondonópolis\t(66)3000-7002\r".encode("utf-16"),
    ),
    # a system's export: `sep=`, quotes, the comarca only in the first of its rows
    "sep": (
        ".csv",
        "sep=|\nlocalidade|lotacao|telefone|ramal\n"
        '"Sinop"|"Juizado Especial Cível"|"(65) 3000-7001"|22\n'
        '"Rondonópolis"|"2ª Vara Cível"|"(66) 3000-7002"|\n'.encode(),
    ),
    # two phones in a cell, hours in words, accents apart from their letters (macOS)
    "words": (
        ".csv",
        unicodedata.normalize(
            "NFD",
            "Unidade judiciária,Comarca,Telefones,Horário de atendimento\n"
            '"Juizado Especial Cível",Sinop,"(65) 3000-7001, ramal 22",12h às 19h\n'
            '"2ª Vara Cível",Rondonópolis,"(66) 3000-7002 / (66) 3000-7003",'
            "das 13h às 18h30 de segunda a sexta\n",
        ).encode(),
    ),
    # a workbook with a title, and phones as numbers
    "workbook": (
        ".xlsx",
        _workbook(
            ["Contatos das unidades"],
            ["Cidade", "Serventia", "Tel.", "Ramal"],
            ["Sinop", "Juizado Especial Cível", 6530007001, 22],
            ["Rondonópolis", "2ª Vara Cível", 6630007002, None],
        ),
    ),
    # our codes under another name
    "codes": (
        ".csv",
        f"Cód.;Fone comercial;Obs\n{JEC};(65) 3000-7001 ramal 22;x\n"
        f"{CIVIL};(66) 3000-7002;\n".encode(),
    ),
}


@pytest.fixture
def read(court: Session) -> Read:
    def work(kind: str, content: bytes) -> MappedFile:
        stored = models.load_directory(court)
        assert not mapping.is_units_file(kind, content)
        table = mapping.load_table(kind, content)
        targets = [column.target for column in mapping.guess_columns(table, stored, {})]
        return mapping.apply_mapping(table, targets, stored)

    return work


@pytest.mark.parametrize("shape", TABLES)
def test_each_shape_is_read_by_its_guesses_alone(
    court: Session, read: Read, now: datetime, shape: str
) -> None:
    made = read(*TABLES[shape])
    assert (made.units, made.skipped) == (2, [])
    found = spreadsheet.preview_file(
        court, UploadedFile(".csv", made.content), actor=OPERATOR, now=now
    )
    assert not found.refused
    after = {w.code: {c.column: c.after for c in w.changes} for w in found.changed}
    assert after[JEC]["telefone"] == "(65) 3000-7001"
    assert after[JEC]["telefone_nota"] == "ramal 22"
    assert after[CIVIL]["telefone"] == "(66) 3000-7002"
    if shape == "words":
        assert after[CIVIL]["telefone_2"] == "(66) 3000-7003"
        assert after[CIVIL]["horario"] == "seg-sex 13:00-18:30"


def test_a_row_without_its_unit_is_left_out_and_named(read: Read) -> None:
    made = read(".csv", "Unidade;Comarca;Fone\n9ª Vara Cível;Sinop;(65) 3000-1\n".encode())
    assert made.units == 0
    [row] = made.skipped
    assert (row.line, row.words) == (2, "9ª Vara Cível · Sinop")
    assert row.reason == "Nenhuma unidade tem este nome nesta comarca."


@pytest.mark.parametrize(
    "table",
    [
        "Unidade;Comarca;Fone\n9ª Vara;Rondonópolis;1\n2ª Vara Cível;Rondnópolis;(66) 3000-7002\n",
        "Unidade;Fone\nComarca de Rondonópolis;\n9ª Vara;1\nComarca de Xis;\n2ª Vara Cível;2\n",
    ],
)
def test_an_unknown_comarca_is_not_that_of_the_row_above(read: Read, table: str) -> None:
    made = read(".csv", table.encode())
    assert made.units == 0
    assert [row.words.partition(" · ")[0] for row in made.skipped] == ["9ª Vara", "2ª Vara Cível"]


def test_a_comarca_stands_in_the_first_of_its_rows_only(read: Read) -> None:
    table = "Unidade;Comarca;Fone\n9ª Vara;Rondonópolis;1\n2ª Vara Cível;;(66) 3000-7002\n"
    assert read(".csv", table.encode()).units == 1


@pytest.mark.timeout(60)
@pytest.mark.parametrize("cell", ["a" * 60_000, "a@" * 30_000, "r" + " " * 60_000 + "x"])
@pytest.mark.parametrize("target", ["email", "telefone", "balcao_virtual", "horario"])
def test_a_very_long_cell_is_read_at_once(court: Session, cell: str, target: str) -> None:
    """A pattern that goes back at each letter would hold the server for minutes."""
    content = f"Unidade;Comarca;Contato\n2ª Vara Cível;Rondonópolis;{cell}\n".encode()
    table, stored = mapping.load_table(".csv", content), models.load_directory(court)
    mapping.guess_columns(table, stored, {})
    assert mapping.apply_mapping(table, ["nome", "comarca", target], stored).units == 1


def test_a_table_without_end_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"100\.000 linhas"):
        mapping.load_table(".csv", b"a;b\n" * 100_002)
    with pytest.raises(UnreadableFileError, match="letras"):
        mapping.load_table(".csv", b"a;b\n" + b"x" * 70_000 + b";\n")


def test_a_unit_that_appears_twice_keeps_its_first_row(read: Read) -> None:
    line = "2ª Vara Cível;Rondonópolis;(66) 3000-700"
    made = read(".csv", f"Unidade;Comarca;Fone\n{line}2\n{line}9\n".encode())
    assert made.units == 1
    assert made.skipped[0].reason == "A unidade já apareceu acima."
    assert b"3000-7009" not in made.content


def test_a_mapping_is_remembered_for_the_next_file_of_that_header(
    court: Session, now: datetime
) -> None:
    content = "Unidade;Comarca;Número\n2ª Vara Cível;Rondonópolis;(66) 3000-7002\n".encode()
    key = pending_imports.store_upload(UploadedFile(".csv", content), actor=OPERATOR, now=now)
    targets = ["nome", "comarca", "whatsapp"]
    made_key, made = pending_imports.map_upload(court, key, targets, actor=OPERATOR, now=now)
    assert made.units == 1
    assert b"whatsapp" in pending_imports.find_upload(made_key, now).content
    again = pending_imports.list_loose_columns(court, key, actor=OPERATOR, now=now)
    assert [column.target for column in again] == targets


def test_a_mapping_must_say_which_unit_and_something_about_it(
    court: Session, now: datetime
) -> None:
    key = pending_imports.store_upload(UploadedFile(*TABLES["pdf"]), actor=OPERATOR, now=now)
    manager = accounts.make_actor(court, MANAGER_A, now=now)
    for targets in (["comarca", "", "telefone"], ["comarca", "nome", ""]):
        with pytest.raises(InvalidError, match="Diga"):
            pending_imports.map_upload(court, key, targets, actor=OPERATOR, now=now)
    twice = ["comarca", "nome", "telefone", "comarca"]
    with pytest.raises(InvalidError, match="Comarca está em 2 colunas"):
        pending_imports.map_upload(court, key, twice, actor=OPERATOR, now=now)
    with pytest.raises(PermissionDeniedError):
        pending_imports.map_upload(court, key, [], actor=manager, now=now)


def test_a_units_file_needs_no_mapping(court: Session) -> None:
    out = BytesIO()
    spreadsheet.export_file(court, ".csv", out, actor=OPERATOR)
    assert mapping.is_units_file(".csv", out.getvalue())
    assert mapping.is_units_file(".csv", b"codigo;telefone\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_units_file_in_any_encoding_and_delimiter_is_taken(
    court: Session, now: datetime, encoding: str, delimiter: str
) -> None:
    lines = [["codigo", "endereco"], [JEC, "Praça São João"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    for sent in (content, f"sep={delimiter}\r\n".encode() + content.decode(encoding).encode()):
        file = UploadedFile(".csv", recode(".csv", sent))
        found = spreadsheet.preview_file(court, file, actor=OPERATOR, now=now)
        assert [(c.column, c.after) for c in found.changed[0].changes] == [
            ("endereco", "Praça São João")
        ]


def test_what_excel_did_to_a_phone_is_named_as_its_doing() -> None:
    parse = contact_parsers(accept_demo=True)[ChannelKind.PHONE]
    with pytest.raises(ValueError, match=r"Excel trocou o número por «6,53E\+09»"):
        parse("6,53E+09")
    with pytest.raises(ValueError, match="telefone_2"):
        parse("(65) 3000-7001 / (65) 3000-7002")
    assert parse("(65) 3000-7001") == "+556530007001"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("12h às 19h", "seg-sex 12:00-19:00"),
        ("Segunda a sexta-feira, das 8:00 às 12:00 e das 14:00 às 18:00",
         "seg-sex 08:00-12:00, 14:00-18:00"),
        ("sáb 8h-12h", "sab 08:00-12:00"),
        ("mediante agendamento", "mediante agendamento"),
    ],
)  # fmt: skip
def test_hours_in_words_are_written_as_the_units_file_has_them(said: str, written: str) -> None:
    assert mapping.read_hours(said) == written
