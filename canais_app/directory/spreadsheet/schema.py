"""The columns of the units file: formats stored values as cells, and parses cells.

Parsers raise ValueError with the sentence that the file's author reads.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from canais_app.directory import validation
from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.models import TEXT_FIELDS, Feature, UnitKind
from canais_app.directory.spreadsheet.models import StoredDirectory, StoredUnit
from canais_app.kit import text
from canais_app.kit.text import WEEKDAY_SHORT_NAMES, WEEKDAYS_BARE, strip_accents

_INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
_BAR = re.compile(r"\\(.)|\|")


def escape_formula(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula."""
    return f"'{cell}" if cell.startswith("'") else text.escape_formula(cell)


def unescape_formula(cell: str) -> str:
    """Return a cell without the apostrophe, accents joined to their letters (NFC).

    Raises:
        ValueError: a formula, or an invisible character.
    """
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", cell)
    if cell.startswith("'"):
        cell = cell[1:]
    elif text.escape_formula(cell) != cell:
        raise ValueError("A célula começa como uma fórmula de planilha.")
    if not cell.isprintable():
        hidden = next((c for c in cell if unicodedata.category(c) in _INVISIBLE), None)
        if hidden is not None:
            raise ValueError(f"Há um caractere invisível na célula (U+{ord(hidden):04X}).")
    return cell


def line_parser(max_length: int, min_length: int = 0) -> Callable[[str], str]:
    """Return a parser of one line of text with a length in that range."""
    return lambda cell: validation.validate_line(unescape_formula(cell), max_length, min_length)


def choice_parser(what: str, options: Sequence[str]) -> Callable[[str], str]:
    """Return a parser of one of the options, in any case."""
    known = [option or "vazio" for option in options]

    def read(cell: str) -> str:
        choice = strip_accents(unescape_formula(cell)).strip()
        if choice not in options:
            raise ValueError(f"{what} precisa ser {', '.join(known[:-1])} ou {known[-1]}.")
        return choice

    return read


def format_list(names: Sequence[str]) -> str:
    r"""Join names by bars; a bar within a name is written `\|`."""
    return " | ".join(re.sub(r"([\\|])", r"\\\1", name) for name in names)


def parse_list(cell: str) -> list[str]:
    """Return the names of a cell without repeats, in order."""
    words, parts, at = unescape_formula(cell), [""], 0
    for found in _BAR.finditer(words):
        parts[-1] += words[at : found.start()] + (found[1] or "")
        at = found.end()
        if not found[1]:
            parts.append("")
    parts[-1] += words[at:]
    return validation.validate_names(parts, 120)


CODE, DEGREE, COMARCA, PARENT = "codigo", "grau", "comarca", "codigo_pai"
STATE, SUCCESSOR = "situacao", "sucessora"
VERSION = "versao"  # of the exported row; may be missing
UNIT_COLUMNS = (
    CODE, "nome", "tipo", DEGREE, COMARCA, PARENT, "competencias", "apelidos", "nomes_anteriores",
    "horario", *(field.column for field in TEXT_FIELDS), STATE, SUCCESSOR, VERSION,
)  # fmt: skip
NUMBER_COLUMNS = (DEGREE, VERSION)
FEATURE_PREFIX = "acessibilidade_"
FEATURE_COLUMNS = tuple(
    f"{FEATURE_PREFIX}{feature.value}{part}" for feature in Feature for part in ("", "_nota")
)
CHANNEL_PARTS = ("", "_rotulo", "_nota", "_horario")
CHANNEL_KINDS = tuple(ChannelKind)
MAX_CHANNELS_PER_KIND = 20
MAX_PARTIAL_COLUMNS = 12  # a file with more lacks columns by mistake
_CHANNEL = re.compile(
    rf"({'|'.join(kind.value for kind in CHANNEL_KINDS)})(?:_([1-9]\d?))?"
    rf"({'|'.join(CHANNEL_PARTS[1:])})?"
)


