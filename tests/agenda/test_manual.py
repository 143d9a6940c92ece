"""The gabinetes' manual: the document is the page's, and its examples are what the code does."""

from datetime import date, time, timedelta
from pathlib import Path

from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.slots import WeeklyWindow, slot_grid, windows_of
from canais_app.agenda.manual import policies
from canais_app.kit import clock

DOCUMENT = Path(__file__).parents[2] / "docs" / "manual-gabinetes.md"
MONDAY = date(2026, 11, 23)


def test_the_document_is_the_one_that_the_code_prints() -> None:
    said = "run: python -m canais_app.agenda.manual.policies > docs/manual-gabinetes.md"
    assert DOCUMENT.read_text("utf-8") == policies.render_document(), said


def test_every_policy_is_one_sentence_with_an_example() -> None:
    every = [one for chapter in policies.CHAPTERS for one in chapter.policies]
    assert len({one.name for one in every}) == len(every) > 25
    for one in every:
        assert one.example, one.name
        assert one.sentence.endswith("."), one.name


def starts(terms: Terms) -> list[str]:
    rules = terms.rules
    grid = slot_grid(MONDAY, tuple(windows_of(MONDAY, rules)), rules.slot, rules.step)
    return [f"{clock.to_local(start):%H:%M}" for start, _ in grid]


def test_the_example_of_windows_is_what_the_rules_give() -> None:
    terms = Terms(windows=(WeeklyWindow(0, time(13), time(14)),))
    assert starts(terms) == ["13:00", "13:20", "13:40"]


def test_the_numbers_are_those_of_an_agenda_that_changes_nothing() -> None:
    text = policies.render_document()
    terms = Terms()
    assert f"sem mudar: {terms.horizon_days} corridos" in text
    assert f"{terms.answer_hours} horas (Res. CNJ 322/2020)" in text
    assert timedelta(minutes=terms.release_delay) == timedelta(minutes=30)
    assert "volta para todos, no prazo da regra (sem mudar: 30 minutos)" in text
