"""Password rules: length and a list of common ones, nothing about composition."""

import pytest

from canais_app.accounts import passwords
from canais_app.kit.errors import InvalidError
from tests.people import PASSWORD


@pytest.mark.parametrize(
    "chosen",
    [
        PASSWORD,
        "quatro palavras bem longas",
        "тридцатьтрибогатыря",
        "86402 19375 55",
        "🙈🙉🙊🐒abc def gh",
    ],
)
def test_a_long_and_uncommon_password_is_taken_whatever_it_is_made_of(chosen: str) -> None:
    assert passwords.validate_new_password(chosen, chosen) == chosen


@pytest.mark.parametrize(
    "chosen",
    [
        "",
        "curta",
        "onze letras",
        "qwerty123456",
        "1q2w3e4r5t6y",
        "senha1234567",
        "Senha@2026!!!",
        "mudar1234567",
        "123456789012",
        "098765432109",
        "aaaaaaaaaaaa",
        "abababababab",
        "senhasenhasenha",
        "tjmt20262026",
        "x" * 129,
    ],
)
def test_a_short_or_common_password_is_refused_with_a_sentence_at_the_field(chosen: str) -> None:
    with pytest.raises(InvalidError) as refused:
        passwords.validate_new_password(chosen, chosen)
    assert refused.value.errors["password"].endswith(".")


def test_ones_own_name_or_address_is_no_password() -> None:
    with pytest.raises(InvalidError):
        passwords.validate_new_password(
            "mariaantonieta", "mariaantonieta", about=("Maria", "Antonieta")
        )


def test_the_repeated_password_must_be_the_same() -> None:
    with pytest.raises(InvalidError) as refused:
        passwords.validate_new_password(PASSWORD, PASSWORD + "x")
    assert "repeated" in refused.value.errors


def test_no_stored_hash_never_holds() -> None:
    assert passwords.verify_password("ninguem tem esta senha", "") == (False, "")
