"""The rule: what an agenda's terms contradict in themselves, each with a sentence at its field.

Fields are named as in `Terms`; those of a row carry its place: `windows-0-ends`. What merely
surprises (an own day further ahead than can be booked yet) is named too, and refuses nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import chain, combinations
from typing import NamedTuple

from canais_app.agenda.models import Modality
from canais_app.agenda.times.terms import OwnDay, Terms
from canais_app.agenda.times.windows import Window
from canais_app.kit import text

LOOK_AHEAD = 10 * 366  # days in which windows are sought to recur
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
Clock = tuple[time, time]


class Finding(NamedTuple):
    """A contradiction, or with `refuses` false something worth knowing before publishing."""

    field: str
    sentence: str
    refuses: bool = True


@dataclass(frozen=True)
class Ground:
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
        far = self.first + timedelta(days=LOOK_AHEAD)
        return min(far, self.until - DAY) if self.until else far


def find(terms: Terms, ground: Ground) -> list[Finding]:
    """Return what contradicts itself, at most once per field, in the order of the form."""
    every = chain(
        _windows(terms, ground),
        _overlaps(terms, ground),
        _own_days(terms, ground),
        _clashes(terms),
        _opt_outs(terms, ground),
        _lengths(terms),
        _reach(terms, ground),
        _limits(terms),
        _ways(terms),
        _emptiness(terms),
    )
    found: dict[str, Finding] = {}
    for finding in every:
        found.setdefault(finding.field, finding)
    return list(found.values())


def span_words(starts: time, ends: time) -> str:
    """Return `das 13h às 15h`."""
    return f"das {text.time_words(starts)} às {text.time_words(ends)}"


def first_day(window: Window, ground: Ground) -> date | None:
    """Return the first day on which a window recurs under these terms; None: on none."""
    return next(_days(ground, window), None)


def common_day(one: Window, other: Window, ground: Ground) -> date | None:
    """Return the first day on which two windows really stand in each other's way."""
    apart = one.ends <= other.starts or other.ends <= one.starts
    if apart or one.weekday != other.weekday:
        return None
    return next((day for day in _days(ground, one) if other.covers(day)), None)


def _days(ground: Ground, window: Window) -> Iterator[date]:
    day = max(ground.first, window.valid_from or ground.first)
    day += timedelta(days=(window.weekday - day.weekday()) % 7)
    last = min(ground.end, window.valid_until or ground.end)
    while day <= last:
        if window.covers(day):
            yield day
        day += WEEK


def _length(starts: time, ends: time) -> int:
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


def _span(row: str, starts: time, ends: time, terms: Terms) -> Finding | None:
    """Return what is wrong with a span of a day: its direction, or that no slot fits."""
    length = _length(starts, ends)
    if length == 0:
        return Finding(f"{row}-ends", "Começo e fim são iguais: não sobra tempo para atender.")
    if length < 0:
        said = f"O fim ({text.time_words(ends)}) vem antes do começo ({text.time_words(starts)})."
        return Finding(f"{row}-ends", said)
    if length < terms.slot_minutes:
        return Finding(
            f"{row}-ends",
            f"Dura {text.minutes_words(length)}, menos que um atendimento de "
            f"{text.minutes_words(terms.slot_minutes)}: nenhum cabe.",
        )
    return None


def _windows(terms: Terms, ground: Ground) -> Iterator[Finding]:
    for number, window in enumerate(terms.windows):
        row = f"windows-{number}"
        if wrong := _span(row, window.starts, window.ends, terms):
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


def _overlaps(terms: Terms, ground: Ground) -> Iterator[Finding]:
    for (_, one), (number, other) in combinations(enumerate(terms.windows), 2):
        day = common_day(one, other, ground)
        if day is not None:
            yield Finding(
                f"windows-{number}-starts",
                f"Sobrepõe-se à janela {span_words(one.starts, one.ends)}: "
                f"as duas valem em {text.short_day(day)}.",
            )


def _own_days(terms: Terms, ground: Ground) -> Iterator[Finding]:
    for number, own in enumerate(terms.own_days):
        row = f"own_days-{number}"
        if wrong := _own_day(f"{row}-day", own, ground):
            yield wrong
        if own.starts and own.ends and (late := _span(row, own.starts, own.ends, terms)):
            yield late


def _own_day(at: str, own: OwnDay, ground: Ground) -> Finding | None:
    if own.day < ground.today:
        return Finding(at, "Este dia já passou.")
    if own.day < ground.first:
        said = f"Nesse dia estas regras ainda não valem: começam em {_date(ground.first)}."
        return Finding(at, said)
    if ground.until and own.day >= ground.until:
        said = f"Nesse dia já valem as regras publicadas para {_date(ground.until)}."
        return Finding(at, said)
    if own.is_closed:
        return None
    if own.day > ground.last_day:
        said = f"Ainda não abre para marcação: hoje a agenda vai até {_date(ground.last_day)}."
        return Finding(at, said, refuses=False)
    return None


