"""A line over time: what was seen, and what is normal then."""

from dataclasses import dataclass
from datetime import datetime

from canais_app.complaints import spikes
from canais_app.complaints.measures.history import DAY, HOUR, WEEK, History, hour_parts
from canais_app.complaints.slices import Slice


@dataclass(frozen=True)
class Point:
    """One point of a series: the hour or the day until `end`, and what is normal then."""

    start: datetime
    end: datetime
    seen: int
    expected: float
    low: int
    high: int
    limit: int
    last_week: float
    days: int  # reference days; 0: nothing is known of what is normal


def points(chosen: Slice, history: History) -> tuple[Point, ...]:
    """Return 24 points of the 60 minutes before each, or one point a day."""
    now = history.now
    if chosen.period == "24h":
        ends = [now - n * HOUR for n in range(23, -1, -1)]
        return tuple(
            _point(
                history, end - HOUR, end, sum(end - HOUR < one.at <= end for one in history.recent)
            )
            for end in ends
        )
    found: list[Point] = []
    start, last = chosen.start(now), chosen.end(now)
    while start < last:
        end = min(start + DAY, last)
        seen = sum(history.hours.get(hour, 0) for hour, _ in hour_parts(start, end))
        found.append(_point(history, start, end, seen))
        start += DAY
    return tuple(found)


def _point(history: History, start: datetime, end: datetime, seen: int) -> Point:
    reference = history.reference(start, end)
    low, high = spikes.band(reference)
    return Point(
        start=start,
        end=end,
        seen=seen,
        expected=reference.mean,
        low=low,
        high=high,
        limit=spikes.limit(reference),
        last_week=history.between(start - WEEK, end - WEEK),
        days=reference.days,
    )
