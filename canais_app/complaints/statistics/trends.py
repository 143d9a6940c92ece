"""Trends as tables: the series over time, units by excess, hours of the week, units by weeks.

The counts are made in SQL (`counts.py`); here they become DataFrames with a row for each unit or
hour. Pandas is imported inside the functions, so that only readers of figures load it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from canais_app.complaints.statistics import anomaly, counts
from canais_app.complaints.statistics.anomaly import AlarmLevel, Reference
from canais_app.complaints.statistics.baseline import DAY, HOUR, WEEK, Baseline, split_into_hours
from canais_app.complaints.statistics.counts import DashboardScope, WeightedSpan
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.complaints.statistics.units import UnitName
from canais_app.kit import clock

if TYPE_CHECKING:
    from pandas import DataFrame

WORKDAYS = 5
REFERENCE_WEEKS = 8  # columns of the matrix, each judged by the eight weeks before it
SHOWN_UNITS = 9  # units of the matrix
TRENDS = 12  # units of the ranking with a line over the period


@dataclass(frozen=True)
class SeriesPoint:
    """One point of a series: the hour or the day until `end`, and what is normal then."""

    start: datetime
    end: datetime
    seen: int
    expected: float
    low: int
    high: int
    limit: int
    last_week: float
    days: int  # reference days; 0: nothing is known of what is normal


def build_series(filters: DashboardFilter, history: Baseline) -> tuple[SeriesPoint, ...]:
    """Return 24 points of the 60 minutes before each, or one point a day."""
    now = history.now
    if filters.period == "24h":
        ends = [now - n * HOUR for n in range(23, -1, -1)]
        return tuple(
            _point(
                history, end - HOUR, end, sum(end - HOUR < one.at <= end for one in history.recent)
            )
            for end in ends
        )
    found: list[SeriesPoint] = []
    start, last = filters.period_start(now), filters.period_end(now)
    while start < last:
        end = min(start + DAY, last)
        seen = sum(history.hours.get(hour, 0) for hour, _ in split_into_hours(start, end))
        found.append(_point(history, start, end, seen))
        start += DAY
    return tuple(found)


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


@dataclass(frozen=True)
class UnitExcess:
    """A unit's complaints in the period against what was expected."""

    unit: UnitName
    channel: str  # the one with most complaints
    seen: int
    expected: float
    recent: tuple[int, ...]  # per hour or day of the period, oldest first

    @property
    def excess(self) -> float:
        """Complaints above the expected; negative when there were fewer."""
        return self.seen - self.expected


def rank_units(
    session: Session,
    scope: DashboardScope,
    filters: DashboardFilter,
    history: Baseline,
    names: dict[int, UnitName],
) -> tuple[UnitExcess, ...]:
    """Return every unit with complaints seen or expected, by excess, largest first."""
    from pandas import DataFrame

    start, end = filters.period_start(history.now), filters.period_end(history.now)
    seen = _table(counts.count_by_unit(session, scope, [WeightedSpan(0, start, end)]))
    expected = _table(
        counts.count_by_unit(session, scope, _expected_spans(filters, history), per_channel=False)
    )
    by_count = seen.sort_values(["total", "channel"], ascending=[False, True])
    units = DataFrame(
        {
            "seen": seen.groupby("unit")["total"].sum(),
            "expected": expected.groupby("unit")["total"].sum(),
        }
    ).fillna(0.0)
    units["excess"] = units["seen"] - units["expected"]
    units["channel"] = by_count.drop_duplicates("unit").set_index("unit")["channel"]
    units = units.fillna({"channel": ""}).reset_index(names="unit")
    units = units.sort_values(["excess", "seen", "unit"], ascending=[False, False, True])
    trends = _trends(session, scope, start, end, units["unit"].head(TRENDS).tolist())
    rows = units[["unit", "channel", "seen", "expected"]].itertuples(index=False, name=None)
    return tuple(
        UnitExcess(names[unit], channel, round(seen), expected, trends.get(unit, ()))
        for unit, channel, seen, expected in rows
    )


def _expected_spans(chosen: DashboardFilter, history: Baseline) -> list[WeightedSpan]:
    """Return the past hours, weighted, whose sum is what the period should have seen."""
    weights: defaultdict[tuple[datetime, datetime], float] = defaultdict(float)
    start, last = chosen.period_start(history.now), chosen.period_end(history.now)
    while start < last:
        day = clock.to_local_day(start)
        end = min(clock.from_wall_clock(day + DAY, 0), last)
        full = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        days = history.reference_days(day) or [day]  # no reference: no excess is claimed
        for other in days:
            back = day - other
            weights[start - back, full - back] += 1 / len(days)
            if end > full:
                weights[full - back, full - back + HOUR] += (end - full) / HOUR / len(days)
        start = end
    return [WeightedSpan(1, since, until, weight) for (since, until), weight in weights.items()]


