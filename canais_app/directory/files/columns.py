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
from canais_app.directory.files.stored import Directory, StoredUnit
from canais_app.directory.models import UnitKind
from canais_app.directory.unit_fields import TEXT_FIELDS
from canais_app.kit.text import fold

ACTIVE, RETIRED = "ativa", "desativada"
COMPETENCES = (
    "cível", "criminal", "direito agrário", "direito bancário", "execução fiscal",
    "execução penal", "família e sucessões", "fazenda pública", "infância e juventude",
    "juizado especial cível", "juizado especial criminal",
    "juizado especial da fazenda pública", "vara única", "violência doméstica",
)  # fmt: skip


# Cells of a column are much alike: each is read once. Nobody changes what comes out.
_once = lru_cache(maxsize=4096)
_kind = _once(cells.one_of("O tipo", [kind.value for kind in UnitKind]))
_degree = _once(cells.one_of("O grau", ["1", "2"]))
_state = _once(cells.one_of("A situação", [ACTIVE, RETIRED]))
has = _once(cells.one_of("A célula", [*values.HAS, ""]))
note_of_feature = _once(cells.line(120))
label, note = _once(cells.line(80)), _once(cells.line(200))


@_once
def hours(cell: str) -> dict[str, list[list[str]]]:
    """Return weekly hours."""
    return week.read(cells.plain(cell))


@dataclass(frozen=True)
class Column:
    """A column, the field of `StoredUnit` that it holds, and the way there and back."""

    name: str
    field: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    only_adds: bool = False  # names that the cell leaves out stay


def of_units(there: Directory) -> tuple[Column, ...]:
    """Return the columns of a unit, except its code, its building and its channels."""
    in_use = {name for unit in there.units.values() for name in unit.competences}
    code = cells.line(40)
    return (
        Column("nome", "name", cells.line(200, 3)),
        Column("tipo", "kind", _kind),
        Column(heads.DEGREE, "degree", lambda cell: int(_degree(cell))),
        Column(heads.COMARCA, "comarca", _once(_comarca(there.comarcas))),
        Column(heads.PARENT, "parent", _once(code)),
        Column("competencias", "competences", _once(_competences(in_use)), cells.write_list),
        Column("apelidos", "aliases", cells.read_list, cells.write_list),
        Column(
            "nomes_anteriores", "former_names", cells.read_list, cells.write_list, only_adds=True
        ),
        Column("horario", "hours", hours, week.write),
        *(
            Column(field.column, field.name, _once(cells.line(field.max_length)))
            for field in TEXT_FIELDS
        ),
        Column(heads.STATE, "active", lambda cell: _state(cell) == ACTIVE, _write_state),
        Column(heads.SUCCESSOR, "successor", code),
    )


def _write_state(active: bool) -> str:  # noqa: FBT001 (the value of a column)
    return ACTIVE if active else RETIRED


def _comarca(known: Collection[str]) -> Callable[[str], str]:
    by_fold = {fold(name): name for name in known} | {"": ""}

    def read(cell: str) -> str:
        name = cells.plain(cell).strip()
        if fold(name) not in by_fold:
            raise ValueError(f"A comarca «{name[:40]}» não é conhecida.")
        return by_fold[fold(name)]

    return read


def _competences(in_use: Collection[str]) -> Callable[[str], list[str]]:
    known = {fold(name): name for name in (*COMPETENCES, *in_use)}

    def read(cell: str) -> list[str]:
        found = cells.read_list(cell)
        for name in found:
            if fold(name) not in known:
                raise ValueError(f"A competência «{name[:40]}» não é conhecida.")
        return [known[fold(name)] for name in found]

    return read


def cells_of(unit: StoredUnit, columns: tuple[Column, ...], there: Directory) -> dict[str, str]:
    """Return a unit's cells by column; empty ones are left out."""
    written = {heads.CODE: unit.code}
    written |= {column.name: column.write(unit.value(column.field)) for column in columns}
    written |= of_features(unit.accessibility)
    for kind in heads.KINDS:
        for number, row in enumerate(there.channels_of(unit, kind), start=1):
            written |= of_contact(kind, number, row)
    return {column: cell for column, cell in written.items() if cell}


def of_features(known: dict[str, Any]) -> dict[str, str]:
    """Return the cells of what is known of the building."""
    written: dict[str, str] = {}
    for feature, said in known.items():
        written[f"{heads.FEATURE}{feature}"] = str(said.get("has", ""))
        written[f"{heads.FEATURE}{feature}_nota"] = str(said.get("note", ""))
    return written


def of_contact(kind: ChannelKind, number: int, row: Any) -> dict[str, str]:  # noqa: ANN401 (stored, or wanted)
    """Return the cells of a channel: its value, label, note and hours."""
    said = (write_contact(kind, row.value), row.label, row.note, week.write(row.hours))
    return dict(zip(heads.of_channel(kind, number), said, strict=True))


def write_contact(kind: str, value: str) -> str:
    """Return a contact as people write it, if it can be read back; else what is stored."""
    row = type_of(kind)
    shown = row.show(value)
    try:
        return shown if shown != value and row.clean(shown) == value else value
    except ValueError:
        return value


def contacts(*, accept_demo: bool) -> dict[ChannelKind, Callable[[str], str]]:
    """Return for each kind the reader of what its channels store."""
    return {kind: _contact(kind, accept_demo=accept_demo) for kind in ChannelKind}


def _contact(kind: ChannelKind, *, accept_demo: bool) -> Callable[[str], str]:
    row = type_of(kind)

    def read(cell: str) -> str:
        # A phone may begin with +, which elsewhere makes a formula.
        value = row.clean(cell.removeprefix("'") if row.is_phone else cells.plain(cell))
        if not accept_demo and values.is_demo(value):
            raise ValueError("É um contato de demonstração: em produção não entra.")
        return value

    return read
