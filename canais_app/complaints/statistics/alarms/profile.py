"""Profile of a channel: the share of an average open day in each hour of each kind of day."""

import numpy as np

from canais_app.complaints.statistics.alarms.history import (
    CLOSED,
    DAY,
    DAY_KINDS,
    HOURS,
    WEEKDAYS,
    BoolArray,
    History,
    days_by_kind,
)
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

CELL_PRIOR = 10.0  # people: a profile's cell with fewer leans on the profile of all channels
PRIOR_FACTOR = np.array([1.0] * WEEKDAYS + [0.1])  # a closed day, before any was seen
NIGHT_SHARE = 0.01  # of a day's reports, spread over 24 hours: no hour is impossible


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


def fit_profile(history: History, reference: BoolArray, counted: BoolArray) -> FloatArray:
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
    np.add.at(days, history.channel, days_by_kind(history, span))
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