def _trends(
    session: Session, scope: DashboardScope, start: datetime, end: datetime, units: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    step = HOUR if end - start <= 2 * DAY else max(DAY, (end - start) // 60)
    edges: list[datetime] = []
    while start < end:
        edges.append(start)
        start += step
    spans = [WeightedSpan(n, edge, edge + step) for n, edge in enumerate(edges)]
    table = _pivot(session, scope, spans, units)
    return {row[0]: row[1:] for row in table.itertuples(name=None)}


def _table(totals: Mapping[tuple[int, int, str], float]) -> "DataFrame":
    """Return counts as rows of bucket, unit, channel and total."""
    from pandas import DataFrame

    rows = [(*key, total) for key, total in totals.items()]
    table = DataFrame(rows, columns=["bucket", "unit", "channel", "total"])
    return table.astype({"bucket": int, "unit": int, "total": float})


def _pivot(
    session: Session, scope: DashboardScope, spans: Sequence[WeightedSpan], units: Sequence[int]
) -> "DataFrame":
    """Count complaints of units (rows, in the order given) in spans (columns)."""
    totals = counts.count_by_unit(session, scope, spans, units=units, per_channel=False)
    table = _table(totals).pivot_table("total", "unit", "bucket", aggfunc="sum")
    return table.reindex(index=list(units), columns=range(len(spans))).fillna(0).round().astype(int)


@dataclass(frozen=True)
class HourlyMeans:
    """Mean complaints per weekday (0 = Monday) and hour over the four weeks before today."""

    first: date
    last: date
    means: tuple[tuple[float, ...], ...]  # 24 hours × 7 weekdays
    days: tuple[int, ...]  # days counted per weekday


def compute_hourly_means(history: Baseline) -> HourlyMeans:
    """Average the four weeks before today; a weekday without expediente does not count."""
    from pandas import DataFrame, Series, to_datetime

    today = clock.to_local_day(history.now)
    days = [
        day
        for day in (today - n * DAY for n in range(1, 29))
        if history.first is None or day >= history.first
        if day.weekday() >= WORKDAYS or history.is_open(day)
    ]
    at = to_datetime(list(history.hours), utc=True).tz_convert(clock.TZ)
    columns = {"day": at.date, "weekday": at.day_of_week, "hour": at.hour}
    hours = DataFrame({**columns, "count": list(history.hours.values())})
    sums = (
        hours[hours["day"].isin(days)]
        .pivot_table("count", "hour", "weekday", aggfunc="sum")
        .reindex(index=range(24), columns=range(7))
        .fillna(0.0)
    )
    counted = Series([day.weekday() for day in days], dtype=int).value_counts()
    counted = counted.reindex(range(7), fill_value=0)
    means = (sums / counted.clip(lower=1)).to_numpy().tolist()
    return HourlyMeans(
        today - 28 * DAY, today - DAY, tuple(map(tuple, means)), tuple(counted.tolist())
    )


@dataclass(frozen=True)
class UnitWeeks:
    """A unit's complaints per week, and how far each stands out from the eight before."""

    unit: UnitName
    seen: tuple[int, ...]
    levels: tuple[AlarmLevel, ...]


@dataclass(frozen=True)
class WeekMatrix:
    """The unit × week matrix; weeks begin on Monday, the last one is under way."""

    starts: tuple[date, ...]
    rows: tuple[UnitWeeks, ...]
    totals: tuple[int, ...]


def build_week_matrix(
    session: Session, scope: DashboardScope, history: Baseline, ranking: Sequence[UnitExcess]
) -> WeekMatrix:
    """Count the weeks of the units that lead the ranking, in its order."""
    today = clock.to_local_day(history.now)
    monday = today - today.weekday() * DAY
    starts = [monday - n * WEEK for n in range(2 * REFERENCE_WEEKS - 1, -1, -1)]
    moments = [clock.from_wall_clock(start, 0) for start in starts]
    spans = [WeightedSpan(n, moment, moment + WEEK) for n, moment in enumerate(moments)]
    units = [row.unit for row in ranking[:SHOWN_UNITS]]
    seen = _pivot(session, scope, spans, [unit.id for unit in units])
    levels = _weekly_levels(
        seen, [history.first is not None and s >= history.first for s in starts]
    )
    totals = tuple(
        round(history.sum_between(moment, moment + WEEK)) for moment in moments[REFERENCE_WEEKS:]
    )
    rows = tuple(
        UnitWeeks(unit, tuple(counted[REFERENCE_WEEKS:]), levels[unit.id])
        for unit, counted in zip(units, seen.to_numpy().tolist(), strict=True)
    )
    return WeekMatrix(tuple(starts[REFERENCE_WEEKS:]), rows, totals)


def _weekly_levels(seen: "DataFrame", known: Sequence[bool]) -> dict[int, tuple[AlarmLevel, ...]]:
    """Judge each week by the (up to eight) weeks before it; fewer than four tell nothing."""
    from pandas import Series

    recorded = Series(known, dtype=int)
    days = recorded.rolling(REFERENCE_WEEKS).sum().shift()
    days = days.where(days >= REFERENCE_WEEKS // 2, 0).tolist()
    before = seen.T.mul(recorded, axis="index").rolling(REFERENCE_WEEKS).sum().shift()
    return {
        unit: tuple(
            anomaly.classify_level(
                count, anomaly.tail_probability(count, Reference(total, int(number)))
            )
            for count, total, number in list(
                zip(seen.loc[unit].tolist(), before[unit].tolist(), days, strict=True)
            )[REFERENCE_WEEKS:]
        )
        for unit in seen.index
    }
