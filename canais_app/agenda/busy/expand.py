"""Expand a calendar file (RFC 5545) into busy times: bytes in, spans out.

Runs in a process of its own (`python -m …expand`): a calendar is foreign data whose rules may
recur for ever, so that its time and memory are bounded and requests do not wait for it.
"""

import json
import os
import re
import resource
import sys
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import recurring_ical_events
from icalendar import Calendar, Component

from canais_app.expediente.calendar import Span, merge_spans
from canais_app.kit import clock

MAX_SPANS = 20_000
CPU_SECONDS = 60
NICENESS = 10  # requests have priority
MEMORY_BYTES = 2 << 30
MARGIN = timedelta(days=2)  # all-day events and other zones reach over the ends of the range
FREE_TYPES = ("FREE",)
CALENDAR_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
TIME_PROPERTIES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
KEPT_LINE = re.compile(
    rb"(BEGIN|END|UID|SEQUENCE|STATUS|TRANSP|X-MICROSOFT-CDO-BUSYSTATUS|FREEBUSY|X-WR-TIMEZONE|TZ\w+"
    rb"|" + "|".join(TIME_PROPERTIES).encode() + rb")[:;]",
    re.IGNORECASE,
)
# What the parsers raise for an event that breaks the standard.
BROKEN_EVENT = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
NOT_A_CALENDAR = "O endereço respondeu, mas não com um calendário."
TOO_MANY = "O calendário tem compromissos demais."


class UnreadableCalendarError(Exception):
    """The file is no calendar that can be read; the message is a sentence for staff."""


@dataclass(frozen=True)
class BusyTimes:
    """Merged busy times, earliest first.

    `unreadable` counts events that were left out because they break the standard, and those whose
    zone is unknown, which are taken to be in the court's.
    """

    spans: tuple[Span, ...]
    unreadable: int = 0


def expand(
    data: bytes, first: datetime, last: datetime, *, own_uids: Iterable[str] = ()
) -> BusyTimes:
    """Return the busy times of an iCalendar file, or of a CalDAV answer, in `[first, last)`.

    An event is free when it is cancelled, TRANSPARENT or marked free by Outlook; tentative ones
    are busy. Days, and times without a zone, are the court's unless the calendar names its zone.
    `own_uids` are our appointments, which come back from a calendar that took our invitations.

    Raises:
        UnreadableCalendarError: it is no calendar, or has too many events.
    """
    known, zones = frozenset(own_uids), zoneinfo.available_timezones()
    found: list[Span] = []
    unreadable = 0
    for calendar in _parse(data):
        found.extend(_list_free_busy(calendar))
        if str(calendar.get("X-WR-TIMEZONE", "")) not in zones:
            calendar.pop("X-WR-TIMEZONE", None)
        for uid, series in _group_by_uid(calendar):
            if uid in known:
                continue
            try:
                unreadable += any(map(_has_unknown_zone, series))
                found.extend(_list_busy(calendar, series, first, last))
            except BROKEN_EVENT:
                unreadable += 1
    inside = [(max(start, first), min(end, last)) for start, end in found]
    spans = tuple(merge_spans([span for span in inside if span[0] < span[1]]))
    if len(spans) > MAX_SPANS:
        raise UnreadableCalendarError(TOO_MANY)
    return BusyTimes(spans, unreadable)


def _parse(data: bytes) -> list[Calendar]:
    """Return the calendars of a file; an event whose text is broken is left out and counted."""
    try:
        texts = [data] if b"<" not in data[:200] else _list_caldav_texts(data)
        calendars = [
            found
            for text in texts
            for found in Calendar.from_ical(_keep_times(text), multiple=True)
        ]
    except (ValueError, KeyError, IndexError, ET.ParseError):
        raise UnreadableCalendarError(NOT_A_CALENDAR) from None
    calendars = [found for found in calendars if found.name == "VCALENDAR"]
    if not calendars and texts:  # an empty CalDAV answer has no text at all
        raise UnreadableCalendarError(NOT_A_CALENDAR)
    return calendars


def _keep_times(data: bytes) -> bytes:
    """Return a calendar without the lines that do not say when; nothing else is parsed."""
    unfolded = re.sub(rb"\r?\n[ \t]", b"", data.removeprefix(b"\xef\xbb\xbf"))
    return b"\r\n".join(line for line in unfolded.splitlines() if KEPT_LINE.match(line)) + b"\r\n"


