"""Reports of people as arrays: which days and minutes of which series count.

A *series* is one channel of one unit; its counts are of people (one person counts once per series
and day), by the minute they were received. Times are minutes of local time since the history's
first day began; a day has 1,440.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

BoolArray = NDArray[np.bool_]

DAY = 1440  # minutes
HOURS = 24
WEEKDAYS = 5
CLOSED = 5  # the kind of a day on which the place does not open; 0–4 are Monday to Friday
DAY_KINDS = 6
REFERENCE_DAYS = 20  # open days of the place
SKIPPED_DAYS = 2  # the newest open days: a lasting failure does not become normal
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


def split_by_day(spans: Intervals) -> Intervals:
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


def reference_days(kinds: IntArray, day: int) -> BoolArray:
    """Return each place's 20 open days before `day`, the newest 2 skipped; (p, d)."""
    opened = (kinds != CLOSED) & (np.arange(kinds.shape[1]) < day)
    newer = np.cumsum(opened[:, ::-1], axis=1)[:, ::-1]  # open days from here on
    return opened & (newer > SKIPPED_DAYS) & (newer <= SKIPPED_DAYS + REFERENCE_DAYS)


def days_by_kind(history: History, days: BoolArray) -> FloatArray:
    """Count each series' days by kind, from the day it existed; (n, kinds)."""
    one_hot = (history.kinds[:, :, None] == np.arange(DAY_KINDS)) & days[:, :, None]
    since = np.cumsum(one_hot[:, ::-1], axis=1)[:, ::-1]  # (p, d, kinds): from that day on
    since = np.concatenate([since, np.zeros_like(since[:, :1])], axis=1)
    return since[history.place, np.minimum(history.born, days.shape[1])].astype(float)
