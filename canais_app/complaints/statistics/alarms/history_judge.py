"""Judgement of many moments of a history at once: at each report, as the live engine looks.

Between two reports of a series its p only grows, so that judging at each report is looking all the
time. The model is that of `judge`.
"""

from typing import NamedTuple

import numpy as np

from canais_app.complaints.statistics.alarms.fit import Fit
from canais_app.complaints.statistics.alarms.history import DAY, KEY, BoolArray
from canais_app.complaints.statistics.alarms.judge import (
    LARGEST_GROUP_ALPHA,
    MIN_MEMBERS,
    MIN_PEOPLE,
    REST,
    WIDTHS,
    WINDOWS,
    GroupKind,
    Means,
    Model,
    means_tail,
    profile_variance,
    rest_tail,
    weighted_tail,
)
from canais_app.complaints.statistics.alarms.profile import window_share
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray


class Events(NamedTuple):
    """Reports sorted by series, then minute; kinds of the day and the day before, per event."""

    series: IntArray
    minute: IntArray
    today: IntArray
    yesterday: IntArray

    def pick(self, chosen: BoolArray | IntArray | np.integer) -> "Events":
        """Return some of the events."""
        return Events(*(each[chosen] for each in self))


class Candidates(NamedTuple):
    """Moments at which a group was above normal."""

    group: IntArray
    minute: IntArray
    p: FloatArray


def count_windows(keys: IntArray, at: IntArray) -> IntArray:
    """Count the sorted `keys` in the windows that end at each of `at`; (3, m)."""
    until = np.searchsorted(keys, at, side="right")
    return np.array([until - np.searchsorted(keys, at - width, side="right") for width in WINDOWS])


def judge_series(fit: Fit, events: Events) -> FloatArray:
    """Return, at each event, the smallest p of its series' windows with enough people; (m,)."""
    p, model = np.ones(len(events.series)), Model(fit)
    keys = events.series * KEY + events.minute
    people = count_windows(keys, keys)
    chosen = np.flatnonzero(people[-1] >= MIN_PEOPLE)
    if not len(chosen):
        return p
    some, people = events.pick(chosen), people[:, chosen]
    share = _shares(fit, fit.channel[some.series], some)
    mean = model.rate[some.series] * share
    linear, square = model.linear[some.series], model.square[some.series]
    variance = linear * mean + square * mean**2
    at = _is_high(people, mean, variance)
    found = np.ones(people.shape)
    found[at] = means_tail(people[at], Means(mean[at], variance[at]))
    p[chosen] = found.min(axis=0)
    return p


def _shares(fit: Fit, channel: IntArray, events: Events) -> FloatArray:
    """Return the exposure of the windows before each event; (3, m)."""
    return window_share(
        fit.profile, channel, events.today, events.yesterday, events.minute % DAY, WIDTHS
    )


def _is_high(people: IntArray, mean: FloatArray, variance: FloatArray) -> BoolArray:
    """Return which counts can have a small p: enough people, two deviations over the mean."""
    return (people >= MIN_PEOPLE) & (people > mean + 2 * np.sqrt(variance))


def judge_groups(fit: Fit, events: Events, kind: GroupKind) -> Candidates:
    """Return the moments at which a group's p was under `LARGEST_GROUP_ALPHA`, one member apart."""
    model = Model(fit)
    known = np.isfinite(model.rate)
    events = events.pick(known[events.series])
    label = model.label(kind)
    some = events.pick(np.argsort(label[events.series] * KEY + events.minute, kind="stable"))
    group = label[some.series]
    people, seen = _sum_windows(group * KEY + some.minute, model.weight[some.series])
    enough = people[-1] >= MIN_PEOPLE
    some, group, people, seen = some.pick(enough), group[enough], people[:, enough], seen[:, enough]
    sums, moments = _group_sums(model, label, known), np.zeros((4, *people.shape))
    for channel in range(len(fit.channels)) if kind == GroupKind.COMARCA else [None]:
        own = group if channel is None else np.full(len(group), channel)
        share = _shares(fit, own, some)
        mean, weighted, square, linear, quadratic = (table[group, own] for table in sums)
        moments[0] += share * mean
        moments[1] += share * weighted
        moments[2] += share * square
        moments[3] += share * linear + share**2 * quadratic
    if kind == GroupKind.CHANNEL:
        moments[3] += profile_variance(moments[1], moments[0])
    at = (people >= MIN_PEOPLE) & (seen > moments[1] + 2 * np.sqrt(moments[3]))
    p = np.ones(people.shape)
    p[at] = weighted_tail(seen[at], *(each[at] for each in moments[1:]))
    window = p.argmin(axis=0)
    p = p.min(axis=0)
    by_series = events.series * KEY + events.minute
    kept = [
        event
        for event in np.flatnonzero(p < LARGEST_GROUP_ALPHA)
        if _is_shared(
            model, some.pick(event), known & (label == group[event]), by_series, int(window[event])
        )
    ]
    return Candidates(group[kept], some.minute[kept], p[kept])


def _sum_windows(keys: IntArray, weight: FloatArray) -> tuple[IntArray, FloatArray]:
    """Count the sorted `keys`, and sum their weights, in the windows that end at each; (3, m)."""
    total = np.concatenate([[0.0], np.cumsum(weight)])
    until = np.searchsorted(keys, keys, side="right")
    since = np.array([np.searchsorted(keys, keys - width, side="right") for width in WINDOWS])
    return until - since, total[until] - total[since]


def _group_sums(model: Model, label: IntArray, known: BoolArray) -> list[FloatArray]:
    """Return sums over a group's members, by group and channel, for windows of exposure 1.

    Of the mean; and weighted: mean, mean with squared weights, and the variance's linear and
    quadratic parts.
    """
    shape = (int(label.max()) + 1, len(model.fit.channels))
    rate, weight = np.where(known, model.rate, 0.0), model.weight
    cell = label * shape[1] + model.fit.channel
    values = (
        rate,
        weight * rate,
        weight**2 * rate,
        weight**2 * model.linear * rate,
        weight**2 * model.square * rate**2,
    )
    return [
        np.bincount(cell, each, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
        for each in values
    ]


def _is_shared(
    model: Model, event: Events, members: BoolArray, keys: IntArray, window: int
) -> bool:
    """Return whether the event's group is above normal also without its strongest member."""
    mine = np.flatnonzero(members)
    seen = count_windows(keys, mine * KEY + event.minute)[window]
    if (seen > 0).sum() < MIN_MEMBERS:
        return False
    share = window_share(
        model.fit.profile, model.fit.channel[mine], event.today, event.yesterday,
        event.minute % DAY, np.array(WINDOWS[window]),
    )  # fmt: skip
    mean = model.rate[mine] * share
    variance = model.linear[mine] * mean + model.square[mine] * mean**2
    return rest_tail(seen, Means(mean, variance), model.weight[mine]) < REST