def _list_caldav_texts(data: bytes) -> list[bytes]:
    """Return the calendars within a multistatus answer (RFC 4791); its entities are refused."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError
    root = ET.fromstring(data)  # noqa: S314 (without a document type there are no entities)
    if not root.tag.endswith("}multistatus"):
        raise ValueError
    return [(node.text or "").encode() for node in root.iter(CALENDAR_DATA)]


def _group_by_uid(calendar: Component) -> Iterator[tuple[str, list[Component]]]:
    """Yield each event with its moved instances; the newest where a UID has several versions.

    Several events that share a UID and a version (bad exporters) are all kept: each is busy.
    """
    found: dict[str, list[Component]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        found.setdefault(str(event.get("UID", "")) or f"#{number}", []).append(event)
    for uid, events in found.items():
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        newest = max(map(_sequence, masters), default=0)
        first, *others = [one for one in masters if _sequence(one) == newest] or [None]
        moved = [event for event in events if "RECURRENCE-ID" in event]
        yield uid, [first, *moved] if first else moved
        for event in others:
            if event:
                yield uid, [event]


def _sequence(event: Component) -> int:
    if str(event.get("SEQUENCE", "0")).isdecimal():
        return int(event.get("SEQUENCE", 0))
    del event["SEQUENCE"]  # the expansion would refuse the event for it
    return 0


def _list_busy(
    calendar: Component, series: Sequence[Component], first: datetime, last: datetime
) -> list[Span]:
    """Return the busy times of one event and its instances.

    Raises:
        ValueError: its times are missing or broken (or another of `BROKEN_EVENT`).
    """
    book = Calendar()
    if "X-WR-TIMEZONE" in calendar:
        book["X-WR-TIMEZONE"] = calendar["X-WR-TIMEZONE"]
    for event in series:
        if "DTSTART" not in event or any(name in TIME_PROPERTIES for name, _ in event.errors):
            raise ValueError
        _extend_until(event)
        book.add_component(event)
    occurrences = recurring_ical_events.of(book).between(first - MARGIN, last + MARGIN)
    return [_span_of(event) for event in occurrences if not _is_free(event)]


def _extend_until(event: Component) -> None:
    """Let a series of times that ends on a day (against the standard) last until its end."""
    rules: Any = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        ends, start = rule.get("UNTIL", []), _start(event)
        if ends and isinstance(start, datetime) and not isinstance(ends[0], datetime):
            last = datetime.combine(ends[0], time(23, 59, 59), start.tzinfo)
            rule["UNTIL"] = [last.astimezone(UTC) if last.tzinfo else last]


def _start(event: Component) -> date | datetime:
    found: Any = event["DTSTART"]
    return found.dt


def _has_unknown_zone(event: Component) -> bool:
    start: Any = event["DTSTART"]
    return "TZID" in start.params and isinstance(start.dt, datetime) and not start.dt.tzinfo


def _is_free(event: Component) -> bool:
    return (
        str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE_TYPES
    )


def _span_of(event: Component) -> Span:
    end: Any = event.get("DTEND", event["DTSTART"])
    return _moment(_start(event)), _moment(end.dt)


def _moment(value: date | datetime) -> datetime:
    """Return a moment in UTC; days and times without a zone are the court's."""
    if not isinstance(value, datetime):
        return clock.from_wall_clock(value, 0)
    return (value if value.tzinfo else value.replace(tzinfo=clock.TZ)).astimezone(UTC)


def _list_free_busy(calendar: Component) -> Iterator[Span]:
    """Yield the busy periods of VFREEBUSY components, which some servers publish instead."""
    for component in calendar.walk("VFREEBUSY"):
        values: Any = component.get("FREEBUSY", [])
        for value in values if isinstance(values, list) else [values]:
            if str(value.params.get("FBTYPE", "BUSY")).upper() in FREE_TYPES:
                continue
            start, end = value.dt
            yield _moment(start), _moment(start + end if isinstance(end, timedelta) else end)


def _limit_resources() -> None:
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Read a line of JSON (`first`, `last`, `own_uids`) and a calendar; print JSON."""
    _limit_resources()
    asked = json.loads(sys.stdin.buffer.readline())
    first, last = (datetime.fromisoformat(asked[name]) for name in ("first", "last"))
    try:
        found = expand(sys.stdin.buffer.read(), first, last, own_uids=asked["own_uids"])
    except UnreadableCalendarError as refusal:
        answer: dict[str, object] = {"problem": str(refusal)}
    else:
        spans = [[start.isoformat(), end.isoformat()] for start, end in found.spans]
        answer = {"spans": spans, "unreadable": found.unreadable}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
