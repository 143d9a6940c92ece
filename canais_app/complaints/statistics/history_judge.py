"""Judgement of many moments of a history at once: at each report, as the live engine looks.

Between two reports of a series its p only grows, so that judging at each report is looking all the
time. The model is that of `judge`.
"""

from typing import NamedTuple

import numpy as np

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray
from canais_app.complaints.statistics.fit import DAY, KEY, BoolArray, Fit, window_share
from canais_app.complaints.statistics.judge import (
    LARGEST_ALPHA,
    MIN_MEMBERS,
    MIN_PEOPLE,
    REST,
    WINDOWS,
    GroupKind,
    Means,
    means_tail,
    rest_tail,
)


class Events(NamedTuple):
    """Reports sorted by series, then minute; kinds of the day and the day before, per event."""

    series: IntArray
    minute: IntArray
    today: IntArray
    yesterday: IntArray

    def pick(self, chosen: BoolArray | IntArray | np.integer) -> "Events":
        """Return some of the events."""
        return Events(*(each[chosen] for each in self))


def count_windows(keys: IntArray, at: IntArray) -> IntArray:
    """Count the sorted `keys` in the windows that end at each of `at`; (3, m)."""
    until = np.searchsorted(keys, at, side="right")
    return np.array([until - np.searchsorted(keys, at - width, side="right") for width in WINDOWS])


def judge_series(fit: Fit, events: Events) -> FloatArray:
    """Return, at each event, the smallest p of its series' windows with enough people; (m,)."""
    p = np.ones(len(events.series))
    keys = events.series * KEY + events.minute
    people = count_windows(keys, keys)
    chosen = np.flatnonzero(people[-1] >= MIN_PEOPLE)
    if not len(chosen):
        return p
    some, people = events.pick(chosen), people[:, chosen]
    share = window_share(
        fit.profile,
        fit.channel[some.series],
        some.today,
        some.yesterday,
        some.minute % DAY,
        np.array(WINDOWS)[:, None],
    )
    mean = fit.rate[some.series] * share
    square = fit.of_channel("kappa") + 1 / np.maximum(fit.shape, anomaly.SMALLEST_EXCESS)
    linear = fit.of_channel("phi")[some.series]
    at = _is_high(people, mean, linear * mean + square[some.series] * mean**2)
    size, prob = anomaly.negative_binomial(
        mean[at],
        np.broadcast_to(linear, mean.shape)[at],
        np.broadcast_to(square[some.series], mean.shape)[at],
    )
    found = np.ones(people.shape)
    found[at] = anomaly.tail(people[at], size, prob)
    p[chosen] = found.min(axis=0)
    return p


def _is_high(people: IntArray, mean: FloatArray, variance: FloatArray) -> BoolArray:
    """Return which counts can have a small p: enough people, two deviations over the mean."""
    return (people >= MIN_PEOPLE) & (people > mean + 2 * np.sqrt(variance))


class Candidates(NamedTuple):
    """Moments at which a group was above normal."""

    group: IntArray
    minute: IntArray
    p: FloatArray


def judge_groups(fit: Fit, events: Events, kind: GroupKind) -> Candidates:
    """Return the moments at which a group's p was under `LARGEST_ALPHA`, one member apart."""
    label = fit.group if kind == GroupKind.COMARCA else fit.channel
    sums = _group_sums(fit, label)
    order = np.argsort(label[events.series] * KEY + events.minute, kind="stable")
    some = events.pick(order)
    group = label[some.series]
    keys = group * KEY + some.minute
    people = count_windows(keys, keys)
    mean, variance = np.zeros(people.shape), np.zeros(people.shape)
    channels = range(len(fit.channels)) if kind == GroupKind.COMARCA else [-1]
    for channel in channels:
        own = group if channel < 0 else np.full(len(group), channel)
        share = window_share(
            fit.profile, own, some.today, some.yesterday, some.minute % DAY,
            np.array(WINDOWS)[:, None],
        )  # fmt: skip
        first, linear, square = (table[group, own] for table in sums)
        mean += share * first
        variance += share * linear + share**2 * square
    at = _is_high(people, mean, variance)
    p = np.ones(people.shape)
    p[at] = means_tail(people[at], Means(mean[at], variance[at]))
    window = p.argmin(axis=0)
    p = p.min(axis=0)
    chosen = np.flatnonzero(p < LARGEST_ALPHA)
    by_series = events.series * KEY + events.minute
    kept = [
        event
        for event in chosen
        if _is_shared(fit, some.pick(event), label, by_series, int(window[event]))
    ]
    return Candidates(group[kept], some.minute[kept], p[kept])


def _group_sums(fit: Fit, label: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return, by group and channel, the sums of rate, φ·rate and (κ + 1/shape)·rate²."""
    shape = (int(label.max()) + 1, len(fit.channels))
    rate = np.where(np.isinf(fit.rate), 0.0, fit.rate)
    square = fit.of_channel("kappa") + 1 / np.maximum(fit.shape, anomaly.SMALLEST_EXCESS)
    cell = label * shape[1] + fit.channel
    weights = (rate, fit.of_channel("phi") * rate, square * rate**2)
    first, linear, squares = (
        np.bincount(cell, weight, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
        for weight in weights
    )
    return first, linear, squares


def _is_shared(fit: Fit, event: Events, label: IntArray, keys: IntArray, window: int) -> bool:
    """Return whether the event's group is above normal also without its strongest member."""
    members = np.flatnonzero(label == label[event.series])
    seen = count_windows(keys, members * KEY + event.minute)[window]
    if (seen > 0).sum() < MIN_MEMBERS:
        return False
    share = window_share(
        fit.profile, fit.channel[members], event.today, event.yesterday,
        event.minute % DAY, np.array(WINDOWS[window]),
    )  # fmt: skip
    mean = np.where(np.isinf(fit.rate[members]), 0.0, fit.rate[members]) * share
    square = fit.of_channel("kappa")[members] + 1 / fit.shape[members]
    return (
        rest_tail(seen, Means(mean, fit.of_channel("phi")[members] * mean + square * mean**2))
        < REST
    )