@dataclass(frozen=True)
class ChannelColumn:
    """Which part of which channel a column holds; `number` counts the kind's channels from 1."""

    kind: ChannelKind
    number: int
    part: str


@cache
def channel_columns(kind: ChannelKind, number: int) -> tuple[str, ...]:
    """Return the columns of a kind's channel: its value, label, note and hours."""
    stem = kind.value if number == 1 else f"{kind.value}_{number}"
    return tuple(f"{stem}{part}" for part in CHANNEL_PARTS)


@cache
def columns_of_first_channels(kind: ChannelKind, count: int) -> tuple[tuple[str, ...], ...]:
    """Return the columns of a kind's first channels."""
    return tuple(channel_columns(kind, number) for number in range(1, count + 1))


def file_columns(most: Mapping[ChannelKind, int]) -> list[str]:
    """Return the columns of a file with that many channels of each kind."""
    channels = [
        column
        for kind in CHANNEL_KINDS
        for number in range(1, max(1, most.get(kind, 1)) + 1)
        for column in channel_columns(kind, number)
    ]
    return [*UNIT_COLUMNS, *FEATURE_COLUMNS, *channels]


def highest_channels(columns: Sequence[str]) -> dict[ChannelKind, int]:
    """Return how many channels of each kind the columns can hold."""
    highest: dict[ChannelKind, int] = {}
    for found in map(parse_channel_column, columns):
        if found is not None:
            highest[found.kind] = max(highest.get(found.kind, 0), found.number)
    return highest


def parse_channel_column(column: str) -> ChannelColumn | None:
    """Parse a channel's column name; None for another column."""
    found = _CHANNEL.fullmatch(column)
    if found is None or found[2] == "1" or int(found[2] or 1) > MAX_CHANNELS_PER_KIND:
        return None
    return ChannelColumn(ChannelKind(found[1]), int(found[2] or 1), found[3] or "")


def is_partial(columns: Sequence[str]) -> bool:
    """Whether a file only changes some columns of units, as `codigo;telefone`."""
    return CODE in columns and len(columns) <= MAX_PARTIAL_COLUMNS


