"""Find personal data in free text: every occurrence, to warn before sending and to mask.

Case numbers (Res. CNJ 65/2008), CPF and CNPJ by their check digits or their usual punctuation,
e-mails, phones (libphonenumber, and local numbers without area code), RG and OAB numbers. Names
are not found.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

_D = r"(?<![\d.,])"  # no digit before: part of a longer number
_E = r"(?!\d)"
_SEP = r"[\s.\-/]{0,3}"
_CASE = re.compile(rf"{_D}\d{{7}}{_SEP}\d{{2}}{_SEP}\d{{4}}{_SEP}\d{_SEP}\d{{2}}{_SEP}\d{{4}}{_E}")
_EMAIL = re.compile(r"[\w.+%-]{1,64}\s?@\s?[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_CNPJ = re.compile(
    rf"{_D}[\dA-Z]{{2}}[.\s]?[\dA-Z]{{3}}[.\s]?[\dA-Z]{{3}}[/\s]?[\dA-Z]{{4}}[-\s]?\d{{2}}{_E}"
)
_CPF = re.compile(rf"{_D}(\d{{3}})([.\s]?)(\d{{3}})[.\s]?(\d{{3}})[-./\s]?(\d{{2}}){_E}")
_RG = re.compile(
    r"(?i)\b(?:rg|identidade|ident\.)\W{0,3}(?:n[º°o.]{0,2}\s?)?"
    r"(?=(?:\W?\d){5})\d[\d.\-/\s]{3,12}[\dx]\b"
)
_OAB = re.compile(
    r"(?i)\boab\W{0,3}(?:[a-z]{2})?\W{0,3}(?:n[º°o.]{0,2}\s?)?\d[\d.]{0,7}(?:\W?[a-z]{2}\b)?"
)
_WITH_AREA = re.compile(
    rf"(?:\+?{_D}55[\s.-]?)?(?<!\d)\(?0?[1-9]\d\)?[\s.-]{{0,2}}(?:9[\s.]?)?\d{{4}}[\s.-]?\d{{4}}{_E}"
)
_LOCAL = re.compile(
    rf"(?<![\d/.,-])(?!20\d\d[\s-]20)(?:9[\s.]?\d{{4}}[\s.-]?\d{{4}}|[2-5]\d{{3}}[\s-]\d{{4}}){_E}"
)
# Where the library knows more than the patterns above: other countries, nationwide numbers.
_MORE_PHONES = re.compile(r"\+\s?\d|(?<!\d)0[3589]00|(?<!\d)40[0-6]\d|(?<!\d)00\s?\d")
_PROTOCOL = re.compile(r"(?<!\d)20\d{2}-\d{6,8}(?!\d)")  # of a report: names nobody
_DATE = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}/\d{4}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_CPF_WORD = re.compile(r"(?i)cpf\W{0,4}(?:n[º°o.]{0,2}\s?|é\s)?$")


class Finding(NamedTuple):
    """A piece of personal data: its place in the text and its kind."""

    start: int
    end: int
    kind: str  # processo, cpf, cnpj, e-mail, telefone, rg, oab


def find_personal_data(text: str) -> list[Finding]:
    """Return the personal data of a text, in order, without overlaps."""
    if not any(c.isdigit() or c == "@" for c in text):
        return []
    found: list[Finding] = []
    taken = [match.span() for match in _finditer((_PROTOCOL, _DATE), text)]
    for kind, find in _FINDERS:
        for start, end in find(text):
            if all(end <= a or start >= b for a, b in taken):
                found.append(Finding(start, end, kind))
                taken.append((start, end))
    return sorted(found)


def mask_personal_data(text: str) -> str:
    """Replace every piece of personal data by its kind: `[cpf]`."""
    parts: list[str] = []
    at = 0
    for start, end, kind in find_personal_data(text):
        parts += [text[at:start], f"[{kind}]"]
        at = end
    return "".join([*parts, text[at:]])


def describe_kinds(text: str) -> list[str]:
    """Return the kinds of personal data in a text as words, each once: `um CPF`."""
    return [_KIND_WORDS[kind] for kind in dict.fromkeys(f.kind for f in find_personal_data(text))]


_KIND_WORDS = {
    "processo": "um número de processo",
    "cpf": "um CPF",
    "cnpj": "um CNPJ",
    "e-mail": "um e-mail",
    "telefone": "um telefone",
    "rg": "um RG",
    "oab": "uma inscrição na OAB",
}


def _finditer(patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        yield from pattern.finditer(text)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (match.span() for match in pattern.finditer(text))


def _find_cnpj(text: str) -> Iterator[tuple[int, int]]:
    for match in _CNPJ.finditer(text):
        if "/" in match[0] or is_valid_cnpj(match[0]):
            yield match.span()


def _find_cpf(text: str) -> Iterator[tuple[int, int]]:
    """Yield CPF numbers: punctuated ones, those called so, and bare ones with right digits.

    Eleven digits that are a mobile number are no CPF, unless the text says so.
    """
    for match in _CPF.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        called = bool(_CPF_WORD.search(text[: match.start()]))
        punctuated = "." in match[0] or "-" in match[0][-4:]
        spaced = match[2].isspace() and is_valid_cpf(digits)
        bare = is_valid_cpf(digits) and not _is_mobile(digits)
        if called or punctuated or spaced or bare:
            yield match.span()


def _find_phones(text: str) -> Iterator[tuple[int, int]]:
    if _MORE_PHONES.search(text):
        for found in PhoneNumberMatcher(text, "BR", leniency=Leniency.VALID, max_tries=200):
            yield found.start, found.end
    for match in _finditer((_WITH_AREA, _LOCAL), text):
        yield match.span()


def _is_mobile(digits: str) -> bool:
    number = phonenumbers.PhoneNumber(country_code=55, national_number=int(digits))
    return digits[2] == "9" and phonenumbers.is_valid_number(number)


def is_valid_cpf(digits: str) -> bool:
    """Whether eleven digits are a CPF: both check digits, modulo 11 (IN RFB 2.172/2024)."""
    if len(digits) != 11 or len(set(digits)) == 1:  # noqa: PLR2004 (of a CPF)
        return False
    return all(
        _check_digit(digits[:size], range(size + 1, 1, -1)) == int(digits[size]) for size in (9, 10)
    )


def is_valid_cnpj(written: str) -> bool:
    """Whether a CNPJ, letters allowed (IN RFB 2.229/2024), has the right check digits."""
    code = re.sub(r"[^\dA-Z]", "", written)
    if len(code) != 14 or len(set(code)) == 1:  # noqa: PLR2004 (of a CNPJ)
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return all(
        _check_digit(code[:size], weights[13 - size :]) == int(code[size]) for size in (12, 13)
    )


def _check_digit(code: str, weights: Iterable[int]) -> int:
    left = sum((ord(c) - 48) * weight for c, weight in zip(code, weights, strict=True)) % 11
    return 0 if left < 2 else 11 - left  # noqa: PLR2004 (the rule)


_FINDERS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("processo", _matches(_CASE)),
    ("e-mail", _matches(_EMAIL)),
    ("oab", _matches(_OAB)),
    ("rg", _matches(_RG)),
    ("cnpj", _find_cnpj),
    ("cpf", _find_cpf),
    ("telefone", _find_phones),
)
