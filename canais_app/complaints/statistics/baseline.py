"""The baseline of the figures: past hourly counts, and which days are comparable."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from canais_app.complaints.statistics import anomaly, counts
from canais_app.complaints.statistics.anomaly import Reference
from canais_app.complaints.statistics.counts import DashboardScope, RecentComplaint
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
BASELINE_REACH = timedelta(days=anomaly.LOOK_BACK_DAYS)
IsOpen = Callable[[date], bool]


@dataclass(frozen=True)
class Baseline:
    """Past counts that the figures of a snapshot are compared with."""

    now: datetime
    hours: dict[datetime, int]
    is_open: IsOpen
    first: date | None
    recent: list[RecentComplaint]  # of the last 25 hours

    def reference_days(self, day: date) -> list[date]:
        """List the reference days of `day`."""
        if self.first is None:
            return []
        return anomaly.list_reference_days(day, self.is_open, first=self.first)

    def sum_between(self, start: datetime, end: datetime) -> float:
        """Sum the hours between two moments; a partial hour counts in proportion."""
        return sum(
            weight * self.hours.get(hour, 0) for hour, weight in split_into_hours(start, end)
        )

    def reference_count(self, start: datetime, end: datetime) -> Reference:
        """Return the counts of the same span on its reference days."""
        day = clock.to_local_day(end - timedelta(microseconds=1))
        days = self.reference_days(day)
        total = sum(self.sum_between(start - (day - d), end - (day - d)) for d in days)
        return Reference(total, len(days))


def split_into_hours(start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """List the full hours that a span touches, each with the share inside the span."""
    parts: list[tuple[datetime, float]] = []
    hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < end:
        inside = min(end, hour + HOUR) - max(start, hour)
        parts.append((hour, inside / HOUR))
        hour += HOUR
    return parts


def load_baseline(session: Session, scope: DashboardScope, now: datetime) -> Baseline:
    """Read a scope's hourly counts as far back as any figure needs."""
    since = now - BASELINE_REACH - WEEK
    first = counts.load_first_hour(session)
    # The day of the first record is incomplete.
    first_day = clock.to_local_day(first) + DAY if first else None
    hours = counts.count_by_hour(session, scope, since)
    recent = counts.load_recent(session, scope, now - 25 * HOUR, now)
    return Baseline(now, hours, _is_open(session), first_day, recent)


def _is_open(session: Session) -> IsOpen:
    """Return a function: whether the courts open on a day, which makes days comparable."""
    calendar, state = load_calendar(session), Location(None, None)
    known: dict[date, bool] = {}

    def is_open(day: date) -> bool:
        if day not in known:
            known[day] = calendar.open_state_on(day, state).is_open
        return known[day]

    return is_open
