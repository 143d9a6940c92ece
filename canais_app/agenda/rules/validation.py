"""The rule: what an agenda's terms contradict in themselves, each with a sentence at its field.

What merely surprises (an own day further ahead than can be booked yet) is named too, and refuses
nothing. Windows and days are read in `day_contradictions`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import chain, combinations
from typing import NamedTuple

from canais_app.agenda.availability.rule_values import DayOverride, Terms
from canais_app.agenda.availability.slots import WeeklyWindow
from canais_app.agenda.models import Modality
from canais_app.kit import text

VALIDATION_DAYS = 10 * 366  # days in which windows are sought to recur
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class ValidationFinding(NamedTuple):
    """A contradiction, or with `refuses` false something worth knowing before publishing."""

    field: str
    sentence: str
    is_blocking: bool = True


@dataclass(frozen=True)
class ValidationContext:
    """What terms are read against: the days they govern, and the court's calendar.

    They govern `[first, until)` (no `until`: for good) and can be booked until `last_day`, as
    things are today. `holidays` are the closed days of the coming months, with their names.
    """

    today: date
    first: date
    last_day: date
    until: date | None = None
    holidays: Mapping[date, str] = field(default_factory=dict[date, str])

    @property
    def end(self) -> date:
        """The last day worth looking at."""
        far = self.first + timedelta(days=VALIDATION_DAYS)
        return min(far, self.until - DAY) if self.until else far


def format_time_span(starts: time, ends: time) -> str:
    """Return `das 13h às 15h`."""
    return f"das {text.format_time(starts)} às {text.format_time(ends)}"


def first_recurrence(window: WeeklyWindow, ground: ValidationContext) -> date | None:
    """Return the first day on which a window recurs under these terms; None: on none."""
    return next(recurrence_days(ground, window), None)


def first_common_day(
    one: WeeklyWindow, other: WeeklyWindow, ground: ValidationContext
) -> date | None:
    """Return the first day on which two windows really stand in each other's way."""
    apart = one.ends <= other.starts or other.ends <= one.starts
    if apart or one.weekday != other.weekday:
        return None
    return next((day for day in recurrence_days(ground, one) if other.recurs_on(day)), None)


def recurrence_days(ground: ValidationContext, window: WeeklyWindow) -> Iterator[date]:
    """Yield the days on which a window recurs, from the first that the terms govern."""
    day = max(ground.first, window.valid_from or ground.first)
    day += timedelta(days=(window.weekday - day.weekday()) % 7)
    last = min(ground.end, window.valid_until or ground.end)
    while day <= last:
        if window.recurs_on(day):
            yield day
        day += WEEK


def span_minutes(starts: time, ends: time) -> int:
    """Return the minutes of a span of a day; negative when it ends before it begins."""
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


def find_span_fault(row: str, starts: time, ends: time, terms: Terms) -> ValidationFinding | None:
    """Return what is wrong with a span of a day: its direction, or that no slot fits."""
    lasts = span_minutes(starts, ends)
    if lasts == 0:
        return ValidationFinding(
            f"{row}-ends", "Começo e fim são iguais: não sobra tempo para atender."
        )
    if lasts < 0:
        said = f"O fim ({text.format_time(ends)}) vem antes do começo ({text.format_time(starts)})."
        return ValidationFinding(f"{row}-ends", said)
    if lasts < terms.slot_minutes:
        return ValidationFinding(
            f"{row}-ends",
            f"Dura {text.format_duration(lasts)}, menos que um atendimento de "
            f"{text.format_duration(terms.slot_minutes)}: nenhum cabe.",
        )
    return None


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


def find_contradictions(terms: Terms, ground: ValidationContext) -> list[ValidationFinding]:
    """Return what contradicts itself, at most once per field, in the order of the form."""
    every = chain(
        check_windows(terms, ground),
        check_window_overlaps(terms, ground),
        check_day_overrides(terms, ground),
        check_day_override_clashes(terms),
        check_opt_outs(terms, ground),
        _check_lengths(terms),
        _check_reach(terms, ground),
        _check_limits(terms),
        _check_modalities(terms),
        _check_emptiness(terms),
    )
    found: dict[str, ValidationFinding] = {}
    for finding in every:
        found.setdefault(finding.field, finding)
    return list(found.values())


