"""Fit of what is usual: how many people report each channel of each unit, and when.

The exposure of a window is its share of an average open day, by an hour × weekday profile pooled
over the channel: 20 open days are an exposure near 20. Pure: arrays in, arrays out.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.alarms.history import (
    DAY,
    HOURS,
    WEEKDAYS,
    BoolArray,
    History,
    Intervals,
    days_by_kind,
    reference_days,
    split_by_day,
)
from canais_app.complaints.statistics.alarms.profile import fit_profile, window_share
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

DISPERSION_PRIOR = 5000.0  # reports of all channels that each channel leans on
MIN_SLOT = 2e-3  # share of a day under which an hour says nothing about dispersion


class ChannelFit(NamedTuple):
    """What the units of a type of channel have in common."""

    a: float  # prior of the rate, people per average open day: Gamma(a, b)
    b: float
    phi: float
    kappa: float


@dataclass(frozen=True)
class Fit:
    """What is usual in each series. `profile[channel, kind, hour]` is a share of an open day."""

    channel: IntArray
    group: IntArray
    total: FloatArray  # (n,) people on the reference days
    exposure: FloatArray  # (n,) average open days
    channels: tuple[ChannelFit, ...]
    profile: FloatArray

    @property
    def shape(self) -> FloatArray:
        """Return the shape of each series' Gamma rate."""
        return self.of_channel("a") + self.total

    @property
    def rate(self) -> FloatArray:
        """Return the people expected on an average open day; infinite when nothing is known."""
        known = self.of_channel("b") + self.exposure
        safe = np.where(known > 0, known, 1.0)
        return np.where(known > 0, self.shape / safe, np.inf)

    @property
    def usual_share(self) -> FloatArray:
        """Return the share of a day in the usual hour of a report, by channel."""
        opened = self.profile[:, :WEEKDAYS]
        return (opened**2).sum(axis=(1, 2)) / opened.sum(axis=(1, 2))

    def take(self, series: IntArray) -> "Fit":
        """Return the fit of some series, which may repeat."""
        return replace(
            self,
            channel=self.channel[series],
            group=self.group[series],
            total=self.total[series],
            exposure=self.exposure[series],
        )

    def of_channel(self, name: str) -> FloatArray:
        """Return a value of `ChannelFit` for each series."""
        return np.array([getattr(each, name) for each in self.channels])[self.channel]


def fit_history(history: History, day: int) -> Fit:
    """Fit what is usual on `day` from the days before it."""
    reference = reference_days(history.kinds, day)
    counted = history.counted
    at_day = history.event_minute // DAY
    place = history.place[history.event_series]
    used = counted & reference[place, np.minimum(at_day, reference.shape[1] - 1)]
    used &= at_day >= history.born[history.event_series]
    profile = fit_profile(history, reference, counted)
    n = len(history.channel)
    total = np.bincount(history.event_series[used], minlength=n).astype(float)
    daily = profile.sum(axis=2)  # (channel, kind)
    days = days_by_kind(history, reference)
    exposure = (days * daily[history.channel]).sum(axis=1)
    exposure = np.maximum(exposure - _excluded_share(history, reference, profile), 0.0)
    slots = _Slots(history, reference, used, at_day)
    channels = _fit_channels(slots, total, exposure, profile)
    return Fit(history.channel, history.group, total, exposure, channels, profile)


def _excluded_share(history: History, reference: BoolArray, profile: FloatArray) -> FloatArray:
    """Return the exposure that excluded minutes take from each series' reference days; (n,)."""
    spans = split_by_day(history.excluded)
    day = spans.start // DAY
    known = day < reference.shape[1]
    series, day = spans.series[known], day[known]
    used = reference[history.place[series], day] & (day >= history.born[series])
    series, day = series[used], day[used]
    start, end = spans.start[known][used] % DAY, (spans.end[known][used] - 1) % DAY + 1
    kind = history.kinds[history.place[series], day]
    share = window_share(profile, history.channel[series], kind, kind, end, end - start)
    return _sums(series, share, len(history.channel))


