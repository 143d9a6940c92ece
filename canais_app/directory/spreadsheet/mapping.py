"""Reads a table that others made, and turns it into a units file of few columns.

Each column is mapped to one of ours, guessed from its name and cells. A row finds its unit by its
code, or by its name and comarca; the comarca may stand in a row of its own above its units.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from canais_app.directory.search.normalization import normalised_words
from canais_app.directory.spreadsheet import schema
from canais_app.directory.spreadsheet.loose_tables import read_loose_table
from canais_app.directory.spreadsheet.models import StoredDirectory, StoredUnit
from canais_app.directory.spreadsheet.rows import RawRow, UnreadableFileError, abort
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import strip_accents

NAME, EXTENSION, UNUSED = "nome", "ramal", ""
TARGETS = {
    UNUSED: "Não usar",
    schema.CODE: "Código da unidade",
    NAME: "Nome da unidade",
    schema.COMARCA: "Comarca",
    "telefone": "Telefone",
    EXTENSION: "Ramal do telefone",
    "whatsapp": "WhatsApp",
    "email": "E-mail",
    "balcao_virtual": "Link do Balcão Virtual",
    "horario": "Horário",
    "endereco": "Endereço",
    "sala": "Sala",
}
_REPEATABLE = ("telefone", "whatsapp", "email", "balcao_virtual")
# A column's name begins with one of these words, or has it after another.
_NAMES = (
    (schema.CODE, r"cod(igo)?\b|id$|codigo unidade"),
    ("whatsapp", r".*\b(whats|zap|wpp)"),
    ("email", r".*(e ?mail|correio)"),
    ("balcao_virtual", r".*(balcao|videoconf|videochamada|teams|meet|sala virtual|\blink|\burl)"),
    ("horario", r".*(horario|expediente|funcionamento)"),
    ("telefone", r".*(telefone|\btel\b|\bfone|contato|celular|phone)"),
    (EXTENSION, r"ramal"),
    ("endereco", r".*(endereco|logradouro|address)"),
    ("sala", r"sala|andar|bloco"),
    (schema.COMARCA, r".*(comarca|municipio|cidade|localidade)|foro$|forum$"),
    (NAME, r".*(unidade|nome|setor|vara|orgao|lotacao|juizo|serventia|descricao)"),
)
_PHONE = re.compile(
    r"(?:\+?55\s*)?(?:\(?0?\d{2}\)?[\s.-]*)?\d{4,5}[\s.-]?\d{4}|0800[\s.-]?\d{3}[\s.-]?\d{4}"
)
_EXTENSION = re.compile(r"(?:ramal|ramais|rml?|r)\.?\s*:?\s*(\d{2,5})\b", re.IGNORECASE)
# One start per word and no second @: the time grows with the length of the cell, not its cube.
_EMAIL = re.compile(r"(?<![^\s;,/|<>()])[^\s;,/|<>()@]+@[^\s;,/|<>()@]+\.[a-z]{2,}", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_SPAN = re.compile(
    r"(\d{1,2})(?:\s*[h:]\s*(\d{2})?)?\s*(?:horas)?\s*(?:as|a|-|–|ate)\s*(\d{1,2})(?:\s*[h:]\s*(\d{2})?)?"
)
_DAYS = re.compile(r"\b(seg|ter|qua|qui|sex|sab|dom)[a-z]*(?:-feira| feira)?")
_GUESS_SHARE = 0.6  # of the filled cells that look alike
_SAMPLES = 3
_GUESS_ROWS = 200


@dataclass(frozen=True)
class LooseColumn:
    """A column of the file, some of its cells, and the column of ours that it seems to be."""

    name: str
    samples: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class LooseTable:
    """The header and the rows of a file that others made."""

    header: tuple[str, ...]
    rows: Sequence[RawRow]


@dataclass(frozen=True)
class SkippedRow:
    """A row that finds no unit, or more than one."""

    line: int
    words: str
    reason: str


@dataclass
class MappedFile:
    """The units file made of a table, and the rows left out of it."""

    content: bytes = b""
    units: int = 0
    skipped: list[SkippedRow] = field(default_factory=list[SkippedRow])


def is_units_file(kind: str, content: bytes) -> bool:
    """Whether a file has the columns of the units file in its first row."""
    try:
        first = next((row for row in read_loose_table(kind, content) if not row.is_blank), None)
    except UnreadableFileError:
        first = None
    if first is None:
        return True  # the reader of units files says what is wrong
    columns, wrong = schema.check_header(first.cells)
    return not wrong or (schema.CODE in columns and "nome" in columns and "tipo" in columns)


def load_table(kind: str, content: bytes) -> LooseTable:
    """Return a file's header and rows; titles above and repeated headers are left out.

    Raises:
        UnreadableFileError: no table can be read.
    """
    rows = [row for row in read_loose_table(kind, content) if not row.is_blank]
    at = _find_header(rows)
    if at is None:
        raise abort(1, "Não há nela uma linha com os nomes das colunas.")
    header = tuple(" ".join(cell.split()) for cell in rows[at].cells)
    folded = [strip_accents(cell) for cell in header]
    rest = [row for row in rows[at + 1 :] if _fold(row.cells) != folded]
    return LooseTable(header, rest)


def _find_header(rows: Sequence[RawRow]) -> int | None:
    """Return the first of the upper rows whose cells name at least two columns."""
    for at, row in enumerate(rows[:30]):
        named = {target for cell in row.cells if (target := _guess_by_name(cell))}
        if len(named) > 1 and not any(
            _EMAIL.search(cell) or _PHONE.search(cell) for cell in row.cells
        ):
            return at
    return next((at for at, row in enumerate(rows[:30]) if _count(row) > 1), None)


def _count(row: RawRow) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _fold(cells: Iterable[str]) -> list[str]:
    return [strip_accents(" ".join(cell.split())) for cell in cells]


# --- guesses -------------------------------------------------------------------------------


def header_key(header: Sequence[str]) -> str:
    """Return the text by which the mapping of a header is remembered."""
    return "|".join(_fold(header))


def guess_columns(
    table: LooseTable, stored: StoredDirectory, remembered: Mapping[str, Sequence[str]]
) -> list[LooseColumn]:
    """Return the columns with the targets of last time, or that their cells or names suggest."""
    known = remembered.get(header_key(table.header), ())
    columns: list[LooseColumn] = []
    taken: set[str] = set()
    for at, name in enumerate(table.header):
        cells = [row.cells[at].strip() for row in table.rows[:_GUESS_ROWS] if at < len(row.cells)]
        filled = [cell for cell in cells if cell]
        target = _guess_by_cells(filled, stored) or _guess_by_name(name)
        if _guess_by_name(name) == "whatsapp" and target == "telefone":
            target = "whatsapp"
        if target == schema.CODE and not _share(filled, lambda cell: cell in stored.units):
            target = UNUSED
        if target in taken and target not in _REPEATABLE:
            target = UNUSED
        target = known[at] if at < len(known) else target
        taken.add(target)
        samples = tuple(" ".join(cell.split())[:60] for cell in dict.fromkeys(filled))
        columns.append(LooseColumn(name or f"Coluna {at + 1}", samples[:_SAMPLES], target))
    return columns


def _guess_by_name(name: str) -> str:
    words = " ".join(re.findall(r"[a-z0-9]+", strip_accents(name)))
    return next((target for target, names in _NAMES if words and re.match(names, words)), UNUSED)


def _guess_by_cells(cells: Sequence[str], stored: StoredDirectory) -> str:
    comarcas = {strip_accents(name) for name in stored.comarcas}
    for target, looks in (
        ("email", lambda cell: bool(_EMAIL.search(cell))),
        ("balcao_virtual", lambda cell: bool(_LINK.match(cell)) and "wa.me" not in cell),
        ("whatsapp", lambda cell: "wa.me" in cell),
        ("telefone", lambda cell: bool(_PHONE.match(cell)) and not _LINK.match(cell)),
        (schema.COMARCA, lambda cell: strip_accents(cell) in comarcas),
        (schema.CODE, lambda cell: cell in stored.units),
    ):
        if _share(cells, looks):
            return target
    return UNUSED


def _share(cells: Sequence[str], looks: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(looks, cells)) >= _GUESS_SHARE * len(cells)


# --- the units file ------------------------------------------------------------------------


def apply_mapping(table: LooseTable, targets: Sequence[str], stored: StoredDirectory) -> MappedFile:
    """Return a units file with the mapped columns of the rows that find their unit.

    Raises:
        InvalidError: no column says which unit, none says something about it, or two say the same.
    """
    if schema.CODE not in targets and NAME not in targets:
        raise InvalidError("Diga qual coluna tem o código ou o nome da unidade.")
    if set(targets) <= {schema.CODE, NAME, schema.COMARCA, UNUSED}:
        raise InvalidError("Diga ao menos uma coluna com um contato, o horário ou o endereço.")
    counts = Counter(target for target in targets if target and target not in _REPEATABLE)
    if repeated := [(name, n) for name, n in counts.items() if n > 1]:
        raise InvalidError(
            " ".join(f"{TARGETS[name]} está em {n} colunas." for name, n in repeated)
        )
    found = MappedFile()
    lines: dict[str, dict[str, str]] = {}
    for line, unit_code, cells in _find_units(table, targets, stored, found.skipped):
        if unit_code in lines:
            words = stored.units[unit_code].name
            found.skipped.append(SkippedRow(line, words, "A unidade já apareceu acima."))
            continue
        lines[unit_code] = cells
    columns = [column for column in _ordered_columns() if any(column in c for c in lines.values())]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow([schema.CODE, *columns])
    for code, cells in lines.items():
        writer.writerow([code, *(_escape(cells.get(column, "")) for column in columns)])
    found.content, found.units = out.getvalue().encode(), len(lines)
    return found


def _escape(cell: str) -> str:
    return schema.escape_formula(cell) if cell else ""


def _ordered_columns() -> Iterator[str]:
    for kind in schema.CHANNEL_KINDS:
        for number in range(1, 5):
            yield from schema.channel_columns(kind, number)[:3]
    yield from ("horario", "endereco", "sala")


def _find_units(
    table: LooseTable, targets: Sequence[str], stored: StoredDirectory, skipped: list[SkippedRow]
) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Yield (line, code, cells) of the rows that find their unit; the others are skipped."""
    names = _units_by_words(stored)
    comarcas = {strip_accents(name): name for name in stored.comarcas}
    comarca = ""
    for row in table.rows:
        if _count(row) == 1 and len(table.header) > 1:  # a comarca above its units, or a title
            alone = next(cell for cell in row.cells if cell.strip())
            known = _as_comarca(alone, comarcas)
            if known or strip_accents(alone).strip().startswith("comarca"):
                comarca = known
            continue
        said = defaultdict[str, list[str]](list)
        for target, cell in zip(targets, row.cells, strict=False):
            if target and cell.strip():
                said[target].append(" ".join(cell.split()))
        for cell in said[schema.COMARCA]:
            # An unknown one is not that of the row above: its contacts would go to another unit.
            comarca = _as_comarca(cell, comarcas)
        code, reason = _identify(said, comarca, names, stored)
        if code:
            yield row.number, code, _unit_cells(said)
        else:
            place = said[schema.COMARCA] or [comarca]
            words = " · ".join(filter(None, (*said[schema.CODE], *said[NAME], *place)))
            skipped.append(SkippedRow(row.number, words[:120], reason))


