"""Validate and normalise values of units and channels. Values in, values out.

Every function raises ValueError with a sentence for the sender. The editor, the import of files and
visitors' corrections use it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from canais_app.directory.models import Feature
from canais_app.expediente.calendar import parse_minutes
from canais_app.kit import contacts
from canais_app.kit.text import strip_accents

MAX_PHONE_LENGTH, MAX_HOURS_LENGTH = 40, 120
HAS_NAMES = {"sim": "Sim", "nao": "Não"}
MAX_TAGS, MAX_PERIODS = 20, 4
# A period that begins in the evening may end in the next morning; 19:00-12:00 is a slip.
EVENING, NOON = "17:00", "12:00"
_TIME = re.compile(r"(\d{1,2})(?:(?::|h)(\d{2})?)?")
_PERIOD = re.compile(r"(?:d[ae]s?\s+)?(\S+?)(?:\s*[-–—]\s*|\s+(?:às|as|a|até)\s+)(\S+)")
# `.invalid` is reserved (RFC 2606); the numbers are those that demo/units.py gives out.
_DEMO = re.compile(r"\.invalid(?:[:/?#]|$)|^\+556[56]3000\d{4}$")
_INVISIBLE = ("Cf", "Co", "Cs", "Cn")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def normalise_phone(sent: str) -> str:
    """Return a Brazilian number as E.164: `+556530000001`, `+558006471420`."""
    wrong = "Confira o telefone: DDD e número, como (65) 3000-0001, ou 0800."
    if len(sent) > MAX_PHONE_LENGTH or re.search(r"[^\d\s()+.\-–]", sent):
        raise ValueError(f"{wrong} Ramal e outras palavras vão na observação.")
    return contacts.clean_phone(sent, wrong, only_brazil=True)


def normalise_email(sent: str) -> str:
    """Return a normalised e-mail. The demonstration's domain is allowed."""
    wrong = "Confira o e-mail: nome, @ e domínio, como secretaria@tjmt.jus.br."
    if len(sent.strip()) > contacts.MAX_EMAIL:
        raise ValueError(f"Use até {contacts.MAX_EMAIL} letras.")
    return contacts.clean_email(sent, wrong, accept_demo=True)


def is_demo_contact(value: str) -> bool:
    """Whether a contact is of the demonstration data, which production refuses."""
    return bool(_DEMO.search(value))


def validate_line(sent: str, max_length: int, min_length: int = 0) -> str:
    """Return one line with single spaces, accents on their letters, no invisible characters."""
    if not sent.isascii():
        sent = unicodedata.normalize("NFC", sent)
    if not sent.isprintable():
        spaced = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in sent)
        sent = "".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE)
    words = " ".join(sent.split())
    if len(words) < min_length:
        raise ValueError(
            "Preencha este campo." if not words else f"Use pelo menos {min_length} letras."
        )
    if len(words) > max_length:
        raise ValueError(f"Use até {max_length} letras.")
    return words


def validate_unit_code(sent: str) -> str:
    """Return a unit's stable code."""
    words = sent.strip()
    if not _CODE.fullmatch(words):
        raise ValueError("Use até 40 letras sem acento, números, ponto, hífen ou sublinhado.")
    return words


def validate_names(sent: Iterable[str], max_length: int = 80) -> list[str]:
    """Return names without repeats (accents and case aside), in the order given."""
    names: dict[str, str] = {}
    for name in sent:
        if words := validate_line(name, max_length):
            names.setdefault(strip_accents(words), words)
    if len(names) > MAX_TAGS:
        raise ValueError(f"Use até {MAX_TAGS}.")
    return list(names.values())


def parse_week_hours(days: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """Return weekly hours as stored, from words by weekday (`"0"` = Monday, to `"6"`).

    A blank day is closed. All days blank means the court's public hours: nothing is stored.
    """
    read = {str(day): _parse_day(days.get(str(day), "")) for day in range(7)}
    nights = [(day, period) for day, found in read.items() for period in found if _is_night(period)]
    for day, period in nights:
        read[day].remove(period)
        read[day] = _join_period(read[day], [period[0], "24:00"])
        after = str((int(day) + 1) % 7)
        if period[1] != "00:00":
            read[after] = _join_period(read[after], ["00:00", period[1]])
    return read if any(read.values()) else {}


def _is_night(period: Sequence[str]) -> bool:
    """Whether a period ends on the next day."""
    return period[1] <= period[0]


def _join_period(found: Sequence[list[str]], period: list[str]) -> list[list[str]]:
    joined = sorted([*found, period])
    _refuse_overlaps(joined)
    return joined


def _refuse_overlaps(found: Sequence[Sequence[str]]) -> None:
    if any(after[0] < before[1] for before, after in pairwise(found)):
        raise ValueError("Os períodos do dia se sobrepõem.")


def parse_periods(sent: str) -> list[list[str]]:
    """Return one day's hours from words: `12h às 19h`, `8:00-12:00, 13:00-18:00`."""
    found = _parse_day(sent)
    if any(map(_is_night, found)):
        raise ValueError(
            "O fim precisa vir depois do começo. Se passa da meia-noite, escreva 22:00–24:00 neste "
            "dia e 00:00–06:00 no seguinte."
        )
    return found


def _parse_day(sent: str) -> list[list[str]]:
    """Return one day's hours; a period that begins in the evening may end on the next day."""
    words = " ".join(sent.casefold().split())
    if not words or words == "fechada":
        return []
    if len(words) > MAX_HOURS_LENGTH:
        raise ValueError(f"Use até {MAX_HOURS_LENGTH} letras.")
    found = [_parse_period(part) for part in re.split(r"\s*[,;/]\s*|\s+e\s+", words) if part]
    found.sort()
    if len(found) > MAX_PERIODS:
        raise ValueError(f"Use até {MAX_PERIODS} períodos num dia.")
    _refuse_overlaps(found)
    return found


def _parse_period(words: str) -> list[str]:
    match = _PERIOD.fullmatch(words)
    times = [_parse_time(match[1]), _parse_time(match[2])] if match else []
    if not times or None in times:
        raise ValueError("Escreva o período como 12:00–19:00; separe dois por vírgula.")
    opens, closes = str(times[0]), str(times[1])
    if opens >= closes and (opens < EVENING or closes >= NOON):
        raise ValueError("O fim precisa vir depois do começo.")
    return [opens, closes]


def _parse_time(words: str) -> str | None:
    match = _TIME.fullmatch(words)
    if not match:
        return None
    at = f"{int(match[1]):02d}:{match[2] or '00'}"
    return at if parse_minutes(at) is not None else None


def format_periods(spans: Iterable[Iterable[str]]) -> str:
    """Return one day's hours as the editor shows and reads them: `08:00–12:00, 13:00–18:00`."""
    return ", ".join("–".join(span) for span in spans)


def validate_features(sent: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the known features: feature → {"has": "sim" | "nao", "note": "…"}.

    Unknown ones are left out with their notes.
    """
    known: dict[str, dict[str, str]] = {}
    for feature in Feature:
        answer = sent.get(feature, {})
        has = str(answer.get("has", ""))
        if has not in ("", *HAS_NAMES):
            raise ValueError("Escolha sim, não ou não informado.")
        if has:
            known[feature.value] = {
                "has": has,
                "note": validate_line(str(answer.get("note", "")), 120),
            }
    return known
