"""What is found in an agenda's terms, and what they are read against.

Fields are named as in `Terms`; those of a row carry its place: `windows-0-ends`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from canais_app.agenda.times.terms import Terms
from canais_app.agenda.times.windows import WeeklyWindow
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
