"""The stored directory as plain values, read once, and the units that an import plans."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Table, func, select
from sqlmodel import Session, SQLModel, col

from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import TEXT_FIELDS, Channel, Comarca, Unit, UnitChange

Value = TypeVar("Value")

# The history's names for several fields of a unit at once.
FIELDS_OF_HISTORY = {"place": {"parent", "comarca"}, "retired": {"active", "successor"}}


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """A channel in use."""

    id: int
    value: str
    label: str
    note: str
    hours: dict[str, Any]
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit in use or retired; other units are named by code, the comarca by name."""

    id: int
    code: str
    slug: str
    name: str
    kind: str
    degree: int
    comarca: str
    parent: str
    path: str
    competences: list[str]
    aliases: list[str]
    former_names: list[str]
    hours: dict[str, Any]
    texts: dict[str, str]  # by the names of `TEXT_FIELDS`
    accessibility: dict[str, Any]
    active: bool
    successor: str
    version: int

    def value(self, name: str) -> Any:  # noqa: ANN401 (a field of any type)
        """Return a field by its name, one of `texts` too."""
        return self.texts[name] if name in self.texts else getattr(self, name)


@dataclass(frozen=True, slots=True)
class StoredComarca:
    """An installed comarca."""

    id: int
    slug: str


@dataclass(frozen=True)
class StoredDirectory:
    """Units by code, channels in order by unit id and kind, installed comarcas by name."""

    units: dict[str, StoredUnit]
    channels: dict[int, dict[ChannelKind, list[StoredChannel]]]
    comarcas: dict[str, StoredComarca]
    latest: dict[int, int] = field(default_factory=dict[int, int])  # unit id → its last change
    # fields of a unit that changed after a change; kinds of channels by their names
    changed_since: Callable[[int, int], set[str]] = lambda _unit, _change: set[str]()

    def channels_of(self, unit: StoredUnit | None, kind: ChannelKind) -> list[StoredChannel]:
        """Return a unit's channels of a kind, first to last."""
        return self.channels.get(unit.id, {}).get(kind, []) if unit else []

    def max_channels_by_kind(self) -> dict[ChannelKind, int]:
        """Return the most channels of each kind that a unit has."""
        found: dict[ChannelKind, int] = {}
        for kinds in self.channels.values():
            for kind, rows in kinds.items():
                found[kind] = max(found.get(kind, 0), len(rows))
        return found


class SharedValues:
    """Equal values as one object, so that 60,000 units of the same hours hold them once.

    They must not be changed.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Any] = {}

    def __call__(self, value: Value) -> Value:
        """Return the first value that was equal to this one."""
        return self._seen.setdefault(repr(value), value)


def table_of_model(model: type[SQLModel]) -> Table:
    """Return a model's table, for Core statements without ORM objects."""
    return SQLModel.metadata.tables[str(model.__tablename__)]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def load_directory(session: Session) -> StoredDirectory:
    """Read the whole directory, units in the order of their codes."""
    comarcas = session.connection().execute(select(table_of_model(Comarca))).all()
    names = {row.id: row.name for row in comarcas}
    return StoredDirectory(
        units={unit.code: unit for unit in _units(session, names)},
        channels=_channels(session),
        comarcas={row.name: StoredComarca(row.id, row.slug) for row in comarcas if row.installed},
        latest=_latest_changes(session),
        changed_since=partial(_fields_changed_since, session),
    )


def _latest_changes(session: Session) -> dict[int, int]:
    changes = table_of_model(UnitChange)
    asked = select(changes.c.unit_id, func.max(changes.c.id)).group_by(changes.c.unit_id)
    return {row[0]: row[1] for row in session.connection().execute(asked)}


def _fields_changed_since(session: Session, unit_id: int, change_id: int) -> set[str]:
    """Return the fields, and the kinds of channels, that changed after a change of the history."""
    changes, channels = table_of_model(UnitChange), table_of_model(Channel)
    asked = (
        select(changes.c.field, channels.c.kind)
        .outerjoin_from(changes, channels, changes.c.channel_id == channels.c.id)
        .where(changes.c.unit_id == unit_id, changes.c.id > change_id)
    )
    found: set[str] = set()
    for name, kind in session.connection().execute(asked):
        found |= {kind} if kind else FIELDS_OF_HISTORY.get(name, {name})
    return found


