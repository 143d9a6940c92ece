"""The columns of the file: those of the unit, and four for each of its channels.

A second telephone stands in `telefone_2` and its companions; any order of columns is understood.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Feature
from canais_app.directory.unit_fields import TEXT_FIELDS
from canais_app.kit.text import strip_accents

CODE, DEGREE, COMARCA, PARENT = "codigo", "grau", "comarca", "codigo_pai"
STATE, SUCCESSOR = "situacao", "sucessora"
UNIT_COLUMNS = (
    CODE, "nome", "tipo", DEGREE, COMARCA, PARENT, "competencias", "apelidos", "nomes_anteriores",
    "horario", *(field.column for field in TEXT_FIELDS), STATE, SUCCESSOR,
)  # fmt: skip
NUMBER_COLUMNS = (DEGREE,)
FEATURE_PREFIX = "acessibilidade_"
FEATURE_COLUMNS = tuple(
    f"{FEATURE_PREFIX}{feature.value}{part}" for feature in Feature for part in ("", "_nota")
)
CHANNEL_PARTS = ("", "_rotulo", "_nota", "_horario")
CHANNEL_KINDS = tuple(ChannelKind)
MAX_CHANNELS_PER_KIND = 20
_CHANNEL = re.compile(
    rf"({'|'.join(kind.value for kind in CHANNEL_KINDS)})(?:_([1-9]\d?))?({'|'.join(CHANNEL_PARTS[1:])})?"
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
    """Return the columns of a file in which no unit has more channels of a kind than that."""
    channels = [
        column
        for kind in CHANNEL_KINDS
        for number in range(1, max(1, most.get(kind, 1)) + 1)
        for column in channel_columns(kind, number)
    ]
    return [*UNIT_COLUMNS, *FEATURE_COLUMNS, *channels]


def count_channels_by_kind(columns: Sequence[str]) -> dict[ChannelKind, int]:
    """Return how many channels of each kind the columns can hold."""
    return dict(
        Counter(p.kind for p in map(parse_channel_column, columns) if p is not None and not p.part)
    )


def parse_channel_column(column: str) -> ChannelColumn | None:
    """Return what of a channel a column holds; None when it is no channel's."""
    found = _CHANNEL.fullmatch(column)
    if found is None or found[2] == "1" or int(found[2] or 1) > MAX_CHANNELS_PER_KIND:
        return None
    return ChannelColumn(ChannelKind(found[1]), int(found[2] or 1), found[3] or "")


def check_header(cells: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the columns that a first line names, and (column, sentence) for each that is wrong."""
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
    highest = dict.fromkeys(CHANNEL_KINDS, 1)
    for found in map(parse_channel_column, columns):
        if found is not None:
            highest[found.kind] = max(highest[found.kind], found.number)
    wrong += [(name, "Falta esta coluna.") for name in file_columns(highest) if name not in columns]
    return columns, wrong