def _sums(label: IntArray, values: FloatArray, count: int) -> FloatArray:
    return np.bincount(label, values, minlength=count).astype(np.float64)


class _Slots:
    """The hours of the reference days as dense counts, one channel after the other."""

    def __init__(
        self, history: History, reference: BoolArray, used: BoolArray, at_day: IntArray
    ) -> None:
        self.history, self.reference = history, reference
        self.days = np.flatnonzero(reference.any(axis=0))
        self.column = np.zeros(reference.shape[1], dtype=np.int64)
        self.column[self.days] = np.arange(len(self.days))
        self.series = history.event_series[used]
        self.day = self.column[at_day[used]]
        self.hour = history.event_minute[used] % DAY // 60
        cut = split_by_day(history.excluded)
        known = np.isin(cut.start // DAY, self.days)
        self.cut = Intervals(*(each[known] for each in cut))

    def of_channel(
        self, index: int, profile: FloatArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return the channel's series, their counts and exposures; (m,), (m, days, hours) × 2."""
        history = self.history
        members = np.flatnonzero(history.channel == index)
        row = np.full(len(history.channel), -1)
        row[members] = np.arange(len(members))
        mine = row[self.series] >= 0
        seen = np.zeros((len(members), len(self.days), HOURS))
        np.add.at(seen, (row[self.series[mine]], self.day[mine], self.hour[mine]), 1.0)
        place = history.place[members]
        share = profile[index][history.kinds[place][:, self.days]]  # (m, days, hours)
        valid = self.reference[place][:, self.days]
        valid &= self.days >= history.born[members][:, None]
        share = np.where(valid[:, :, None], share, 0.0)
        for series, start, end in zip(*self.cut, strict=True):
            if row[series] >= 0:
                hours = slice(start % DAY // 60, ((end - 1) % DAY) // 60 + 1)
                share[row[series], self.column[start // DAY], hours] = 0.0
        return members, seen, share


def _fit_channels(
    slots: _Slots, total: FloatArray, exposure: FloatArray, profile: FloatArray
) -> tuple[ChannelFit, ...]:
    """Fit the prior and the dispersion of each channel; with few reports it leans on all."""
    parts = [_residuals(slots, index, total, exposure, profile) for index in range(len(profile))]
    phi, kappa = 1.0, 0.0
    for _ in range(anomaly.WEIGHTINGS):
        sums = np.array([anomaly.dispersion_sums(*part, phi, kappa) for part in parts])
        phi, kappa = anomaly.solve_dispersion(sums.sum(axis=0))
    sums = np.array([anomaly.dispersion_sums(*part, phi, kappa) for part in parts])
    share = min(1.0, DISPERSION_PRIOR / max(float(total.sum()), 1.0))
    fitted = list[ChannelFit]()
    for index, own in enumerate(sums):
        phi, kappa = anomaly.solve_dispersion(own + share * (sums.sum(axis=0) - own))
        mine = slots.history.channel == index
        fitted.append(ChannelFit(*anomaly.prior(total[mine], exposure[mine], phi), phi, kappa))
    return tuple(fitted)


def _residuals(
    slots: _Slots, index: int, total: FloatArray, exposure: FloatArray, profile: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the squared residuals and the means of a channel's hours."""
    members, seen, share = slots.of_channel(index, profile)
    totals, exposures = total[members], exposure[members]
    a, b = anomaly.prior(totals, exposures)
    usual = profile[index][:WEEKDAYS].max(axis=0) > MIN_SLOT
    seen, share = seen[:, :, usual], share[:, :, usual]
    # Each day is compared with the other days, or it would explain itself.
    shape = a + totals[:, None] - seen.sum(axis=2)
    known = b + exposures[:, None] - share.sum(axis=2)
    rate = np.where(known > 0, shape / np.where(known > 0, known, 1.0), 0.0)
    mean = rate[:, :, None] * share
    spread = mean**2 / np.maximum(shape, anomaly.SMALLEST_EXCESS)[:, :, None]
    valid = mean > 0
    return ((seen - mean) ** 2 - spread)[valid], mean[valid]
