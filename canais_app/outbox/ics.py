"""Write calendar attachments and feeds (RFC 5545, iTIP of RFC 5546).

Times of an invitation are in UTC: each calendar converts them to its owner's zone, so no zone table
is needed. Those of a feed are in the court's zone, with its table (VTIMEZONE), and the feed says
how often it is worth reading (RFC 7986; `X-PUBLISHED-TTL` is Outlook's older name).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from canais_app.kit import clock

REQUEST = "REQUEST"
CANCEL = "CANCEL"
PUBLISH = "PUBLISH"
REFRESH_INTERVAL = timedelta(minutes=30)
FIRST_ZONED_DAY = date(2020, 1, 1)  # feeds have no earlier event
PRODUCT_ID = "-//Canais de Atendimento do Poder Judiciário de Mato Grosso//pt-BR"


@dataclass(frozen=True)
class IcsEvent:
    """One event; times are aware. `sequence` rises by one at each move or cancellation.

    `stamp` is when this version was made. Without `attendee` the event is for a feed.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    stamp: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    organizer: str = ""
    organizer_name: str = ""
    attendee: str = ""
    cancelled: bool = False


def itip_method(event: IcsEvent) -> str:
    """Return the iTIP method of an invitation: REQUEST adds or updates, CANCEL removes."""
    return CANCEL if event.cancelled else REQUEST


def serialize_invitation(event: IcsEvent) -> str:
    """Return the invitation of a booking or move, or the cancellation, with CRLF line ends."""
    return _serialize_calendar([event], itip_method(event))


def serialize_feed(events: Iterable[IcsEvent], title: str) -> str:
    """Return a feed to subscribe to; it names no attendee."""
    return _serialize_calendar(events, PUBLISH, title)


def _serialize_calendar(events: Iterable[IcsEvent], method: str, title: str = "") -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if title:
        calendar.add("x-wr-calname", title)
        calendar.add("name", title)
    if method == PUBLISH:
        calendar.add("x-wr-timezone", clock.TZ.key)
        interval = vDuration(REFRESH_INTERVAL)
        calendar.add("refresh-interval", interval, {"VALUE": "DURATION"})
        calendar.add("x-published-ttl", interval)
    for event in events:
        calendar.add_component(_build_component(event, method))
    if method == PUBLISH:
        calendar.add_missing_timezones(first_date=FIRST_ZONED_DAY)
    return calendar.to_ical().decode()


def _build_component(event: IcsEvent, method: str) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", event.stamp.astimezone(UTC).replace(microsecond=0))
    zone = clock.TZ if method == PUBLISH else UTC
    component.add("dtstart", event.starts_at.astimezone(zone))
    component.add("dtend", event.ends_at.astimezone(zone))
    component.add("summary", event.summary)
    component.add(
        "class", "PRIVATE"
    )  # people with whom the calendar is shared see only a busy time
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    for name in ("description", "location", "url"):
        if getattr(event, name):
            component.add(name, getattr(event, name))
    if event.organizer:
        component.add("organizer", _build_cal_address(event.organizer, event.organizer_name))
    if event.attendee and method != PUBLISH:
        guest = _build_cal_address(event.attendee, "")
        guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
        guest.params["RSVP"] = vText("FALSE")
        component.add("attendee", guest)
    return component


def _build_cal_address(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(name)
    return person
