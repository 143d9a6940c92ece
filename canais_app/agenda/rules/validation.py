"""Rule: find contradictions in an agenda's terms, each with a sentence at its field.

Findings that are only surprising (a special day beyond the horizon) are warnings that do not
block publishing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import chain, combinations
from typing import NamedTuple

from canais_app.agenda.availability.rule_values import CODE_MARK, DayOverride, Terms
from canais_app.agenda.availability.slots import WeeklyWindow, minutes_of
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.kit.text import (
    WEEKDAY_NAMES,
    format_date,
    format_duration,
    format_short_date,
    format_time,
    strip_accents,
)

# Their rooms are made beforehand: a code in the address would lead nowhere.
FIXED_ROOM_HOSTS = ("teams.microsoft.com", "teams.live.com", "meet.google.com", "zoom.us")
MAX_KINDS = 12  # more than anybody chooses from
VALIDATION_DAYS = 10 * 366  # days within which windows are checked
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class ValidationFinding(NamedTuple):
    """A contradiction, or a warning when `is_blocking` is false."""

    field: str
    sentence: str
    is_blocking: bool = True


@dataclass(frozen=True)
class ValidationContext:
    """The days that terms govern, and the court's calendar.

    The terms are in force in `[first, until)` (no `until`: without end) and bookable today until
    `last_day`. `holidays` are the names of the closed days of the coming months.
    """

    today: date
    first: date
    last_day: date
    until: date | None = None
    holidays: Mapping[date, str] = field(default_factory=dict[date, str])

    @property
    def end(self) -> date:
        """The last day to check."""
        limit = self.first + timedelta(days=VALIDATION_DAYS)
        return min(limit, self.until - DAY) if self.until else limit


def format_time_span(starts: time, ends: time) -> str:
    """Return `das 13h às 15h`."""
    return f"das {format_time(starts)} às {format_time(ends)}"


def first_recurrence(window: WeeklyWindow, context: ValidationContext) -> date | None:
    """Return the first day on which a window recurs under these terms, if any."""
    return next(recurrence_days(context, window), None)


def first_common_day(
    one: WeeklyWindow, other: WeeklyWindow, context: ValidationContext
) -> date | None:
    """Return the first day on which two windows overlap, if any."""
    apart = one.ends <= other.starts or other.ends <= one.starts
    if apart or one.weekday != other.weekday:
        return None
    first, end = context.first, context.end
    common = _recurrence_weeks(one, first, end) & _recurrence_weeks(other, first, end)
    if not common:
        return None
    start = first + timedelta(days=(one.weekday - first.weekday()) % 7)
    return start + WEEK * ((common & -common).bit_length() - 1)


@lru_cache(maxsize=1024)
def _recurrence_weeks(window: WeeklyWindow, first: date, end: date) -> int:
    """Return the weeks on whose day a window recurs, as bits: bit 0 is the first week checked.

    So that two windows are compared by one operation: 120 of them make 7,140 pairs.
    """
    days = _recurrence_days(window, first, end)
    return sum(1 << (day - first).days // 7 for day in days)


def recurrence_days(context: ValidationContext, window: WeeklyWindow) -> Iterator[date]:
    """Yield the days on which a window recurs while the terms are in force."""
    return _recurrence_days(window, context.first, context.end)


def _recurrence_days(window: WeeklyWindow, first: date, end: date) -> Iterator[date]:
    day = max(first, window.valid_from or first)
    day += timedelta(days=(window.weekday - day.weekday()) % 7)
    last = min(end, window.valid_until or end)
    while day <= last:
        if window.recurs_on(day):
            yield day
        day += WEEK


def span_minutes(starts: time, ends: time) -> int:
    """Return a span's minutes; negative when it ends before it begins."""
    return minutes_of(ends) - minutes_of(starts)


def find_span_fault(row: str, starts: time, ends: time, terms: Terms) -> ValidationFinding | None:
    """Return a finding when a span is empty, reversed or shorter than a slot."""
    lasts, at = span_minutes(starts, ends), f"{row}-ends"
    if lasts == 0:
        return ValidationFinding(at, "Começo e fim são iguais: não sobra tempo para atender.")
    if lasts < 0:
        message = f"O fim ({format_time(ends)}) vem antes do começo ({format_time(starts)})."
        return ValidationFinding(at, message)
    if lasts < terms.slot_minutes:
        return ValidationFinding(
            f"{row}-ends",
            f"Dura {format_duration(lasts)}, menos que um atendimento de "
            f"{format_duration(terms.slot_minutes)}: nenhum cabe.",
        )
    return None


