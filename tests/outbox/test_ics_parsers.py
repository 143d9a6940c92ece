"""Calendar events, read by two independent parsers that agree."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from canais_app.kit import clock
from canais_app.outbox import ics
from canais_app.outbox.ics import IcsEvent
from tests.calendars import ReadCalendar, read_with_ical_js, read_with_icalendar

READERS = pytest.mark.parametrize("reader", [read_with_icalendar, read_with_ical_js])
DAY = timedelta(days=1)
Reader = Callable[[Sequence[str]], list[ReadCalendar]]
START = clock.from_wall_clock(datetime(2026, 11, 25).date(), 14, 20)  # noqa: DTZ001 (a day)
HARD = (
    "Tutela, “urgência”; ação & petição \\ barra: ç ã é ü ª º €",
    "ç" * 300,
    "linha um\nlinha dois\n\n  com recuo, vírgula; e ponto e vírgula",
    "a" * 74 + "ção" + "🗓️👩‍⚖️" * 40,
    "BEGIN:VEVENT\nDTSTART:20200101T000000Z\nEND:VEVENT",
    'aspas "duplas", ^acento^ e {chaves}',
    "termina em barra \\",
    "\\n não é quebra, \\, não é vírgula",
)
EVENT = IcsEvent(
    uid="0f5c@canais.invalid",
    sequence=0,
    starts_at=START,
    ends_at=START + timedelta(minutes=20),
    summary="Atendimento: Gabinete da 1ª Vara; Cível, Sinop",
    stamp=datetime(2026, 11, 23, 18, tzinfo=UTC),
    description="Código: K7QF-3M",
    location="Fórum de Sinop, sala 4; 2º andar",
    organizer="nao-responda@canais.invalid",
    organizer_name='Gabinete da 1ª Vara "Cível"; Sinop, MT',
    attendee="advogada@exemplo.invalid",
)


@READERS
def test_create_move_and_cancel_are_one_event(reader: Reader) -> None:
    moved = replace(
        EVENT, sequence=1, starts_at=START + timedelta(days=1), ends_at=EVENT.ends_at + DAY
    )
    gone = replace(moved, sequence=2, cancelled=True)
    made, after, end = reader([ics.serialize_invitation(one) for one in (EVENT, moved, gone)])
    assert [one["start"] for one in made["held"]] == ["2026-11-25T18:20:00.000Z"]
    assert [(one["start"], one["sequence"]) for one in after["held"]] == [
        ("2026-11-26T18:20:00.000Z", 1)
    ]
    assert end["held"] == []
    assert [(one["method"], one["status"]) for one in end["events"]] == [("CANCEL", "CANCELLED")]
    assert [step["events"][0]["method"] for step in (made, after)] == ["REQUEST", "REQUEST"]


@READERS
def test_mails_out_of_order_end_at_the_last_change(reader: Reader) -> None:
    moved = replace(EVENT, sequence=1, starts_at=START + DAY, ends_at=EVENT.ends_at + DAY)
    steps = reader([ics.serialize_invitation(moved), ics.serialize_invitation(EVENT)])
    assert [one["start"] for one in steps[-1]["held"]] == ["2026-11-26T18:20:00.000Z"]


@READERS
@pytest.mark.parametrize("words", HARD)
def test_any_text_is_read_back_unchanged(reader: Reader, words: str) -> None:
    text = ics.serialize_invitation(
        replace(EVENT, summary=words, description=words, location=words)
    )
    (event,) = reader([text])[0]["events"]
    assert event["summary"] == event["description"] == event["location"] == words


@READERS
def test_the_moment_is_right_in_every_zone(reader: Reader) -> None:
    (event,) = reader([ics.serialize_invitation(EVENT)])[0]["events"]
    start = datetime.fromisoformat(event["start"])
    assert clock.to_local(start).strftime("%d/%m/%Y %H:%M") == "25/11/2026 14:20"
    assert event["zone"] == "UTC"


@READERS
def test_times_around_clock_changes_are_right(reader: Reader) -> None:
    """Until 2019 the clock of Cuiabá ran at UTC−3 from November to February."""
    day = datetime(2018, 11, 5).date()  # noqa: DTZ001 (a day)
    summer = replace(
        EVENT, starts_at=clock.from_wall_clock(day, 14), ends_at=clock.from_wall_clock(day, 15)
    )
    (event,) = reader([ics.serialize_invitation(summer)])[0]["events"]
    assert event["start"] == "2018-11-05T17:00:00.000Z"


@READERS
def test_a_feed_has_every_event_and_no_attendee(reader: Reader) -> None:
    many = [
        replace(EVENT, uid=f"{n}@canais.invalid", starts_at=START + n * DAY, summary=words)
        for n, words in enumerate(HARD)
    ]
    (step,) = reader([ics.serialize_feed(many, "Agenda do gabinete; Sinop")])
    assert [one["summary"] for one in step["held"]] == list(HARD)
    assert all(one["attendees"] == [] for one in step["held"])


def test_both_parsers_agree() -> None:
    texts = [
        ics.serialize_invitation(replace(EVENT, sequence=n, summary=words, description=words))
        for n, words in enumerate(HARD)
    ]
    assert read_with_icalendar(texts) == read_with_ical_js(texts)
