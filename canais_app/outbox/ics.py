"""Calendar attachments and feeds (RFC 5545, iTIP of RFC 5546), written by `icalendar`.

Times are written in UTC: every calendar shows them on its owner's clock, with no zone table
to get wrong.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from canais_app.settings import settings

REQUEST = "REQUEST"
CANCEL = "CANCEL"
PUBLISH = "PUBLISH"
PRODUCT_ID = "-//Canais de Atendimento do Poder Judiciário de Mato Grosso//pt-BR"


@dataclass(frozen=True)
class IcsEvent:
    """One event. `sequence` rises by one at each move or cancellation; times are aware.

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


def uid_domain() -> str:
    """Return the domain our identifiers end in; a portal on a bare address has none of its own."""
    host = urlsplit(settings().base_url).hostname or ""
    return host if host.rpartition(".")[2].isalpha() and "." in host else "canais.invalid"


def generate_uid() -> str:
    """Return a UID for ever: by chance, free of date and person (at most 80 characters)."""
    return f"{uuid.uuid4().hex}@{uid_domain()}"[:80]


def itip_method(event: IcsEvent) -> str:
    """Return what the event asks of a calendar (RFC 5546): to take it in, or to cross it out."""
    return CANCEL if event.cancelled else REQUEST


def serialize_invitation(event: IcsEvent) -> str:
    """Return the invitation of a booking or move, or the cancellation, with CRLF line ends."""
    return _serialize_calendar([event], itip_method(event))


def serialize_feed(events: Iterable[IcsEvent], title: str) -> str:
    """Return a feed to subscribe to: nobody is named as attendee in it."""
    return _serialize_calendar(events, PUBLISH, title)


def _serialize_calendar(events: Iterable[IcsEvent], method: str, title: str = "") -> str:
    book = Calendar()
    book.add("prodid", PRODUCT_ID)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", method)
    if title:
        book.add("x-wr-calname", title)
    for event in events:
        book.add_component(_build_component(event, method))
    return book.to_ical().decode()


def _build_component(event: IcsEvent, method: str) -> Event:
    made = Event()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.stamp.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", event.starts_at.astimezone(UTC))
    made.add("dtend", event.ends_at.astimezone(UTC))
    made.add("summary", event.summary)
    made.add("class", "PRIVATE")  # whoever shares the calendar shows colleagues a busy time
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    for name in ("description", "location", "url"):
        if getattr(event, name):
            made.add(name, getattr(event, name))
    if event.organizer:
        made.add("organizer", _build_cal_address(event.organizer, event.organizer_name))
    if event.attendee and method != PUBLISH:
        guest = _build_cal_address(event.attendee, "")
        guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
        guest.params["RSVP"] = vText("FALSE")
        made.add("attendee", guest)
    return made


def _build_cal_address(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(name)
    return person
