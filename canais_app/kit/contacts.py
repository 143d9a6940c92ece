"""Clean and format contacts: e-mail addresses, phone numbers, OAB numbers and https links.

The `clean_…` functions return the stored form and raise ValueError with a sentence in Portuguese.
Case numbers: `directory/search/case_number.py`.
"""

import re
import unicodedata
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
_SECTION = "|".join(sorted(OAB_SECTIONS))
# `OAB/MT 1.234-A`, `MT1234`, `nº 1234`, `0012345`, `1234/O-MT`, without what stands between.
_OAB = re.compile(rf"(?:OAB)?({_SECTION})?(?:NO?)?0*([1-9][0-9]{{0,5}})([A-Z]?)({_SECTION})?")
_ORIGINAL = "O"  # `1234/O`: the first inscription, which most sections write without a letter
_BETWEEN = re.compile(r"[\s./,:°()-]")
_REGISTRATION = re.compile(r"0*([0-9A-Z]{1,9})")
# The first letter of a stored registration that is no OAB card; no section begins like `DMT`.
INSTITUTIONS = {"D": "Defensoria Pública", "M": "Ministério Público", "P": "Procuradoria"}
PARTY_LETTER = "X"
FEDERAL = "BR"  # instead of a section


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
    return _parse_oab(sent)[1]


def find_oab_section(sent: str) -> str:
    """Return the section that was typed or pasted with a number: `MT` of `OAB/MT 1.234`."""
    try:
        return _parse_oab(sent)[0]
    except ValueError:
        return ""


def _parse_oab(sent: str) -> tuple[str, str]:
    """Return the section, or an empty string, and the number as stored."""
    found = _OAB.fullmatch(_compact(sent))
    if found is None or (found[1] and found[4] and found[1] != found[4]):
        raise ValueError("O número da OAB tem de 1 a 6 algarismos, com letra final se houver.")
    letter = "" if found[3] == _ORIGINAL else found[3]
    return found[1] or found[4] or "", f"{int(found[2]):06d}{letter}"


def _compact(sent: str) -> str:
    """Return capitals and digits without what people write between them, of any Unicode form."""
    plain = "".join("-" if unicodedata.category(c) == "Pd" else c for c in sent)
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", plain).upper())


def clean_registration(sent: str) -> str:
    """Return the number under which an institution knows a person: `12345`, `1234A`.

    Raises:
        ValueError: not 1 to 9 letters and digits.
    """
    found = _REGISTRATION.fullmatch(_compact(sent).removeprefix("NO"))
    if found is None or not any(c.isdigit() for c in found[1]):
        raise ValueError("Escreva a matrícula: até 9 algarismos ou letras.")
    return found[1]


def clean_oab_section(sent: str) -> str:
    """Return the state of an OAB card: `MT`.

    Raises:
        ValueError: no section of the OAB.
    """
    if sent.upper() not in OAB_SECTIONS:
        raise ValueError("Escolha a UF da OAB.")
    return sent.upper()


def format_oab(stored: str) -> str:
    """Return `123-A/MT` for the stored `MT000123A`; empty for what is no OAB card."""
    section, digits, letter = stored[:2], stored[2:8], stored[8:]
    if not digits.isdigit():
        return ""
    return f"{int(digits)}{'-' if letter else ''}{letter}/{section}"


def format_registration(stored: str, institution: str = "") -> str:
    """Return `OAB 123/MT`, `Defensoria Pública, matrícula 45 (MT)` or `Parte`."""
    if stored[:1] == PARTY_LETTER:
        return "Parte sem advogada(o)"
    if oab := format_oab(stored):
        return f"OAB {oab}"
    kind = INSTITUTIONS.get(stored[:1], "")
    place = stored[1:3].replace(FEDERAL, "federal")
    return f"{institution or kind}, matrícula {stored[3:]} ({place})" if kind else ""


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