def check_windows(terms: Terms, context: ValidationContext) -> Iterator[ValidationFinding]:
    """Find windows that are reversed, too short, or never recur."""
    for number, window in enumerate(terms.windows):
        row = f"windows-{number}"
        if finding := find_span_fault(row, window.starts, window.ends, terms):
            yield finding
        if window.every_weeks > 1 and window.valid_from is None:
            yield ValidationFinding(
                f"{row}-valid_from",
                f"Escolha a partir de que dia contar “a cada {window.every_weeks} semanas”.",
            )
        elif finding := _check_validity(row, window, context):
            yield finding


def _check_validity(
    row: str, window: WeeklyWindow, context: ValidationContext
) -> ValidationFinding | None:
    since, until = window.valid_from, window.valid_until
    if since and until and until < since:
        message = f"A validade termina ({format_date(until)}) antes de começar."
        return ValidationFinding(f"{row}-valid_until", message)
    if until and until < context.first:
        message = f"A validade desta janela terminou em {format_date(until)}."
        return ValidationFinding(f"{row}-valid_until", message)
    if since and context.until and since >= context.until:
        message = f"Nesse dia já valem as regras publicadas para {format_date(context.until)}."
        return ValidationFinding(f"{row}-valid_from", message)
    if window.ends > window.starts and first_recurrence(window, context) is None:
        message = f"Nunca acontece: não há {WEEKDAY_NAMES[window.weekday]} assim enquanto ela vale."
        return ValidationFinding(f"{row}-valid_until", message)
    return None


def check_window_overlaps(terms: Terms, context: ValidationContext) -> Iterator[ValidationFinding]:
    """Find windows that overlap, with the first such day."""
    found: set[int] = set()
    for (_, one), (number, other) in combinations(enumerate(terms.windows), 2):
        day = first_common_day(one, other, context)
        if day is not None and number not in found:
            found.add(number)
            yield ValidationFinding(
                f"windows-{number}-starts",
                f"Sobrepõe-se à janela {format_time_span(one.starts, one.ends)}: "
                f"as duas valem em {format_short_date(day)}.",
            )


def check_day_overrides(terms: Terms, context: ValidationContext) -> Iterator[ValidationFinding]:
    """Find special days that are past, out of reach, or have wrong times."""
    for number, own in enumerate(terms.own_days):
        row = f"own_days-{number}"
        if finding := _check_day_override(f"{row}-day", own, context):
            yield finding
        if own.starts and own.ends:
            finding = find_span_fault(row, own.starts, own.ends, terms)
            if finding:
                yield finding


def _check_day_override(
    at: str, own: DayOverride, context: ValidationContext
) -> ValidationFinding | None:
    if own.day < context.today:
        return ValidationFinding(at, "Este dia já passou.")
    if own.day < context.first:
        message = (
            f"Nesse dia estas regras ainda não valem: começam em {format_date(context.first)}."
        )
        return ValidationFinding(at, message)
    if context.until and own.day >= context.until:
        message = f"Nesse dia já valem as regras publicadas para {format_date(context.until)}."
        return ValidationFinding(at, message)
    if own.is_closed:
        return None
    if own.day > context.last_day:
        last = format_date(context.last_day)
        message = f"Ainda não abre para marcação: hoje a agenda vai até {last}."
        return ValidationFinding(at, message, is_blocking=False)
    return None


def check_day_override_clashes(terms: Terms) -> Iterator[ValidationFinding]:
    """Find special days listed twice: closed and open, closed again, or overlapping."""
    for (_, one), (number, other) in combinations(enumerate(terms.own_days), 2):
        if one.day != other.day:
            continue
        row = f"own_days-{number}"
        if one.is_closed and other.is_closed:
            yield ValidationFinding(f"{row}-day", "Este dia já está como fechado.")
        elif one.is_closed or other.is_closed:
            message = "Este dia está como fechado e também com horário."
            yield ValidationFinding(f"{row}-day", message)
        elif _do_overlap(one, other) and one.starts and one.ends:
            message = (
                f"Sobrepõe-se ao horário {format_time_span(one.starts, one.ends)} do mesmo dia."
            )
            yield ValidationFinding(f"{row}-starts", message)


