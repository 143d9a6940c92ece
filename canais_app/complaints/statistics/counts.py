"""Count complaints in SQL: by hour for a whole scope, by unit over weighted spans of time."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Float, Integer, cast, column, func, literal, select
from sqlmodel import Session, col

from canais_app.complaints.models import Complaint, ComplaintHour, StateHour
from canais_app.complaints.statistics.filters import DashboardFilter, Scope, parse_scope
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock
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
class WeightedSpan:
    """The hours in `[start, end)`, which count `weight` times for `bucket`."""

    bucket: int
    start: datetime
    end: datetime
    weight: float = 1.0


@dataclass(frozen=True)
class RecentComplaint:
    """One complaint of the last hours."""

    at: datetime
    unit_id: int
    channel: str
    kind: str


@dataclass(frozen=True)
class UnitName:
    """How a figure names a unit."""

    id: int
    slug: str
    name: str
    comarca: str


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


def resolve_scope(session: Session, filters: DashboardFilter) -> DashboardScope:
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


def load_first_hour(session: Session) -> datetime | None:
    """Return the oldest hour that was ever counted."""
    first = session.scalar(select(func.min(col(StateHour.hour))))
    return None if first is None else clock.hour_start(first)


def count_by_hour(session: Session, scope: DashboardScope, since: datetime) -> dict[datetime, int]:
    """Count the scope's complaints per hour (UTC) from `since` on; empty hours are absent."""
    hour = col(ComplaintHour.hour)
    rows = session.execute(
        select(hour, func.sum(col(ComplaintHour.count)))
        .where(hour >= clock.hour_number(since), *scope_conditions(scope, ComplaintHour))
        .group_by(hour)
    )
    return {clock.hour_start(at): int(count) for at, count in rows}


def _span_table(session: Session, spans: Sequence[WeightedSpan]) -> Any:  # noqa: ANN401 (a table)
    """Return the spans as a table from one JSON parameter: the statement compiles only once."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    rows = [
        {
            "bucket": span.bucket,
            "since": clock.hour_number(span.start),
            "until": -(-int(span.end.timestamp()) // 3600),
            "weight": span.weight,
        }
        for span in spans
    ]
    types = {"bucket": Integer, "since": Integer, "until": Integer, "weight": Float}
    sent = literal(json.dumps(rows))
    if is_postgres:
        columns = (column(name, type_()) for name, type_ in types.items())
        table = func.json_to_recordset(cast(sent, JSON)).table_valued(*columns, name="span")
        return table.render_derived(with_types=True)
    row = func.json_each(sent).table_valued("value").c.value
    parts = (func.json_extract(row, f"$.{name}", type_=type_()) for name, type_ in types.items())
    return select(*(part.label(name) for name, part in zip(types, parts, strict=True))).subquery()


def count_by_unit(
    session: Session,
    scope: DashboardScope,
    spans: Sequence[WeightedSpan],
    *,
    units: Collection[int] | None = None,
    per_channel: bool = True,
) -> dict[tuple[int, int, str], float]:
    """Sum the weighted counts per (bucket, unit, channel); absent where there is none.

    With `per_channel` false the channels are added up, under an empty name.
    """
    if not spans or (units is not None and not units):
        return {}
    span = _span_table(session, spans)
    hour, unit = col(ComplaintHour.hour), col(ComplaintHour.unit_id)
    channel: Any = col(ComplaintHour.channel) if per_channel else literal("")
    query = (
        select(span.c.bucket, unit, channel, func.sum(col(ComplaintHour.count) * span.c.weight))
        .select_from(span.join(ComplaintHour, (hour >= span.c.since) & (hour < span.c.until)))
        .where(*scope_conditions(scope, ComplaintHour))
        .group_by(span.c.bucket, unit, *([channel] if per_channel else []))
    )
    if units is not None:
        query = query.where(unit.in_(units))
    return {(b, u, c): float(total) for b, u, c, total in session.execute(query)}


def load_recent(
    session: Session, scope: DashboardScope, since: datetime, now: datetime
) -> list[RecentComplaint]:
    """List the complaints about failures after `since`, oldest first.

    They were also filed after `since`, and the filing time has the index.
    """
    at = col(Complaint.occurred_at)
    rows = session.execute(
        select(at, col(Complaint.unit_id), col(Complaint.channel), col(Complaint.kind))
        .where(col(Complaint.created_at) > since, at > since, at <= now)
        .where(*scope_conditions(scope, Complaint))
        .order_by(at)
    )
    return [RecentComplaint(*row) for row in rows]


def load_unit_names(session: Session) -> dict[int, UnitName]:
    """Return how each unit is named, by its id."""
    rows = session.execute(
        select(col(Unit.id), col(Unit.slug), col(Unit.name), col(Comarca.name)).outerjoin(
            Comarca, col(Comarca.id) == col(Unit.comarca_id)
        )
    )
    return {row[0]: UnitName(row[0], row[1], row[2], row[3] or "") for row in rows}


def load_comarca_name(session: Session, scope: DashboardScope) -> str:
    """Return the name of the comarca that a scope is kept to; empty when it is none."""
    if scope.comarca_id is None:
        return ""
    by_id = select(col(Comarca.name)).where(col(Comarca.id) == scope.comarca_id)
    return session.scalar(by_id) or ""


def count_units(session: Session, scope: DashboardScope) -> int:
    """Count the active units of a scope."""
    query = select(func.count()).select_from(Unit).where(col(Unit.active))
    if scope.comarca_id is not None:
        query = query.where(col(Unit.comarca_id) == scope.comarca_id)
    return session.scalar(query) or 0
