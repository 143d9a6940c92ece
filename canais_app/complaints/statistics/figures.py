"""Build the snapshot of the Corregedoria's figures for one filter, as numbers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.lifecycle import CLOSED_STATUSES
from canais_app.complaints.models import Complaint
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.alarms import (
    Alarm,
    Suppressed,
    detect_alarms,
    load_suppressed,
)
from canais_app.complaints.statistics.baseline import DAY, load_baseline
from canais_app.complaints.statistics.counts import DashboardScope, UnitName
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.complaints.statistics.trends import (
    HourlyMeans,
    SeriesPoint,
    UnitExcess,
    WeekMatrix,
    build_series,
    build_week_matrix,
    compute_hourly_means,
    rank_units,
)
from canais_app.kit import clock

OVERDUE_SHOWN, NEXT_SHOWN = 2, 5


@dataclass(frozen=True)
class Deadline:
    """An open complaint and the day its answer is due."""

    protocol: str
    unit: UnitName
    status: str
    due_at: datetime
    day: int  # days since it was filed
    days: int  # days there are


@dataclass(frozen=True)
class Deadlines:
    """Open complaints by deadline: overdue, due today, and the next ones."""

    overdue: int
    today: int
    open: int
    items: tuple[Deadline, ...]


@dataclass(frozen=True)
class DashboardSnapshot:
    """Everything the dashboard shows for one filter at one moment."""

    at: datetime
    chosen: DashboardFilter
    unit: UnitName | None
    comarca: str
    units: int
    alarms: tuple[Alarm, ...]
    series: tuple[SeriesPoint, ...]
    unit_series: tuple[SeriesPoint, ...]
    ranking: tuple[UnitExcess, ...]
    heat: HourlyMeans
    weeks: WeekMatrix
    deadlines: Deadlines
    suppressed: tuple[Suppressed, ...]


def load_dashboard_snapshot(
    session: Session, actor: Actor, filters: DashboardFilter, *, now: datetime
) -> DashboardSnapshot:
    """Build the snapshot of a filter.

    Raises:
        InvalidError: the filter names a comarca or unit that does not exist.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    return build_dashboard_snapshot(session, filters, now=now)


def build_dashboard_snapshot(
    session: Session, filters: DashboardFilter, *, now: datetime
) -> DashboardSnapshot:
    """Build the same for a live view whose subscribers were already authorised."""
    scope = counts.resolve_scope(session, filters)
    wide = counts.resolve_scope(session, filters.without_unit())
    names = counts.load_unit_names(session)
    history = load_baseline(session, scope, now)
    is_split = scope != wide
    wide_history = load_baseline(session, wide, now) if is_split else history
    ranking = rank_units(session, wide, filters, wide_history, names)
    closed_units, suppressed = load_suppressed(session, now)
    return DashboardSnapshot(
        at=now,
        chosen=filters,
        unit=names.get(scope.unit_id or 0),
        comarca=counts.load_comarca_name(session, scope),
        units=counts.count_units(session, wide),
        alarms=detect_alarms(session, wide, wide_history, names=names, suppressed=closed_units),
        series=build_series(filters, wide_history),
        unit_series=build_series(filters, history) if is_split else (),
        ranking=ranking,
        heat=compute_hourly_means(history),
        weeks=build_week_matrix(session, wide, wide_history, ranking),
        deadlines=load_deadlines(session, scope, names, now),
        suppressed=suppressed,
    )


def load_deadlines(
    session: Session, scope: DashboardScope, names: dict[int, UnitName], now: datetime
) -> Deadlines:
    """Count what is overdue, due today and open, and list the most pressing."""
    # A deadline is a day: until its end nothing is overdue.
    today = clock.from_wall_clock(clock.to_local_day(now), 0)
    tomorrow = clock.from_wall_clock(clock.to_local_day(now) + DAY, 0)
    due = col(Complaint.due_at)
    where = (
        col(Complaint.status).not_in(CLOSED_STATUSES),
        *counts.scope_conditions(scope, Complaint),
    )
    total, overdue, by_tomorrow = session.execute(
        select(func.count(), func.count().filter(due < today), func.count().filter(due < tomorrow))
        .select_from(Complaint)
        .where(*where)
    ).one()
    query = select(Complaint).where(*where).order_by(due, col(Complaint.id))
    late = session.scalars(query.where(due < today).limit(OVERDUE_SHOWN)).all()
    coming = session.scalars(query.where(due >= today).limit(NEXT_SHOWN)).all()
    items = tuple(_deadline(row, names[row.unit_id], now) for row in (*late, *coming))
    return Deadlines(overdue, by_tomorrow - overdue, total, items)


def _deadline(row: Complaint, unit: UnitName, now: datetime) -> Deadline:
    first = clock.to_local_day(row.created_at)
    day, days = clock.to_local_day(now) - first, clock.to_local_day(row.due_at) - first
    return Deadline(row.protocol, unit, row.status, row.due_at, day.days, days.days)
