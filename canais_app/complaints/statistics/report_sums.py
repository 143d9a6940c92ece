"""Sums over the reports of a scope and period, from which all its figures are derived.

Each is linear in the reports: the sums of more reports are added to those already known, and
equal a computation from all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canais_app.complaints.statistics.columns import CHANNELS, KINDS
from canais_app.complaints.statistics.periods import SPARK_WEEKS, Period, hour_of

DAILY_STEPS = 14  # days, up to which a step of a channel is a day; then a week
WEEK_HOURS = 168
Array = NDArray[Any]
Rows = Mapping[str, Array]


@dataclass(frozen=True)
class ReportSums:
    """Sums of a period; those with two columns are of whole hours and of the last hour's part."""

    by_kind: Array  # (units by id, kinds)
    expected: Array  # (units by id, 2)
    before: Array  # (units by id, 2)
    weeks: Array  # (units by id, weeks before this one)
    kinds_before: Array  # (kinds, 2)
    by_hour: Array  # (hours since the period's `oldest_hour`,)
    channels: Array  # (channels, steps)
    channels_before: Array  # (channels, steps)

    def plus(self, more: "ReportSums") -> "ReportSums":
        """Return the sums of both."""
        pairs = zip(vars(self).values(), vars(more).values(), strict=True)
        return ReportSums(*(mine + theirs for mine, theirs in pairs))


def at_share(sums: Array, hour_share: float) -> Array:
    """Return sums of two columns when that share of the last hour has passed."""
    return sums[:, 0] + hour_share * sums[:, 1]


def sum_reports(reports: Rows, period: Period, size: int) -> ReportSums:
    """Sum up a scope's reports of all times for a period; `size` is the highest unit id + 1."""
    oldest, spark = period.oldest_hour, hour_of(period.spark_start)
    recent = _between(reports, spark, spark + WEEK_HOURS * SPARK_WEEKS)
    weeks = (recent["at"] - spark) // WEEK_HOURS
    rows = _between(reports, oldest, period.until_hour)
    hours = rows["at"] - oldest
    seen = _between(rows, period.first_hour, period.until_hour)
    expected, before = period.expected_weights, period.before_weights
    step, steps = _channel_steps(period)
    moved = {**rows, "at": rows["at"] + 24 * period.shift_days}
    earlier = _between(moved, period.first_hour, period.until_hour)
    if not period.is_before_known:
        earlier = _between(earlier, 0, 0)
    return ReportSums(
        by_kind=sum_pairs(seen["unit"], seen["kind"], seen["count"], (size, len(KINDS))),
        expected=_weigh(rows, hours, "unit", expected, size),
        before=_weigh(rows, hours, "unit", before, size),
        weeks=sum_pairs(recent["unit"], weeks, recent["count"], (size, SPARK_WEEKS)),
        kinds_before=_weigh(rows, hours, "kind", before, len(KINDS)),
        by_hour=sum_by(hours, rows["count"], max(period.until_hour - oldest, 1)),
        channels=_by_channel(seen, period, step, steps),
        channels_before=_by_channel(earlier, period, step, steps),
    )


def _channel_steps(period: Period) -> tuple[int, int]:
    """Return the hours of a step and the number of steps."""
    step = 24 if period.until_day - period.first_day <= DAILY_STEPS else WEEK_HOURS
    return step, -(-(period.until_hour - period.first_hour) // step)


def _by_channel(rows: Rows, period: Period, step: int, steps: int) -> Array:
    places = (rows["at"] - period.first_hour) // step
    return sum_pairs(rows["channel"], places, rows["count"], (len(CHANNELS), steps))


def _weigh(rows: Rows, hours: Array, name: str, weights: tuple[Array, Array], size: int) -> Array:
    """Sum up the weighed counts by a column, for each of two weights of an hour."""
    found = np.zeros((size, 2))
    for n, weight in enumerate(weights):
        weighed = weight[hours]
        counted = np.flatnonzero(weighed)
        counts = rows["count"][counted] * weighed[counted]
        found[:, n] = sum_by(rows[name][counted], counts, size)
    return found


def _between(rows: Rows, first: int, until: int) -> Rows:
    inside = (rows["at"] >= first) & (rows["at"] < until)
    return rows if inside.all() else take_rows(rows, inside)


def take_rows(rows: Rows, chosen: Array) -> Rows:
    """Return the chosen rows; a position is looked for once, not once for each column."""
    places = np.flatnonzero(chosen)
    return {name: column[places] for name, column in rows.items()}


def sum_by(places: Array, counts: Array, size: int) -> Array:
    """Return the sum of the counts at each place."""
    return np.bincount(places, weights=counts, minlength=size)


def sum_pairs(rows: Array, columns: Array, counts: Array, shape: tuple[int, int]) -> Array:
    """Return the sum of the counts at each pair of places."""
    flat = rows.astype(np.int64) * shape[1] + columns
    return sum_by(flat, counts, shape[0] * shape[1]).reshape(shape)
