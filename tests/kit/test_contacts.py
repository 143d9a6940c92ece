"""E-mails, phones, OAB numbers and links: normalised in one module."""

import ast
from pathlib import Path

import pytest

import canais_app
from canais_app.kit import contacts


def test_only_two_modules_read_emails_and_phones() -> None:
    root = Path(canais_app.__file__).parent
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if name.partition(".")[0] in ("phonenumbers", "email_validator")
    }
    assert found == {"kit/contacts.py", "kit/personal_data.py"}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (" Ana@TJMT.jus.br ", "Ana@tjmt.jus.br"),
        ("vara-1@Exemplo.invalid", "vara-1@exemplo.invalid"),
    ],
)
def test_an_email_is_normalised(sent: str, stored: str) -> None:
    assert contacts.clean_email(sent, "errado", accept_demo=True) == stored


@pytest.mark.parametrize(
    "sent", ["", "ana", "ana@", "@exemplo.invalid", "a b@exemplo.invalid", "a@outro.invalid"]
)
def test_an_impossible_email_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match="errado"):
        contacts.clean_email(sent, "errado", accept_demo=True)


def test_production_refuses_the_demonstrations_domain() -> None:
    with pytest.raises(ValueError, match="errado"):
        contacts.clean_email("ana@exemplo.invalid", "errado", accept_demo=False)


@pytest.mark.parametrize(
    ("sent", "stored", "shown"),
    [
        ("(65) 3648-0000", "+556536480000", "(65) 3648-0000"),
        ("66 99999-0142", "+5566999990142", "(66) 99999-0142"),
        ("0800 647 1420", "+558006471420", "0800 647 1420"),
        ("4003-1234", "+5540031234", "4003-1234"),
        ("+1 202 555 0100", "+12025550100", "+12025550100"),
    ],
)
def test_a_phone_is_stored_in_e164_and_shown_in_national_format(
    sent: str, stored: str, shown: str
) -> None:
    assert contacts.clean_phone(sent, "errado") == stored
    assert contacts.format_phone(stored) == shown


@pytest.mark.parametrize("sent", ["", "3648-0000", "(65) 3648", "ramal"])
def test_a_phone_without_its_area_code_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match="errado"):
        contacts.clean_phone(sent, "errado")


def test_a_foreign_phone_is_refused_where_only_brazilian_ones_are_allowed() -> None:
    with pytest.raises(ValueError, match="errado"):
        contacts.clean_phone("+1 202 555 0100", "errado", only_brazil=True)


def test_text_that_is_no_number_is_shown_unchanged() -> None:
    assert contacts.format_phone("") == ""
    assert contacts.format_phone("ramal") == "ramal"


@pytest.mark.parametrize(
    ("sent", "stored", "shown"),
    [
        ("123", "000123", "123/MT"),
        ("１２３", "000123", "123/MT"),
        ("12.345-a", "012345A", "12345-A/MT"),
    ],
)
def test_an_oab_number_is_normalised(sent: str, stored: str, shown: str) -> None:
    assert contacts.clean_oab_number(sent) == stored
    assert contacts.format_oab(f"{contacts.clean_oab_section('mt')}{stored}") == shown


@pytest.mark.parametrize("sent", ["", "0", "1234567", "12AB"])
def test_a_wrong_oab_number_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match="OAB"):
        contacts.clean_oab_number(sent)
