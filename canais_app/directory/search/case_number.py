"""Case numbers (Res. CNJ 65/2008): `NNNNNNN-DD.AAAA.J.TR.OOOO`, checked by ISO 7064 MOD 97-10.

A case number is personal data: it must never go into a URL, a log or a cache.
"""

import re
import string
from dataclasses import dataclass, field

from canais_app.kit.errors import InvalidError

DIGIT_COUNT = 20
MIN_PRIVATE_DIGITS = 4  # digits from which a text may be the beginning of a case number
_SHAPE = re.compile(r"(?<!\d)\d{7}\W{0,2}\d{2}\W{0,2}\d{4}\W{0,2}\d\W{0,2}\d{2}\W{0,2}\d{4}(?!\d)")
_BEGINNING = re.compile(r"^\W*\d{7}\s?[-.]\s?\d{2}\b")
STATE_COURT = "8"
MATO_GROSSO = "11"


@dataclass(frozen=True)
class CaseNumber:
    """A case number with valid check digits, hidden in its `repr`."""

    digits: str = field(repr=False)

    @property
    def format(self) -> str:
        """Return the number as courts write it."""
        return format_case_number(self.digits)

    @property
    def origin(self) -> str:
        """Return the four digits of the unit of origin."""
        return self.digits[16:]

    @property
    def is_of_tjmt(self) -> bool:
        """Whether it is a case of the Tribunal de Justiça de Mato Grosso."""
        return self.digits[13] == STATE_COURT and self.digits[14:16] == MATO_GROSSO


def format_case_number(digits: str) -> str:
    """Return the twenty digits of a case number as courts write them."""
    d = digits
    return f"{d[:7]}-{d[7:9]}.{d[9:13]}.{d[13]}.{d[14:16]}.{d[16:]}"


def compute_check_digits(digits: str) -> str:
    """Return the check digits of a number of twenty digits, whatever its own are."""
    rest = digits[:7] + digits[9:] + "00"
    return f"{98 - int(rest) % 97:02d}"


def parse_case_number(number: object) -> CaseNumber:
    """Parse a case number with or without punctuation.

    Raises:
        InvalidError: at `number`, when digits are missing or the check digits are wrong.
    """
    text = number if isinstance(number, str) else ""
    if pasted := find_case_number(text):  # `Processo 0000001-68…`, with any dash
        text = pasted
    digits = "".join(c for c in text if c in string.digits)
    is_plain = not any(c.isalpha() or (c.isdecimal() and c not in string.digits) for c in text)
    if len(digits) != DIGIT_COUNT or not is_plain:
        raise InvalidError.at(
            "number", "O número do processo tem 20 algarismos: NNNNNNN-DD.AAAA.8.11.OOOO."
        )
    if compute_check_digits(digits) != digits[7:9]:
        raise InvalidError.at(
            "number", "Os dígitos verificadores não conferem. Confira o número do processo."
        )
    return CaseNumber(digits)


def find_case_number(words: str) -> str:
    """Return the case number in a text, as typed; empty when there is none."""
    found = _SHAPE.search(words)
    return found.group() if found else ""


def is_like_case_number(words: str) -> bool:
    """Whether a text is a case number, whole or with digits missing or in excess."""
    count = sum(c.isdigit() for c in words)
    letters = sum(c.isalpha() for c in words)
    return (
        bool(find_case_number(words))
        or bool(_BEGINNING.match(words))
        or (count > 13 and not letters)  # noqa: PLR2004 (longest phone)
    )


def can_be_in_address(words: str) -> bool:
    """Whether a text may go into a URL: it cannot be the beginning of a case number."""
    return sum(c.isdigit() for c in words) < MIN_PRIVATE_DIGITS
