"""What is wrong with the contacts of the directory, found by looking at all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import values
from canais_app.directory.ages import FRESH
from canais_app.directory.channels import CHANNEL_TYPES, type_of
from canais_app.directory.files.stored import table_of
from canais_app.directory.models import Channel, Unit

NAMED = 3  # other units that a sentence names


class Sort(StrEnum):
    """What can be wrong; `DEAD` and `DEMO` are failures, the others are work to do."""

    DEAD = "formato"
    DEMO = "demonstração"
    MISSING = "falta"
    TWICE = "repetido"
    STALE = "sem verificação"


FAILURES = (Sort.DEAD, Sort.DEMO)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a contact of a unit, in a sentence."""

    sort: Sort
    code: str
    unit: str
    channel: str
    words: str


@dataclass(frozen=True)
class Report:
    """All findings by sort and unit, and how many contacts of how many units were looked at."""

    findings: list[Finding]
    units: int
    contacts: int

    @property
    def counts(self) -> dict[str, int]:
        """Return how many findings of each sort there are."""
        sorts = [finding.sort for finding in self.findings]
        return {sort.value: sorts.count(sort) for sort in Sort}

    @property
    def fails(self) -> bool:
        """Whether a contact cannot work as it is stored."""
        return any(finding.sort in FAILURES for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str
    kind: str
    tree: str  # the id of the root it hangs under
    building: tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class _Contact:
    unit_id: int
    kind: str
    value: str
    verified_at: datetime | None


Places = Mapping[int, _Place]


def lint(session: Session, *, actor: Actor, now: datetime, accepts_demo: bool) -> Report:
    """Look at every contact in use of every active unit.

    Raises:
        NotSignedInError, NotPermittedError: only who shapes the directory sees all of it.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    units, rows = _places(session), _contacts(session)
    findings = [
        *_lone(rows, units, now, accepts_demo=accepts_demo),
        *_missing(rows, units),
        *_twice(rows, units),
    ]
    order = list(Sort)
    findings.sort(key=lambda finding: (order.index(finding.sort), finding.code))
    return Report(findings, len(units), len(rows))


def _places(session: Session) -> Places:
    rows = session.connection().execute(select(table_of(Unit)).where(col(Unit.active))).all()
    return {
        row.id: _Place(
            row.code, row.name, row.kind, row.path.split("/")[1], (row.comarca_id, row.address)
        )
        for row in rows
    }


def _contacts(session: Session) -> list[_Contact]:
    asked = (
        select(table_of(Channel))
        .join(Unit, col(Unit.id) == col(Channel.unit_id))
        .where(col(Unit.active), col(Channel.retired_at).is_(None))
    )
    rows = session.connection().execute(asked.order_by(col(Channel.id))).all()
    return [_Contact(row.unit_id, row.kind, row.value, row.verified_at) for row in rows]


def _lone(
    rows: Iterable[_Contact], units: Places, now: datetime, *, accepts_demo: bool
) -> Iterator[Finding]:
    """Yield what is wrong with a contact by itself."""
    for row in rows:
        unit = units[row.unit_id]
        try:
            type_of(row.kind).clean(row.value)
        except ValueError as said:
            yield _finding(Sort.DEAD, unit, row.kind, f"{row.value[:80]}: {said}")
        if not accepts_demo and values.is_demo(row.value):
            yield _finding(Sort.DEMO, unit, row.kind, f"{row.value[:80]} é de demonstração.")
        if row.verified_at is None:
            yield _finding(Sort.STALE, unit, row.kind, "Nunca foi verificado.")
        elif now - row.verified_at > FRESH:
            days = (now - row.verified_at).days
            yield _finding(Sort.STALE, unit, row.kind, f"Verificado há {days} dias.")


def _missing(rows: Iterable[_Contact], units: Places) -> Iterator[Finding]:
    """Yield channels that a unit must have (`domain.md`, rule of the channels) and has not."""
    there: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows:
        there[row.unit_id].add(row.kind)
    for id_, unit in units.items():
        for row in CHANNEL_TYPES:
            if unit.kind in row.required_of and row.kind not in there[id_]:
                yield _finding(Sort.MISSING, unit, row.kind, "A unidade não tem este canal.")


def _twice(rows: Iterable[_Contact], units: Places) -> Iterator[Finding]:
    """Yield contacts that unrelated units share."""
    holders: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in rows:
        holders[row.value].setdefault(row.unit_id, row.kind)
    for value, kinds in holders.items():
        all_phones = all(type_of(kind).is_phone for kind in kinds.values())
        if _are_related([units[id_] for id_ in kinds], is_phone=all_phones):
            continue
        for id_, kind in kinds.items():
            others = [units[other].name for other in kinds if other != id_]
            names = "; ".join(others[:NAMED]) + ("…" if len(others) > NAMED else "")
            yield _finding(Sort.TWICE, units[id_], kind, f"{value} também é de: {names}.")


def _are_related(places: Sequence[_Place], *, is_phone: bool) -> bool:
    """Whether units hang under one root, or may share the switchboard of their building."""
    buildings = {place.building for place in places}
    shares = is_phone and len(buildings) == 1 and bool(places[0].building[1])
    return shares or len({place.tree for place in places}) == 1


def _finding(sort: Sort, unit: _Place, kind: str, words: str) -> Finding:
    return Finding(sort, unit.code, unit.name, type_of(kind).name, words)
