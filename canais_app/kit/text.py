"""Words: folding for comparison, slugs, masking of personal data, pt-BR numbers and times."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import date, datetime, time

from canais_app.kit import clock

_MASKS = (
    (re.compile(r"\b\d{7}-?\d{2}\.?\d{4}\.?\d\.?\d{2}\.?\d{4}\b"), "[processo]"),
    (re.compile(r"\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b"), "[cpf]"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?:\+?55\s?)?\(?\b\d{2}\)?\s?9?\d{4}[-\s]?\d{4}\b"), "[telefone]"),
    (re.compile(r"(?i)\boab\W{0,3}(?:[a-z]{2})?\W{0,3}\d[\d.]{0,7}(?:\W?[a-z]{2}\b)?"), "[oab]"),
)
# No vowels and no look-alikes: a code read out over the telephone stays what it was.
_CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
WEEKDAYS = (
    "segunda-feira",
    "terça-feira",
    "quarta-feira",
    "quinta-feira",
    "sexta-feira",
    "sábado",
    "domingo",
)
WEEKDAYS_BARE = tuple(name.removesuffix("-feira") for name in WEEKDAYS)
WEEKDAYS_SHORT = ("seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom.")
MONTHS = (
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
)


def fold(words: str) -> str:
    """Return lower case without accents; ª and º count as a and o."""
    if words.isascii():
        return words.lower()
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slugify(words: str) -> str:
    """Return the words as they stand in an address: `1ª Vara Cível` → `1a-vara-civel`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(words).replace("'", "")).strip("-")


def mask(text: str) -> str:
    """Replace case numbers, CPF, e-mails, phones and OAB numbers by what they are."""
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


def new_token() -> str:
    """Return an unguessable token for an address (256 bits)."""
    return secrets.token_urlsafe(32)


def new_code(*groups: int) -> str:
    """Return a code a person can read out: `new_code(4, 4, 4)` → `K7QF-3M9T-XW2H`."""
    return "-".join("".join(secrets.choice(_CODE_ALPHABET) for _ in range(n)) for n in groups)


def code_from(digest: bytes, *groups: int) -> str:
    """Return the code that some secret bytes stand for: the same bytes, the same code."""
    letters = iter(_CODE_ALPHABET[byte % len(_CODE_ALPHABET)] for byte in digest)
    return "-".join("".join(next(letters) for _ in range(n)) for n in groups)


def token_hash(token: str) -> str:
    """Return what is stored of a secret made by chance (57 bits or more): its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def hour_words(moment: datetime) -> str:
    """Return a time of day as Brazilian courts write it: `14h`, `14h20`."""
    return time_words(clock.local(moment).time())


def time_words(at: time) -> str:
    """Return a wall-clock time as Brazilian courts write it: `14h`, `14h20`."""
    return f"{at.hour}h{at.minute:02d}" if at.minute else f"{at.hour}h"


def day_words(day: date) -> str:
    """Return `quarta-feira, 25 de novembro de 2026` (the first of a month is `1º`)."""
    number = "1º" if day.day == 1 else str(day.day)
    return f"{WEEKDAYS[day.weekday()]}, {number} de {MONTHS[day.month - 1]} de {day.year}"


def short_day(day: date) -> str:
    """Return `qua., 25/11`."""
    return f"{WEEKDAYS_SHORT[day.weekday()]}, {day.day}/{day.month}"


def date_words(day: date) -> str:
    """Return `25/11/2026`."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def moment_words(moment: datetime) -> str:
    """Return `25/11/2026, 14h20`."""
    return f"{date_words(clock.local_day(moment))}, {hour_words(moment)}"


def period_words(first: date, last: date) -> str:
    """Return `de 1º a 15 de dezembro`, `de 28 de dezembro de 2026 a 2 de janeiro de 2027`."""
    years = first.year != last.year
    start, end = _named(first, year=years), _named(last, year=years)
    if first == last:
        return f"em {end}"
    if (first.year, first.month) == (last.year, last.month):
        start = start.partition(" ")[0]
    return f"de {start} a {end}"


def _named(day: date, *, year: bool) -> str:
    number = "1º" if day.day == 1 else str(day.day)
    return f"{number} de {MONTHS[day.month - 1]}" + (f" de {day.year}" if year else "")


def number_words(value: float, decimals: int = 0) -> str:
    """Return a number as pt-BR writes it: `1.234,5`."""
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def plural(count: int, one: str, many: str) -> str:
    """Return `1 unidade`, `3 unidades`."""
    return f"{number_words(count)} {one if count == 1 else many}"


def minutes_words(minutes: int) -> str:
    """Return a length of time as `2 horas`, `45 minutos`, `1 dia`."""
    for size, one, many in ((1440, "dia", "dias"), (60, "hora", "horas")):
        if minutes and minutes % size == 0:
            return plural(minutes // size, one, many)
    return plural(minutes, "minuto", "minutos")


def neutral(cell: str) -> str:
    """Return a cell of a table that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
