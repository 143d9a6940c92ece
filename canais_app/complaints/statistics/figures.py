"""Compute the figures of the analysis for one filter: totals, table, series, hours, channels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom
from sqlmodel import Session

from canais_app.complaints.statistics import anomaly, counts, unit_table
from canais_app.complaints.statistics.columns import CHANNELS, KINDS, Facts, fact_store
from canais_app.complaints.statistics.counts import DashboardScope, UnitName
from canais_app.complaints.statistics.filters import Scope
from canais_app.complaints.statistics.periods import Period, build_period, date_of, day_of, hour_of
from canais_app.complaints.statistics.unit_table import UnitRow
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import VERSIONS, load_calendar
from canais_app.kit import cache_version, clock
from canais_app.kit.cache_version import VersionedCache

LONG_PERIOD = 100  # days, from which a point is a week
SHORT_PERIOD = 2  # days, up to which a point is an hour
MAX_AGE = timedelta(seconds=20)  # a shown period ends with the present
MAX_ANALYSES = 200
BAND_TAIL = 0.05  # on each side of the normal range
Array = NDArray[Any]
_References = dict[tuple[date, date], list[int]]
_calendars: VersionedCache[Location, tuple[dict[date, bool], _References]] = VersionedCache()


@dataclass(frozen=True)
class SeriesPoint:
    """An hour, a day or a week, the normal range for it, and the same time before."""

    start: datetime
    end: datetime
    seen: int
    before: int | None  # None: it was not counted
    expected: float | None  # None: there are no days to compare with
    low: int
    high: int


@dataclass(frozen=True)
class HourlyMeans:
    """Mean reports per hour (rows) and weekday (0 = Monday) over the days of the period."""

    means: tuple[tuple[float, ...], ...]
    days: tuple[int, ...]  # days counted per weekday


@dataclass(frozen=True)
class ChannelSeries:
    """A channel's reports over the period and before, in steps of the same length."""

    channel: str
    seen: int
    before: int
    steps: tuple[int, ...]
    steps_before: tuple[int, ...]


@dataclass(frozen=True)
class KindCount:
    """A kind's reports in the period and before."""

    kind: str
    seen: int
    before: int


@dataclass(frozen=True)
class Totals:
    """The five totals of the period, and of the period before."""

    now: UnitRow
    before: UnitRow
    slowest: UnitRow | None  # the unit with the highest median, of those with enough answers


@dataclass(frozen=True)
class Analysis:
    """Every figure of one filter at one moment."""

    at: datetime
    version: int
    filters: Scope
    compare: str
    unit: UnitName | None
    comarca: str
    period: Period
    totals: Totals
    rows: list[UnitRow]
    phi: float  # dispersion of a day's count
    series: tuple[SeriesPoint, ...]
    heat: HourlyMeans
    channels: tuple[ChannelSeries, ...]
    kinds: tuple[KindCount, ...]


_analyses: dict[tuple[Scope, str], Analysis] = {}


def build_analysis(
    session: Session, filters: Scope, *, compare: str = "", now: datetime
) -> Analysis:
    """Compute the figures of a filter; the caller checks the permission.

    A server computes a filter once for each change of the counts, for all who look at it.

    Raises:
        InvalidError: the filter names a comarca or unit that does not exist.
    """
    scope = counts.resolve_scope(session, filters)
    facts = fact_store.current(session, now)
    if not fact_store.keeps:
        return _compute(session, facts, scope, filters, compare=compare, now=now)
    key = (filters, compare)
    known = _analyses.get(key)
    if known is None or known.version != facts.version or now - known.at > MAX_AGE:
        if len(_analyses) >= MAX_ANALYSES:
            _analyses.clear()
        known = _compute(session, facts, scope, filters, compare=compare, now=now)
        _analyses[key] = known
    return known