def _do_overlap(one: DayOverride, other: DayOverride) -> bool:
    if one.starts is None or one.ends is None or other.starts is None or other.ends is None:
        return False
    return one.starts < other.ends and other.starts < one.ends


def check_opt_outs(terms: Terms, context: ValidationContext) -> Iterator[ValidationFinding]:
    """Find worked holidays that are no holidays, or on which nothing opens."""
    for day in (day for day in terms.opt_outs if day >= context.today):
        at = f"opt_outs-{day.isoformat()}"
        own = terms.overrides.get(day)
        if context.holidays and day not in context.holidays:
            message = f"{format_date(day)} não é dia fechado no calendário do Tribunal."
            yield ValidationFinding(at, message)
        elif own == ():
            yield ValidationFinding(
                at, f"{format_date(day)} está como fechado em “Datas especiais”."
            )
        elif own is None and not any(window.recurs_on(day) for window in terms.windows):
            message = f"Nenhuma janela cai em {format_short_date(day)}: nada abre nesse dia."
            yield ValidationFinding(at, message, is_blocking=False)
    for number, own_day in enumerate(terms.own_days):
        name = context.holidays.get(own_day.day)
        if name and not own_day.is_closed and own_day.day not in terms.opt_outs:
            message = f"É dia fechado no Tribunal ({name}): marque-o em “Feriados” para abrir."
            yield ValidationFinding(f"own_days-{number}-day", message, is_blocking=False)


def find_contradictions(terms: Terms, context: ValidationContext) -> list[ValidationFinding]:
    """Return the findings, at most one per field, in the order of the form."""
    findings = chain(
        check_windows(terms, context),
        check_window_overlaps(terms, context),
        check_day_overrides(terms, context),
        check_day_override_clashes(terms),
        check_opt_outs(terms, context),
        _check_lengths(terms),
        _check_wasted_starts(terms),
        _check_reach(terms, context),
        _check_limits(terms),
        _check_modalities(terms),
        _check_kinds(terms),
        _check_emptiness(terms),
    )
    found: dict[str, ValidationFinding] = {}
    for finding in findings:
        found.setdefault(finding.field, finding)
    return list(found.values())


def _longest_window(terms: Terms) -> int:
    spans = [(window.starts, window.ends) for window in terms.windows]
    spans += [(own.starts, own.ends) for own in terms.own_days if own.starts and own.ends]
    return max((span_minutes(*span) for span in spans), default=0)


def _check_lengths(terms: Terms) -> Iterator[ValidationFinding]:
    longest = _longest_window(terms)
    if longest < terms.slot_minutes:
        return  # reported at each window
    if terms.step_minutes > longest:
        yield ValidationFinding(
            "step_minutes",
            f"Um início a cada {format_duration(terms.step_minutes)} passa da janela mais longa "
            f"({format_duration(longest)}).",
        )
    buffers = terms.buffer_before + terms.buffer_after
    if buffers > longest:
        later = terms.buffer_after >= terms.buffer_before
        yield ValidationFinding(
            "buffer_after" if later else "buffer_before",
            f"As folgas somam {format_duration(buffers)}, mais que a janela mais longa "
            f"({format_duration(longest)}).",
        )


