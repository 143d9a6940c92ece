"""What is found in an agenda's terms, and what they are read against.

Fields are named as in `Terms`; those of a row carry its place: `windows-0-ends`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from canais_app.agenda.times.terms import Terms
from canais_app.agenda.times.windows import Window
from canais_app.kit import text

LOOK_AHEAD = 10 * 366  # days in which windows are sought to recur
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


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


def span_words(starts: time, ends: time) -> str:
    """Return `das 13h às 15h`."""
    return f"das {text.time_words(starts)} às {text.time_words(ends)}"


def first_day(window: Window, ground: Ground) -> date | None:
    """Return the first day on which a window recurs under these terms; None: on none."""
    return next(days_of(ground, window), None)


def common_day(one: Window, other: Window, ground: Ground) -> date | None:
    """Return the first day on which two windows really stand in each other's way."""
    apart = one.ends <= other.starts or other.ends <= one.starts
    if apart or one.weekday != other.weekday:
        return None
    return next((day for day in days_of(ground, one) if other.covers(day)), None)


def days_of(ground: Ground, window: Window) -> Iterator[date]:
    """Yield the days on which a window recurs, from the first that the terms govern."""
    day = max(ground.first, window.valid_from or ground.first)
    day += timedelta(days=(window.weekday - day.weekday()) % 7)
    last = min(ground.end, window.valid_until or ground.end)
    while day <= last:
        if window.covers(day):
            yield day
        day += WEEK


def length(starts: time, ends: time) -> int:
    """Return the minutes of a span of a day; negative when it ends before it begins."""
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


def span_fault(row: str, starts: time, ends: time, terms: Terms) -> Finding | None:
    """Return what is wrong with a span of a day: its direction, or that no slot fits."""
    lasts = length(starts, ends)
    if lasts == 0:
        return Finding(f"{row}-ends", "Começo e fim são iguais: não sobra tempo para atender.")
    if lasts < 0:
        said = f"O fim ({text.time_words(ends)}) vem antes do começo ({text.time_words(starts)})."
        return Finding(f"{row}-ends", said)
    if lasts < terms.slot_minutes:
        return Finding(
            f"{row}-ends",
            f"Dura {text.minutes_words(lasts)}, menos que um atendimento de "
            f"{text.minutes_words(terms.slot_minutes)}: nenhum cabe.",
        )
    return None
