"""Calendar attachments, read by an independent parser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from canais_app.outbox import ics
from canais_app.outbox.ics import IcsEvent
from canais_app.outbox.messages import generate_event_uid

START = datetime(2026, 11, 25, 18, 20, tzinfo=UTC)
EVENT = IcsEvent(
    uid="0f5c@canais.invalid",
    sequence=0,
    starts_at=START,
    ends_at=START + timedelta(minutes=20),
    summary="Atendimento: Gabinete, 1ª Vara; Cível",
    stamp=START,
    description="Linha um\nçãé, vírgula; ponto e vírgula \\ barra",
    organizer="nao-responda@canais.invalid",
    organizer_name='Gabinete da 1ª Vara "Cível"',
    attendee="advogada@exemplo.invalid",
)


def read(text: str):  # noqa: ANN201 (icalendar's own types)
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return event


def test_booking_move_and_cancellation_update_one_event() -> None:
    moved = replace(EVENT, sequence=1, starts_at=START + timedelta(days=1))
    gone = replace(moved, sequence=2, cancelled=True)
    texts = [ics.serialize_invitation(event) for event in (EVENT, moved, gone)]
    assert ["METHOD:REQUEST" in t for t in texts] == [True, True, False]
    assert "METHOD:CANCEL\r\n" in texts[2]
    events = [read(t) for t in texts]
    assert {str(e["UID"]) for e in events} == {EVENT.uid}
    assert [int(e["SEQUENCE"]) for e in events] == [0, 1, 2]
    assert [str(e["STATUS"]) for e in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_times_and_people_are_read_back() -> None:
    event = read(ics.serialize_invitation(EVENT))
    assert event.decoded("DTSTART") == START
    assert event.decoded("DTEND") == EVENT.ends_at
    assert str(event["ATTENDEE"]) == "mailto:advogada@exemplo.invalid"


def test_a_uid_is_random_and_unique() -> None:
    uids = {generate_event_uid() for _ in range(1000)}
    assert len(uids) == 1000
    assert all(uid.endswith("@canais.invalid") and len(uid) <= 80 for uid in uids)


def test_a_feed_names_no_attendee() -> None:
    text = ics.serialize_feed([EVENT, replace(EVENT, uid="2@canais.invalid")], "Agenda")
    assert "ATTENDEE" not in text
    assert text.count("BEGIN:VEVENT") == 2


@pytest.mark.parametrize("text", ["ç" * 300, "a,b;c" * 60, "x" + "€" * 150 + "🗓" * 50])
def test_lines_are_folded_at_75_octets_between_characters(text: str) -> None:
    written = ics.serialize_invitation(replace(EVENT, description=text, summary=text))
    lines = written.encode().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() is not None for line in lines)  # no character is cut in two
    assert b"\n" not in b"".join(lines)
    assert str(read(written)["DESCRIPTION"]) == text


# Controls are no text in RFC 5545 (3.3.11); CR LF in any mixture is one line end.
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=400))
def test_any_text_round_trips(text: str) -> None:
    event = read(ics.serialize_invitation(replace(EVENT, description=text, summary=text)))
    assert str(event.get("SUMMARY", "")) == text
