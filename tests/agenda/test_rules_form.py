"""The rules form: parsing, errors by field, and the round trip with terms."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.agenda.availability.rule_values import AttendanceKind, DayOverride, Terms
from canais_app.agenda.availability.slots import WeeklyWindow
from canais_app.agenda.rules import diff, form_values, validation
from canais_app.agenda.rules.validation import ValidationContext
from canais_app.kit.errors import InvalidError

TODAY = date(2026, 11, 23)


def form(**changes: str) -> dict[str, str]:
    """A form with one window, on Mondays from 13h to 15h."""
    its = Terms(windows=(WeeklyWindow(0, time(13), time(15)),), modalities=("telefone",))
    made = form_values.terms_to_form(its, title="Gabinete", registry="", since=TODAY)
    return made | {name.replace("__", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"slot_minutes": "3"}, "slot_minutes", "De 5 minutos a 8 horas."),
        ({"slot_minutes": ""}, "slot_minutes", "número inteiro"),
        ({"slot_minutes": "vinte"}, "slot_minutes", "número inteiro"),
        ({"step_minutes": "999"}, "step_minutes", "8 horas"),
        ({"buffer_before": "-1"}, "buffer_before", "De 0 minutos"),
        ({"capacity": "0"}, "capacity", "De 1 a 50."),
        ({"horizon_days": "0"}, "horizon_days", "De 1 a 365."),
        ({"notice_minutes": "61", "notice_minutes-unit": "1440"}, "notice_minutes", "60 dias"),
        ({"cancel_notice": "dois"}, "cancel_notice", "número inteiro"),
        ({"max_per_day": "1000"}, "max_per_day", "999"),
        ({"video_base_url": "http://sala.exemplo.invalid"}, "video_base_url", "https://"),
        ({"video_base_url": "sala"}, "video_base_url", "https://"),
        ({"starts_on": "amanhã"}, "starts_on", "dia/mês/ano"),
        ({"starts_on": "9999-12-31"}, "starts_on", "deste século"),
        ({"place": "s" * 250}, "place", "Use até 200 letras."),
        ({"windows-0-starts": ""}, "windows-0-starts", "hora"),
        ({"windows-0-weekday": "7"}, "windows-0-weekday", "De 0 a 6."),
        ({"windows-0-repeats": "cada-99"}, "windows-0-repeats", "opções"),
        ({"windows-0-valid_from": "0001-01-01"}, "windows-0-valid_from", "deste século"),
        ({"own_days-4-day": ""}, "own_days-4-day", "dia/mês/ano"),
        ({"own_days-4-day": "2026-12-01"}, "own_days-4-starts", "ou marque"),
        ({"own_days-4-day": "2026-12-01", "own_days-4-starts": "13:00"}, "own_days-4-ends", "ou"),
        ({"kinds-2-name": " "}, "kinds-2-name", "Dê um nome"),
        ({"kinds-2-name": "a" * 81}, "kinds-2-name", "80"),
        ({"kinds-2-name": "Despacho", "kinds-2-minutes": "4"}, "kinds-2-minutes", "Ao menos 5"),
        ({"kinds-2-name": "Despacho", "kinds-2-minutes": "999"}, "kinds-2-minutes", "8 horas"),
        ({"kinds-2-name": "Despacho", "kinds-2-answer_hours": "x"}, "kinds-2-answer_hours", "um n"),
    ],
)
def test_an_unreadable_field_gets_an_error(changes: dict[str, str], name: str, words: str) -> None:
    typed = form_values.parse_rules_form(form() | changes)
    assert list(typed.errors) == [name]
    assert words in typed.errors[name]


def test_errors_in_one_row_do_not_hide_the_others() -> None:
    typed = form_values.parse_rules_form(form() | {"windows-1-starts": "1", "slot_minutes": ""})
    assert typed.terms.windows == (WeeklyWindow(0, time(13), time(15)),)
    assert typed.terms.slot_minutes == 20


def test_durations_are_typed_in_minutes_hours_or_days() -> None:
    typed = form_values.parse_rules_form(
        form()
        | {"notice_minutes": "2", "notice_minutes-unit": "1440"}
        | {"release_delay": "90", "release_delay-unit": "1"}
        | {"cancel_notice": "3", "cancel_notice-unit": "60"}
    )
    its = typed.terms
    assert (its.notice_minutes, its.release_delay, its.cancel_notice) == (2880, 90, 180)


def test_a_finding_maps_to_its_form_row() -> None:
    sent = {k.replace("windows-0", "windows-17"): v for k, v in form().items()}
    sent |= {k.replace("windows-0", "windows-30"): v for k, v in form().items() if "windows" in k}
    typed = form_values.parse_rules_form(sent)
    ground = ValidationContext(TODAY, TODAY, TODAY + timedelta(days=28))
    (found,) = validation.find_contradictions(typed.terms, ground)
    assert typed.form_field_of(found) == "windows-30-starts"


def test_past_days_are_left_out_of_a_form() -> None:
    yesterday = TODAY - timedelta(days=1)
    its = Terms(own_days=(DayOverride(yesterday), DayOverride(TODAY)), opt_outs=(yesterday, TODAY))
    typed = form_values.parse_rules_form(
        form_values.terms_to_form(its, title="", registry="", since=TODAY)
    )
    assert typed.terms.own_days == (DayOverride(TODAY),)
    assert typed.terms.opt_outs == (TODAY,)


@pytest.mark.parametrize("sent", [None, "x", ["x"], 7, {str(n): "x" for n in range(5000)}])
def test_a_value_that_is_no_form_is_refused(sent: object) -> None:
    with pytest.raises(InvalidError):
        form_values.clean_form(sent)


def test_a_cleaned_form_has_only_short_texts() -> None:
    sent = {"title": "a\x00" * 800, "n": 3, "x" * 80: "y", "list": ["a"]}
    assert form_values.clean_form(sent) == {"title": "a" * 300}


def test_a_kind_of_attendance_is_typed_with_only_what_differs() -> None:
    typed = form_values.parse_rules_form(
        form()
        | {"kinds-0-name": "Conversa", "kinds-0-minutes": "", "kinds-0-answer_hours": ""}
        | {"kinds-3-name": "  Despacho   de urgência ", "kinds-3-minutes": "10"}
        | {"kinds-3-telefone": "true", "kinds-3-needs_approval": "true"}
        | {"kinds-3-answer_hours": "6", "kinds-3-instructions": "Traga a petição."}
    )
    assert typed.errors == {}
    urgent = AttendanceKind(
        name="Despacho de urgência",
        minutes=10,
        modalities=("telefone",),
        instructions="Traga a petição.",
        needs_approval=True,
        answer_hours=6,
    )
    assert typed.terms.kinds == (AttendanceKind(name="Conversa"), urgent)
    assert diff.diff_terms(Terms(), Terms(kinds=(urgent,)), today=TODAY) == {
        "Tipos de atendimento": [
            "",
            (
                "Despacho de urgência, 10 minutos, telefone, com aprovação, resposta em 6 h, "
                "“Traga a petição.”"
            ),
        ]
    }


@pytest.mark.parametrize(
    ("rows", "name", "words"),
    [
        ({"kinds-7-name": "Conversa", "kinds-9-name": "CONVERSA"}, "kinds-9-name", "este nome"),
        (
            {"kinds-7-name": "Longa", "kinds-7-minutes": "180"},
            "kinds-7-minutes",
            "Dura 3 horas, mais que a janela mais longa (2 horas)",
        ),
        (
            {"kinds-7-name": "Conversa", "kinds-7-video": "true"},
            "kinds-7-modalities",
            "A agenda não atende assim: vídeo.",
        ),
        ({f"kinds-{n}-name": f"Tipo {n}" for n in range(13)}, "kinds", "No máximo 12 tipos"),
    ],
)
def test_a_contradiction_of_kinds_stands_at_its_row(
    rows: dict[str, str], name: str, words: str
) -> None:
    typed = form_values.parse_rules_form(form() | rows)
    ground = ValidationContext(TODAY, TODAY, TODAY + timedelta(days=28))
    (found,) = validation.find_contradictions(typed.terms, ground)
    assert (typed.form_field_of(found), found.is_blocking) == (name, True)
    assert words in found.sentence


names = st.sampled_from(
    [
        *form(),
        "kinds-1-name",
        "kinds-1-minutes",
        "kinds-1-video",
        "windows-1-starts",
        "own_days-1-day",
        "own_days-1-closed",
        "opt_outs-2026-12-08",
    ]
)


@given(st.dictionaries(names, st.text(max_size=12) | st.sampled_from(["0", "13:00", "2026-12-01"])))
def test_no_input_breaks_the_parser(changes: dict[str, str]) -> None:
    typed = form_values.parse_rules_form(form_values.clean_form(form() | changes))
    ground = ValidationContext(TODAY, TODAY, TODAY + timedelta(days=28))
    for finding in validation.find_contradictions(typed.terms, ground):
        assert typed.form_field_of(finding)


clocks = st.times(time(0), time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
# An end of 00:00 or 23:59 is read as the end of the day.
ends = st.times(time(0, 1), time(23, 58)).map(lambda t: t.replace(second=0, microsecond=0))
ends |= st.just(time.max)
dates = st.dates(TODAY, TODAY + timedelta(days=600))
every = st.builds(
    lambda weekday, a, b, repeats, since, until: WeeklyWindow(
        weekday, a, b, *repeats, since, until
    ),
    st.integers(0, 6),
    clocks,
    ends,
    st.tuples(st.integers(1, 8), st.just(0)) | st.tuples(st.just(1), st.sampled_from([1, 5, -1])),
    st.none() | dates,
    st.none() | dates,
)
letters = st.text("abc ", min_size=1, max_size=9).map(lambda typed: " ".join(typed.split()))
kinds = st.builds(
    AttendanceKind,
    name=letters.filter(bool),
    minutes=st.just(0) | st.integers(5, 480),
    modalities=st.sampled_from([(), ("video",), ("video", "telefone")]),
    instructions=letters,
    needs_approval=st.booleans(),
    needs_case_number=st.booleans(),
    answer_hours=st.integers(0, 240),
)
its = st.builds(
    Terms,
    kinds=st.lists(kinds, max_size=3).map(tuple),
    windows=st.lists(every, max_size=4).map(tuple),
    own_days=st.lists(
        st.builds(DayOverride, dates) | st.builds(DayOverride, dates, clocks, ends), max_size=4
    ).map(tuple),
    opt_outs=st.lists(dates, max_size=3, unique=True).map(lambda d: tuple(sorted(d))),
    slot_minutes=st.integers(5, 480),
    notice_minutes=st.integers(0, 60 * 1440),
    cancel_notice=st.integers(0, 30 * 1440),
    modalities=st.sampled_from([(), ("video",), ("video", "telefone")]),
    horizon_in_business_days=st.booleans(),
    needs_approval=st.booleans(),
    place=st.sampled_from(["", "Sala 4, ao fundo"]),
)


@given(its)
def test_terms_survive_the_round_trip_through_the_form(terms: Terms) -> None:
    typed = form_values.parse_rules_form(
        form_values.terms_to_form(terms, title="G", registry="", since=TODAY)
    )
    assert typed.errors == {}
    assert typed.terms == terms
    assert diff.diff_terms(terms, typed.terms, today=TODAY) == {}


@given(its, its)
def test_different_terms_have_a_diff(one: Terms, other: Terms) -> None:
    lists: dict[str, tuple[()]] = dict.fromkeys(diff.LIST_FIELDS, ())
    same = one.model_copy(update=lists) == other.model_copy(update=lists)
    found = diff.diff_terms(one, other, today=TODAY)
    assert same or set(found) - {diff.LABELS[name] for name in diff.LIST_FIELDS}


def test_diffs_are_readable_texts() -> None:
    before = Terms(windows=(WeeklyWindow(0, time(13), time(15)),), slot_minutes=20)
    after = Terms(
        windows=(
            WeeklyWindow(0, time(13), time(16), 2, 0, date(2026, 12, 1)),
            WeeklyWindow(2, time(9), time(10), 1, -1),
        ),
        own_days=(
            DayOverride(date(2026, 12, 9)),
            DayOverride(date(2026, 12, 10), time(9), time(10, 30)),
        ),
        slot_minutes=30,
        max_per_day=5,
    )
    assert diff.format_changes(diff.diff_terms(before, after, today=TODAY)) == [
        (
            "Janelas: segunda-feira, das 13h às 15h → segunda-feira, das 13h às 16h, "
            "a cada 2 semanas, de 01/12/2026; quarta-feira, das 9h às 10h, na última do mês"
        ),
        "Datas especiais: — → 09/12/2026, fechado; 10/12/2026, das 9h às 10h30",
        "Duração: 20 minutos → 30 minutos",
        "Limite por dia: sem limite → 5",
    ]
