"""Contradictions within terms: a table of cases, and window overlaps as properties."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.agenda.availability.rule_values import DayOverride, Terms
from canais_app.agenda.availability.slots import WeeklyWindow
from canais_app.agenda.rules import validation
from canais_app.agenda.rules.validation import ValidationContext

MON, TUE, WED, THU = (date(2026, 11, 23) + timedelta(days=n) for n in range(4))
NEXT = date(2027, 2, 1)
HOLIDAY = date(2026, 12, 8)  # a Tuesday
GROUND = ValidationContext(MON, MON, date(2026, 12, 21), holidays={HOLIDAY: "Dia da Justiça"})
GOOD: dict[str, Any] = {
    "modalities": ("video", "presencial"),
    "place": "Sala 4",
    "video_base_url": "https://sala.exemplo.invalid/",
}


def win(weekday: int = 0, starts: str = "13:00", ends: str = "15:00", **more: Any) -> WeeklyWindow:
    return WeeklyWindow(weekday, time.fromisoformat(starts), time.fromisoformat(ends), **more)


def own(day: date, starts: str = "", ends: str = "") -> DayOverride:
    if not starts:
        return DayOverride(day)
    return DayOverride(day, time.fromisoformat(starts), time.fromisoformat(ends))


@dataclass(frozen=True)
class Case:
    """Terms, the one field with a finding and a part of its sentence; empty: none."""

    name: str
    at: str = ""
    words: str = ""
    windows: tuple[WeeklyWindow, ...] = (win(),)
    terms: dict[str, Any] = field(default_factory=dict)
    ground: ValidationContext = GROUND
    refuses: bool = True


BOUNDED = replace(GROUND, until=NEXT)
CASES = [
    Case("nothing is wrong"),
    # windows
    Case(
        "an end before the beginning",
        "windows-0-ends",
        "antes do começo",
        (win(0, "15:00", "13:00"),),
    ),
    Case("an end at the beginning", "windows-0-ends", "iguais", (win(0, "13:00", "13:00"),)),
    Case(
        "a slot longer than its window", "windows-0-ends", "15 minutos", (win(0, "13:00", "13:15"),)
    ),
    Case("a window as long as a slot", windows=(win(0, "13:00", "13:20"),)),
    Case(
        "the second window is named",
        "windows-1-ends",
        "nenhum cabe",
        (win(), win(1, "13:00", "13:10")),
    ),
    Case("the same window twice", "windows-1-starts", "seg., 23/11", (win(), win())),
    Case(
        "windows that overlap a little",
        "windows-1-starts",
        "das 13h às 15h",
        (win(), win(0, "14:40", "16:00")),
    ),
    Case("windows that touch", windows=(win(), win(0, "15:00", "16:00"))),
    Case("the same hours on other weekdays", windows=(win(), win(1))),
    Case(
        "every two weeks, the same weeks",
        "windows-1-starts",
        "7/12",
        (win(every_weeks=2, valid_from=MON), win(every_weeks=2, valid_from=date(2026, 12, 7))),
    ),
    Case(
        "every two weeks, in turn",
        windows=(
            win(every_weeks=2, valid_from=MON),
            win(every_weeks=2, valid_from=date(2026, 11, 30)),
        ),
    ),
    Case(
        "every two and every three weeks meet in the sixth",
        "windows-1-starts",
        "30/11",
        (
            win(every_weeks=2, valid_from=date(2026, 11, 30)),
            win(every_weeks=3, valid_from=date(2026, 11, 30)),
        ),
    ),
    Case("the first and the last of a month", windows=(win(nth_week=1), win(nth_week=-1))),
    Case(
        "the fourth is sometimes the last",
        "windows-1-starts",
        "28/12",
        (win(nth_week=4), win(nth_week=-1)),
    ),
    Case("the fifth is the last", "windows-1-starts", "30/11", (win(nth_week=5), win(nth_week=-1))),
    Case(
        "one ends before the other begins",
        windows=(win(valid_until=date(2026, 12, 7)), win(valid_from=date(2026, 12, 8))),
    ),
    Case(
        "they meet on the last day of the first",
        "windows-1-starts",
        "7/12",
        (win(valid_until=date(2026, 12, 7)), win(valid_from=date(2026, 12, 7))),
    ),
    Case(
        "they would meet after the version ends",
        windows=(
            win(valid_until=date(2026, 12, 7)),
            win(valid_from=date(2027, 1, 4), valid_until=NEXT),
        ),
        ground=BOUNDED,
    ),
    Case(
        "validity is over",
        "windows-0-valid_until",
        "terminou em 20/11/2026",
        (win(valid_until=date(2026, 11, 20)), win(1)),
    ),
    Case(
        "validity ends before it begins",
        "windows-0-valid_until",
        "antes de começar",
        (win(valid_from=date(2026, 12, 7), valid_until=date(2026, 12, 1)), win(1)),
    ),
    Case(
        "no such weekday while it is valid",
        "windows-0-valid_until",
        "não há segunda-feira",
        (win(valid_from=TUE, valid_until=THU), win(1)),
    ),
    Case(
        "no fifth Monday while it is valid",
        "windows-0-valid_until",
        "Nunca acontece",
        (win(nth_week=5, valid_from=date(2026, 12, 1), valid_until=date(2027, 2, 28)), win(1)),
    ),
    Case(
        "begins when the next version is in force",
        "windows-0-valid_from",
        "01/02/2027",
        (win(valid_from=NEXT), win(1)),
        ground=BOUNDED,
    ),
    Case(
        "every two weeks counted from nowhere",
        "windows-0-valid_from",
        "a cada 2 semanas",
        (win(every_weeks=2),),
    ),
    Case("no window at all", "windows", "ao menos uma janela", ()),
    Case("only closed days", "windows", "ao menos uma janela", (), {"own_days": (own(TUE),)}),
    Case("an own day is enough", windows=(), terms={"own_days": (own(TUE, "13:00", "15:00"),)}),
    # own days
    Case(
        "a day with two windows",
        terms={"own_days": (own(TUE, "09:00", "10:00"), own(TUE, "13:00", "15:00"))},
    ),
    Case(
        "own windows that overlap",
        "own_days-1-starts",
        "das 9h às 10h",
        terms={"own_days": (own(TUE, "09:00", "10:00"), own(TUE, "09:30", "11:00"))},
    ),
    Case(
        "an own end before its beginning",
        "own_days-0-ends",
        "antes",
        terms={"own_days": (own(TUE, "15:00", "13:00"),)},
    ),
    Case(
        "an own window too short",
        "own_days-0-ends",
        "10 minutos",
        terms={"own_days": (own(TUE, "13:00", "13:10"),)},
    ),
    Case("closed twice", "own_days-1-day", "já está", terms={"own_days": (own(TUE), own(TUE))}),
    Case(
        "closed and open",
        "own_days-1-day",
        "também com",
        terms={"own_days": (own(TUE), own(TUE, "13:00", "15:00"))},
    ),
    Case(
        "a day gone by",
        "own_days-0-day",
        "já passou",
        terms={"own_days": (own(date(2026, 11, 20)),)},
    ),
    Case(
        "a day before the version",
        "own_days-0-day",
        "começam em 01/12/2026",
        terms={"own_days": (own(TUE),)},
        ground=replace(GROUND, first=date(2026, 12, 1)),
    ),
    Case(
        "a day after the version",
        "own_days-0-day",
        "01/02/2027",
        terms={"own_days": (own(NEXT),)},
        ground=BOUNDED,
    ),
    Case(
        "a day beyond the horizon opens later",
        "own_days-0-day",
        "21/12/2026",
        terms={"own_days": (own(date(2027, 1, 25), "13:00", "15:00"),)},
        refuses=False,
    ),
    Case(
        "a closed day beyond the horizon says nothing",
        terms={"own_days": (own(date(2027, 1, 25)),)},
    ),
    Case(
        "an own window on a holiday",
        "own_days-0-day",
        "Dia da Justiça",
        terms={"own_days": (own(HOLIDAY, "13:00", "15:00"),)},
        refuses=False,
    ),
    # opt-outs
    Case("a holiday with a window", windows=(win(1),), terms={"opt_outs": (HOLIDAY,)}),
    Case(
        "a holiday without a window",
        "opt_outs-2026-12-08",
        "Nenhuma janela",
        terms={"opt_outs": (HOLIDAY,)},
        refuses=False,
    ),
    Case(
        "no holiday",
        "opt_outs-2026-12-09",
        "não é dia fechado",
        (win(2),),
        {"opt_outs": (date(2026, 12, 9),)},
    ),
    Case(
        "a past opt-out is left alone", windows=(win(1),), terms={"opt_outs": (date(2026, 10, 12),)}
    ),
    Case(
        "an opt-out of a day that is closed",
        "opt_outs-2026-12-08",
        "Datas especiais",
        (win(1),),
        {"opt_outs": (HOLIDAY,), "own_days": (own(HOLIDAY),)},
    ),
    # lengths
    Case("a step longer than the window", "step_minutes", "2 horas", terms={"step_minutes": 121}),
    Case("a step as long as the window", terms={"step_minutes": 120}),
    Case(
        "a step within the longest window",
        windows=(win(), win(1, "12:00", "16:00")),
        terms={"step_minutes": 200},
    ),
    Case(
        "buffers longer than the window",
        "buffer_after",
        "125 minutos",
        terms={"buffer_before": 60, "buffer_after": 65},
    ),
    Case("the longer buffer is named", "buffer_before", "3 horas", terms={"buffer_before": 180}),
    Case("buffers that fit", terms={"buffer_before": 60, "buffer_after": 60}),
    # notice, horizon, cancelling
    Case(
        "notice beyond the horizon",
        "notice_minutes",
        "30 dias",
        terms={"notice_minutes": 30 * 1440, "cancel_notice": 0},
    ),
    Case("notice at the horizon", terms={"notice_minutes": 28 * 1440, "cancel_notice": 0}),
    Case(
        "cancelling beyond the horizon",
        "cancel_notice",
        "ninguém poderia",
        terms={"cancel_notice": 29 * 1440},
    ),
    Case(
        "a later version is measured from its own day",
        "notice_minutes",
        "passa do horizonte",
        terms={"notice_minutes": 3 * 1440, "cancel_notice": 0},
        ground=replace(GROUND, first=NEXT, last_day=NEXT + timedelta(days=2)),
    ),
    Case(
        "little time to confirm",
        "confirm_minutes",
        "terá menos",
        refuses=False,
        terms={"confirms_by_email": True, "notice_minutes": 20, "confirm_minutes": 30},
    ),
    Case("no confirmation, nothing to say", terms={"notice_minutes": 20, "confirm_minutes": 30}),
    # limits
    Case(
        "fewer a day than at once",
        "max_per_day",
        "ao mesmo tempo (3)",
        terms={"capacity": 3, "max_per_day": 2},
    ),
    Case("as many a day as at once", terms={"capacity": 3, "max_per_day": 3}),
    Case(
        "an OAB's day above the agenda's",
        "max_per_oab_per_day",
        "aceita 2",
        terms={"max_per_day": 2, "max_per_oab_per_day": 3, "max_active_per_oab": 0},
    ),
    Case(
        "an OAB's day above its month",
        "max_per_oab_per_day",
        "do mês (2)",
        terms={"max_per_oab_per_day": 3, "max_per_oab_per_month": 2, "max_active_per_oab": 0},
    ),
    Case(
        "an OAB's day above what it may have",
        "max_per_oab_per_day",
        "ao mesmo tempo (3)",
        terms={"max_per_oab_per_day": 4},
    ),
    Case("no limits", terms={"max_per_day": 0, "max_per_oab_per_day": 0, "max_active_per_oab": 0}),
    Case("no limit a day, one at once", terms={"max_per_oab_per_day": 0, "max_active_per_oab": 1}),
    # ways
    Case("no modality", "modalities", "ao menos uma", terms={"modalities": ()}),
    Case("in person without a room", "place", "sala", terms={"place": ""}),
    Case("video without a link", "video_base_url", "link", terms={"video_base_url": ""}),
    Case(
        "by phone neither is needed",
        terms={"modalities": ("telefone",), "place": "", "video_base_url": ""},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_contradiction_is_reported_at_its_field(case: Case) -> None:
    found = validation.find_contradictions(
        Terms(**GOOD | {"windows": case.windows} | case.terms), case.ground
    )
    if not case.at:
        assert found == []
        return
    assert [one.field for one in found] == [case.at]
    assert case.words in found[0].sentence
    assert found[0].is_blocking is case.refuses


def test_every_contradiction_has_its_own_sentence() -> None:
    said = [
        one.sentence
        for case in CASES
        for one in validation.find_contradictions(
            Terms(**GOOD | {"windows": case.windows} | case.terms), case.ground
        )
    ]
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) > 35


days = st.dates(date(2026, 10, 1), date(2027, 6, 30))
windows = st.builds(
    lambda weekday, hour, length, every, nth, since, span: WeeklyWindow(
        weekday,
        time(hour),
        time(hour + length),
        every,
        nth,
        since,
        since + timedelta(days=span) if since and span else None,
    ),
    st.integers(0, 2),
    st.integers(8, 18),
    st.integers(1, 4),
    st.integers(1, 5),
    st.sampled_from((0, 0, 1, 2, 3, 4, 5, -1)),
    st.none() | days,
    st.none() | st.integers(0, 400),
)


@given(windows, windows)
def test_windows_overlap_when_a_day_and_a_minute_belong_to_both(
    one: WeeklyWindow, other: WeeklyWindow
) -> None:
    ground = replace(GROUND, until=date(2028, 1, 1))
    every_day = (MON + timedelta(days=n) for n in range((date(2028, 1, 1) - MON).days))
    meet = [
        day
        for day in every_day
        if one.recurs_on(day)
        and other.recurs_on(day)
        and max(one.starts, other.starts) < min(one.ends, other.ends)
    ]
    assert validation.first_common_day(one, other, ground) == (meet[0] if meet else None)
    assert validation.first_common_day(other, one, ground) == (meet[0] if meet else None)


@given(windows)
def test_a_window_recurs_on_the_first_day_it_covers(window: WeeklyWindow) -> None:
    every_day = (MON + timedelta(days=n) for n in range(800))
    found = next((day for day in every_day if window.recurs_on(day)), None)
    assert validation.first_recurrence(window, replace(GROUND, until=MON + timedelta(800))) == found
