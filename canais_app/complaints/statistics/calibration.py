"""Nightly calibration: the thresholds that keep false episodes within the budget.

Each threshold is the smaller of two, for the same budget under continuous looking: from simulating
the fitted model, and from replaying the last 42 open days (each with the fit of its own night)
without confirmed incidents. Budget: 1.5 false episodes of series and 0.5 of groups a month over
the whole state. The result is stored as JSON and read by the live judgement.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray
from canais_app.complaints.statistics.fit import (
    CLOSED,
    DAY,
    HOURS,
    KEY,
    REFERENCE_DAYS,
    WEEKDAYS,
    Fit,
    History,
    fit_history,
)
from canais_app.complaints.statistics.history_judge import Events, judge_groups, judge_series
from canais_app.complaints.statistics.judge import LARGEST_ALPHA, MIN_PEOPLE, GroupKind, Judge

SERIES_BUDGET = 1.5  # false episodes a month over the state
GROUP_BUDGET = 0.5
MONTH = 21  # open days
REPLAY_DAYS = 42  # open days
SIMULATED_EVENTS = 120_000  # reports to simulate, in 3 to 48 months
SIMULATED_MONTHS = (3, 48)
VISIBLE_SHARE = 0.8  # of outages that the visible rise is seen in
VISIBLE_MINUTES = 120


class Smallest(NamedTuple):
    """The smallest p of each series, and of each group, on each day; only those that are small."""

    series: FloatArray
    groups: FloatArray


@dataclass(frozen=True)
class Calibration:
    """A night's fit and thresholds, with what they were made from."""

    day: int  # of the history
    fit: Fit
    alpha: float
    group_alpha: float
    simulated_alpha: float
    simulated_group_alpha: float
    replayed_alpha: float | None  # None: fewer than 42 open days are known
    replayed_group_alpha: float | None
    simulated_months: int
    replayed_days: int

    def judge(self) -> Judge:
        """Return the live judge of this night's fit."""
        return Judge(self.fit, self.alpha, self.group_alpha)


def alpha_for_budget(smallest: FloatArray, budget: float, months: float) -> float:
    """Return the threshold under which at most `budget` episodes a month lie.

    `smallest` holds the smallest p of each possible episode of `months` months.
    """
    allowed = int(budget * months + 1e-9)
    found = np.sort(np.asarray(smallest, dtype=float))
    return float(found[allowed]) if allowed < len(found) else LARGEST_ALPHA


def calibrate(
    history: History, day: int, *, seed: int = 1, known: dict[int, Smallest] | None = None
) -> Calibration:
    """Fit and calibrate for `day` from the days before it.

    `known` keeps the replayed days between calls (the caller empties it when the past changed).
    """
    fit = fit_history(history, day)
    months, simulated = simulate_fit(fit, np.random.default_rng([seed, day]))
    replayed_days, replayed = replay(history, day, {} if known is None else known)
    alpha = min(alpha_for_budget(simulated.series, SERIES_BUDGET, months), LARGEST_ALPHA)
    group_alpha = min(alpha_for_budget(simulated.groups, GROUP_BUDGET, months), LARGEST_ALPHA)
    seen_alpha = seen_group_alpha = None
    if replayed_days >= REPLAY_DAYS:
        seen_months = replayed_days / MONTH
        seen_alpha = alpha_for_budget(replayed.series, SERIES_BUDGET, seen_months)
        seen_group_alpha = alpha_for_budget(replayed.groups, GROUP_BUDGET, seen_months)
    return Calibration(
        day=day,
        fit=fit,
        alpha=min(alpha, LARGEST_ALPHA if seen_alpha is None else seen_alpha),
        group_alpha=min(
            group_alpha, LARGEST_ALPHA if seen_group_alpha is None else seen_group_alpha
        ),
        simulated_alpha=alpha,
        simulated_group_alpha=group_alpha,
        replayed_alpha=seen_alpha,
        replayed_group_alpha=seen_group_alpha,
        simulated_months=months,
        replayed_days=replayed_days,
    )


# Replay: the past as it was judged on its own day.


def replay(history: History, day: int, known: dict[int, Smallest]) -> tuple[int, Smallest]:
    """Judge the last 42 open days before `day`, each with its own fit; return their number too."""
    opened = np.flatnonzero((history.kinds[:, :day] != CLOSED).mean(axis=0) >= 0.5)  # noqa: PLR2004 (most places)
    days = opened[REFERENCE_DAYS + 2 :][-REPLAY_DAYS:]
    for number in days:
        if int(number) not in known:
            known[int(number)] = judge_day(history, int(number), fit_history(history, int(number)))
    parts = [known[int(number)] for number in days]
    return len(days), _join(parts)


def judge_day(history: History, day: int, fit: Fit) -> Smallest:
    """Judge the reports of one day of the history."""
    return smallest_p(fit, day_events(history, day))


def day_events(history: History, day: int) -> Events:
    """Return the reports of a day and of the three hours before it that count."""
    minute = history.event_minute
    chosen = (minute >= day * DAY - 180) & (minute < (day + 1) * DAY) & history.counted
    series, minute = history.event_series[chosen], minute[chosen]
    at, place = minute // DAY, history.place[series]
    return Events(
        series, minute, history.kinds[place, at], history.kinds[place, np.maximum(at - 1, 0)]
    )


