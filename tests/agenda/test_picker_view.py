"""The picker's values of a month board, and the announcement of a change."""

from datetime import date, datetime

import pytest
from sqlmodel import Session

from canais_app.agenda import month_view
from canais_app.agenda.booking import holds
from canais_app.agenda.formatting import parse_block_period, parse_day_and_time
from canais_app.agenda.models import Agenda
from canais_app.agenda.picker import view
from canais_app.agenda.views import MonthBoard
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError
from canais_app.kit.last_shown import LastShown
from tests.factories import agenda as factory

WEDNESDAY = date(2026, 11, 25)


def board_of(session: Session, agenda: Agenda, now: datetime) -> MonthBoard:
    return month_view.load_month_by_id(session, agenda.id or 0, date(2026, 11, 23), now=now)


def test_a_board_has_four_weeks_of_seven_days(session: Session, now: datetime) -> None:
    weeks = view.calendar_weeks(board_of(session, factory.make_agenda(session), now), now)
    assert [len(week) for week in weeks] == [7, 7, 7, 7]
    assert weeks[0][0].iso == "2026-11-23"
    assert weeks[0][0].today


def test_a_day_has_its_full_name_and_its_free_count(session: Session, now: datetime) -> None:
    weeks = view.calendar_weeks(board_of(session, factory.make_agenda(session), now), now)
    day = weeks[0][2]
    assert (day.full_name, day.words) == ("Quarta, 25 de novembro", "12 livres")
    assert (weeks[1][1].number, weeks[1][1].month) == ("1º", "dez")


def test_slots_are_grouped_by_half_day(session: Session, now: datetime) -> None:
    turns = view.half_days_by_day(board_of(session, factory.make_agenda(session), now))[
        "2026-11-25"
    ]
    assert [(t.name, t.free, t.times[0]) for t in turns] == [
        ("13h–15h", "6 livres", "13h"),
        ("15h–17h", "6 livres", "15h"),
    ]


def test_a_held_slot_is_marked_and_announced(session: Session, now: datetime) -> None:
    agenda = factory.make_agenda(session)
    before = view.slot_status(board_of(session, agenda, now))
    holds.hold_slot(
        session, agenda.slug, clock.from_wall_clock(WEDNESDAY, 14, 20), "video", now=now
    )
    board = board_of(session, agenda, now)
    assert view.slot_status(board) == {"2026-11-25 14h20": "held"}
    said = view.describe_change(before, view.slot_status(board), view.half_days_by_day(board))
    assert said == view.LatestChange(
        "2026-11-25", "14h20", "14h20 está em preenchimento por outra pessoa."
    )


def test_a_taken_slot_is_announced_before_a_freed_one() -> None:
    listed = {"2026-11-25": [view.HalfDay("13h–15h", "", ["13h", "14h"])]}
    before, after = {"2026-11-25 13h": "held"}, {"2026-11-25 14h": "taken"}
    said = view.describe_change(before, after, listed)
    assert said.words == "14h acabou de ser reservado por outra pessoa."


def test_nothing_is_announced_without_a_change() -> None:
    assert (
        view.describe_change({"2026-11-25 13h": "held"}, {"2026-11-25 13h": "held"}, {})
        == view.LatestChange()
    )


def test_a_month_of_times_is_small_enough_for_every_open_picker(
    session: Session, now: datetime
) -> None:
    """It is sent to every open picker at each change."""
    import json
    from dataclasses import asdict

    agenda = factory.make_agenda(session)
    for hour in (13, 14, 15, 16):
        holds.hold_slot(
            session, agenda.slug, clock.from_wall_clock(WEDNESDAY, hour), "video", now=now
        )
    board = board_of(session, agenda, now)
    sent = {
        "weeks": [[asdict(day) for day in week] for week in view.calendar_weeks(board, now)],
        "turns": {d: [asdict(t) for t in part] for d, part in view.half_days_by_day(board).items()},
        "marks": view.slot_status(board),
    }
    assert len(json.dumps(sent, ensure_ascii=False).encode()) < 12_000


def test_a_slots_label_is_parsed_to_its_start() -> None:
    assert parse_day_and_time("2026-11-25", "14h20") == clock.from_wall_clock(WEDNESDAY, 14, 20)
    assert parse_day_and_time("2026-11-25", "14h") == clock.from_wall_clock(WEDNESDAY, 14)
    for day, label in (("2026-13-25", "14h"), ("2026-11-25", "24h"), (None, {}), ("x", "14h60")):
        assert parse_day_and_time(day, label) is None


def test_a_period_is_read_from_day_and_time_fields() -> None:
    day = "2026-11-25"
    start, end = parse_block_period((day, "09:05"), (day, "10:00:00"), field="day")
    assert start == clock.from_wall_clock(WEDNESDAY, 9, 5)
    assert end == clock.from_wall_clock(WEDNESDAY, 10)
    for sent in ({"a": 1}, "9:60", "", None):
        with pytest.raises(InvalidError):
            parse_block_period((day, "09:05"), (day, sent), field="day")


def test_modalities_are_joined_in_words() -> None:
    assert view.format_modalities(["video", "presencial"]) == "Vídeo ou presencial"
    assert view.format_modalities(["video"]) == "Vídeo"


def test_an_author_who_looks_again_does_not_hide_the_change_from_others() -> None:
    shown, held = LastShown[dict[str, str]](), {"2026-11-25 14h": "held"}
    shown.swap("quarta", {})
    shown.set_default("quarta", held)  # the author looks before the room is updated
    assert shown.swap("quarta", held) == {}
