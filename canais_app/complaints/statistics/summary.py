"""Count complaints over some days, for staff and the API."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import ComplaintHour
from canais_app.complaints.statistics.filters import MAX_PERIOD_DAYS, is_supported_day
from canais_app.complaints.views import StatRow
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError


def count_complaints(
    session: Session, actor: Actor, first: date, last: date, by: frozenset[str]
) -> list[StatRow]:
    """Count complaints between two days (the court's, both included) by unit, day, or both.

    Raises:
        InvalidError: the days are in the wrong order, too far apart, or out of the calendar.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    if not (is_supported_day(first) and is_supported_day(last)):
        raise InvalidError("Confira o período.", {"to": "Escolha dias entre 2000 e 2100."})
    if not timedelta(0) <= last - first < timedelta(days=MAX_PERIOD_DAYS):
        raise InvalidError("Confira o período.", {"to": "Escolha um período de até um ano."})
    counted: Counter[tuple[int, date | None]] = Counter()
    for hour, unit_id, count in session.exec(_count_by_hour(first, last)).all():
        key = unit_id if "unit" in by else 0
        counted[key, clock.to_local_day(clock.hour_start(hour)) if "day" in by else None] += count
    names = {row.id: row for row in session.exec(select(Unit)).all()} if "unit" in by else {}
    rows = [
        StatRow(
            names[unit_id].slug if unit_id else "",
            names[unit_id].name if unit_id else "",
            day,
            count,
        )
        for (unit_id, day), count in counted.items()
    ]
    return sorted(rows, key=lambda row: (row.day or date.min, -row.count, row.unit))


def _count_by_hour(first: date, last: date):  # noqa: ANN202 (a SQLAlchemy statement)
    start, end = clock.from_wall_clock(first, 0), clock.from_wall_clock(last + timedelta(days=1), 0)
    hour = col(ComplaintHour.hour)
    return (
        select(ComplaintHour.hour, ComplaintHour.unit_id, func.sum(col(ComplaintHour.count)))
        .where(hour >= clock.hour_number(start), hour < clock.hour_number(end))
        .group_by(hour, col(ComplaintHour.unit_id))
    )
