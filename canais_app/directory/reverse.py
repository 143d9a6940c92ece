"""Backwards: from a phone number or an e-mail address to the units that have it."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canais_app.kit.text import fold

COUNTRY = "55"
LOCAL, WITH_AREA = 8, 10  # digits of a number without and with its area
FEWEST = 4  # last digits that are looked for when nothing else is typed
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]*")
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]*\d(?!\w)")
_CARRIER = re.compile(r"(?i)\b0\s?(?:xx|\*\*)\s?")  # as in 0xx65
_ABOUT = re.compile(r"telefones?|fones?|tel|ramal|final|numero|zap|whats(?:app)?|contato|ligar")


@dataclass(frozen=True)
class Contacts:
    """Phones (national digits, read from the end) and e-mails, sorted, each with a unit."""

    phones: Sequence[tuple[str, int]]
    emails: Sequence[tuple[str, int]]

    def units_of(self, text: str) -> list[int] | None:
        """Return the units behind a phone or an e-mail; None when the text holds neither."""
        if email := _EMAIL.search(text):
            return _beginning(self.emails, fold(email.group()))
        digits = _digits(text)
        if not digits:
            return None
        for number in _ways_to_dial(digits):
            if found := _beginning(self.phones, number[::-1]):
                return found
        return []


def gather(contacts: Iterable[tuple[str, int]]) -> Contacts:
    """Sort the contacts of units: e-mails, and phones in digits as stored (E.164)."""
    phones: list[tuple[str, int]] = []
    emails: list[tuple[str, int]] = []
    for contact, unit in contacts:
        if "@" in contact:
            emails.append((fold(contact), unit))
        else:
            phones.append((_national(contact)[::-1], unit))
    return Contacts(sorted(phones), sorted(emails))


def _beginning(known: Sequence[tuple[str, int]], said: str) -> list[int]:
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
        return _national(digits)
    rest = _ABOUT.sub("", fold(text.replace(found.group(), ""))) if found else text
    return digits if len(digits) >= FEWEST and not re.search(r"\w{3}", rest) else ""


def _national(digits: str) -> str:
    """Return a number with its area, without the country's code and the zeros of dialling."""
    digits = digits.lstrip("0")
    has_country = digits.startswith(COUNTRY) and len(digits) >= len(COUNTRY) + WITH_AREA
    return digits[len(COUNTRY) :] if has_country else digits


def _ways_to_dial(digits: str) -> list[str]:
    """Return a number as typed, and a mobile's with or without its leading nine."""
    ways = [digits]
    if len(digits) == WITH_AREA:
        ways.append(f"{digits[:2]}9{digits[2:]}")
    if len(digits) == WITH_AREA + 1 and digits[2] == "9":
        ways.append(digits[:2] + digits[3:])
    if len(digits) == LOCAL + 1 and digits[0] == "9":
        ways.append(digits[1:])
    return ways
