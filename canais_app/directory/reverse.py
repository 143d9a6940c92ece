"""Backwards: from a phone number or an e-mail address to the units that have it."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canais_app.kit.text import strip_accents

BRAZIL_CODE = "55"
LOCAL, WITH_AREA = 8, 10  # digits of a number without and with its area
MIN_DIGITS = 4  # last digits that are looked for when nothing else is typed
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]*")
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]*\d(?!\w)")
_CARRIER = re.compile(r"(?i)\b0\s?(?:xx|\*\*)\s?")  # as in 0xx65
_PHONE_WORDS = re.compile(
    r"telefones?|fones?|tel|ramal|final|numero|zap|whats(?:app)?|contato|ligar"
)


@dataclass(frozen=True)
class ContactIndex:
    """Phones (national digits, read from the end) and e-mails, sorted, each with a unit."""

    phones: Sequence[tuple[str, int]]
    emails: Sequence[tuple[str, int]]

    def find_units(self, text: str) -> list[int] | None:
        """Return the units behind a phone or an e-mail; None when the text holds neither."""
        if email := _EMAIL.search(text):
            return _positions_with_prefix(self.emails, strip_accents(email.group()))
        digits = _digits(text)
        if not digits:
            return None
        for number in _dialling_variants(digits):
            if found := _positions_with_prefix(self.phones, number[::-1]):
                return found
        return []


def build_contact_index(contacts: Iterable[tuple[str, int]]) -> ContactIndex:
    """Sort the contacts of units: e-mails, and phones in digits as stored (E.164)."""
    phones: list[tuple[str, int]] = []
    emails: list[tuple[str, int]] = []
    for contact, unit in contacts:
        if "@" in contact:
            emails.append((strip_accents(contact), unit))
        else:
            phones.append((_national_number(contact)[::-1], unit))
    return ContactIndex(sorted(phones), sorted(emails))


def _positions_with_prefix(known: Sequence[tuple[str, int]], said: str) -> list[int]:
    found: list[int] = []
    for contact, unit in known[bisect_left(known, (said, -1)) :]:
        if not contact.startswith(said):
            break
        found.append(unit)
    return list(dict.fromkeys(found))


def _digits(text: str) -> str:
    """Return the digits of a phone; fewer than a whole number only when it is all there is."""
    text = _CARRIER.sub("", text)
    found = _NUMBER.search(text)
    digits = re.sub(r"\D", "", found.group()) if found else ""
    if len(digits) >= LOCAL:
        return _national_number(digits)
    rest = _PHONE_WORDS.sub("", strip_accents(text.replace(found.group(), ""))) if found else text
    return digits if len(digits) >= MIN_DIGITS and not re.search(r"\w{3}", rest) else ""


def _national_number(digits: str) -> str:
    """Return a number with its area, without the country's code and the zeros of dialling."""
    digits = digits.lstrip("0")
    has_country = digits.startswith(BRAZIL_CODE) and len(digits) >= len(BRAZIL_CODE) + WITH_AREA
    return digits[len(BRAZIL_CODE) :] if has_country else digits


def _dialling_variants(digits: str) -> list[str]:
    """Return a number as typed, and a mobile's with or without its leading nine."""
    ways = [digits]
    if len(digits) == WITH_AREA:
        ways.append(f"{digits[:2]}9{digits[2:]}")
    if len(digits) == WITH_AREA + 1 and digits[2] == "9":
        ways.append(digits[:2] + digits[3:])
    if len(digits) == LOCAL + 1 and digits[0] == "9":
        ways.append(digits[1:])
    return ways