def _compute(  # noqa: PLR0913 (what was found for the filter)
    session: Session,
    facts: Facts,
    scope: DashboardScope,
    filters: Scope,
    *,
    compare: str,
    now: datetime,
) -> Analysis:
    is_open, references = _open_days(session, Location(scope.comarca_id, scope.unit_id))
    period = build_period(
        filters,
        compare=compare,
        now=now,
        is_open=is_open,
        first_hour=facts.first_hour,
        known_references=references,
    )
    units = counts.load_scope_units(session, scope)
    reports = select_reports(facts, period, scope, units)
    channel = CHANNELS.index(scope.channel) if scope.channel else None
    rows = unit_table.build_rows(facts, period, reports, units, channel)
    by_hour = _by_hour(reports, period)
    return Analysis(
        at=now,
        version=facts.version,
        filters=filters,
        compare=compare,
        unit=units.get(scope.unit_id or 0),
        comarca=counts.load_comarca_name(session, scope),
        period=period,
        totals=_totals(facts, period, rows, units, channel),
        rows=rows,
        phi=dispersion(period, by_hour),
        series=build_series(period, by_hour),
        heat=_hourly_means(period, by_hour),
        channels=_channels(period, reports),
        kinds=_kinds(period, reports),
    )


def _open_days(session: Session, place: Location) -> tuple[Callable[[date], bool], _References]:
    """Return whether a place is open on a day, and the reference days known so far."""
    tokens = cache_version.read_tokens(session, *VERSIONS)
    calendar = load_calendar(session, tokens)
    known, references = _calendars.get(session, *tokens).setdefault(place, ({}, {}))

    def is_open(day: date) -> bool:
        if day not in known:
            known[day] = calendar.open_state_on(day, place).is_open
        return known[day]

    return is_open, references


def select_reports(
    facts: Facts, period: Period, scope: DashboardScope, units: Mapping[int, UnitName]
) -> dict[str, Array]:
    """Return the scope's reports from the first hour that a figure needs."""
    rows = facts.reports.between(period.oldest_hour, max(period.until_hour, _hour(period.now) + 1))
    keep: Array | None = None
    if scope.comarca_id is not None or scope.unit_id is not None:
        inside = np.zeros(max([*units, int(rows["unit"].max(initial=0))]) + 1, bool)
        inside[list(units)] = True
        keep = inside[rows["unit"]]
    if scope.channel:
        is_channel = rows["channel"] == CHANNELS.index(scope.channel)
        keep = is_channel if keep is None else keep & is_channel
    if scope.kinds:
        is_kind = np.isin(rows["kind"], [KINDS.index(kind) for kind in scope.kinds])
        keep = is_kind if keep is None else keep & is_kind
    return rows if keep is None else {name: column[keep] for name, column in rows.items()}


def _hour(moment: datetime) -> int:
    return clock.hour_number(moment)


def _totals(
    facts: Facts,
    period: Period,
    rows: list[UnitRow],
    units: Mapping[int, UnitName],
    channel: int | None,
) -> Totals:
    inside = np.zeros(max(units, default=0) + 1, bool)
    inside[list(units)] = True
    answers = unit_table.answers_between(facts, period.first_day, period.until_day, inside)
    first, until = (day - period.shift_days for day in (period.first_day, period.until_day))
    earlier = unit_table.answers_between(facts, first, until, inside)
    ratings = facts.ratings.between(first, until)
    ours = inside[np.minimum(ratings["unit"], len(inside) - 1)] & (ratings["unit"] < len(inside))
    now = unit_table.add_up(rows, answers)
    before = UnitRow(
        unit=None,
        seen=now.before,
        before=0,
        expected=0,
        visits=unit_table.visits_between(facts, first, until, inside, channel),
        groups=(),
        kind="",
        kind_count=0,
        answers=int(earlier["count"].sum()),
        on_time=int((earlier["count"] * earlier["on_time"]).sum()),
        median_days=unit_table.weighted_median(earlier["wait"], earlier["count"]),
        ratings=int(ratings["count"][ours].sum()),
        solved=int((ratings["count"] * ratings["solved"])[ours].sum()),
        weeks=(),
    )
    slow = [row for row in rows if row.answers >= unit_table.MIN_REPORTS]
    slowest = max(slow, key=lambda row: (row.median_days or 0, row.seen), default=None)
    return Totals(now, before, slowest)