def smallest_p(fit: Fit, events: Events) -> Smallest:
    """Return the smallest p of each series and each group, by day."""
    p = judge_series(fit, events)
    low = np.flatnonzero(p < LARGEST_ALPHA)
    series = _smallest_of(events.series[low], events.minute[low], p[low])
    groups = [judge_groups(fit, events, kind) for kind in GroupKind]
    by_group = [_smallest_of(each.group, each.minute, each.p) for each in groups]
    return Smallest(series, np.concatenate(by_group))


def _smallest_of(label: IntArray, minute: IntArray, p: FloatArray) -> FloatArray:
    """Return the smallest p of each label and day. An episode hardly meets another on its day."""
    _, cell = np.unique(label * KEY + minute // DAY, return_inverse=True)
    found = np.ones(int(cell.max()) + 1 if len(cell) else 0)
    np.minimum.at(found, cell, p)
    return found


def _join(parts: list[Smallest]) -> Smallest:
    empty = np.zeros(0)
    return Smallest(
        np.concatenate([empty, *(part.series for part in parts)]),
        np.concatenate([empty, *(part.groups for part in parts)]),
    )


# Simulation of the fitted model.


def simulate_fit(fit: Fit, rng: np.random.Generator) -> tuple[int, Smallest]:
    """Simulate months of normal days of the fitted model, judge them; return the months too."""
    rate = fit.rate
    daily = max(float(rate[np.isfinite(rate)].sum()), 1.0)
    low, high = SIMULATED_MONTHS
    months = int(np.clip(SIMULATED_EVENTS / (daily * MONTH), low, high))
    parts = [smallest_p(fit, simulate_month(fit, rng)) for _ in range(months)]
    return months, _join(parts)


def simulate_month(fit: Fit, rng: np.random.Generator) -> Events:
    """Simulate 21 open days of the fitted model, with rates drawn from what is known of them."""
    known = fit.of_channel("b") + fit.exposure
    rate = rng.gamma(fit.shape, 1 / np.where(known > 0, known, np.inf))
    kinds = np.arange(MONTH) % WEEKDAYS
    series, minute = simulate_counts(
        rate[:, None] * fit.profile[fit.channel][:, :WEEKDAYS].reshape(len(rate), -1),
        fit.of_channel("phi")[:, None],
        fit.of_channel("kappa")[:, None],
        kinds,
        rng,
    )
    order = np.lexsort((minute, series))
    series, minute = series[order], minute[order]
    today = kinds[minute // DAY]
    return Events(series, minute, today, np.where(today == 0, CLOSED, today - 1))


def simulate_counts(
    mean: FloatArray, phi: FloatArray, kappa: FloatArray, kinds: IntArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Draw reports of many days: hourly negative binomials, spread evenly over their hour.

    `mean` is (n, kinds × 24) people in each hour of each kind of day; `kinds` the kind of each
    day. A negative binomial is a Poisson number of clusters of logarithmic size, so that only
    clusters are drawn. Returns series and minute, unsorted.
    """
    size, prob = anomaly.negative_binomial(mean, phi, kappa)
    poisson = prob == 1
    safe = np.where(poisson, 0.5, prob)
    clusters = np.where(poisson, mean, -size * np.log(safe)).reshape(len(mean), -1, HOURS)
    series_of, minute_of = list[IntArray](), list[IntArray]()
    for kind in np.unique(kinds):
        days = np.flatnonzero(kinds == kind)
        weight = clusters[:, kind].ravel()
        count = rng.poisson(weight.sum() * len(days))
        cell = np.searchsorted(np.cumsum(weight), rng.random(count) * weight.sum(), side="right")
        cell = np.minimum(cell, len(weight) - 1)
        day = days[rng.integers(len(days), size=count)]
        own = prob.reshape(clusters.shape)[:, kind].ravel()[cell]
        sizes = np.where(own == 1, 1, rng.logseries(np.clip(1 - own, 1e-12, 1 - 1e-12)))
        cell, day = np.repeat(cell, sizes), np.repeat(day, sizes)
        series_of.append(cell // HOURS)
        minute_of.append(day * DAY + cell % HOURS * 60 + rng.integers(60, size=len(cell)))
    return np.concatenate(series_of), np.concatenate(minute_of)


# What a channel would show.


def visible_rise(fit: Fit, alpha: float) -> FloatArray:
    """Return the smallest rise, in people an hour, that a series shows in two hours; (n,).

    At the channel's usual hour, in 8 of 10 outages. Infinite where nothing is known.
    """
    profile = fit.profile[:, :WEEKDAYS]
    usual = (profile**2).sum(axis=(1, 2)) / profile.sum(axis=(1, 2))  # per hour
    mean = fit.rate * usual[fit.channel] * VISIBLE_MINUTES / 60
    known = np.isfinite(mean)
    safe = np.where(known, mean, 1.0)
    size, prob = anomaly.negative_binomial(
        safe, fit.of_channel("phi"), fit.of_channel("kappa") + 1 / fit.shape
    )
    needed = np.maximum(anomaly.limit(size, prob, alpha), MIN_PEOPLE)
    rise = (gammaincinv(needed, VISIBLE_SHARE) - safe) / (VISIBLE_MINUTES / 60)
    return np.where(known, np.maximum(rise, 0.0), np.inf)
