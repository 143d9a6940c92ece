"""Compute trends: a series over time, units by excess, hours of the week, units by week.

SQL makes the counts (`counts.py`). Pandas is imported where a figure is a table, so that only
readers of figures load it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session

from canais_app.complaints.statistics import anomaly, counts
from canais_app.complaints.statistics.anomaly import AlarmLevel, Reference
from canais_app.complaints.statistics.baseline import DAY, HOUR, WEEK, Baseline, split_into_hours
from canais_app.complaints.statistics.counts import DashboardScope, UnitName, WeightedSpan
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.kit import clock

WORKDAYS = 5
REFERENCE_WEEKS = 8  # columns of the matrix; each is compared with the eight weeks before it
SHOWN_UNITS = 9  # units of the matrix
SPARKLINE_UNITS = 12  # units of the ranking with a line over the period


@dataclass(frozen=True)
class SeriesPoint:
    """One point of a series: an hour or a day until `end`, and the normal range for it."""

    start: datetime
    end: datetime
    seen: int
    expected: float
    low: int
    high: int
    limit: int
    last_week: float
    days: int  # reference days; 0: no normal range is known


@dataclass(frozen=True)
class UnitExcess:
    """A unit's complaints in the period against the expected number."""

    unit: UnitName
    channel: str  # the one with most complaints
    seen: int
    expected: float
    recent: tuple[int, ...]  # per hour or day of the period, oldest first

    @property
    def excess(self) -> float:
        """Complaints above the expected number; negative when there were fewer."""
        return self.seen - self.expected


@dataclass(frozen=True)
class HourlyMeans:
    """Mean complaints per weekday (0 = Monday) and hour over the four weeks before today."""

    first: date
    last: date
    means: tuple[tuple[float, ...], ...]  # 24 hours × 7 weekdays
    days: tuple[int, ...]  # days counted per weekday


@dataclass(frozen=True)
class UnitWeeks:
    """A unit's complaints per week, each compared with the eight weeks before it."""

    unit: UnitName
    seen: tuple[int, ...]
    levels: tuple[AlarmLevel, ...]


@dataclass(frozen=True)
class WeekMatrix:
    """The unit × week matrix; weeks begin on Monday, the last one is not over."""

    starts: tuple[date, ...]
    rows: tuple[UnitWeeks, ...]
    totals: tuple[int, ...]


def build_series(filters: DashboardFilter, history: Baseline) -> tuple[SeriesPoint, ...]:
    """Return 24 points of the 60 minutes before each, or one point a day."""
    now = history.now
    points: list[SeriesPoint] = []
    if filters.period == "24h":
        for end in (now - n * HOUR for n in range(23, -1, -1)):
            seen = sum(end - HOUR < recent.at <= end for recent in history.recent)
            points.append(_point(history, end - HOUR, end, seen))
        return tuple(points)
    start, last = filters.period_start(now), filters.period_end(now)
    while start < last:
        end = min(start + DAY, last)
        seen = sum(history.hours.get(hour, 0) for hour, _ in split_into_hours(start, end))
        points.append(_point(history, start, end, seen))
        start += DAY
    return tuple(points)


def _point(history: Baseline, start: datetime, end: datetime, seen: int) -> SeriesPoint:
    reference = history.reference_count(start, end)
    low, high = anomaly.predictive_interval(reference)
    return SeriesPoint(
        start=start,
        end=end,
        seen=seen,
        expected=reference.mean,
        low=low,
        high=high,
        limit=anomaly.alarm_limit(reference),
        last_week=history.sum_between(start - WEEK, end - WEEK),
        days=reference.days,
    )


def rank_units(
    session: Session,
    scope: DashboardScope,
    filters: DashboardFilter,
    history: Baseline,
    names: dict[int, UnitName],
) -> tuple[UnitExcess, ...]:
    """Return every unit with complaints seen or expected, by excess, largest first."""
    start, end = filters.period_start(history.now), filters.period_end(history.now)
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for key, total in counts.count_by_unit(session, scope, [WeightedSpan(0, start, end)]).items():
        seen[key[1]][key[2]] = round(total)
    spans = _expected_spans(filters, history)
    expected: defaultdict[int, float] = defaultdict(float)
    for key, total in counts.count_by_unit(session, scope, spans, per_channel=False).items():
        expected[key[1]] = total
    units = sorted(
        seen.keys() | expected.keys(),
        key=lambda unit: (expected[unit] - seen[unit].total(), -seen[unit].total(), unit),
    )
    sparklines = _count_in_steps(session, scope, start, end, units[:SPARKLINE_UNITS])
    return tuple(
        UnitExcess(
            unit=names[unit],
            channel=min(seen[unit], key=lambda name: (-seen[unit][name], name), default=""),
            seen=seen[unit].total(),
            expected=expected[unit],
            recent=sparklines.get(unit, ()),
        )
        for unit in units
    )