def _by_hour(reports: Mapping[str, Array], period: Period) -> Array:
    """Return the reports of each hour since `oldest_hour`."""
    offsets = reports["at"] - period.oldest_hour
    size = max(period.until_hour - period.oldest_hour, 1)
    inside = (offsets >= 0) & (offsets < size)
    return np.bincount(offsets[inside], weights=reports["count"][inside], minlength=size)


def build_series(period: Period, by_hour: Array) -> tuple[SeriesPoint, ...]:
    """Return a point per hour, day or week of the period, with the normal range."""
    days = period.until_day - period.first_day
    if days <= SHORT_PERIOD:
        return _hourly_series(period, by_hour)
    sums = np.concatenate(([0.0], np.cumsum(by_hour)))
    step = 7 if days > LONG_PERIOD else 1
    first_days = range(period.first_day, period.until_day, step)
    seen, before, totals, known = [], [], [], []
    for day in first_days:
        start, end = hour_of(day), min(hour_of(min(day + step, period.until_day)), period.end)
        seen.append(round(_between(sums, period, start, end)))
        back = 24 * period.shift_days
        before.append(round(_between(sums, period, start - back, end - back)))
        total, count = 0.0, 0
        for n in range(day, min(day + step, period.until_day)):
            references = period.references[n - period.first_day]
            length = min(24.0, period.end - hour_of(n))
            means = [_between(sums, period, hour_of(r), hour_of(r) + length) for r in references]
            total += sum(means) / len(means) if means else 0.0
            count += len(means)
        totals.append(total)
        known.append(count / step)
    low, high = normal_range(np.array(totals), np.array(known), dispersion(period, by_hour))
    return tuple(
        SeriesPoint(
            start=clock.hour_start(hour_of(day)),
            end=clock.hour_start(hour_of(min(day + step, period.until_day))),
            seen=seen[n],
            before=before[n] if period.is_before_known else None,
            expected=totals[n] if known[n] else None,
            low=int(low[n]),
            high=int(high[n]),
        )
        for n, day in enumerate(first_days)
    )


def _hourly_series(period: Period, by_hour: Array) -> tuple[SeriesPoint, ...]:
    hours = range(period.first_hour, period.until_hour)
    sums = np.concatenate(([0.0], np.cumsum(by_hour)))
    means, known = [], []
    for hour in hours:
        day = day_of(hour)
        references = period.references[day - period.first_day]
        length = min(1.0, period.end - hour)
        moved = [hour - 24 * (day - other) for other in references]
        found = [_between(sums, period, start, start + length) for start in moved]
        means.append(sum(found) / len(found) if found else 0.0)
        known.append(len(found))
    low, high = normal_range(np.array(means), np.array(known), 1.0)
    back = 24 * period.shift_days
    return tuple(
        SeriesPoint(
            start=clock.hour_start(hour),
            end=clock.hour_start(hour + 1),
            seen=round(_between(sums, period, hour, hour + 1)),
            before=round(_between(sums, period, hour - back, hour + 1 - back))
            if period.is_before_known
            else None,
            expected=means[n] if known[n] else None,
            low=int(low[n]),
            high=int(high[n]),
        )
        for n, hour in enumerate(hours)
    )


def _between(sums: Array, period: Period, start: float, end: float) -> float:
    """Sum the reports of a span in hours; a partial last hour counts in proportion."""
    low, high = start - period.oldest_hour, min(end - period.oldest_hour, len(sums) - 1)
    if low < 0 or high <= low:
        return 0.0
    whole = int(high)
    part = (sums[whole + 1] - sums[whole]) * (high - whole) if whole + 1 < len(sums) else 0.0
    return float(sums[whole] + part - sums[int(low)])


