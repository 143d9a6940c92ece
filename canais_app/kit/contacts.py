"""Clean and format contacts: e-mail addresses, phone numbers, OAB numbers and https links.

The `clean_…` functions return the stored form and raise ValueError with a sentence in Portuguese.
Case numbers: `directory/search/case_number.py`.
"""

import re
from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from pydantic import AfterValidator

DEMO_DOMAIN = "exemplo.invalid"  # RFC 2606 reserves `.invalid`: no mail is ever delivered
MAX_EMAIL, MAX_LINK = 200, 300  # characters
OAB_SECTIONS = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905 (one line reads better)
)
_BRAZIL = 55
_LOCAL_DIGITS = 8  # of a number without its area code
_OAB = re.compile(r"(\d{1,6})([A-Z]?)")


def clean_email(sent: str, message: str, *, accept_demo: bool) -> str:
    """Return an e-mail address in its normal form; DNS is not asked.

    Raises:
        ValueError: `message`, for an impossible address, or for one of the demonstration's
            domain unless `accept_demo`.
    """
    address = sent.strip()
    name, _, domain = address.rpartition("@")
    is_demo = accept_demo and domain.lower() == DEMO_DOMAIN
    try:
        # The library refuses `.invalid`, so the name is checked under a domain that it accepts.
        found = validate_email(
            f"{name}@exemplo.com.br" if is_demo else address, check_deliverability=False
        )
    except EmailNotValidError:
        raise ValueError(message) from None
    return f"{found.local_part}@{DEMO_DOMAIN}" if is_demo else found.normalized


def clean_phone(sent: str, message: str, *, only_brazil: bool = False) -> str:
    """Return a phone number as E.164: `+556530000001`; without `+` it is a Brazilian one.

    Raises:
        ValueError: `message`, when no such number can exist or its area code is missing.
    """
    try:
        number = phonenumbers.parse(sent, "BR")
    except NumberParseException:
        raise ValueError(message) from None
    is_brazilian = number.country_code == _BRAZIL
    # The library takes a local number without its area code for a nationwide one (4003-1234).
    is_local = len(phonenumbers.national_significant_number(number)) <= _LOCAL_DIGITS
    lacks_area = is_brazilian and is_local and not str(number.national_number).startswith("400")
    is_foreign = only_brazil and not is_brazilian
    if lacks_area or is_foreign or not phonenumbers.is_valid_number(number):
        raise ValueError(message)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=65536)
def format_phone(e164: str) -> str:
    """Return a Brazilian number as people write it: `(65) 3648-0000`, `0800 647 1420`.

    Other countries' numbers and invalid text are returned unchanged.
    """
    if e164.startswith("+55800"):
        return f"0800 {e164[6:9]} {e164[9:]}"
    try:
        parsed = phonenumbers.parse(e164, "BR")
    except NumberParseException:
        return e164
    if parsed.country_code != _BRAZIL:
        return e164
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)


def clean_oab_number(sent: str) -> str:
    """Return the number of an OAB card with six digits and its letter: `000123A`.

    Raises:
        ValueError: not 1 to 6 digits with at most one letter after them.
    """
    found = _OAB.fullmatch(re.sub(r"[\s./-]", "", sent).upper()) if sent.isascii() else None
    if found is None or not int(found[1]):
        raise ValueError("O número da OAB tem de 1 a 6 algarismos, com letra final se houver.")
    return f"{int(found[1]):06d}{found[2]}"


def clean_oab_section(sent: str) -> str:
    """Return the state of an OAB card: `MT`.

    Raises:
        ValueError: no section of the OAB.
    """
    if sent.upper() not in OAB_SECTIONS:
        raise ValueError("Escolha a UF da OAB.")
    return sent.upper()


def format_oab(stored: str) -> str:
    """Return `000123-A/MT` for the stored `MT000123A`; empty for an empty one."""
    section, digits, letter = stored[:2], stored[2:8], stored[8:]
    return f"{digits}{'-' if letter else ''}{letter}/{section}" if stored else ""


def clean_link(sent: str, longest: int = MAX_LINK) -> str:
    """Return an https link to a named host, without user name or password.

    Raises:
        ValueError: another scheme, a bare IP address, spaces, or credentials in it.
    """
    address = sent.strip()
    if len(address) > longest:
        raise ValueError(f"Use até {longest} letras.")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme != "https" or not host:
        raise ValueError("O link precisa começar por https://.")
    if re.search(r"[\s\x00-\x1f<>\"\\]", address) or not re.search(r"[^\d.]\.[^\d.]", host):
        raise ValueError("Confira o link: copie o endereço inteiro, como aparece no navegador.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("O link não pode levar nome nem senha.")
    return address


# A field for an https link, which may stay empty.
OptionalLink = Annotated[str, AfterValidator(lambda sent: clean_link(sent) if sent.strip() else "")]