def check_header(cells: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the columns of a header, and (column, reason) for each that is wrong."""
    columns = [strip_accents(cell).strip() for cell in cells]
    known = {*UNIT_COLUMNS, *FEATURE_COLUMNS}
    wrong: list[tuple[str, str]] = []
    for name, count in Counter(columns).items():
        if not name:
            wrong.append(("", "Há uma coluna sem nome."))
        elif name not in known and parse_channel_column(name) is None:
            wrong.append((name[:40], "Esta coluna não é conhecida."))
        elif count > 1:
            wrong.append((name, f"Esta coluna aparece {count} vezes."))
    highest = {**dict.fromkeys(CHANNEL_KINDS, 1), **highest_channels(columns)}
    needed = [CODE] if is_partial(columns) else file_columns(highest)
    wrong += [
        (name, "Falta esta coluna.") for name in needed if name not in columns and name != VERSION
    ]
    return columns, wrong


DAY_NAMES = tuple(name.removesuffix(".") for name in WEEKDAY_SHORT_NAMES)
CLOSED_TEXT = "fechada"
_NUMBERS = {strip_accents(day): number for number, day in enumerate(DAY_NAMES)}
_NUMBERS |= {strip_accents(day): number for number, day in enumerate(WEEKDAYS_BARE)}
_GROUP = re.compile(r"([^\W\d]+)(?:\s*(?:-|–|\ba\b)\s*([^\W\d]+))?\s+(\d.*)")


def format_week(hours: Mapping[str, Any]) -> str:
    """Return stored hours as text; empty for the court's public hours."""
    if not hours:
        return ""
    spans = [", ".join("-".join(map(str, s)) for s in hours.get(str(d), ())) for d in range(7)]
    groups: list[str] = []
    day = 0
    while day < len(spans):
        last = day
        while last + 1 < len(spans) and spans[last + 1] == spans[day]:
            last += 1
        if spans[day]:
            days = DAY_NAMES[day] if last == day else f"{DAY_NAMES[day]}-{DAY_NAMES[last]}"
            groups.append(f"{days} {spans[day]}")
        day = last + 1
    return "; ".join(groups) or CLOSED_TEXT


def parse_week(words: str) -> dict[str, list[list[str]]]:
    """Parse weekly hours; a day that is not named is closed.

    Raises:
        ValueError: with the sentence for the file's author.
    """
    if strip_accents(words).strip() == CLOSED_TEXT:
        return {str(day): [] for day in range(7)}
    days: dict[str, str] = {}
    for group in filter(None, (part.strip() for part in words.split(";"))):
        first, last, spans = _parse_group(group)
        for day in range(first, last + 1):
            if str(day) in days:
                raise ValueError(f"O dia «{DAY_NAMES[day]}» aparece duas vezes.")
            days[str(day)] = spans
    return validation.parse_week_hours(days)


def _parse_group(words: str) -> tuple[int, int, str]:
    match = _GROUP.fullmatch(words)
    first = _NUMBERS.get(strip_accents(match[1])) if match else None
    last = _NUMBERS.get(strip_accents(match[2] or match[1])) if match else None
    if match is None or first is None or last is None or last < first:
        raise ValueError("Escreva o horário como «seg-sex 12:00-19:00; sáb 08:00-12:00».")
    return first, last, match[3]


ACTIVE, RETIRED = "ativa", "desativada"
KNOWN_COMPETENCES = (
    "cível", "criminal", "direito agrário", "direito bancário", "execução fiscal",
    "execução penal", "família e sucessões", "fazenda pública", "infância e juventude",
    "juizado especial cível", "juizado especial criminal",
    "juizado especial da fazenda pública", "vara única", "violência doméstica",
)  # fmt: skip


# Cells of a column repeat: each is parsed once. The results must not be mutated.
_cached = lru_cache(maxsize=4096)
_parse_kind = _cached(choice_parser("O tipo", [kind.value for kind in UnitKind]))
_parse_degree = _cached(choice_parser("O grau", ["1", "2"]))
_parse_state = _cached(choice_parser("A situação", [ACTIVE, RETIRED]))
parse_has_feature = _cached(choice_parser("A célula", [*validation.HAS_NAMES, ""]))
parse_feature_note = _cached(line_parser(120))
label, parse_note = _cached(line_parser(80)), _cached(line_parser(200))


@_cached
def parse_hours_cell(cell: str) -> dict[str, list[list[str]]]:
    """Return weekly hours."""
    return parse_week(unescape_formula(cell))


@dataclass(frozen=True)
class Column:
    """A column, its field of `StoredUnit`, its parser and its formatter."""

    name: str
    field: str
    parse: Callable[[str], Any]
    format: Callable[[Any], str] = str
    is_append_only: bool = False  # stored names that the cell omits stay


def unit_columns(stored: StoredDirectory) -> tuple[Column, ...]:
    """Return the columns of a unit, except its code, features and channels."""
    in_use = {name for unit in stored.units.values() for name in unit.competences}
    code = line_parser(40)
    return (
        Column("nome", "name", line_parser(200, 3)),
        Column("tipo", "kind", _parse_kind),
        Column(DEGREE, "degree", lambda cell: int(_parse_degree(cell))),
        Column(COMARCA, "comarca", _cached(_comarca_column(stored.comarcas))),
        Column(PARENT, "parent", _cached(code)),
        Column("competencias", "competences", _cached(_competences_column(in_use)), format_list),
        Column("apelidos", "aliases", parse_list, format_list),
        Column("nomes_anteriores", "former_names", parse_list, format_list, is_append_only=True),
        Column("horario", "hours", parse_hours_cell, format_week),
        *(
            Column(field.column, field.name, _cached(line_parser(field.max_length)))
            for field in TEXT_FIELDS
        ),
        Column(STATE, "active", lambda cell: _parse_state(cell) == ACTIVE, _format_state),
        Column(SUCCESSOR, "successor", code),
    )


def _format_state(active: bool) -> str:  # noqa: FBT001 (the value of a column)
    return ACTIVE if active else RETIRED


def _comarca_column(known: Collection[str]) -> Callable[[str], str]:
    by_fold = {strip_accents(name): name for name in known} | {"": ""}

    def read(cell: str) -> str:
        name = unescape_formula(cell).strip()
        if strip_accents(name) not in by_fold:
            raise ValueError(f"A comarca «{name[:40]}» não é conhecida.")
        return by_fold[strip_accents(name)]

    return read


def _competences_column(in_use: Collection[str]) -> Callable[[str], list[str]]:
    known = {strip_accents(name): name for name in (*KNOWN_COMPETENCES, *in_use)}

    def read(cell: str) -> list[str]:
        found = parse_list(cell)
        for name in found:
            if strip_accents(name) not in known:
                raise ValueError(f"A competência «{name[:40]}» não é conhecida.")
        return [known[strip_accents(name)] for name in found]

    return read


def unit_cells(
    unit: StoredUnit, columns: tuple[Column, ...], stored: StoredDirectory
) -> dict[str, str]:
    """Return a unit's non-empty cells by column."""
    written = {CODE: unit.code, VERSION: str(stored.latest.get(unit.id, 0))}
    written |= {column.name: column.format(unit.value(column.field)) for column in columns}
    written |= feature_cells(unit.accessibility)
    for kind in CHANNEL_KINDS:
        for number, row in enumerate(stored.channels_of(unit, kind), start=1):
            written |= contact_cells(kind, number, row)
    return {column: cell for column, cell in written.items() if cell}


def feature_cells(known: dict[str, Any]) -> dict[str, str]:
    """Return the cells of the building's accessibility features."""
    written: dict[str, str] = {}
    for feature, value in known.items():
        written[f"{FEATURE_PREFIX}{feature}"] = str(value.get("has", ""))
        written[f"{FEATURE_PREFIX}{feature}_nota"] = str(value.get("note", ""))
    return written


def contact_cells(kind: ChannelKind, number: int, row: Any) -> dict[str, str]:  # noqa: ANN401 (StoredChannel or FileContact)
    """Return the cells of a channel: its value, label, note and hours."""
    cells = (format_contact(kind, row.value), row.label, row.note, format_week(row.hours))
    return dict(zip(channel_columns(kind, number), cells, strict=True))


def format_contact(kind: str, value: str) -> str:
    """Return a contact as displayed if that parses back, else as stored."""
    row = type_of(kind)
    shown = row.show(value)
    try:
        return shown if shown != value and row.clean(shown) == value else value
    except ValueError:
        return value


def contact_parsers(*, accept_demo: bool) -> dict[ChannelKind, Callable[[str], str]]:
    """Return the parser of contacts for each kind."""
    return {kind: _contact_parser(kind, accept_demo=accept_demo) for kind in ChannelKind}


_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[\s().-]*\d){7,}")


def _check_one_phone(cell: str) -> None:
    """Refuse a number that a spreadsheet has shortened, and two numbers in one cell."""
    if _SCIENTIFIC.fullmatch(cell.strip().removeprefix("'")):
        raise ValueError(
            f"O Excel trocou o número por «{cell.strip()}». Formate a coluna como texto e escreva "
            "o telefone de novo."
        )
    if len([part for part in re.split(r"[/;,|]| e ", cell) if _LONG_NUMBER.search(part)]) > 1:
        raise ValueError("Há dois telefones na célula: ponha o segundo na coluna telefone_2.")


def _contact_parser(kind: ChannelKind, *, accept_demo: bool) -> Callable[[str], str]:
    row = type_of(kind)

    def read(cell: str) -> str:
        if row.is_phone:
            _check_one_phone(cell)
        # A phone may begin with +, which begins a formula in other columns.
        value = row.clean(cell.removeprefix("'") if row.is_phone else unescape_formula(cell))
        if not accept_demo and validation.is_demo_contact(value):
            raise ValueError("É um contato de demonstração: em produção não entra.")
        return value

    return read
