"""The time that a tab holds: as it is drawn, and as the tab keeps it over a reload."""

import re
from dataclasses import dataclass
from datetime import datetime

from canais_app.agenda.picker import zones
from canais_app.agenda.views import HeldSlot
from canais_app.kit import clock, text

_TOKEN = re.compile(r"^[\w-]{20,100}$")


@dataclass
class HeldSlotView:
    """The chosen time in ready words. `label` is `14h20`, empty when none is chosen.

    `own` is it on the visitor's own clock, when that differs. `name` changes with each countdown
    of `seconds_left`, so that the page begins it anew.
    """

    day: str = ""
    label: str = ""
    words: str = ""
    date: str = ""
    own: str = ""
    month: str = ""
    number: str = ""
    seconds_left: int = 0
    name: str = ""


def held_slot_view(hold: HeldSlot, zone: str, now: datetime) -> HeldSlotView:
    """Return a hold as the page draws it for somebody in `zone`."""
    day = clock.to_local_day(hold.start)
    left = max(0, int((hold.expires_at - now).total_seconds()))
    return HeldSlotView(
        day=day.isoformat(),
        label=text.format_hour(hold.start),
        words=f"{text.format_hour(hold.start)} às {text.format_hour(hold.end)}",
        date=f"{text.WEEKDAYS_BARE[day.weekday()]}, {text.format_date(day)}",
        own=zones.format_span_in_zone(zones.parse_zone(zone), hold.start, hold.end),
        month=text.MONTH_NAMES[day.month - 1][:3],
        number=str(day.day),
        seconds_left=left,
        name=f"{hold.token[:8]}-{left}",
    )


def serialize_hold(slug: str, hold: HeldSlot) -> str:
    """Return a hold as the tab keeps it."""
    moments = (hold.start, hold.end, hold.expires_at)
    return "|".join([slug, hold.token, *(moment.isoformat() for moment in moments)])


def restore_hold(kept: str, slug: str, now: datetime) -> HeldSlot | None:
    """Return the hold that a tab kept for this agenda, while it lasts; the tab may say anything."""
    of, _, rest = kept.partition("|")
    try:
        token, *moments = rest.split("|")
        start, end, expires = (datetime.fromisoformat(moment) for moment in moments)
        return (
            HeldSlot(token, start, end, expires)
            if of == slug and _TOKEN.match(token) and expires > now
            else None
        )
    except (ValueError, TypeError):  # TypeError: a moment without its offset
        return None
