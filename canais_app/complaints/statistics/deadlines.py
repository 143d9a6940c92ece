"""Open complaints by the day their answer is due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from canais_app.complaints.lifecycle import CLOSED_STATUSES
from canais_app.complaints.models import Complaint
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.baseline import DAY
from canais_app.complaints.statistics.counts import DashboardScope
from canais_app.complaints.statistics.units import UnitName
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
        select(
            func.count(),
            func.count().filter(due < today),
            func.count().filter(due < tomorrow),
        )
        .select_from(Complaint)
        .where(*where)
    ).one()
    query = (
        select(
            col(Complaint.protocol),
            col(Complaint.unit_id),
            col(Complaint.status),
            due,
            col(Complaint.created_at),
        )
        .where(*where)
        .order_by(due, col(Complaint.id))
    )
    late = session.execute(query.where(due < today).limit(OVERDUE_SHOWN)).all()
    coming = session.execute(query.where(due >= today).limit(NEXT_SHOWN)).all()
    rows = (*late, *coming)
    items = tuple(_deadline(names[u], now, p, s, d, c) for p, u, s, d, c in rows)
    return Deadlines(overdue, by_tomorrow - overdue, total, items)


def _deadline(  # noqa: PLR0913, PLR0917 (the columns of a row)
    unit: UnitName, now: datetime, protocol: str, status: str, due: datetime, filed: datetime
) -> Deadline:
    first = clock.to_local_day(filed)
    day, days = clock.to_local_day(now) - first, clock.to_local_day(due) - first
    return Deadline(protocol, unit, status, due, day.days, days.days)