def _clashes(terms: Terms) -> Iterator[Finding]:
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


def _opt_outs(terms: Terms, ground: Ground) -> Iterator[Finding]:
    for day in (day for day in terms.opt_outs if day >= ground.today):
        at = f"opt_outs-{day.isoformat()}"
        own = terms.overrides.get(day)
        if ground.holidays and day not in ground.holidays:
            yield Finding(at, f"{_date(day)} não é dia fechado no calendário do Tribunal.")
        elif own == ():
            yield Finding(at, f"{_date(day)} está como fechado em “Datas especiais”.")
        elif own is None and not any(window.covers(day) for window in terms.windows):
            said = f"Nenhuma janela cai em {text.short_day(day)}: nada abre nesse dia."
            yield Finding(at, said, refuses=False)
    for number, own_day in enumerate(terms.own_days):
        name = ground.holidays.get(own_day.day)
        if name and not own_day.is_closed and own_day.day not in terms.opt_outs:
            said = f"É dia fechado no Tribunal ({name}): marque-o em “Feriados” para abrir."
            yield Finding(f"own_days-{number}-day", said, refuses=False)


def _longest(terms: Terms) -> int:
    spans = [(window.starts, window.ends) for window in terms.windows]
    spans += [(own.starts, own.ends) for own in terms.own_days if own.starts and own.ends]
    return max((_length(*span) for span in spans), default=0)


def _lengths(terms: Terms) -> Iterator[Finding]:
    longest = _longest(terms)
    if longest < terms.slot_minutes:
        return  # said at each window
    if terms.step_minutes > longest:
        yield Finding(
            "step_minutes",
            f"Um início a cada {text.minutes_words(terms.step_minutes)} passa da janela mais longa "
            f"({text.minutes_words(longest)}).",
        )
    buffers = terms.buffer_before + terms.buffer_after
    if buffers > longest:
        later = terms.buffer_after >= terms.buffer_before
        yield Finding(
            "buffer_after" if later else "buffer_before",
            f"As folgas somam {text.minutes_words(buffers)}, mais que a janela mais longa "
            f"({text.minutes_words(longest)}).",
        )


def _reach(terms: Terms, ground: Ground) -> Iterator[Finding]:
    reach = max(0, (ground.last_day - max(ground.first, ground.today)).days) * 1440
    until = f"a agenda só abre até {_date(ground.last_day)}"
    if terms.notice_minutes > reach:
        said = f"A antecedência de {text.minutes_words(terms.notice_minutes)} passa do horizonte: "
        yield Finding("notice_minutes", f"{said}{until}, e nada poderia ser marcado.")
    if terms.cancel_notice > reach:
        said = f"Com {text.minutes_words(terms.cancel_notice)} de prazo ninguém poderia cancelar: "
        yield Finding("cancel_notice", f"{said}{until}.")
    if terms.confirms_by_email and terms.confirm_minutes > terms.notice_minutes:
        yield Finding(
            "confirm_minutes",
            f"Quem marcar com {text.minutes_words(terms.notice_minutes)} de antecedência terá "
            "menos que isso para confirmar.",
            refuses=False,
        )


def _limits(terms: Terms) -> Iterator[Finding]:
    a_day, a_month = terms.max_per_oab_per_day, terms.max_per_oab_per_month
    at_once = terms.max_active_per_oab
    if 0 < terms.max_per_day < terms.capacity:
        yield Finding(
            "max_per_day",
            f"Menos por dia ({terms.max_per_day}) do que pessoas ao mesmo tempo "
            f"({terms.capacity}).",
        )
    if 0 < terms.max_per_day < a_day:
        said = f"Cada OAB poderia marcar {a_day} por dia, e a agenda aceita {terms.max_per_day}."
        yield Finding("max_per_oab_per_day", said)
    elif 0 < a_month < a_day:
        said = f"O limite por dia ({a_day}) é maior que o do mês ({a_month})."
        yield Finding("max_per_oab_per_day", said)
    elif 0 < at_once < a_day:
        said = f"O limite por dia ({a_day}) é maior que o de marcados ao mesmo tempo ({at_once})."
        yield Finding("max_per_oab_per_day", said)


def _ways(terms: Terms) -> Iterator[Finding]:
    if not terms.modalities:
        yield Finding("modalities", "Escolha ao menos uma forma de atendimento.")
    if Modality.IN_PERSON in terms.modalities and not terms.place:
        yield Finding("place", "Diga a sala: ela vai no e-mail de quem marca presencial.")
    if Modality.VIDEO not in terms.modalities:
        return
    if not terms.video_base_url:
        said = "Informe o link: sem ele quem marca por vídeo não tem onde entrar."
        yield Finding("video_base_url", said)


def _emptiness(terms: Terms) -> Iterator[Finding]:
    if not terms.windows and all(own.is_closed for own in terms.own_days):
        said = "Inclua ao menos uma janela: sem nenhuma, ninguém consegue marcar."
        yield Finding("windows", said)


def _date(day: date) -> str:
    return text.date_words(day)
