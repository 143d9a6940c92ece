"""The columns of a unit: what a cell says of a stored value, and the value that a cell says.

Readers raise ValueError with the sentence that whoever wrote the cell reads.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from canais_app.directory import values
from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.files import cells, heads, week
from canais_app.directory.files.stored import StoredDirectory, StoredUnit
from canais_app.directory.models import UnitKind
from canais_app.directory.unit_fields import TEXT_FIELDS
from canais_app.kit.text import strip_accents

ACTIVE, RETIRED = "ativa", "desativada"
KNOWN_COMPETENCES = (
    "cível", "criminal", "direito agrário", "direito bancário", "execução fiscal",
    "execução penal", "família e sucessões", "fazenda pública", "infância e juventude",
    "juizado especial cível", "juizado especial criminal",
    "juizado especial da fazenda pública", "vara única", "violência doméstica",
)  # fmt: skip


# Cells of a column are much alike: each is read once. Nobody changes what comes out.
_cached = lru_cache(maxsize=4096)
_parse_kind = _cached(cells.choice_parser("O tipo", [kind.value for kind in UnitKind]))
_parse_degree = _cached(cells.choice_parser("O grau", ["1", "2"]))
_parse_state = _cached(cells.choice_parser("A situação", [ACTIVE, RETIRED]))
parse_has_feature = _cached(cells.choice_parser("A célula", [*values.HAS_NAMES, ""]))
parse_feature_note = _cached(cells.line_parser(120))
label, parse_note = _cached(cells.line_parser(80)), _cached(cells.line_parser(200))


@_cached
def parse_hours_cell(cell: str) -> dict[str, list[list[str]]]:
    """Return weekly hours."""
    return week.parse_week(cells.unescape_formula(cell))


@dataclass(frozen=True)
class Column:
    """A column, the field of `StoredUnit` that it holds, and the way there and back."""

    name: str
    field: str
    parse: Callable[[str], Any]
    format: Callable[[Any], str] = str
    is_append_only: bool = False  # names that the cell leaves out stay


def unit_columns(stored: StoredDirectory) -> tuple[Column, ...]:
    """Return the columns of a unit, except its code, its building and its channels."""
    in_use = {name for unit in stored.units.values() for name in unit.competences}
    code = cells.line_parser(40)
    return (
        Column("nome", "name", cells.line_parser(200, 3)),
        Column("tipo", "kind", _parse_kind),
        Column(heads.DEGREE, "degree", lambda cell: int(_parse_degree(cell))),
        Column(heads.COMARCA, "comarca", _cached(_comarca_column(stored.comarcas))),
        Column(heads.PARENT, "parent", _cached(code)),
        Column(
            "competencias", "competences", _cached(_competences_column(in_use)), cells.format_list
        ),
        Column("apelidos", "aliases", cells.parse_list, cells.format_list),
        Column(
            "nomes_anteriores",
            "former_names",
            cells.parse_list,
            cells.format_list,
            is_append_only=True,
        ),
        Column("horario", "hours", parse_hours_cell, week.format_week),
        *(
            Column(field.column, field.name, _cached(cells.line_parser(field.max_length)))
            for field in TEXT_FIELDS
        ),
        Column(heads.STATE, "active", lambda cell: _parse_state(cell) == ACTIVE, _format_state),
        Column(heads.SUCCESSOR, "successor", code),
    )


def _format_state(active: bool) -> str:  # noqa: FBT001 (the value of a column)
    return ACTIVE if active else RETIRED


def _comarca_column(known: Collection[str]) -> Callable[[str], str]:
    by_fold = {strip_accents(name): name for name in known} | {"": ""}

    def read(cell: str) -> str:
        name = cells.unescape_formula(cell).strip()
        if strip_accents(name) not in by_fold:
            raise ValueError(f"A comarca «{name[:40]}» não é conhecida.")
        return by_fold[strip_accents(name)]

    return read


def _competences_column(in_use: Collection[str]) -> Callable[[str], list[str]]:
    known = {strip_accents(name): name for name in (*KNOWN_COMPETENCES, *in_use)}

    def read(cell: str) -> list[str]:
        found = cells.parse_list(cell)
        for name in found:
            if strip_accents(name) not in known:
                raise ValueError(f"A competência «{name[:40]}» não é conhecida.")
        return [known[strip_accents(name)] for name in found]

    return read


def unit_cells(
    unit: StoredUnit, columns: tuple[Column, ...], stored: StoredDirectory
) -> dict[str, str]:
    """Return a unit's cells by column; empty ones are left out."""
    written = {heads.CODE: unit.code}
    written |= {column.name: column.format(unit.value(column.field)) for column in columns}
    written |= feature_cells(unit.accessibility)
    for kind in heads.CHANNEL_KINDS:
        for number, row in enumerate(stored.channels_of(unit, kind), start=1):
            written |= contact_cells(kind, number, row)
    return {column: cell for column, cell in written.items() if cell}


def feature_cells(known: dict[str, Any]) -> dict[str, str]:
    """Return the cells of what is known of the building."""
    written: dict[str, str] = {}
    for feature, said in known.items():
        written[f"{heads.FEATURE_PREFIX}{feature}"] = str(said.get("has", ""))
        written[f"{heads.FEATURE_PREFIX}{feature}_nota"] = str(said.get("note", ""))
    return written


def contact_cells(kind: ChannelKind, number: int, row: Any) -> dict[str, str]:  # noqa: ANN401 (stored, or wanted)
    """Return the cells of a channel: its value, label, note and hours."""
    said = (format_contact(kind, row.value), row.label, row.note, week.format_week(row.hours))
    return dict(zip(heads.channel_columns(kind, number), said, strict=True))


def format_contact(kind: str, value: str) -> str:
    """Return a contact as people write it, if it can be read back; else what is stored."""
    row = type_of(kind)
    shown = row.show(value)
    try:
        return shown if shown != value and row.clean(shown) == value else value
    except ValueError:
        return value


def contact_parsers(*, accept_demo: bool) -> dict[ChannelKind, Callable[[str], str]]:
    """Return for each kind the reader of what its channels store."""
    return {kind: _contact_parser(kind, accept_demo=accept_demo) for kind in ChannelKind}


def _contact_parser(kind: ChannelKind, *, accept_demo: bool) -> Callable[[str], str]:
    row = type_of(kind)

    def read(cell: str) -> str:
        # A phone may begin with +, which elsewhere makes a formula.
        value = row.clean(cell.removeprefix("'") if row.is_phone else cells.unescape_formula(cell))
        if not accept_demo and values.is_demo_contact(value):
            raise ValueError("É um contato de demonstração: em produção não entra.")
        return value

    return read