def fitting_starts(span: int, terms: Terms, step: int) -> int:
    """Return how many appointments fit into a span of minutes, one every `step` or more."""
    reach = terms.slot_minutes + terms.buffer_before + terms.buffer_after
    apart = -(-reach // step) * step
    return (span - terms.slot_minutes) // apart + 1 if span >= terms.slot_minutes else 0


def _check_wasted_starts(terms: Terms) -> Iterator[ValidationFinding]:
    """Find buffers that do not fit the step, so that each booking takes its neighbours away."""
    span = _longest_window(terms)
    reach = terms.slot_minutes + terms.buffer_before + terms.buffer_after
    if span < terms.slot_minutes or not terms.step_minutes or reach == terms.slot_minutes:
        return
    listed = (span - terms.slot_minutes) // terms.step_minutes + 1
    fit, best = fitting_starts(span, terms, terms.step_minutes), fitting_starts(span, terms, reach)
    if fit >= listed or fit >= best:
        return
    yield ValidationFinding(
        "step_minutes",
        f"Com as folgas, um horário marcado impede o vizinho: dos {listed} inícios da janela mais "
        f"longa só {fit} podem ser marcados. Com um início a cada {format_duration(reach)} "
        f"{'cabe' if best == 1 else 'cabem'} {best}.",
        is_blocking=False,
    )


def _check_reach(terms: Terms, context: ValidationContext) -> Iterator[ValidationFinding]:
    reach = max(0, (context.last_day - max(context.first, context.today)).days) * 1440
    until = f"a agenda só abre até {format_date(context.last_day)}"
    if terms.notice_minutes > reach:
        message = f"A antecedência de {format_duration(terms.notice_minutes)} passa do horizonte: "
        yield ValidationFinding("notice_minutes", f"{message}{until}, e nada poderia ser marcado.")
    if terms.cancel_notice > reach:
        message = f"Com {format_duration(terms.cancel_notice)} de prazo ninguém poderia cancelar: "
        yield ValidationFinding("cancel_notice", f"{message}{until}.")
    if terms.confirms_by_email and terms.confirm_minutes > terms.notice_minutes:
        yield ValidationFinding(
            "confirm_minutes",
            f"Quem marcar com {format_duration(terms.notice_minutes)} de antecedência terá "
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
        message = f"Cada OAB poderia marcar {a_day} por dia, e a agenda aceita {terms.max_per_day}."
        yield ValidationFinding("max_per_oab_per_day", message)
    elif 0 < a_month < a_day:
        message = f"O limite por dia ({a_day}) é maior que o do mês ({a_month})."
        yield ValidationFinding("max_per_oab_per_day", message)
    elif 0 < at_once < a_day:
        message = (
            f"O limite por dia ({a_day}) é maior que o de marcados ao mesmo tempo ({at_once})."
        )
        yield ValidationFinding("max_per_oab_per_day", message)


def _check_modalities(terms: Terms) -> Iterator[ValidationFinding]:
    if not terms.modalities:
        yield ValidationFinding("modalities", "Escolha ao menos uma forma de atendimento.")
    if Modality.IN_PERSON in terms.modalities and not terms.place:
        yield ValidationFinding("place", "Diga a sala: ela vai no e-mail de quem marca presencial.")
    if Modality.VIDEO not in terms.modalities:
        return
    link = terms.video_base_url
    if not link:
        message = "Informe o link: sem ele quem marca por vídeo não tem onde entrar."
        yield ValidationFinding("video_base_url", message)
    elif CODE_MARK in link and any(host in link for host in FIXED_ROOM_HOSTS):
        message = f"Neste serviço a sala não muda pelo endereço: tire {CODE_MARK} do link."
        yield ValidationFinding("video_base_url", message)
    elif "{" in link.replace(CODE_MARK, ""):
        message = f"Só {CODE_MARK}, escrito assim, é trocado pelo código do atendimento."
        yield ValidationFinding("video_base_url", message, is_blocking=False)


def _check_kinds(terms: Terms) -> Iterator[ValidationFinding]:
    """Find kinds of attendance named twice, longer than any window, or with a modality too many."""
    longest, names = _longest_window(terms), set[str]()
    if len(terms.kinds) > MAX_KINDS:
        yield ValidationFinding("kinds", f"No máximo {MAX_KINDS} tipos: junte os parecidos.")
    for number, kind in enumerate(terms.kinds):
        row, name = f"kinds-{number}", strip_accents(kind.name)
        if name in names:
            yield ValidationFinding(f"{row}-name", "Já há um tipo com este nome.")
        names.add(name)
        if kind.minutes > longest >= terms.slot_minutes:
            yield ValidationFinding(
                f"{row}-minutes",
                f"Dura {format_duration(kind.minutes)}, mais que a janela mais longa "
                f"({format_duration(longest)}): nenhum cabe.",
            )
        missing = [one for one in kind.modalities if one not in terms.modalities]
        if missing:
            words = ", ".join(MODALITY_NAMES[Modality(one)].lower() for one in missing)
            yield ValidationFinding(
                f"{row}-modalities", f"A agenda não atende assim: {words}. Veja “Como atende”."
            )


def _check_emptiness(terms: Terms) -> Iterator[ValidationFinding]:
    if not terms.windows and all(own.is_closed for own in terms.own_days):
        message = "Inclua ao menos uma janela: sem nenhuma, ninguém consegue marcar."
        yield ValidationFinding("windows", message)
