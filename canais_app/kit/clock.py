"""The only clock: other code gets the time as an argument."""

import zoneinfo
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(())  # the pinned table (package tzdata), not the machine's older one
TZ = ZoneInfo("America/Cuiaba")
ZONE_LABEL = "horário de Cuiabá (UTC−4)"
HOURS_BEHIND_UTC = 4  # since 2019, without daylight saving: for counts by whole hours


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (the only place)


def to_local(moment: datetime) -> datetime:
    """Convert a moment to the court's zone (America/Cuiaba)."""
    return moment.astimezone(TZ)


def to_local_day(moment: datetime) -> date:
    """Return the calendar day of a moment in the court's zone."""
    return moment.astimezone(TZ).date()


def to_rfc3339(moment: datetime) -> str:
    """Format a moment in RFC 3339 with the court's offset."""
    return to_local(moment).isoformat()


def from_wall_clock(day: date, hour: int, minute: int = 0) -> datetime:
    """Convert a wall-clock time of the court's zone to UTC.

    A time that did not exist (2018-11-04 00:00) becomes the first moment after the gap.
    """
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ).astimezone(UTC)


def hour_number(moment: datetime) -> int:
    """Return the hour of a moment in whole hours since 1970 (UTC)."""
    return int(moment.timestamp()) // 3600


def hour_start(number: int) -> datetime:
    """Return the first moment of an hour number, in UTC."""
    return datetime.fromtimestamp(number * 3600, UTC)


def day_number(moment: datetime) -> int:
    """Return the court's day of a moment in whole days since 1970."""
    return to_local_day(moment).toordinal() - date(1970, 1, 1).toordinal()
