"""The scope of a figure: which comarca, units, channel and kinds a filter names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from canais_app.complaints.models import Complaint, ComplaintHour
from canais_app.complaints.statistics.filters import Scope, parse_scope
from canais_app.directory.models import VERSION, Comarca, Unit
from canais_app.kit.cache_version import VersionedCache
from canais_app.kit.errors import InvalidError


@dataclass(frozen=True)
class DashboardScope:
    """A filter whose comarca and unit were found in the directory."""

    comarca_id: int | None = None
    unit_path: str = ""
    unit_id: int | None = None
    channel: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitName:
    """How a figure names a unit."""

    id: int
    slug: str
    name: str
    comarca: str


_units: VersionedCache[tuple[int | None, int | None], dict[int, UnitName]] = VersionedCache()


def read_scope(session: Session, sent: Mapping[str, object], *, now: datetime) -> tuple[Scope, str]:
    """Return the scope of an address, and a sentence when it is not valid (then all is shown)."""
    try:
        scope = parse_scope(sent, now=now)
        resolve_scope(session, scope)
    except InvalidError as refusal:
        names = {"p": "período", "de": "data inicial", "ate": "data final"}
        wrong = ", ".join(names.get(field, field) for field in refusal.errors)
        return Scope(""), refusal.errors.get("geral") or (
            f"O endereço traz um filtro que não conhecemos ({wrong}). Mostramos tudo, sem filtros."
        )
    return scope, ""


def resolve_scope(session: Session, filters: Scope) -> DashboardScope:
    """Find the comarca and the unit that a filter names.

    Raises:
        InvalidError: the directory does not know one of them.
    """
    comarca_id = unit_id = None
    path = ""
    if filters.comarca:
        by_slug = select(col(Comarca.id)).where(col(Comarca.slug) == filters.comarca)
        comarca_id = session.scalar(by_slug)
        if comarca_id is None:
            raise InvalidError(
                "Não conhecemos esta comarca.", {"comarca": "Escolha uma comarca da lista."}
            )
    if filters.unit:
        found = session.execute(
            select(col(Unit.id), col(Unit.path)).where(col(Unit.slug) == filters.unit)
        ).first()
        if found is None:
            raise InvalidError(
                "Não conhecemos esta unidade.", {"unidade": "Escolha uma unidade do diretório."}
            )
        unit_id, path = found
    return DashboardScope(comarca_id, path, unit_id, filters.channel, filters.kinds)


def select_units(scope: DashboardScope) -> Any:  # noqa: ANN401 (a SELECT of ids)
    """Return the SELECT of the ids of a scope's units."""
    query = select(col(Unit.id))
    if scope.comarca_id is not None:
        query = query.where(col(Unit.comarca_id) == scope.comarca_id)
    if scope.unit_path:
        query = query.where(col(Unit.path).startswith(scope.unit_path, autoescape=True))
    elif scope.unit_id is not None:
        query = query.where(col(Unit.id) == scope.unit_id)
    return query


def scope_conditions(
    scope: DashboardScope, table: type[ComplaintHour] | type[Complaint]
) -> list[ColumnElement[bool]]:
    """Return what rows of `table` must satisfy to be in the scope."""
    found: list[ColumnElement[bool]] = []
    if scope.comarca_id is not None or scope.unit_id is not None:
        found.append(col(table.unit_id).in_(select_units(scope)))
    if scope.channel:
        found.append(col(table.channel) == scope.channel)
    if scope.kinds:
        found.append(col(table.kind).in_(scope.kinds))
    return found


def load_scope_units(session: Session, scope: DashboardScope) -> dict[int, UnitName]:
    """Return how each unit of a scope is named, by its id and in the order of slugs.

    Closed ones are among them.
    """
    cached, key = (
        _units.get(session, VERSION.read_token(session)),
        (scope.comarca_id, scope.unit_id),
    )
    if key in cached:
        return cached[key]
    query = select(col(Unit.id), col(Unit.slug), col(Unit.name), col(Comarca.name)).outerjoin(
        Comarca, col(Comarca.id) == col(Unit.comarca_id)
    )
    if scope.comarca_id is not None or scope.unit_id is not None:
        query = query.where(col(Unit.id).in_(select_units(scope)))
    rows = sorted(session.execute(query), key=lambda row: row[1])
    cached[key] = {row[0]: UnitName(row[0], row[1], row[2], row[3] or "") for row in rows}
    return cached[key]


def load_comarca_name(session: Session, scope: DashboardScope) -> str:
    """Return the name of the comarca that a scope is kept to; empty when it is none."""
    if scope.comarca_id is None:
        return ""
    by_id = select(col(Comarca.name)).where(col(Comarca.id) == scope.comarca_id)
    return session.scalar(by_id) or ""
