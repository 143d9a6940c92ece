"""Rule: convert a time of the court to the visitor's zone, when the two differ."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from canais_app.kit import clock, text

MAX_ZONE_LENGTH = 60
_HOUR = timedelta(hours=1)


def parse_zone(sent: object) -> str:
    """Return a valid IANA zone name, or an empty string for anything else."""
    if not isinstance(sent, str) or not sent or len(sent) > MAX_ZONE_LENGTH:
        return ""
    try:
        return ZoneInfo(sent).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def offset_from_court(zone: str, moment: datetime) -> timedelta:
    """Return how far a zone is ahead of the court's at a moment (negative: behind)."""
    own = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return own - (clock.to_local(moment).utcoffset() or timedelta())


def format_offset(zone: str, moment: datetime) -> str:
    """Return `no seu fuso (São Paulo), 1 h a mais`; empty when the clocks agree."""
    if not zone or not (apart := offset_from_court(zone, moment)):
        return ""
    hours, rest = divmod(abs(apart), _HOUR)
    minutes = rest // timedelta(minutes=1)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    words = " ".join(part for part in parts if part)
    return (
        f"no seu fuso ({zone_city(zone)}), {words} a {'mais' if apart > timedelta() else 'menos'}"
    )


def format_span_in_zone(zone: str, start: datetime, end: datetime) -> str:
    """Return `15h às 15h20 no seu fuso (São Paulo)`, with the day when it is another one."""
    if not zone or not offset_from_court(zone, start):
        return ""
    local_start, local_end = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    day = local_start.date()
    date = f", {text.format_date(day)}" if day != clock.to_local_day(start) else ""
    hours = f"{_format_hour(local_start)} às {_format_hour(local_end)}"
    return f"{hours}{date} no seu fuso ({zone_city(zone)})"


def zone_city(zone: str) -> str:
    """Return a zone's city for people: `America/Sao_Paulo` → `São Paulo`."""
    city = zone.rpartition("/")[2].replace("_", " ")
    return _CITY_NAMES.get(city, city)


# Cities of Brazil's zones, whose keys lack the accents.
_CITY_NAMES = {
    "Sao Paulo": "São Paulo",
    "Belem": "Belém",
    "Maceio": "Maceió",
    "Araguaina": "Araguaína",
    "Santarem": "Santarém",
    "Eirunepe": "Eirunepé",
    "Cuiaba": "Cuiabá",
}


def _format_hour(moment: datetime) -> str:
    return f"{moment.hour}h{moment.minute:02d}" if moment.minute else f"{moment.hour}h"
