"""Weekly hours in one cell: `seg-sex 12:00-19:00; sáb 08:00-12:00, 13:00-18:00`."""

import re
from collections.abc import Mapping
from typing import Any

from canais_app.directory import values
from canais_app.kit.text import WEEKDAY_SHORT_NAMES, WEEKDAYS_BARE, strip_accents

DAY_NAMES = tuple(name.removesuffix(".") for name in WEEKDAY_SHORT_NAMES)
CLOSED_TEXT = "fechada"
_NUMBERS = {strip_accents(day): number for number, day in enumerate(DAY_NAMES)}
_NUMBERS |= {strip_accents(day): number for number, day in enumerate(WEEKDAYS_BARE)}
_GROUP = re.compile(r"([^\W\d]+)(?:\s*(?:-|–|\ba\b)\s*([^\W\d]+))?\s+(\d.*)")


def format_week(hours: Mapping[str, Any]) -> str:
    """Return stored hours in words; nothing for the court's public hours."""
    if not hours:
        return ""
    spans = [", ".join("-".join(map(str, s)) for s in hours.get(str(d), ())) for d in range(7)]
    groups: list[str] = []
    day = 0
    while day < len(spans):
        last = day
        while last + 1 < len(spans) and spans[last + 1] == spans[day]:
            last += 1
        if spans[day]:
            days = DAY_NAMES[day] if last == day else f"{DAY_NAMES[day]}-{DAY_NAMES[last]}"
            groups.append(f"{days} {spans[day]}")
        day = last + 1
    return "; ".join(groups) or CLOSED_TEXT


def parse_week(words: str) -> dict[str, list[list[str]]]:
    """Return hours as stored; a day that is not named is closed.

    Raises:
        ValueError: with the sentence that whoever wrote the cell reads.
    """
    if strip_accents(words).strip() == CLOSED_TEXT:
        return {str(day): [] for day in range(7)}
    days: dict[str, str] = {}
    for group in filter(None, (part.strip() for part in words.split(";"))):
        first, last, spans = _parse_group(group)
        for day in range(first, last + 1):
            if str(day) in days:
                raise ValueError(f"O dia «{DAY_NAMES[day]}» aparece duas vezes.")
            days[str(day)] = spans
    return values.parse_week_hours(days)


def _parse_group(words: str) -> tuple[int, int, str]:
    said = _GROUP.fullmatch(words)
    first = _NUMBERS.get(strip_accents(said[1])) if said else None
    last = _NUMBERS.get(strip_accents(said[2] or said[1])) if said else None
    if said is None or first is None or last is None or last < first:
        raise ValueError("Escreva o horário como «seg-sex 12:00-19:00; sáb 08:00-12:00».")
    return first, last, said[3]
