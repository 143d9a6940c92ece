"""What a contact, an hour and the rest must be before they are stored."""

import unicodedata
from collections.abc import Callable

import pytest

from canais_app.directory import validation
from canais_app.kit import contacts


@pytest.mark.parametrize(
    ("check", "sent", "stored"),
    [
        (validation.normalise_phone, "(65) 3648-0000", "+556536480000"),
        (validation.normalise_phone, "0800 647 1420", "+558006471420"),
        (validation.normalise_phone, "+55 66 99999-0142", "+5566999990142"),
        (validation.normalise_email, " secretaria@TJMT.jus.br ", "secretaria@tjmt.jus.br"),
        (validation.normalise_email, "vara-1@exemplo.invalid", "vara-1@exemplo.invalid"),
        (
            contacts.clean_link,
            "https://balcao.exemplo.invalid/1",
            "https://balcao.exemplo.invalid/1",
        ),
        (validation.validate_unit_code, " TJMT-00001 ", "TJMT-00001"),
        (validation.parse_periods, "12h às 19h", [["12:00", "19:00"]]),
        (
            validation.parse_periods,
            "das 8h às 12h e 13 a 18h",
            [["08:00", "12:00"], ["13:00", "18:00"]],
        ),
        (
            validation.parse_periods,
            "13:00–18:00, 8:00-12:00",
            [["08:00", "12:00"], ["13:00", "18:00"]],
        ),
        (validation.parse_periods, "fechada", []),
    ],
)
def test_values_are_normalised(check: Callable[[str], object], sent: str, stored: object) -> None:
    assert check(sent) == stored


@pytest.mark.parametrize(
    ("check", "sent", "words"),
    [
        (validation.normalise_phone, "3648-0000", "Confira o telefone"),
        (validation.normalise_phone, "3000-0001", "Confira o telefone"),
        (validation.normalise_phone, "(65) 3648-000", "Confira o telefone"),
        (validation.normalise_phone, "+1 202 555 0100", "Confira o telefone"),
        (validation.normalise_phone, "(65) 3648-0000 ramal 12", "observação"),
        (validation.normalise_phone, "9" * 10_000_000, "Confira o telefone"),
        (validation.normalise_email, "secretaria@", "Confira o e-mail"),
        (validation.normalise_email, "a b@exemplo.invalid", "Confira o e-mail"),
        (validation.normalise_email, "alguem@localhost", "Confira o e-mail"),
        (contacts.clean_link, "http://tjmt.jus.br", "https://"),
        (contacts.clean_link, "javascript:alert(1)", "https://"),
        (contacts.clean_link, "https://gestor:senha@tjmt.jus.br", "senha"),
        (contacts.clean_link, "https://10.0.0.1/", "Confira o link"),
        (contacts.clean_link, "https://tjmt.jus.br/a b", "Confira o link"),
        (contacts.clean_link, "https://[::", "https://"),
        (validation.validate_unit_code, "1ª vara", "sem acento"),
        (validation.parse_periods, "19h às 12h", "depois do começo"),
        (validation.parse_periods, "8-12, 11-13", "sobrepõem"),
        (validation.parse_periods, "8h às 25h", "12:00–19:00"),
        (validation.parse_periods, "de manhã", "12:00–19:00"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(
    check: Callable[[str], object], sent: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        check(sent)
    assert str(refused.value).endswith(".")


def test_a_week_without_hours_follows_the_court() -> None:
    assert validation.parse_week_hours({}) == {}
    week = validation.parse_week_hours({"0": "8h às 14h"})
    assert week["0"] == [["08:00", "14:00"]]
    assert week["5"] == []


def test_formatted_hours_parse_to_the_same_hours() -> None:
    spans = [["08:00", "12:00"], ["13:00", "18:30"]]
    assert validation.parse_periods(validation.format_periods(spans)) == spans


def test_invisible_characters_are_removed() -> None:
    assert validation.validate_line("  1ª\tVara\u200b  Cível\u202e\n", 40) == "1ª Vara Cível"
    with pytest.raises(ValueError, match="Preencha"):
        validation.validate_line(" \u200b ", 40, 3)


def test_tags_do_not_repeat() -> None:
    assert validation.validate_names(["Cível", "civel", "", "Família "]) == ["Cível", "Família"]


def test_unknown_features_are_left_out() -> None:
    sent = {"rampa": {"has": "sim", "note": "pela  lateral"}, "elevador": {"has": "", "note": "x"}}
    assert validation.validate_features(sent) == {"rampa": {"has": "sim", "note": "pela lateral"}}
    with pytest.raises(ValueError, match="sim, não"):
        validation.validate_features({"rampa": {"has": "talvez"}})


def test_hours_of_the_night_go_on_in_the_next_day() -> None:
    week = validation.parse_week_hours({"0": "8h às 12h, 22:00-06:00", "6": "19:00-24:00"})
    assert week["0"] == [["08:00", "12:00"], ["22:00", "24:00"]]
    assert week["1"] == [["00:00", "06:00"]]
    assert week["6"] == [["19:00", "24:00"]]
    with pytest.raises(ValueError, match="sobrepõem"):
        validation.parse_week_hours({"0": "22:00-06:00", "1": "5h às 12h"})
    with pytest.raises(ValueError, match="no seguinte"):
        validation.parse_periods("22:00-06:00")


def test_accents_typed_apart_from_their_letters_are_joined() -> None:
    apart = unicodedata.normalize("NFD", "Praça São João")
    assert validation.validate_line(apart, 200) == "Praça São João"
