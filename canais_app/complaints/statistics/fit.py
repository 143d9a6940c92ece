"""Fit of what is usual: how many people report each channel of each unit, and when.

A *series* is one channel of one unit; its counts are of people (one person counts once per series
and day), by the minute they were received. Times are minutes of local time since the history's
first day began; a day has 1,440. The exposure of a window is its share of an average open day, by
an hour × weekday profile pooled over the channel: 20 open days are an exposure near 20.
Pure: arrays in, arrays out.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

BoolArray = NDArray[np.bool_]

DAY = 1440  # minutes
HOURS = 24
WEEKDAYS = 5
CLOSED = 5  # the kind of a day on which the place does not open; 0–4 are Monday to Friday
DAY_KINDS = 6
REFERENCE_DAYS = 20  # open days of the place
SKIPPED_DAYS = 2  # the newest open days: a lasting failure does not become normal
CELL_PRIOR = 10.0  # people: a profile's cell with fewer leans on the profile of all channels
PRIOR_FACTOR = np.array([1.0] * WEEKDAYS + [0.1])  # a closed day, before any was seen
NIGHT_SHARE = 0.01  # of a day's reports, spread over 24 hours: no hour is impossible
MIN_SLOT = 1e-4  # share of a day under which an hour says nothing about dispersion
KEY = 1 << 32  # series·KEY + minute sorts events by series, then time


class Intervals(NamedTuple):
    """Spans of minutes `[start, end)` of series, one per index."""

    series: IntArray
    start: IntArray
    end: IntArray


def no_intervals() -> Intervals:
    """Return an empty list of spans."""
    return Intervals(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


@dataclass(frozen=True)
class History:
    """Reports of people, and on which days and minutes they count.

    Shapes: n series, p places, d days. `event_series` and `event_minute` are sorted by series,
    then minute. Incidents, closures and maintenance are `excluded`.
    """

    channel: IntArray  # (n,) index of the type of channel
    group: IntArray  # (n,) index of the comarca
    place: IntArray  # (n,) row of `kinds`: the calendar of the unit
    born: IntArray  # (n,) first day on which the series existed the whole day
    kinds: IntArray  # (p, d) kind of each day: its weekday if open, else CLOSED
    event_series: IntArray
    event_minute: IntArray
    excluded: Intervals = field(default_factory=no_intervals)

    def kinds_on(self, day: int) -> IntArray:
        """Return each series' kind of that day; (n,)."""
        return self.kinds[self.place, day]

    @cached_property
    def counted(self) -> BoolArray:
        """Which events lie outside the excluded spans."""
        return ~inside(self.event_series, self.event_minute, self.excluded)


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

    def of_channel(self, name: str) -> FloatArray:
        """Return a value of `ChannelFit` for each series."""
        return np.array([getattr(each, name) for each in self.channels])[self.channel]


def inside(series: IntArray, minute: IntArray, spans: Intervals) -> BoolArray:
    """Return which events lie inside a span of their series."""
    if not len(spans.series):
        return np.zeros(len(series), dtype=bool)
    order = np.argsort(series * KEY + minute, kind="stable")
    keys = (series * KEY + minute)[order]
    steps = np.zeros(len(keys) + 1, dtype=np.int64)
    np.add.at(steps, np.searchsorted(keys, spans.series * KEY + spans.start), 1)
    np.add.at(steps, np.searchsorted(keys, spans.series * KEY + spans.end), -1)
    found = np.empty(len(keys), dtype=bool)
    found[order] = np.cumsum(steps[:-1]) > 0
    return found


