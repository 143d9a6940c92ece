"""Two calendars of different hands that read ours: Python's `icalendar`, and npm's `ical.js`."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar, Event

NODE = Path(__file__).parent / "node"
ReadCalendar = dict[str, Any]


def read_with_ical_js(texts: Sequence[str]) -> list[ReadCalendar]:
    """Apply each text in turn; return of each its `events` and what the calendar `held` then."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "ical.js").exists():
        pytest.skip("falta o ical.js (npm ci em tests/node)")
    done = subprocess.run(
        [node, NODE / "calendar.mjs"], input=json.dumps(texts), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def read_with_icalendar(texts: Sequence[str]) -> list[ReadCalendar]:
    """Do the same with the other reader."""
    held: dict[str, ReadCalendar] = {}
    steps: list[ReadCalendar] = []
    for text in texts:
        book = Calendar.from_ical(text)
        method = str(book.get("METHOD", ""))
        events = [_read(event, method) for event in book.walk("VEVENT")]
        for event in events:
            known = held.get(event["uid"])
            if known and event["sequence"] < known["sequence"]:
                continue
            if method == "CANCEL":
                held.pop(event["uid"], None)
            else:
                held[event["uid"]] = event
        steps.append({"events": events, "held": list(held.values())})
    return steps


def _read(event: Event, method: str) -> ReadCalendar:
    people = event.get("ATTENDEE", [])
    return {
        "method": method,
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "start": _utc(event.decoded("DTSTART")),
        "end": _utc(event.decoded("DTEND")),
        "zone": event["DTSTART"].params.get("TZID", "UTC"),
        "summary": str(event["SUMMARY"]),
        "description": str(event.get("DESCRIPTION", "")),
        "location": str(event.get("LOCATION", "")),
        "status": str(event["STATUS"]),
        "stamp": _utc(event.decoded("DTSTAMP")),
        "organizer": str(event.get("ORGANIZER", "")),
        "attendees": [str(one) for one in (people if isinstance(people, list) else [people])],
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
