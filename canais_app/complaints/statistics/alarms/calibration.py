"""Nightly calibration: the thresholds that keep false episodes within the budget.

Each threshold is the smaller of two, for the same budget under continuous looking: from simulating
the fitted model, and from replaying the last 42 open days (each with the fit of its own night)
without confirmed incidents. Budget: 1.5 false episodes of series and 0.5 of groups a month over
the whole state. The result is stored as JSON and read by the live judgement.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.alarms.fit import Fit, fit_history
from canais_app.complaints.statistics.alarms.history import (
    CLOSED,
    DAY,
    HOURS,
    KEY,
    REFERENCE_DAYS,
    SKIPPED_DAYS,
    WEEKDAYS,
    History,
)
from canais_app.complaints.statistics.alarms.history_judge import Events, judge_groups, judge_series
from canais_app.complaints.statistics.alarms.judge import (
    LARGEST_ALPHA,
    LARGEST_GROUP_ALPHA,
    MIN_PEOPLE,
    GroupKind,
    Judge,
)
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

SERIES_BUDGET = 1.5  # false episodes a month over the state
GROUP_BUDGET = 0.5
MONTH = 21  # open days
REPLAY_DAYS = 42  # open days
SIMULATED_EVENTS = 600_000  # reports to simulate, in 10 to 100 months
SIMULATED_MONTHS = (10, 100)
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
    simulated: tuple[float, float]  # thresholds of series and groups
    replayed: tuple[float, float] | None  # None: fewer than 42 open days are known
    simulated_months: int
    replayed_days: int

    def judge(self) -> Judge:
        """Return the live judge of this night's fit."""
        return Judge(self.fit, self.alpha, self.group_alpha)


class Simulated(NamedTuple):
    """Months of the fitted model, and what was rare in them."""

    months: int
    smallest: Smallest


@dataclass
class Memory:
    """Past nights, kept between calibrations; new when the past has changed.

    `nights` in a row share the months that are simulated.
    """

    nights: int = 1
    fits: dict[int, Fit] = field(default_factory=dict[int, Fit])
    smallest: dict[int, Smallest] = field(default_factory=dict[int, Smallest])
    simulated: dict[int, Simulated] = field(default_factory=dict[int, Simulated])

    def fit(self, history: History, day: int) -> Fit:
        """Return the fit of that day's night."""
        if day not in self.fits:
            self.fits[day] = fit_history(history, day)
        return self.fits[day]

    def judge(self, history: History, day: int) -> Smallest:
        """Return the smallest p of a day, as it was judged with the fit of its night."""
        if day not in self.smallest:
            self.smallest[day] = smallest_p(self.fit(history, day), day_events(history, day))
        return self.smallest[day]

    def simulate(self, history: History, day: int, seed: int) -> Simulated:
        """Simulate a night's part of the months; return it with those of the nights before."""
        rng = np.random.default_rng([seed, day])
        fit = self.fit(history, day)
        self.simulated[day] = simulate_fit(fit, rng, self.nights)
        nights = sorted(number for number in self.simulated if number <= day)[-self.nights :]
        parts = [self.simulated[number] for number in nights]
        return Simulated(
            sum(part.months for part in parts), _join([part.smallest for part in parts])
        )


def alpha_for_budget(
    smallest: FloatArray, budget: float, months: float, largest: float = LARGEST_ALPHA
) -> float:
    """Return the threshold under which at most `budget` episodes a month lie.

    `smallest` holds the smallest p of each possible episode of `months` months.
    """
    allowed = int(budget * months + 1e-9)
    found = np.sort(np.asarray(smallest, dtype=float))
    return min(float(found[allowed]), largest) if allowed < len(found) else largest