def dispersion(period: Period, by_hour: Array) -> float:
    """Return how much more than Poisson's a whole day's count varies among reference days."""
    sums = np.concatenate(([0.0], np.cumsum(by_hour)))
    spread, mean = 0.0, 0.0
    for references in period.references[-7:]:
        seen = np.array([_between(sums, period, hour_of(r), hour_of(r + 1)) for r in references])
        if len(seen) > 1:
            spread, mean = spread + float(seen.var(ddof=1)), mean + float(seen.mean())
    return max(1.0, spread / mean) if mean else 1.0


def normal_range(means: Array, days: Array, phi: float) -> tuple[Array, Array]:
    """Return the 90 % range of counts with these means, learned from as many days; 0 without."""
    safe = np.maximum(days, 1)
    size, prob = anomaly.predictive(means * safe, safe, 1.0, 0.5, 0.0, phi, 0.0)
    low = np.asarray(nbinom.ppf(BAND_TAIL, size, prob))
    high = np.asarray(nbinom.ppf(1 - BAND_TAIL, size, prob))
    known = (days > 0) & np.isfinite(high)
    return np.where(known, low, 0), np.where(known, high, 0)


def _hourly_means(period: Period, by_hour: Array) -> HourlyMeans:
    """Average the days of the period; a weekday on which the court is closed does not count."""
    table, days = np.zeros((24, 7)), [0] * 7
    for day in range(period.first_day, period.until_day):
        weekday = date_of(day).weekday()
        if weekday < 5 and not period.is_open(date_of(day)):  # noqa: PLR2004 (Saturday)
            continue
        begin = hour_of(day) - period.oldest_hour
        hours = by_hour[begin : begin + 24]
        table[: len(hours), weekday] += hours
        days[weekday] += 1
    means = table / np.maximum(days, 1)
    return HourlyMeans(tuple(map(tuple, means.tolist())), tuple(days))


def _channels(period: Period, reports: Mapping[str, Array]) -> tuple[ChannelSeries, ...]:
    days = period.until_day - period.first_day
    step = 24 if days <= 14 else 168  # noqa: PLR2004 (two weeks)
    length = period.until_hour - period.first_hour
    size, offsets = -(-length // step), reports["at"] - period.first_hour
    seen = _steps(reports, offsets, step, size, length)
    moved = offsets + 24 * period.shift_days
    before = _steps(reports, moved, step, size, length) if period.is_before_known else 0 * seen
    found = (
        ChannelSeries(
            channel, int(now.sum()), int(then.sum()), tuple(now.tolist()), tuple(then.tolist())
        )
        for channel, now, then in zip(CHANNELS, seen, before, strict=True)
        if now.any() or then.any()
    )
    return tuple(sorted(found, key=lambda row: -row.seen))


def _steps(
    reports: Mapping[str, Array], offsets: Array, step: int, size: int, length: int
) -> Array:
    """Count by channel (rows) and step of a period; `offsets` are hours since its first."""
    inside = (offsets >= 0) & (offsets < length)
    place = reports["channel"][inside].astype(np.int64) * size + offsets[inside] // step
    sums = np.bincount(place, reports["count"][inside], len(CHANNELS) * size)
    return sums.reshape(len(CHANNELS), size).astype(int)


def _kinds(period: Period, reports: Mapping[str, Array]) -> tuple[KindCount, ...]:
    inside = (reports["at"] >= period.first_hour) & (reports["at"] < period.until_hour)
    size = len(KINDS)
    seen = np.bincount(reports["kind"][inside], reports["count"][inside], size)
    offsets = reports["at"] - period.oldest_hour
    weights = unit_table.weigh(period.before_weights, offsets)
    before = np.bincount(reports["kind"], reports["count"] * weights, size)
    rows = [KindCount(kind, int(seen[n]), round(before[n])) for n, kind in enumerate(KINDS)]
    return tuple(sorted((r for r in rows if r.seen or r.before), key=lambda r: -r.seen))
