"""What a calendar file makes busy: recurrences, days, zones, moved and cancelled instances."""

from datetime import UTC, datetime

import pytest

from canais_app.agenda.busy.expand import UnreadableCalendarError, expand

FIRST, LAST = datetime(2026, 12, 1, 4, tzinfo=UTC), datetime(2027, 1, 1, 4, tzinfo=UTC)
RULE_3 = "RRULE:FREQ=DAILY;COUNT=3"
AT_14 = "DTSTART:20261202T140000Z|DTEND:20261202T150000Z"
SERIES = "DTSTART:20261202T140000Z|DTEND:20261202T150000Z|RRULE:FREQ=DAILY;COUNT=4"
CASA = (
    "BEGIN:VTIMEZONE\r\nTZID:Casa\r\nBEGIN:STANDARD\r\nDTSTART:20200101T000000\r\n"
    "TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0500\r\nTZNAME:C\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
FREE_BUSY = (
    "BEGIN:VFREEBUSY\r\nUID:f\r\nFREEBUSY;FBTYPE=BUSY:20261202T140000Z/20261202T150000Z,"
    "20261203T140000Z/PT2H\r\nFREEBUSY;FBTYPE=FREE:20261204T140000Z/PT2H\r\nEND:VFREEBUSY\r\n"
)


def event(lines: str, uid: str = "um@exemplo.invalid") -> str:
    """An event whose lines are separated by `|`."""
    body = f"BEGIN:VEVENT|UID:{uid}|DTSTAMP:20260101T000000Z|{lines}|END:VEVENT|"
    return body.replace("|", "\r\n")


def calendar(*parts: str) -> bytes:
    body = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x\r\n" + "".join(parts)
    return (body + "END:VCALENDAR\r\n").encode()


def busy(data: bytes) -> list[str]:
    """The busy times as `DD HH:MM–DD HH:MM` in UTC."""
    found = expand(data, FIRST, LAST)
    return [f"{start:%d %H:%M}–{end:%d %H:%M}" for start, end in found.spans]


CASES = {
    "an event in UTC": ((event(AT_14),), ["02 14:00–02 15:00"]),
    "without a zone it is the court's": (
        (event("DTSTART:20261202T140000|DTEND:20261202T150000"),),
        ["02 18:00–02 19:00"],
    ),
    "without a zone in a calendar that names its own": (
        ("X-WR-TIMEZONE:America/Sao_Paulo\r\n", event("DTSTART:20261202T140000|DURATION:PT1H")),
        ["02 17:00–02 18:00"],
    ),
    "a calendar that names an unknown zone": (
        ("X-WR-TIMEZONE:Nenhuma/Zona\r\n", event("DTSTART:20261202T140000|DURATION:PT1H")),
        ["02 18:00–02 19:00"],
    ),
    "a whole day is the court's": ((event("DTSTART;VALUE=DATE:20261202"),), ["02 04:00–03 04:00"]),
    "a whole day in a calendar of another zone": (
        ("X-WR-TIMEZONE:Europe/Lisbon\r\n", event("DTSTART;VALUE=DATE:20261202")),
        ["02 04:00–03 04:00"],
    ),
    "several days": (
        (event("DTSTART;VALUE=DATE:20261202|DTEND;VALUE=DATE:20261205"),),
        ["02 04:00–05 04:00"],
    ),
    "a weekly whole day": (
        (event("DTSTART;VALUE=DATE:20261102|RRULE:FREQ=WEEKLY;COUNT=6"),),
        ["07 04:00–08 04:00"],
    ),
    "a series that began before": (
        (event("DTSTART:20260103T140000Z|DTEND:20260103T150000Z|RRULE:FREQ=MONTHLY"),),
        ["03 14:00–03 15:00"],
    ),
    "10h in New York is another hour of ours after its clocks change": (
        (
            event(
                "DTSTART;TZID=America/New_York:20261001T100000|DURATION:PT1H|"
                "RRULE:FREQ=WEEKLY;UNTIL=20261211T000000Z"
            ),
        ),
        ["03 15:00–03 16:00", "10 15:00–10 16:00"],
    ),
    "a zone by its Windows name, with an exception": (
        (
            event(
                "DTSTART;TZID=E. South America Standard Time:20261202T100000|DURATION:PT30M|"
                f"{RULE_3}|EXDATE;TZID=E. South America Standard Time:20261203T100000"
            ),
        ),
        ["02 13:00–02 13:30", "04 13:00–04 13:30"],
    ),
    "a zone that the file defines": (
        (CASA, event("DTSTART;TZID=Casa:20261202T140000|DURATION:PT1H")),
        ["02 19:00–02 20:00"],
    ),
    "a moved instance": (
        (
            event(SERIES),
            event("RECURRENCE-ID:20261203T140000Z|DTSTART:20261210T180000Z|DURATION:PT1H"),
        ),
        ["02 14:00–02 15:00", "04 14:00–04 15:00", "05 14:00–05 15:00", "10 18:00–10 19:00"],
    ),
    "an instance moved in from far away": (
        (
            event(f"DTSTART:20250601T140000Z|DURATION:PT1H|{RULE_3}"),
            event("RECURRENCE-ID:20250602T140000Z|DTSTART:20261210T180000Z|DURATION:PT1H"),
        ),
        ["10 18:00–10 19:00"],
    ),
    "a moved instance whose series is not in the file": (
        (event("RECURRENCE-ID:20261202T140000Z|DTSTART:20261203T140000Z|DURATION:PT1H"),),
        ["03 14:00–03 15:00"],
    ),
    "this and all that follow moved": (
        (
            event(SERIES),
            event(
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20261204T140000Z|"
                "DTSTART:20261204T160000Z|DTEND:20261204T170000Z"
            ),
        ),
        ["02 14:00–02 15:00", "03 14:00–03 15:00", "04 16:00–04 17:00", "05 16:00–05 17:00"],
    ),
    "a cancelled instance": (
        (
            event(SERIES),
            event(
                "RECURRENCE-ID:20261203T140000Z|DTSTART:20261203T140000Z|"
                "DURATION:PT1H|STATUS:CANCELLED"
            ),
        ),
        ["02 14:00–02 15:00", "04 14:00–04 15:00", "05 14:00–05 15:00"],
    ),
    "an excepted instance": (
        (event(f"{SERIES}|EXDATE:20261203T140000Z"),),
        ["02 14:00–02 15:00", "04 14:00–04 15:00", "05 14:00–05 15:00"],
    ),
    "a cancelled series": ((event(f"{SERIES}|STATUS:CANCELLED"),), []),
    "transparent": ((event(f"{AT_14}|TRANSP:TRANSPARENT"),), []),
    "one transparent instance": (
        (
            event(f"{AT_14}|{RULE_3}"),
            event(
                "RECURRENCE-ID:20261203T140000Z|DTSTART:20261203T140000Z|"
                "DURATION:PT1H|TRANSP:TRANSPARENT"
            ),
        ),
        ["02 14:00–02 15:00", "04 14:00–04 15:00"],
    ),
    "free in Outlook": ((event(f"{AT_14}|X-MICROSOFT-CDO-BUSYSTATUS:FREE"),), []),
    "tentative is busy": ((event(f"{AT_14}|STATUS:TENTATIVE"),), ["02 14:00–02 15:00"]),
    "more dates": (
        (event("DTSTART:20261202T140000Z|DURATION:PT1H|RDATE:20261204T140000Z,20261205T140000Z"),),
        ["02 14:00–02 15:00", "04 14:00–04 15:00", "05 14:00–05 15:00"],
    ),
    "more dates of another length": (
        (event("DTSTART:20261202T140000Z|DURATION:PT1H|RDATE;VALUE=PERIOD:20261204T140000Z/PT3H"),),
        ["02 14:00–02 15:00", "04 14:00–04 17:00"],
    ),
    "a series of times that ends on a day": (
        (event("DTSTART:20261202T140000Z|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20261204"),),
        ["02 14:00–02 15:00", "03 14:00–03 15:00", "04 14:00–04 15:00"],
    ),
    "without a length": ((event("DTSTART:20261202T140000Z"),), []),
    "overlapping and touching ones are one": (
        (
            event(AT_14),
            event("DTSTART:20261202T143000Z|DURATION:PT1H", "b"),
            event("DTSTART:20261202T153000Z|DURATION:PT1H", "c"),
        ),
        ["02 14:00–02 16:30"],
    ),
    "two that share a UID are both busy": (
        (event(AT_14), event("DTSTART:20261204T140000Z|DURATION:PT1H")),
        ["02 14:00–02 15:00", "04 14:00–04 15:00"],
    ),
    "of two versions the newer": (
        (event(f"SEQUENCE:1|{AT_14}"), event("SEQUENCE:0|DTSTART:20261204T140000Z|DURATION:PT1H")),
        ["02 14:00–02 15:00"],
    ),
    "it goes over the ends of what is asked": (
        (event("DTSTART:20261120T140000Z|DTEND:20270105T150000Z"),),
        ["01 04:00–01 04:00"],
    ),
    "published free/busy": ((FREE_BUSY,), ["02 14:00–02 15:00", "03 14:00–03 16:00"]),
    "tasks do not count": (
        (
            "BEGIN:VTODO\r\nUID:t\r\nDTSTART:20261202T140000Z\r\nDUE:20261202T150000Z\r\nEND:VTODO\r\n",
        ),
        [],
    ),
    "an alarm within an event": (
        (event(f"{AT_14}|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT15M|END:VALARM"),),
        ["02 14:00–02 15:00"],
    ),
    "an empty calendar": ((), []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_calendar_makes_busy(name: str) -> None:
    parts, expected = CASES[name]
    assert busy(calendar(*parts)) == expected


BROKEN = (
    "DTSTART:20261302T140000Z|DURATION:PT1H",
    f"{AT_14}|RRULE:FREQ=SOMETIMES",
    "SUMMARY:sem hora",
    "DTSTART;TZID=Marte/Olimpo:20261203T040000|DURATION:PT1H",
)


@pytest.mark.parametrize("lines", BROKEN)
def test_what_is_not_understood_is_counted_and_hides_no_other_event(lines: str) -> None:
    found = expand(calendar(event(lines), event(AT_14, "outro")), FIRST, LAST)
    assert found.unreadable == 1
    assert (datetime(2026, 12, 2, 14, tzinfo=UTC), datetime(2026, 12, 2, 15, tzinfo=UTC)) in (
        found.spans
    )


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<html>login</html>", calendar(event(AT_14))[:-40], b"\x00\xff" * 40]
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableCalendarError):
        expand(data, FIRST, LAST)


@pytest.mark.parametrize("change", [(b"\r\n", b"\n"), (b"BEGIN:VCAL", b"\xef\xbb\xbfBEGIN:VCAL")])
def test_other_line_ends_and_a_byte_order_mark(change: tuple[bytes, bytes]) -> None:
    data = calendar(event(f"SUMMARY:Sessão|{AT_14}")).replace(*change)
    assert busy(data) == ["02 14:00–02 15:00"]
    assert busy(calendar(event(AT_14)) + calendar(event(AT_14.replace("1202", "1203")))) == [
        "02 14:00–02 15:00",
        "03 14:00–03 15:00",
    ]


def test_our_own_appointments_do_not_come_back_as_busy() -> None:
    data = calendar(event(AT_14, "nosso"), event("DTSTART:20261203T140000Z|DURATION:PT1H", "deles"))
    found = expand(data, FIRST, LAST, own_uids=["nosso"])
    assert [start.day for start, _ in found.spans] == [3]


def test_entities_of_a_caldav_answer_are_refused() -> None:
    data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><d:multistatus xmlns:d="DAV:"/>'
    with pytest.raises(UnreadableCalendarError):
        expand(data, FIRST, LAST)
    assert busy(b'<d:multistatus xmlns:d="DAV:"/>') == []