def _window_too_long(terms: Terms) -> int:
    spans = [(window.starts, window.ends) for window in terms.windows]
    spans += [(own.starts, own.ends) for own in terms.own_days if own.starts and own.ends]
    return max((span_minutes(*span) for span in spans), default=0)


def _check_lengths(terms: Terms) -> Iterator[ValidationFinding]:
    longest = _window_too_long(terms)
    if longest < terms.slot_minutes:
        return  # said at each window
    if terms.step_minutes > longest:
        yield ValidationFinding(
            "step_minutes",
            f"Um início a cada {text.format_duration(terms.step_minutes)} "
            "passa da janela mais longa "
            f"({text.format_duration(longest)}).",
        )
    buffers = terms.buffer_before + terms.buffer_after
    if buffers > longest:
        later = terms.buffer_after >= terms.buffer_before
        yield ValidationFinding(
            "buffer_after" if later else "buffer_before",
            f"As folgas somam {text.format_duration(buffers)}, mais que a janela mais longa "
            f"({text.format_duration(longest)}).",
        )


def _check_reach(terms: Terms, ground: ValidationContext) -> Iterator[ValidationFinding]:
    reach = max(0, (ground.last_day - max(ground.first, ground.today)).days) * 1440
    until = f"a agenda só abre até {text.format_date(ground.last_day)}"
    if terms.notice_minutes > reach:
        said = (
            f"A antecedência de {text.format_duration(terms.notice_minutes)} passa do horizonte: "
        )
        yield ValidationFinding("notice_minutes", f"{said}{until}, e nada poderia ser marcado.")
    if terms.cancel_notice > reach:
        said = (
            f"Com {text.format_duration(terms.cancel_notice)} de prazo ninguém poderia cancelar: "
        )
        yield ValidationFinding("cancel_notice", f"{said}{until}.")
    if terms.confirms_by_email and terms.confirm_minutes > terms.notice_minutes:
        yield ValidationFinding(
            "confirm_minutes",
            f"Quem marcar com {text.format_duration(terms.notice_minutes)} de antecedência terá "
            "menos que isso para confirmar.",
            is_blocking=False,
        )


def _check_limits(terms: Terms) -> Iterator[ValidationFinding]:
    a_day, a_month = terms.max_per_oab_per_day, terms.max_per_oab_per_month
    at_once = terms.max_active_per_oab
    if 0 < terms.max_per_day < terms.capacity:
        yield ValidationFinding(
            "max_per_day",
            f"Menos por dia ({terms.max_per_day}) do que pessoas ao mesmo tempo "
            f"({terms.capacity}).",
        )
    if 0 < terms.max_per_day < a_day:
        said = f"Cada OAB poderia marcar {a_day} por dia, e a agenda aceita {terms.max_per_day}."
        yield ValidationFinding("max_per_oab_per_day", said)
    elif 0 < a_month < a_day:
        said = f"O limite por dia ({a_day}) é maior que o do mês ({a_month})."
        yield ValidationFinding("max_per_oab_per_day", said)
    elif 0 < at_once < a_day:
        said = f"O limite por dia ({a_day}) é maior que o de marcados ao mesmo tempo ({at_once})."
        yield ValidationFinding("max_per_oab_per_day", said)


def _check_modalities(terms: Terms) -> Iterator[ValidationFinding]:
    if not terms.modalities:
        yield ValidationFinding("modalities", "Escolha ao menos uma forma de atendimento.")
    if Modality.IN_PERSON in terms.modalities and not terms.place:
        yield ValidationFinding("place", "Diga a sala: ela vai no e-mail de quem marca presencial.")
    if Modality.VIDEO not in terms.modalities:
        return
    if not terms.video_base_url:
        said = "Informe o link: sem ele quem marca por vídeo não tem onde entrar."
        yield ValidationFinding("video_base_url", said)


def _check_emptiness(terms: Terms) -> Iterator[ValidationFinding]:
    if not terms.windows and all(own.is_closed for own in terms.own_days):
        said = "Inclua ao menos uma janela: sem nenhuma, ninguém consegue marcar."
        yield ValidationFinding("windows", said)