def _expected_spans(filters: DashboardFilter, history: Baseline) -> list[WeightedSpan]:
    """Return past hours with weights: their sum is the expected count of the period."""
    weights: defaultdict[tuple[datetime, datetime], float] = defaultdict(float)
    start, last = filters.period_start(history.now), filters.period_end(history.now)
    while start < last:
        day = clock.to_local_day(start)
        end = min(clock.from_wall_clock(day + DAY, 0), last)
        full = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        days = history.reference_days(day) or [day]  # without references no excess is claimed
        for other in days:
            back = day - other
            weights[start - back, full - back] += 1 / len(days)
            if end > full:
                weights[full - back, full - back + HOUR] += (end - full) / HOUR / len(days)
        start = end
    return [WeightedSpan(1, since, until, weight) for (since, until), weight in weights.items()]


def _count_in_steps(
    session: Session, scope: DashboardScope, start: datetime, end: datetime, units: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """Count per hour in periods up to two days, else per day, or per 60th of a long period."""
    step = HOUR if end - start <= 2 * DAY else max(DAY, (end - start) // 60)
    edges = [start + n * step for n in range(-((start - end) // step))]
    return _count_in_spans(session, scope, [(edge, edge + step) for edge in edges], units)


def _count_in_spans(
    session: Session,
    scope: DashboardScope,
    spans: Sequence[tuple[datetime, datetime]],
    units: Sequence[int],
) -> dict[int, tuple[int, ...]]:
    buckets = [WeightedSpan(n, start, end) for n, (start, end) in enumerate(spans)]
    totals = counts.count_by_unit(session, scope, buckets, units=units, per_channel=False)
    return {
        unit: tuple(round(totals.get((n, unit, ""), 0)) for n in range(len(spans)))
        for unit in units
    }


def compute_hourly_means(history: Baseline) -> HourlyMeans:
    """Average the four weeks before today; a weekday without expediente does not count."""
    from pandas import DataFrame

    today = clock.to_local_day(history.now)
    first = today - 28 * DAY
    days = [
        day
        for day in (first + n * DAY for n in range(28))
        if history.first is None or day >= history.first
        if day.weekday() >= WORKDAYS or history.is_open(day)
    ]
    start = clock.from_wall_clock(first, 0)
    local = {clock.to_local(hour): n for hour, n in history.hours.items() if hour >= start}
    rows = [(at.hour, at.weekday(), n) for at, n in local.items() if at.date() in days]
    sums = (
        DataFrame(rows, columns=["hour", "weekday", "count"])
        .pivot_table("count", "hour", "weekday", aggfunc="sum")
        .reindex(index=range(24), columns=range(7), fill_value=0)
        .fillna(0)
    )
    counted = Counter(day.weekday() for day in days)
    means = sums / [max(counted[weekday], 1) for weekday in range(7)]
    return HourlyMeans(
        first,
        today - DAY,
        tuple(map(tuple, means.to_numpy().tolist())),
        tuple(counted[weekday] for weekday in range(7)),
    )


def build_week_matrix(
    session: Session, scope: DashboardScope, history: Baseline, ranking: Sequence[UnitExcess]
) -> WeekMatrix:
    """Count the weeks of the first units of the ranking, in its order."""
    today = clock.to_local_day(history.now)
    monday = today - today.weekday() * DAY
    starts = [monday - n * WEEK for n in range(2 * REFERENCE_WEEKS - 1, -1, -1)]
    moments = [clock.from_wall_clock(start, 0) for start in starts]
    units = [row.unit for row in ranking[:SHOWN_UNITS]]
    spans = [(moment, moment + WEEK) for moment in moments]
    seen = _count_in_spans(session, scope, spans, [unit.id for unit in units])
    recorded = [history.first is not None and start >= history.first for start in starts]
    return WeekMatrix(
        starts=tuple(starts[REFERENCE_WEEKS:]),
        rows=tuple(
            UnitWeeks(
                unit, seen[unit.id][REFERENCE_WEEKS:], _weekly_levels(seen[unit.id], recorded)
            )
            for unit in units
        ),
        totals=tuple(
            round(history.sum_between(moment, moment + WEEK))
            for moment in moments[REFERENCE_WEEKS:]
        ),
    )


def _weekly_levels(seen: Sequence[int], recorded: Sequence[bool]) -> tuple[AlarmLevel, ...]:
    """Compare each week with the recorded ones of the eight before; under four: normal."""
    levels: list[AlarmLevel] = []
    for n in range(REFERENCE_WEEKS, len(seen)):
        before = slice(n - REFERENCE_WEEKS, n)
        known = [count for count, on in zip(seen[before], recorded[before], strict=True) if on]
        enough = len(known) >= REFERENCE_WEEKS // 2
        reference = Reference(sum(known), len(known)) if enough else Reference(0, 0)
        p = anomaly.tail_probability(seen[n], reference)
        levels.append(anomaly.classify_level(seen[n], p))
    return tuple(levels)