def window_share(  # noqa: PLR0913, PLR0917 (where in the profile the window lies)
    profile: FloatArray,
    channel: IntArray,
    today: IntArray,
    yesterday: IntArray,
    minute: IntArray | int,
    width: IntArray | int,
) -> FloatArray:
    """Return the exposure of the last `width` minutes before `minute` of the day, ≤ a day wide.

    `today` and `yesterday` are kinds of days. All broadcast together.
    """
    cumulated = np.concatenate(
        [np.zeros((*profile.shape[:2], 1)), np.cumsum(profile, axis=2)], axis=2
    )

    def until(kind: IntArray, at: IntArray) -> FloatArray:
        hour = np.minimum(at // 60, HOURS - 1)
        return cumulated[channel, kind, hour] + profile[channel, kind, hour] * (at - hour * 60) / 60

    start = np.asarray(minute) - width
    before = until(today, np.maximum(start, 0))
    late = cumulated[channel, yesterday, HOURS] - until(yesterday, np.minimum(start + DAY, DAY))
    return until(today, np.asarray(minute)) - before + np.where(start < 0, late, 0.0)


def reference_days(kinds: IntArray, day: int) -> BoolArray:
    """Return each place's 20 open days before `day`, the newest 2 skipped; (p, d)."""
    opened = (kinds != CLOSED) & (np.arange(kinds.shape[1]) < day)
    newer = np.cumsum(opened[:, ::-1], axis=1)[:, ::-1]  # open days from here on
    return opened & (newer > SKIPPED_DAYS) & (newer <= SKIPPED_DAYS + REFERENCE_DAYS)


def fit_history(history: History, day: int) -> Fit:
    """Fit what is usual on `day` from the days before it."""
    reference = reference_days(history.kinds, day)
    counted = history.counted
    at_day = history.event_minute // DAY
    place = history.place[history.event_series]
    used = counted & reference[place, np.minimum(at_day, reference.shape[1] - 1)]
    used &= at_day >= history.born[history.event_series]
    profile = _fit_profile(history, reference, counted)
    n = len(history.channel)
    total = np.bincount(history.event_series[used], minlength=n).astype(float)
    daily = profile.sum(axis=2)  # (channel, kind)
    days = _days_by_kind(history, reference)
    exposure = (days * daily[history.channel]).sum(axis=1)
    exposure = np.maximum(exposure - _excluded_share(history, reference, profile), 0.0)
    slots = _Slots(history, reference, used, at_day)
    channels = tuple(
        _fit_channel(slots, index, total, exposure, profile) for index in range(len(profile))
    )
    return Fit(history.channel, history.group, total, exposure, channels, profile)


def _days_by_kind(history: History, days: BoolArray) -> FloatArray:
    """Count each series' days by kind, from the day it existed; (n, kinds)."""
    one_hot = (history.kinds[:, :, None] == np.arange(DAY_KINDS)) & days[:, :, None]
    since = np.cumsum(one_hot[:, ::-1], axis=1)[:, ::-1]  # (p, d, kinds): from that day on
    since = np.concatenate([since, np.zeros_like(since[:, :1])], axis=1)
    return since[history.place, np.minimum(history.born, days.shape[1])].astype(float)


def _fit_profile(history: History, reference: BoolArray, counted: BoolArray) -> FloatArray:
    """Return the share of an average open day in each hour; (channel, kind, hour).

    Cells with few people lean on the profile of all channels, and that one on hour × weekday.
    """
    number = np.arange(reference.shape[1])
    first = np.where(reference.any(axis=1), reference.argmax(axis=1), len(number))
    last = np.where(reference.any(axis=1), len(number) - reference[:, ::-1].argmax(axis=1), 0)
    span = (number >= first[:, None]) & (number < last[:, None])
    span &= reference | (history.kinds == CLOSED)
    series, minute = history.event_series, history.event_minute
    day = np.minimum(minute // DAY, len(number) - 1)
    place = history.place[series]
    used = counted & span[place, day] & (minute // DAY >= history.born[series])
    channels = int(history.channel.max()) + 1 if len(history.channel) else 0
    seen = np.zeros((channels, DAY_KINDS, HOURS))
    cell = (history.channel[series], history.kinds[place, day], minute % DAY // 60)
    np.add.at(seen, tuple(axis[used] for axis in cell), 1.0)
    days = np.zeros((channels, DAY_KINDS))
    np.add.at(days, history.channel, _days_by_kind(history, span))
    flat = _separable(seen.sum(axis=0), days.sum(axis=0))
    everything = _lean(seen.sum(axis=0)[None], days.sum(axis=0)[None], flat[None])
    return _lean(seen, days, np.broadcast_to(everything, seen.shape))


def _separable(seen: FloatArray, days: FloatArray) -> FloatArray:
    """Return the share of an hour as hour × kind of day; (kind, hour)."""
    opened = seen[:WEEKDAYS].sum(axis=0)
    night = (opened.sum() * NIGHT_SHARE + 1) / HOURS
    hours = (opened + night) / (opened + night).sum()
    per_day = max(opened.sum(), 1.0) / max(days[:WEEKDAYS].sum(), 1.0)
    factor = (seen.sum(axis=1) + CELL_PRIOR * PRIOR_FACTOR) / (days * per_day + CELL_PRIOR)
    return factor[:, None] * hours[None, :]


def _lean(seen: FloatArray, days: FloatArray, other: FloatArray) -> FloatArray:
    """Return profiles whose thin cells lean on another profile; open days average to 1."""
    opened = seen[:, :WEEKDAYS].sum(axis=(1, 2))
    per_day = opened / np.maximum(days[:, :WEEKDAYS].sum(axis=1), 1.0)  # people
    expected = days[:, :, None] * per_day[:, None, None]
    share = (seen + CELL_PRIOR) / (expected + CELL_PRIOR / other)
    weight = np.maximum(days[:, :WEEKDAYS], 1e-9)
    average = (share[:, :WEEKDAYS].sum(axis=2) * weight).sum(axis=1) / weight.sum(axis=1)
    return share / average[:, None, None]


def _excluded_share(history: History, reference: BoolArray, profile: FloatArray) -> FloatArray:
    """Return the exposure that excluded minutes take from each series' reference days; (n,)."""
    spans = _split_by_day(history.excluded)
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


def _split_by_day(spans: Intervals) -> Intervals:
    """Cut spans at midnight and join those of a series that overlap."""
    order = np.lexsort((spans.start, spans.series))
    series, start, end = (each[order] for each in spans)
    reach = np.maximum.accumulate(series * KEY + end) if len(end) else end
    before = np.concatenate([[-1], reach[:-1]]) if len(end) else end
    start = np.maximum(start, np.where(before // KEY == series, before % KEY, 0))
    kept = end > start
    series, start, end = series[kept], start[kept], end[kept]
    parts = (end - 1) // DAY - start // DAY + 1
    index = np.repeat(np.arange(len(series)), parts)
    offset = np.arange(len(index)) - np.repeat(np.cumsum(parts) - parts, parts)
    midnight = (start[index] // DAY + offset) * DAY
    return Intervals(
        series[index], np.maximum(start[index], midnight), np.minimum(end[index], midnight + DAY)
    )


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
        cut = _split_by_day(history.excluded)
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


def _fit_channel(
    slots: _Slots, index: int, total: FloatArray, exposure: FloatArray, profile: FloatArray
) -> ChannelFit:
    """Fit the prior and the dispersion of one channel."""
    members, seen, share = slots.of_channel(index, profile)
    totals, exposures = total[members], exposure[members]
    a, b = anomaly.prior(totals, exposures)
    if totals.sum() <= 0:
        return ChannelFit(a, b, 1.0, 0.0)
    usual = profile[index][:WEEKDAYS].max(axis=0) > MIN_SLOT
    seen, share = seen[:, :, usual], share[:, :, usual]
    # Each day is compared with the other days, or it would explain itself.
    shape = a + totals[:, None] - seen.sum(axis=2)
    known = b + exposures[:, None] - share.sum(axis=2)
    rate = np.where(known > 0, shape / np.where(known > 0, known, 1.0), 0.0)
    mean = rate[:, :, None] * share
    spread = mean**2 / np.maximum(shape, anomaly.SMALLEST_EXCESS)[:, :, None]
    phi, kappa = anomaly.dispersion(seen, mean, spread)
    a, b = anomaly.prior(totals, exposures, phi)
    return ChannelFit(a, b, phi, kappa)