def calibrate(
    history: History, day: int, *, seed: int = 1, memory: Memory | None = None
) -> Calibration:
    """Fit and calibrate for `day` from the days before it.

    `memory` serves whoever needs the past fits, or calibrates many nights in a row.
    """
    memory = Memory() if memory is None else memory
    made = memory.simulate(history, day, seed)
    simulated = _thresholds(made.smallest, made.months)
    replayed_days, seen = replay(history, day, memory)
    replayed = _thresholds(seen, replayed_days / MONTH) if replayed_days >= REPLAY_DAYS else None
    alphas = [simulated] if replayed is None else [simulated, replayed]
    return Calibration(
        day=day,
        fit=memory.fit(history, day),
        alpha=min(each[0] for each in alphas),
        group_alpha=min(each[1] for each in alphas),
        simulated=simulated,
        replayed=replayed,
        simulated_months=made.months,
        replayed_days=replayed_days,
    )


def _thresholds(smallest: Smallest, months: float) -> tuple[float, float]:
    return (
        alpha_for_budget(smallest.series, SERIES_BUDGET, months),
        alpha_for_budget(smallest.groups, GROUP_BUDGET, months, LARGEST_GROUP_ALPHA),
    )


# Replay: the past as it was judged on its own day.


def replay(history: History, day: int, memory: Memory) -> tuple[int, Smallest]:
    """Judge the last 42 open days before `day`, each with its own fit; return their number too."""
    opened = open_days(history, day)[REFERENCE_DAYS + SKIPPED_DAYS :][-REPLAY_DAYS:]
    return len(opened), _join([memory.judge(history, number) for number in opened])


def open_days(history: History, day: int) -> list[int]:
    """List the days before `day` on which most places opened, since the first series existed."""
    first = int(history.born.min()) if len(history.born) else day
    opened = (history.kinds[:, :day] != CLOSED).mean(axis=0) >= 0.5  # noqa: PLR2004 (half)
    return np.flatnonzero(opened & (np.arange(day) >= first)).tolist()


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


def simulate_fit(fit: Fit, rng: np.random.Generator, nights: int = 1) -> Simulated:
    """Simulate months of normal days of the fitted model and judge them.

    `nights` share the work: each simulates its part.
    """
    rate = fit.rate
    daily = max(float(rate[np.isfinite(rate)].sum()), 1.0)
    months = np.clip(SIMULATED_EVENTS / (daily * MONTH), *SIMULATED_MONTHS)
    months = max(round(float(months) / nights), 1)
    parts = [simulate_month(fit, rng) for _ in range(months)]
    series = np.concatenate([part[0] for part in parts])
    minute = np.concatenate([part[1] + MONTH * DAY * at for at, part in enumerate(parts)])
    order = np.argsort(series * KEY + minute)
    series, minute = series[order], minute[order]
    today = minute // DAY % MONTH % WEEKDAYS
    yesterday = np.where(today == 0, CLOSED, today - 1)
    return Simulated(months, smallest_p(fit, Events(series, minute, today, yesterday)))


def simulate_month(fit: Fit, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Simulate 21 open days of the fitted model, with rates drawn from what is known of them."""
    known = fit.of_channel("b") + fit.exposure
    rate = rng.gamma(fit.shape, 1 / np.where(known > 0, known, np.inf))
    return simulate_counts(
        rate[:, None] * fit.profile[fit.channel][:, :WEEKDAYS].reshape(len(rate), -1),
        fit.of_channel("phi")[:, None],
        fit.of_channel("kappa")[:, None],
        np.arange(MONTH) % WEEKDAYS,
        rng,
    )


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
    mean = fit.rate * fit.usual_share[fit.channel] * VISIBLE_MINUTES / 60
    known = np.isfinite(mean)
    safe = np.where(known, mean, 1.0)
    size, prob = anomaly.negative_binomial(
        safe, fit.of_channel("phi"), fit.of_channel("kappa") + 1 / fit.shape
    )
    needed = np.maximum(anomaly.limit(size, prob, alpha), MIN_PEOPLE)
    rise = (gammaincinv(needed, VISIBLE_SHARE) - safe) / (VISIBLE_MINUTES / 60)
    return np.where(known, np.maximum(rise, 0.0), np.inf)
