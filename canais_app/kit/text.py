"""Text: accents, slugs, tokens, and pt-BR numbers, dates and times."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import date, datetime, time

from canais_app.kit import clock

# No vowels and no look-alikes, for codes read out by telephone.
_CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
WEEKDAY_NAMES = (
    "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado",
    "domingo",
)  # fmt: skip
WEEKDAYS_BARE = tuple(name.removesuffix("-feira") for name in WEEKDAY_NAMES)
WEEKDAY_SHORT_NAMES = ("seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom.")
MONTH_NAMES = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
    "outubro", "novembro", "dezembro",
)  # fmt: skip


def strip_accents(value: str) -> str:
    """Return lower case without accents; ª and º count as a and o."""
    if value.isascii():
        return value.lower()
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slugify(value: str) -> str:
    """Return a text for use in a path: `1ª Vara Cível` → `1a-vara-civel`."""
    return re.sub(r"[^a-z0-9]+", "-", strip_accents(value).replace("'", "")).strip("-")


def generate_token() -> str:
    """Return a random URL-safe token (256 bits)."""
    return secrets.token_urlsafe(32)


def generate_code(*groups: int) -> str:
    """Return a random readable code: `generate_code(4, 4, 4)` → `K7QF-3M9T-XW2H`."""
    return "-".join("".join(secrets.choice(_CODE_ALPHABET) for _ in range(n)) for n in groups)


def derive_code(digest: bytes, *groups: int) -> str:
    """Return the readable code derived from a digest."""
    letters = iter(_CODE_ALPHABET[byte % len(_CODE_ALPHABET)] for byte in digest)
    return "-".join("".join(next(letters) for _ in range(n)) for n in groups)


def hash_token(token: str) -> str:
    """Return the SHA-256 under which a random secret (57 bits or more) is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def constant_time_equals(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def format_hour(moment: datetime) -> str:
    """Return a time of day as Brazilian courts write it: `14h`, `14h20`."""
    return format_time(clock.to_local(moment).time())


def format_time(at: time) -> str:
    """Return a wall-clock time as Brazilian courts write it: `14h`, `14h20`."""
    if at == time.max:  # the end of the day
        return "24h"
    return f"{at.hour}h{at.minute:02d}" if at.minute else f"{at.hour}h"


def format_long_date(day: date) -> str:
    """Return `quarta-feira, 25 de novembro de 2026` (the first of a month is `1º`)."""
    number = "1º" if day.day == 1 else str(day.day)
    return f"{WEEKDAY_NAMES[day.weekday()]}, {number} de {MONTH_NAMES[day.month - 1]} de {day.year}"


def format_short_date(day: date) -> str:
    """Return `qua., 25/11`."""
    return f"{WEEKDAY_SHORT_NAMES[day.weekday()]}, {day.day}/{day.month}"


def format_date(day: date) -> str:
    """Return `25/11/2026`."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def format_datetime(moment: datetime) -> str:
    """Return `25/11/2026, 14h20`."""
    return f"{format_date(clock.to_local_day(moment))}, {format_hour(moment)}"


def format_day_and_month(day: date, *, year: bool = False) -> str:
    """Return `1º de dezembro`, or `1º de dezembro de 2026`."""
    number = "1º" if day.day == 1 else str(day.day)
    return f"{number} de {MONTH_NAMES[day.month - 1]}" + (f" de {day.year}" if year else "")


def format_period(first: date, last: date) -> str:
    """Return `de 1º a 15 de dezembro`, `de 28 de dezembro de 2026 a 2 de janeiro de 2027`."""
    years = first.year != last.year
    start, end = (format_day_and_month(day, year=years) for day in (first, last))
    if first == last:
        return f"em {end}"
    if (first.year, first.month) == (last.year, last.month):
        start = start.partition(" ")[0]
    return f"de {start} a {end}"


def format_number(value: float, decimals: int = 0) -> str:
    """Return a number as pt-BR writes it: `1.234,5`."""
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def pluralise(count: int, one: str, many: str) -> str:
    """Return `1 unidade`, `3 unidades`."""
    return f"{format_number(count)} {one if count == 1 else many}"


def format_duration(minutes: int) -> str:
    """Return a length of time as `2 horas`, `45 minutos`, `1 dia`."""
    for size, one, many in ((1440, "dia", "dias"), (60, "hora", "horas")):
        if minutes and minutes % size == 0:
            return pluralise(minutes // size, one, many)
    return pluralise(minutes, "minuto", "minutos")


def escape_formula(cell: str) -> str:
    """Return a cell that spreadsheets do not run as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def initials(name: str) -> str:
    """Return what stands for a person where the name has no room: `S12` for `Servidor(a) 12`."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if not words:
        return "?"
    last = words[-1] if words[-1].isdigit() else words[-1][0]
    return (words[0][0] + last if len(words) > 1 else words[0][0]).upper()[:4]