def _as_comarca(cell: str, comarcas: Mapping[str, str]) -> str:
    words = re.sub(r"^(comarca|foro|forum)( de| do| da)?[\s:–-]+", "", strip_accents(cell).strip())
    return comarcas.get(words.strip(), "")


def _identify(
    said: Mapping[str, Sequence[str]],
    comarca: str,
    names: Mapping[frozenset[str], Sequence[StoredUnit]],
    stored: StoredDirectory,
) -> tuple[str, str]:
    """Return the code of the unit that a row is about, or why there is none."""
    code = next(iter(said.get(schema.CODE, ())), "").removeprefix("'")
    if code in stored.units:
        return code, ""
    name = " ".join(said.get(NAME, ()))
    if not name:
        return "", "O código não existe no diretório." if code else "A linha não diz a unidade."
    near = names.get(frozenset(normalised_words(f"{name} {comarca}")), ())
    if len(near) == 1:
        return near[0].code, ""
    if near:
        return "", "Mais de uma unidade tem este nome: ponha o código."
    return "", "Nenhuma unidade tem este nome nesta comarca."


def _units_by_words(stored: StoredDirectory) -> dict[frozenset[str], list[StoredUnit]]:
    found: defaultdict[frozenset[str], list[StoredUnit]] = defaultdict(list)
    for unit in stored.units.values():
        if not unit.active:
            continue
        keys = {
            frozenset(normalised_words(f"{name} {unit.comarca}"))
            for name in (unit.name, *unit.aliases, *unit.former_names)
        }
        for key in keys:
            found[key].append(unit)
    return dict(found)


