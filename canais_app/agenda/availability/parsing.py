"""Rules: a day and a time as a person chose them, as a moment; how long a time is kept."""

import re
from datetime import date, datetime, timedelta

from canais_app.kit import clock

_TIME = re.compile(r"^([01]?\d|2[0-3])h([0-5]\d)?$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::\d{2})?$")
COUNTDOWN_LIMIT = timedelta(hours=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100


def is_supported_year(day: date) -> bool:
    """Whether an agenda could mean a day (or a moment): one of this century."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def is_iso_day(sent: object) -> bool:
    """Whether what was sent is an ISO day."""
    try:
        date.fromisoformat(sent if isinstance(sent, str) else "")
    except ValueError:
        return False
    return True


def parse_day_and_time(day: object, label: object) -> datetime | None:
    """Return `14h20` of an ISO day on the court's clock as a moment in UTC; None if it is none."""
    found = _TIME.match(label) if isinstance(label, str) else None
    if found is None or not isinstance(day, str) or not is_iso_day(day):
        return None
    return clock.from_wall_clock(date.fromisoformat(day), int(found[1]), int(found[2] or 0))


def format_time_field(sent: object) -> str:
    """Return `14h20` for the `14:20` of a time field; anything else as an empty string."""
    found = _CLOCK.match(sent) if isinstance(sent, str) else None
    return f"{int(found[1])}h{found[2]}" if found else ""


def seconds_left(until: str, now: datetime) -> int:
    """Return the seconds to an RFC 3339 moment within the hour; 0 when it is later, over, empty."""
    if not until:
        return 0
    left = datetime.fromisoformat(until) - now
    return int(left.total_seconds()) if timedelta() < left < COUNTDOWN_LIMIT else 0
