"""A period's reports by hour, day or week, the normal range for them, and the mean week."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.periods import Period, date_of, day_of, hour_of
from canais_app.kit import clock

LONG_PERIOD = 100  # days, from which a point is a week
SHORT_PERIOD = 2  # days, up to which a point is an hour
BAND_TAIL = 0.05  # on each side of the normal range
SATURDAY = 5
Array = NDArray[Any]


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


def build_series(period: Period, by_hour: Array, phi: float) -> tuple[SeriesPoint, ...]:
    """Return a point per hour, day or week of the period, with the normal range.

    `by_hour` are the reports of each hour since `oldest_hour`, `phi` the dispersion of a day.
    """
    sums, days = _cumulate(by_hour), period.until_day - period.first_day
    is_short = days <= SHORT_PERIOD
    if is_short:
        first, until, piece, phi = period.first_hour, period.until_hour, 1, 1.0
    else:
        first, until, piece = hour_of(period.first_day), hour_of(period.until_day), 24
    size = 7 if days > LONG_PERIOD else 1  # pieces of a point
    pieces = np.arange(first, until, piece)
    totals, known = _reference_means(period, sums, pieces, piece)
    points = np.arange(len(pieces)) // size
    totals = np.bincount(points, totals)
    counts = np.bincount(points, known)
    low, high = normal_range(totals, counts / size, phi)
    starts = pieces[::size]
    ends = np.minimum(starts + piece * size, until)
    back = 24 * period.shift_days
    seen = _spans(sums, period, starts, np.minimum(ends, period.until_hour))
    before = _spans(sums, period, starts - back, np.minimum(ends, period.end) - back)
    return tuple(
        SeriesPoint(
            start=clock.hour_start(int(starts[n])),
            end=clock.hour_start(int(ends[n])),
            seen=round(seen[n]),
            before=round(before[n]) if period.is_before_known else None,
            expected=float(totals[n]) if counts[n] else None,
            low=int(low[n]),
            high=int(high[n]),
        )
        for n in range(len(starts))
    )


def _reference_means(
    period: Period, sums: Array, pieces: Array, length: int
) -> tuple[Array, Array]:
    """Return the mean of the same hours on the reference days of each piece, and their number."""
    days = [day_of(int(start)) for start in pieces]
    found = [period.references[day - period.first_day] for day in days]
    known = np.array([len(references) for references in found])
    owner = np.repeat(np.arange(len(pieces)), known)
    others = np.array([day for references in found for day in references], int)
    starts = pieces[owner] - 24 * (np.array(days)[owner] - others)
    lengths = np.minimum(length, period.end - pieces)[owner]
    counts = _spans(sums, period, starts, starts + lengths)
    totals = np.bincount(owner, counts, len(pieces))
    return totals / np.maximum(known, 1), known


def _cumulate(by_hour: Array) -> Array:
    return np.concatenate(([0.0], np.cumsum(by_hour)))


def _spans(sums: Array, period: Period, starts: Array, ends: Array) -> Array:
    """Sum the reports of spans in hours; a partial last hour counts in proportion."""
    low, high = starts - period.oldest_hour, ends - period.oldest_hour
    reached = np.interp(high, np.arange(len(sums)), sums)
    passed = sums[np.clip(low, 0, len(sums) - 1)]
    return np.where((low >= 0) & (high > low), np.maximum(reached - passed, 0.0), 0.0)


def dispersion(period: Period, by_hour: Array) -> float:
    """Return how much more than Poisson's a whole day's count varies among reference days."""
    sums, spread, mean = _cumulate(by_hour), 0.0, 0.0
    for references in period.references[-7:]:
        if len(references) > 1:
            starts = np.array([hour_of(day) for day in references])
            seen = _spans(sums, period, starts, starts + 24)
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


def hourly_means(period: Period, by_hour: Array) -> HourlyMeans:
    """Average the days of the period; a weekday on which the court is closed does not count."""
    table, days = np.zeros((24, 7)), [0] * 7
    for day in range(period.first_day, period.until_day):
        date = date_of(day)
        weekday = date.weekday()
        if weekday < SATURDAY and not period.is_open(date):
            continue
        begin = hour_of(day) - period.oldest_hour
        hours = by_hour[begin : begin + 24]
        table[: len(hours), weekday] += hours
        days[weekday] += 1
    means = table / np.maximum(days, 1)
    return HourlyMeans(tuple(map(tuple, means.tolist())), tuple(days))
