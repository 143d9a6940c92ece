"""Text: accents, slugs, masking, codes, pt-BR formats."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.kit import text


@pytest.mark.parametrize(
    ("written", "folded"),
    [("1ª Vara CÍVEL", "1a vara civel"), ("Várzea Grande", "varzea grande"), ("2º", "2o")],
)
def test_accents_case_and_ordinals_are_stripped(written: str, folded: str) -> None:
    assert text.strip_accents(written) == folded


def test_an_apostrophe_leaves_no_gap_in_a_slug() -> None:
    assert text.slugify("Mirassol d'Oeste — 1ª Vara") == "mirassol-doeste-1a-vara"


@given(st.text())
def test_a_slug_has_only_letters_digits_and_hyphens(words: str) -> None:
    assert set(text.slugify(words)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_code_has_no_vowel_and_no_look_alike() -> None:
    code = text.generate_code(4, 4, 4)
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("AEIOU01L")


def test_times_and_days_are_formatted_as_courts_write_them() -> None:
    moment = datetime(2026, 11, 25, 18, 20, tzinfo=UTC)
    assert text.format_hour(moment) == "14h20"
    assert text.format_long_date(date(2026, 12, 1)) == "terça-feira, 1º de dezembro de 2026"
    assert text.format_number(1234.56, 2) == "1.234,56"
    assert text.pluralise(1, "unidade", "unidades") == "1 unidade"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 1), date(2026, 12, 15), "de 1º a 15 de dezembro"),
        (date(2026, 11, 28), date(2026, 12, 3), "de 28 de novembro a 3 de dezembro"),
        (date(2026, 12, 28), date(2027, 1, 2), "de 28 de dezembro de 2026 a 2 de janeiro de 2027"),
        (date(2026, 12, 1), date(2026, 12, 1), "em 1º de dezembro"),
    ],
)
def test_a_period_is_formatted_in_words(first: date, last: date, words: str) -> None:
    assert text.format_period(first, last) == words
