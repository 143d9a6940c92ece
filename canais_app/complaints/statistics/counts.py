"""Counting complaints in SQL: by hour for the whole slice, by unit over weighted spans of time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, column, func, literal, select, values
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from canais_app.complaints.models import Complaint, ComplaintHour
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.directory.models import Comarca, Unit
from canais_app.kit.errors import InvalidError


@dataclass(frozen=True)
class DashboardScope:
    """A slice with its words found in the directory."""

    comarca_id: int | None = None
    unit_path: str = ""
    unit_id: int | None = None
    channel: str = ""
    kind: str = ""


@dataclass(frozen=True)
class WeightedSpan:
    """Hours from `start` until before `end` that count `weight` times for `bucket`."""

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


def resolve_scope(session: Session, filters: DashboardFilter) -> DashboardScope:
    """Find the comarca and the unit that the slice names.

    Raises:
        InvalidError: the directory does not know one of them.
    """
    comarca_id = unit_id = None
    path = ""
    if filters.comarca:
        by_slug = select(col(Comarca.id)).where(col(Comarca.slug) == filters.comarca)
        comarca_id = session.scalar(by_slug)
        if comarca_id is None:
            raise InvalidError("Não conhecemos esta comarca.", {"comarca": "Escolha uma da lista."})
    if filters.unit:
        found = session.execute(
            select(col(Unit.id), col(Unit.path)).where(col(Unit.slug) == filters.unit)
        ).first()
        if found is None:
            raise InvalidError("Não conhecemos esta unidade.", {"unidade": "Escolha uma da lista."})
        unit_id, path = found
    return DashboardScope(comarca_id, path, unit_id, filters.channel, filters.kind)


def _units(scope: DashboardScope) -> Any:  # noqa: ANN401 (a SELECT of ids)
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
        found.append(col(table.unit_id).in_(_units(scope)))
    if scope.channel:
        found.append(col(table.channel) == scope.channel)
    if scope.kind:
        found.append(col(table.kind) == scope.kind)
    return found


def load_first_hour(session: Session) -> datetime | None:
    """Return the oldest hour that was ever counted."""
    return session.scalar(select(func.min(col(ComplaintHour.hour))))


def count_by_hour(session: Session, scope: DashboardScope, since: datetime) -> dict[datetime, int]:
    """Count the scope's complaints per hour (UTC) from `since` on; empty hours are absent."""
    hour = col(ComplaintHour.hour)
    rows = session.execute(
        select(hour, func.sum(col(ComplaintHour.count)))
        .where(hour >= since, *scope_conditions(scope, ComplaintHour))
        .group_by(hour)
    )
    return {at.astimezone(UTC): int(count) for at, count in rows}


def _table(spans: Sequence[WeightedSpan]) -> Any:  # noqa: ANN401 (a VALUES clause)
    moment = UTCDateTime()
    rows = [(s.bucket, s.start, s.end, s.weight) for s in spans]
    table = values(
        column("bucket", Integer),
        column("since", moment),
        column("until", moment),
        column("weight", Float),
    )
    return table.data(rows).cte("span")  # SQLite names the columns of VALUES only in a CTE


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
    span = _table(spans)
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
    """List the complaints of what happened after `since`, oldest first.

    What happened after `since` was also filed after it, and filing time has the index.
    """
    at = col(Complaint.occurred_at)
    rows = session.execute(
        select(at, col(Complaint.unit_id), col(Complaint.channel), col(Complaint.kind))
        .where(col(Complaint.created_at) > since, at > since, at <= now)
        .where(*scope_conditions(scope, Complaint))
        .order_by(at)
    )
    return [RecentComplaint(*row) for row in rows]
