"""Spans of time: half-open, in UTC; days and times of day on the court's clock (America/Cuiaba)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from canais_app.kit.clock import TZ

# weekday (0 = Monday) → [["12:00", "19:00"], …]
Hours = Mapping[str, Sequence[Sequence[str]]]
Span = tuple[datetime, datetime]
Times = tuple[tuple[int, int], ...]  # minutes since midnight, half-open
HoursKey = tuple[tuple[str, Times], ...]
OPENS, CLOSES = 12 * 60, 19 * 60  # the court's public hours, Monday to Friday
COURT_HOURS: HoursKey = tuple((str(day), ((OPENS, CLOSES),)) for day in range(5))
DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60


def moment_at(day: date, minutes: int) -> datetime:
    """Return the moment `minutes` after midnight on the wall clock, in UTC.

    A wall time that did not exist (2018-11-04 00:30) becomes the first moment after the gap.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    after = wall.replace(tzinfo=TZ).astimezone(UTC)
    if after.astimezone(TZ).replace(tzinfo=None) == wall:
        return after
    found = wall.replace(tzinfo=TZ, fold=1).astimezone(UTC)
    offset = found.astimezone(TZ).utcoffset()
    while found.astimezone(TZ).utcoffset() == offset:
        found += timedelta(minutes=1)
    return found


def court_day(moment: datetime) -> date:
    """Return the court's calendar day of a moment."""
    return moment.astimezone(TZ).date()


def parse_minutes(words: object) -> int | None:
    """Return `"12:30"` as minutes since midnight; None for anything else. `24:00` is an end."""
    hour, colon, minute = str(words).partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        return None
    minutes = int(hour) * 60 + int(minute)
    return minutes if int(minute) < 60 and minutes <= _MIDNIGHT else None  # noqa: PLR2004


def parse_hours(hours: Hours | None) -> HoursKey:
    """Return stored hours as values; the court's own when empty, leaving out what is no span."""
    if not hours:
        return COURT_HOURS
    found: list[tuple[str, Times]] = []
    for weekday, spans in sorted(hours.items()):
        pairs = ((parse_minutes(s[0]), parse_minutes(s[1])) for s in spans if len(s) == 2)  # noqa: PLR2004
        times = sorted((a, b) for a, b in pairs if a is not None and b is not None and a < b)
        found.append((weekday, tuple(times)))
    return tuple(found)


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """Join spans that touch or overlap, earliest first."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def subtract_span(spans: Sequence[Span], start: datetime, end: datetime | None) -> list[Span]:
    """Take `[start, end)` out of the spans; no end: all that comes after."""
    left = ((a, min(b, start)) for a, b in spans)
    right = ((max(a, end), b) for a, b in spans) if end else ()
    return [(a, b) for a, b in chain(left, right) if a < b]


def format_clock_time(at: time) -> str:
    """Return `13h`, `13h30`."""
    return f"{at.hour}h{at.minute:02d}" if at.minute else f"{at.hour}h"
