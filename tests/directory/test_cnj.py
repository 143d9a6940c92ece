from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.directory.search import case_number
from canais_app.kit.errors import InvalidError

VALID = (
    "0000001-68.2026.8.11.0041",
    "0000001-88.2026.8.11.0002",
    "0000001-85.2026.8.11.0003",
    "0000001-49.2026.8.11.0015",
)


@pytest.mark.parametrize("number", VALID)
def test_a_valid_number_is_read_with_or_without_its_dots(number: str) -> None:
    assert case_number.parse_case_number(number).format == number
    assert (
        case_number.parse_case_number(case_number.parse_case_number(number).digits).format == number
    )


@pytest.mark.parametrize("number", VALID)
def test_the_whole_number_is_one_modulo_97(number: str) -> None:
    digits = case_number.parse_case_number(number).digits
    assert int(digits[:7] + digits[9:] + digits[7:9]) % 97 == 1


@given(st.integers(0, 9_999_999), st.integers(1, 9_999), st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_never_passes(sequence: int, origin: int, place: int, change: int) -> None:
    bare = f"{sequence:07d}002026811{origin:04d}"
    digits = bare[:7] + case_number.compute_check_digits(bare) + bare[9:]
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    with pytest.raises(InvalidError):
        case_number.parse_case_number(wrong)


@pytest.mark.parametrize("wrong", ["", "123", "0000001-69.2026.8.11.0041", None, {}, "x" * 30, 20])
def test_an_invalid_case_number_is_refused_at_its_field(wrong: Any) -> None:
    with pytest.raises(InvalidError) as refusal:
        case_number.parse_case_number(wrong)
    assert "number" in refusal.value.errors


def test_a_number_is_found_in_a_text_and_when_incomplete() -> None:
    assert case_number.find_case_number(f"processo {VALID[0]} por favor") == VALID[0]
    assert case_number.is_like_case_number(VALID[0].replace("-", "").replace(".", ""))
    assert case_number.is_like_case_number("0000001-68.2026")
    assert not case_number.is_like_case_number("2ª vara cível 3000-0142")


def test_a_possible_case_number_stays_out_of_the_address() -> None:
    assert not case_number.can_be_in_address("0000001-68")
    assert case_number.can_be_in_address("2ª vara cível de Sinop")


def test_a_case_number_does_not_show_in_its_repr() -> None:
    assert "0000001" not in repr(case_number.parse_case_number(VALID[0]))


def test_the_origin_and_the_court_are_read() -> None:
    assert case_number.parse_case_number(VALID[3]).origin == "0015"
    assert case_number.parse_case_number(VALID[3]).is_of_tjmt
