"""Slow drift: series whose days have been a little worse for weeks ("piora lenta").

A daily CUSUM per series (Lucas 1985) against what was usual before: it finds a doubling too small
for the alarms of an hour. It is shown to the staff and never said in public.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.alarms.calibration import MONTH, Memory, open_days
from canais_app.complaints.statistics.alarms.history import (
    CLOSED,
    DAY,
    BoolArray,
    History,
    split_by_day,
)
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

DRIFT_DAYS = 21  # open days that are added up
RATIO = 2.0  # the rise to find
BUDGET = 2.0  # series a month that are marked by chance
STEPS = (
    1 / 64,
    1 / 32,
    1 / 16,
    1 / 8,
    1 / 4,
    1 / 2,
    1,
    2,
    3,
    4,
    6,
    8,
    12,
    16,
    24,
    32,
    48,
    64,
    96,
    128,
)
SLOPE = (RATIO - 1) / math.log(RATIO)  # k for a mean of 1, between the usual and the doubled mean


@dataclass(frozen=True)
class Drift:
    """A CUSUM of each series over the last days; n series."""

    value: FloatArray  # (n,) after the last day
    limit: FloatArray  # (n,)

    @property
    def rising(self) -> BoolArray:
        """Which series have reached their limit."""
        return self.value >= self.limit


def find_drift(history: History, day: int, memory: Memory) -> Drift | None:
    """Add up the last open days before `day`; None while the past is too short.

    Closed, excluded and unborn days leave a CUSUM as it is.
    """
    opened = open_days(history, day)
    if len(opened) < 2 * DRIFT_DAYS:
        return None
    days = np.array(opened[-DRIFT_DAYS:])
    fit = memory.fit(history, int(days[0]))
    known = np.isfinite(fit.rate)
    phi = fit.of_channel("phi")
    usual = np.where(known, fit.rate, 1.0) / phi  # counts ÷ φ vary like Poisson's
    step = np.array(STEPS)[np.minimum(np.searchsorted(STEPS, usual * SLOPE), len(STEPS) - 1)]
    target = max(int(known.sum()), 1) * MONTH / BUDGET
    limit = np.array([limit_for(k, target) for k in STEPS])[np.searchsorted(STEPS, step)]
    seen, valid = _daily(history, days)
    kinds = history.kinds[history.place][:, days]
    weight = fit.profile.sum(axis=2)[fit.channel[:, None], kinds]  # of the weekday
    # The step follows the weekday, so that a busy Monday is no rise.
    excess = np.where(valid & known[:, None], seen / phi[:, None] - step[:, None] * weight, 0.0)
    path = anomaly.accumulate(excess, 0.0)
    return Drift(path[:, -1], limit)


def _daily(history: History, days: IntArray) -> tuple[FloatArray, BoolArray]:
    """Return the people of each series on each day, and which days count; (n, d) × 2."""
    n, column = len(history.channel), np.full(history.kinds.shape[1], -1)
    column[days] = np.arange(len(days))
    at = column[np.minimum(history.event_minute // DAY, len(column) - 1)]
    seen = np.zeros((n, len(days)))
    np.add.at(seen, (history.event_series[at >= 0], at[at >= 0]), 1.0)
    valid = (history.kinds[history.place][:, days] != CLOSED) & (days >= history.born[:, None])
    cut = split_by_day(history.excluded)
    inside = column[np.minimum(cut.start // DAY, len(column) - 1)]
    valid[cut.series[inside >= 0], inside[inside >= 0]] = False
    return seen, valid


@cache
def limit_for(k: float, target: float) -> float:
    """Return the least limit, in steps of k or 1, with a mean run of `target` normal days."""
    mean, unit = k / SLOPE, min(k, 1.0)
    low, high = 1, 2
    while anomaly.arl(k, high * unit, mean) < target:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if anomaly.arl(k, middle * unit, mean) < target else (low, middle)
        )
    return high * unit