def _units(session: Session, comarcas: dict[int, str]) -> Iterator[StoredUnit]:
    units = table_of_model(Unit)
    named = session.connection().execute(select(units.c.id, units.c.code))
    codes = {row.id: row.code for row in named}
    share = SharedValues()
    for row in session.connection().execute(select(units).order_by(units.c.code)):
        yield StoredUnit(
            id=row.id, code=row.code, slug=row.slug, name=row.name, kind=row.kind,
            degree=row.degree, comarca=comarcas.get(row.comarca_id, ""),
            parent=codes.get(row.parent_id, ""), path=row.path,
            competences=share(row.competences), aliases=share(row.aliases),
            former_names=share(row.former_names), hours=share(row.hours),
            texts=share({field.name: getattr(row, field.name) for field in TEXT_FIELDS}),
            accessibility=share(row.accessibility),
            active=row.active, successor=codes.get(row.successor_id, ""), version=row.version,
        )  # fmt: skip


def _channels(session: Session) -> dict[int, dict[ChannelKind, list[StoredChannel]]]:
    query = select(table_of_model(Channel)).where(col(Channel.retired_at).is_(None))
    found: defaultdict[int, defaultdict[ChannelKind, list[StoredChannel]]] = defaultdict(
        lambda: defaultdict(list)
    )
    ordered = query.order_by(col(Channel.position), col(Channel.id))
    share = SharedValues()
    for row in session.connection().execute(ordered):
        found[row.unit_id][ChannelKind(row.kind)].append(
            StoredChannel(
                row.id,
                row.value,
                share(row.label),
                share(row.note),
                share(row.hours),
                row.position,
                row.version,
            )
        )
    return {unit: dict(kinds) for unit, kinds in found.items()}


@dataclass(frozen=True, slots=True)
class FileContact:
    """A channel in the file."""

    value: str
    label: str
    note: str
    hours: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellChange:
    """A column's stored cell and its cell in the file."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class PlannedUnit:
    """A unit to create, or the changes of a stored one.

    `values` are by field of `StoredUnit`; `contacts` has all channels of each kind that differs.
    """

    line: int
    code: str
    name: str
    stored: StoredUnit | None
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    contacts: dict[ChannelKind, list[FileContact]] = field(
        default_factory=dict[ChannelKind, list[FileContact]]
    )
    changes: list[CellChange] = field(default_factory=list[CellChange])
    # cells whose fields changed after the file was exported: the stored ones stay
    conflicts: list[CellChange] = field(default_factory=list[CellChange])

    def planned_value(self, name: str) -> Any:  # noqa: ANN401 (a field of any type)
        """Return a field's value after the import."""
        if name in self.values or self.stored is None:
            return self.values[name]
        return self.stored.value(name)


ChannelPair = tuple[StoredChannel | None, FileContact, int]


def pair_channels(
    stored: Sequence[StoredChannel], wanted: Sequence[FileContact]
) -> tuple[list[ChannelPair], list[StoredChannel]]:
    """Return (channel or None for a new one, contact, position), and the channels left over.

    Equal values are paired first, then the rest in order.
    """
    by_value = {row.value: row for row in reversed(stored)}
    rows = [by_value.pop(contact.value, None) for contact in wanted]
    paired = {row.id for row in rows if row}
    spare = iter([row for row in stored if row.id not in paired])
    rows = [row or next(spare, None) for row in rows]
    positions = list(_positions(rows))
    if positions != sorted(positions):
        positions = list(range(len(rows)))
    return list(zip(rows, wanted, positions, strict=True)), list(spare)


def _positions(rows: Sequence[StoredChannel | None]) -> Iterator[int]:
    """Yield positions that keep the stored ones where possible; -1 where they are out of order."""
    last = (-1, 0)
    for row in rows:
        if row is None:
            last = (last[0] + 1, 0)
        elif (row.position, row.id) > last:
            last = (row.position, row.id)
        else:
            yield -1  # the caller numbers all anew
            continue
        yield last[0]
