"""The rule: what windows, days of their own and holidays contradict, by themselves and together."""

from collections.abc import Iterator
from itertools import combinations

from canais_app.agenda.setting.findings import (
    Finding,
    Ground,
    common_day,
    first_day,
    span_fault,
    span_words,
)
from canais_app.agenda.times.terms import OwnDay, Terms
from canais_app.agenda.times.windows import Window
from canais_app.kit import text


def windows(terms: Terms, ground: Ground) -> Iterator[Finding]:
    """Name windows that end before they begin, are too short, or never recur."""
    for number, window in enumerate(terms.windows):
        row = f"windows-{number}"
        if wrong := span_fault(row, window.starts, window.ends, terms):
            yield wrong
        if window.every_weeks > 1 and window.valid_from is None:
            yield Finding(
                f"{row}-valid_from",
                f"Escolha a partir de que dia contar “a cada {window.every_weeks} semanas”.",
            )
        elif wrong := _validity(row, window, ground):
            yield wrong


def _validity(row: str, window: Window, ground: Ground) -> Finding | None:
    since, until = window.valid_from, window.valid_until
    if since and until and until < since:
        said = f"A validade termina ({text.date_words(until)}) antes de começar."
        return Finding(f"{row}-valid_until", said)
    if until and until < ground.first:
        said = f"A validade desta janela terminou em {text.date_words(until)}."
        return Finding(f"{row}-valid_until", said)
    if since and ground.until and since >= ground.until:
        said = f"Nesse dia já valem as regras publicadas para {text.date_words(ground.until)}."
        return Finding(f"{row}-valid_from", said)
    if window.ends > window.starts and first_day(window, ground) is None:
        said = f"Nunca acontece: não há {text.WEEKDAYS[window.weekday]} assim enquanto ela vale."
        return Finding(f"{row}-valid_until", said)
    return None


def window_overlaps(terms: Terms, ground: Ground) -> Iterator[Finding]:
    """Name windows that stand in each other's way, with the first such day."""
    for (_, one), (number, other) in combinations(enumerate(terms.windows), 2):
        day = common_day(one, other, ground)
        if day is not None:
            yield Finding(
                f"windows-{number}-starts",
                f"Sobrepõe-se à janela {span_words(one.starts, one.ends)}: "
                f"as duas valem em {text.short_day(day)}.",
            )


def own_days(terms: Terms, ground: Ground) -> Iterator[Finding]:
    """Name days of their own that are over, out of reach, or badly timed."""
    for number, own in enumerate(terms.own_days):
        row = f"own_days-{number}"
        if wrong := _own_day(f"{row}-day", own, ground):
            yield wrong
        if own.starts and own.ends and (late := span_fault(row, own.starts, own.ends, terms)):
            yield late


def _own_day(at: str, own: OwnDay, ground: Ground) -> Finding | None:
    if own.day < ground.today:
        return Finding(at, "Este dia já passou.")
    if own.day < ground.first:
        said = (
            f"Nesse dia estas regras ainda não valem: começam em {text.date_words(ground.first)}."
        )
        return Finding(at, said)
    if ground.until and own.day >= ground.until:
        said = f"Nesse dia já valem as regras publicadas para {text.date_words(ground.until)}."
        return Finding(at, said)
    if own.is_closed:
        return None
    if own.day > ground.last_day:
        last = text.date_words(ground.last_day)
        said = f"Ainda não abre para marcação: hoje a agenda vai até {last}."
        return Finding(at, said, refuses=False)
    return None


def clashes(terms: Terms) -> Iterator[Finding]:
    """Name own days that stand twice: closed and open, closed again, or at the same hours."""
    for (_, one), (number, other) in combinations(enumerate(terms.own_days), 2):
        if one.day != other.day:
            continue
        row = f"own_days-{number}"
        if one.is_closed and other.is_closed:
            yield Finding(f"{row}-day", "Este dia já está como fechado.")
        elif one.is_closed or other.is_closed:
            yield Finding(f"{row}-day", "Este dia está como fechado e também com horário.")
        elif _meet(one, other) and one.starts and one.ends:
            said = f"Sobrepõe-se ao horário {span_words(one.starts, one.ends)} do mesmo dia."
            yield Finding(f"{row}-starts", said)


def _meet(one: OwnDay, other: OwnDay) -> bool:
    if one.starts is None or one.ends is None or other.starts is None or other.ends is None:
        return False
    return one.starts < other.ends and other.starts < one.ends


def opt_outs(terms: Terms, ground: Ground) -> Iterator[Finding]:
    """Name holidays to work on that are none, or on which nothing opens."""
    for day in (day for day in terms.opt_outs if day >= ground.today):
        at = f"opt_outs-{day.isoformat()}"
        own = terms.overrides.get(day)
        if ground.holidays and day not in ground.holidays:
            yield Finding(
                at, f"{text.date_words(day)} não é dia fechado no calendário do Tribunal."
            )
        elif own == ():
            yield Finding(at, f"{text.date_words(day)} está como fechado em “Datas especiais”.")
        elif own is None and not any(window.covers(day) for window in terms.windows):
            said = f"Nenhuma janela cai em {text.short_day(day)}: nada abre nesse dia."
            yield Finding(at, said, refuses=False)
    for number, own_day in enumerate(terms.own_days):
        name = ground.holidays.get(own_day.day)
        if name and not own_day.is_closed and own_day.day not in terms.opt_outs:
            said = f"É dia fechado no Tribunal ({name}): marque-o em “Feriados” para abrir."
            yield Finding(f"own_days-{number}-day", said, refuses=False)
