"""The only clock. Everything else is told the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TZ = ZoneInfo("America/Cuiaba")
ZONE_LABEL = "horário de Cuiabá (UTC−4)"


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (this is the one place)


def to_local(moment: datetime) -> datetime:
    """Return the same moment on the court's clock (America/Cuiaba)."""
    return moment.astimezone(TZ)


def to_local_day(moment: datetime) -> date:
    """Return the court's calendar day of a moment."""
    return moment.astimezone(TZ).date()


def to_rfc3339(moment: datetime) -> str:
    """Return a moment with the court's offset."""
    return to_local(moment).isoformat()


def from_wall_clock(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the moment of a wall-clock time in the court's zone, in UTC.

    A time that did not exist (2018-11-04 00:00) becomes the first moment after the gap.
    """
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ).astimezone(UTC)
