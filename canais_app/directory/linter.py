"""Check all contacts of the directory: wrong, missing, duplicate, stale."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import validation
from canais_app.directory.channels import CHANNEL_TYPES, type_of
from canais_app.directory.editing.verification import FRESH
from canais_app.directory.models import Channel, Unit
from canais_app.directory.spreadsheet.models import table_of_model

MAX_UNITS_NAMED = 3  # other units that a sentence names


class FindingKind(StrEnum):
    """The kinds of findings; `DEAD` and `DEMO` are failures, the others warnings."""

    DEAD = "formato"
    DEMO = "demonstração"
    MISSING = "falta"
    DUPLICATE = "repetido"
    STALE = "sem verificação"


FAILURE_KINDS = (FindingKind.DEAD, FindingKind.DEMO)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A problem of a unit's contact, in a sentence."""

    sort: FindingKind  # a key of `canais contacts --json`
    code: str
    unit: str
    channel: str
    words: str


@dataclass(frozen=True)
class LintReport:
    """All findings by kind and unit, and the numbers of units and contacts checked."""

    findings: list[LintFinding]
    units: int
    contacts: int

    @property
    def count_by_kind(self) -> dict[str, int]:
        """The number of findings of each kind."""
        count = Counter(finding.sort for finding in self.findings)
        return {kind.value: count[kind] for kind in FindingKind}

    @property
    def has_failures(self) -> bool:
        """Whether a contact cannot work as stored."""
        return any(finding.sort in FAILURE_KINDS for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _UnitInfo:
    code: str
    name: str
    kind: str
    tree: str  # the id of its root
    building: tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class _Contact:
    unit_id: int
    kind: str
    value: str
    verified_at: datetime | None


UnitInfos = Mapping[int, _UnitInfo]


def lint_contacts(
    session: Session, *, actor: Actor, now: datetime, accepts_demo: bool
) -> LintReport:
    """Check every contact of every active unit.

    Raises:
        AuthenticationRequiredError, PermissionDeniedError: without SHAPE_DIRECTORY.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    units, rows = _load_units(session), _load_contacts(session)
    findings = [
        *_check_single(rows, units, now, accepts_demo=accepts_demo),
        *_find_missing(rows, units),
        *_find_duplicates(rows, units),
    ]
    order = list(FindingKind)
    findings.sort(key=lambda finding: (order.index(finding.sort), finding.code))
    return LintReport(findings, len(units), len(rows))


def _load_units(session: Session) -> UnitInfos:
    rows = session.connection().execute(select(table_of_model(Unit)).where(col(Unit.active))).all()
    return {
        row.id: _UnitInfo(
            row.code, row.name, row.kind, row.path.split("/")[1], (row.comarca_id, row.address)
        )
        for row in rows
    }


def _load_contacts(session: Session) -> list[_Contact]:
    asked = (
        select(table_of_model(Channel))
        .join(Unit, col(Unit.id) == col(Channel.unit_id))
        .where(col(Unit.active), col(Channel.retired_at).is_(None))
    )
    rows = session.connection().execute(asked.order_by(col(Channel.id))).all()
    return [_Contact(row.unit_id, row.kind, row.value, row.verified_at) for row in rows]


def _check_single(
    rows: Iterable[_Contact], units: UnitInfos, now: datetime, *, accepts_demo: bool
) -> Iterator[LintFinding]:
    """Yield findings about single contacts."""
    for row in rows:
        unit = units[row.unit_id]
        try:
            type_of(row.kind).clean(row.value)
        except ValueError as error:
            yield _finding(FindingKind.DEAD, unit, row.kind, f"{row.value[:80]}: {error}")
        if not accepts_demo and validation.is_demo_contact(row.value):
            yield _finding(FindingKind.DEMO, unit, row.kind, f"{row.value[:80]} é de demonstração.")
        if row.verified_at is None:
            yield _finding(FindingKind.STALE, unit, row.kind, "Nunca foi verificado.")
        elif now - row.verified_at > FRESH:
            days = (now - row.verified_at).days
            yield _finding(FindingKind.STALE, unit, row.kind, f"Verificado há {days} dias.")


def _find_missing(rows: Iterable[_Contact], units: UnitInfos) -> Iterator[LintFinding]:
    """Yield the channels that a unit must have and lacks."""
    present: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows:
        present[row.unit_id].add(row.kind)
    for id_, unit in units.items():
        for row in CHANNEL_TYPES:
            if unit.kind in row.required_of and row.kind not in present[id_]:
                yield _finding(FindingKind.MISSING, unit, row.kind, "A unidade não tem este canal.")


def _find_duplicates(rows: Iterable[_Contact], units: UnitInfos) -> Iterator[LintFinding]:
    """Yield contacts shared by unrelated units."""
    holders: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in rows:
        holders[row.value].setdefault(row.unit_id, row.kind)
    for value, kinds in holders.items():
        all_phones = all(type_of(kind).is_phone for kind in kinds.values())
        if _are_related([units[id_] for id_ in kinds], is_phone=all_phones):
            continue
        for id_, kind in kinds.items():
            others = [units[other].name for other in kinds if other != id_]
            names = "; ".join(others[:MAX_UNITS_NAMED]) + (
                "…" if len(others) > MAX_UNITS_NAMED else ""
            )
            yield _finding(
                FindingKind.DUPLICATE, units[id_], kind, f"{value} também é de: {names}."
            )


def _are_related(units: Sequence[_UnitInfo], *, is_phone: bool) -> bool:
    """Whether units are under one root, or may share the switchboard of their building."""
    buildings = {unit.building for unit in units}
    shares = is_phone and len(buildings) == 1 and bool(units[0].building[1])
    return shares or len({unit.tree for unit in units}) == 1


def _finding(kind: FindingKind, unit: _UnitInfo, channel: str, words: str) -> LintFinding:
    return LintFinding(kind, unit.code, unit.name, type_of(channel).name, words)
