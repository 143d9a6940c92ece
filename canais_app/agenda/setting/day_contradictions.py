"""The rule: what windows, days of their own and holidays contradict, by themselves and together."""

from collections.abc import Iterator
from itertools import combinations

from canais_app.agenda.setting.findings import (
    ValidationContext,
    ValidationFinding,
    find_span_fault,
    first_common_day,
    first_recurrence,
    format_time_span,
)
from canais_app.agenda.times.terms import DayOverride, Terms
from canais_app.agenda.times.windows import WeeklyWindow
from canais_app.kit import text


def check_windows(terms: Terms, ground: ValidationContext) -> Iterator[ValidationFinding]:
    """Name windows that end before they begin, are too short, or never recur."""
    for number, window in enumerate(terms.windows):
        row = f"windows-{number}"
        if wrong := find_span_fault(row, window.starts, window.ends, terms):
            yield wrong
        if window.every_weeks > 1 and window.valid_from is None:
            yield ValidationFinding(
                f"{row}-valid_from",
                f"Escolha a partir de que dia contar “a cada {window.every_weeks} semanas”.",
            )
        elif wrong := _check_validity(row, window, ground):
            yield wrong


def _check_validity(
    row: str, window: WeeklyWindow, ground: ValidationContext
) -> ValidationFinding | None:
    since, until = window.valid_from, window.valid_until
    if since and until and until < since:
        said = f"A validade termina ({text.format_date(until)}) antes de começar."
        return ValidationFinding(f"{row}-valid_until", said)
    if until and until < ground.first:
        said = f"A validade desta janela terminou em {text.format_date(until)}."
        return ValidationFinding(f"{row}-valid_until", said)
    if since and ground.until and since >= ground.until:
        said = f"Nesse dia já valem as regras publicadas para {text.format_date(ground.until)}."
        return ValidationFinding(f"{row}-valid_from", said)
    if window.ends > window.starts and first_recurrence(window, ground) is None:
        said = (
            f"Nunca acontece: não há {text.WEEKDAY_NAMES[window.weekday]} assim enquanto ela vale."
        )
        return ValidationFinding(f"{row}-valid_until", said)
    return None


def check_window_overlaps(terms: Terms, ground: ValidationContext) -> Iterator[ValidationFinding]:
    """Name windows that stand in each other's way, with the first such day."""
    for (_, one), (number, other) in combinations(enumerate(terms.windows), 2):
        day = first_common_day(one, other, ground)
        if day is not None:
            yield ValidationFinding(
                f"windows-{number}-starts",
                f"Sobrepõe-se à janela {format_time_span(one.starts, one.ends)}: "
                f"as duas valem em {text.format_short_date(day)}.",
            )


def check_day_overrides(terms: Terms, ground: ValidationContext) -> Iterator[ValidationFinding]:
    """Name days of their own that are over, out of reach, or badly timed."""
    for number, own in enumerate(terms.own_days):
        row = f"own_days-{number}"
        if wrong := _check_day_override(f"{row}-day", own, ground):
            yield wrong
        if own.starts and own.ends and (late := find_span_fault(row, own.starts, own.ends, terms)):
            yield late


def _check_day_override(
    at: str, own: DayOverride, ground: ValidationContext
) -> ValidationFinding | None:
    if own.day < ground.today:
        return ValidationFinding(at, "Este dia já passou.")
    if own.day < ground.first:
        said = (
            f"Nesse dia estas regras ainda não valem: começam em {text.format_date(ground.first)}."
        )
        return ValidationFinding(at, said)
    if ground.until and own.day >= ground.until:
        said = f"Nesse dia já valem as regras publicadas para {text.format_date(ground.until)}."
        return ValidationFinding(at, said)
    if own.is_closed:
        return None
    if own.day > ground.last_day:
        last = text.format_date(ground.last_day)
        said = f"Ainda não abre para marcação: hoje a agenda vai até {last}."
        return ValidationFinding(at, said, is_blocking=False)
    return None


def check_day_override_clashes(terms: Terms) -> Iterator[ValidationFinding]:
    """Name own days that stand twice: closed and open, closed again, or at the same hours."""
    for (_, one), (number, other) in combinations(enumerate(terms.own_days), 2):
        if one.day != other.day:
            continue
        row = f"own_days-{number}"
        if one.is_closed and other.is_closed:
            yield ValidationFinding(f"{row}-day", "Este dia já está como fechado.")
        elif one.is_closed or other.is_closed:
            yield ValidationFinding(
                f"{row}-day", "Este dia está como fechado e também com horário."
            )
        elif _do_overlap(one, other) and one.starts and one.ends:
            said = f"Sobrepõe-se ao horário {format_time_span(one.starts, one.ends)} do mesmo dia."
            yield ValidationFinding(f"{row}-starts", said)


def _do_overlap(one: DayOverride, other: DayOverride) -> bool:
    if one.starts is None or one.ends is None or other.starts is None or other.ends is None:
        return False
    return one.starts < other.ends and other.starts < one.ends


def check_opt_outs(terms: Terms, ground: ValidationContext) -> Iterator[ValidationFinding]:
    """Name holidays to work on that are none, or on which nothing opens."""
    for day in (day for day in terms.opt_outs if day >= ground.today):
        at = f"opt_outs-{day.isoformat()}"
        own = terms.overrides.get(day)
        if ground.holidays and day not in ground.holidays:
            yield ValidationFinding(
                at, f"{text.format_date(day)} não é dia fechado no calendário do Tribunal."
            )
        elif own == ():
            yield ValidationFinding(
                at, f"{text.format_date(day)} está como fechado em “Datas especiais”."
            )
        elif own is None and not any(window.recurs_on(day) for window in terms.windows):
            said = f"Nenhuma janela cai em {text.format_short_date(day)}: nada abre nesse dia."
            yield ValidationFinding(at, said, is_blocking=False)
    for number, own_day in enumerate(terms.own_days):
        name = ground.holidays.get(own_day.day)
        if name and not own_day.is_closed and own_day.day not in terms.opt_outs:
            said = f"É dia fechado no Tribunal ({name}): marque-o em “Feriados” para abrir."
            yield ValidationFinding(f"own_days-{number}-day", said, is_blocking=False)