def _unit_cells(said: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the cells by our columns; several contacts of a cell are numbered."""
    cells: dict[str, str] = {}
    extensions = [*said.get(EXTENSION, ())]
    for kind in _REPEATABLE:
        values = list(
            dict.fromkeys(v for cell in said.get(kind, ()) for v in _contacts(kind, cell))
        )
        for number, value in enumerate(values[:4], start=1):
            stem = kind if number == 1 else f"{kind}_{number}"
            cells[stem] = value
            if kind == "telefone" and number == 1:
                extensions += [m for cell in said[kind] for m in _EXTENSION.findall(cell)]
                known = ", ".join(dict.fromkeys(re.sub(r"\D+", " ", e).strip() for e in extensions))
                if known:
                    cells[f"{stem}_nota"] = f"ramal {known}"
    if said.get("horario"):
        cells["horario"] = read_hours(said["horario"][0])
    for name in ("endereco", "sala"):
        if said.get(name):
            cells[name] = " ".join(said[name])
    return cells


def _contacts(kind: str, cell: str) -> list[str]:
    """Return the contacts of a cell; the cell itself when none is recognised."""
    if kind == "email":
        found = [address.lower() for address in _EMAIL.findall(cell)]
    elif kind == "balcao_virtual":
        found = _LINK.findall(cell)
    else:
        found = [m.group().strip() for m in _PHONE.finditer(_EXTENSION.sub(" ", cell))]
    return found or [cell]


def read_hours(cell: str) -> str:
    """Return opening hours as the units file writes them: `12h às 19h` is of the working days.

    What is not understood is returned as it stands, for the units file to refuse.
    """
    words = strip_accents(cell)
    spans = [
        f"{int(a):02}:{int(b or 0):02}-{int(c):02}:{int(d or 0):02}"
        for a, b, c, d in _SPAN.findall(words)
    ]
    days = _DAYS.findall(words)
    if not spans or ";" in cell or len(days) > 2:  # noqa: PLR2004 (from one day to another)
        return cell
    return f"{'-'.join(days or ('seg', 'sex'))} {', '.join(spans)}"
