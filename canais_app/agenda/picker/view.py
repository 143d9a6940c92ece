"""A board as the page draws it: small enough to send to every open picker at each change.

What rarely changes (the grid) is apart from what does (the marks); a time is its own words
(`14h20`), so that a month of times weighs a few kilobytes.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from canais_app.agenda.views import Board, SlotDay, SlotTime
from canais_app.kit import clock, text

FREE, FULL = "free", "full"  # a day; a time is free, held or taken


@dataclass
class DayCell:
    """One day of the calendar. `words` stand under the number; `full_name` is read aloud."""

    iso: str
    number: str
    month: str  # of a month's first day only
    full_name: str
    words: str
    state: str
    today: bool


@dataclass
class Turn:
    """The times of a part of the day: `12h–15h`, `4 livres`."""

    name: str
    free: str
    times: list[str]


@dataclass
class Shown:
    """A board as its room sends it, whole, at each change; days are ISO.

    `marks` says what is not free, by `2026-11-25 14h20`; `attended_by` who stands in, by day;
    `first_open` is where the Tab key enters the calendar when no day is chosen.
    """

    weeks: list[list[DayCell]] = field(default_factory=list[list[DayCell]])
    turns: dict[str, list[Turn]] = field(default_factory=dict[str, list[Turn]])
    marks: dict[str, str] = field(default_factory=dict[str, str])
    closures: list[str] = field(default_factory=list[str])
    stand_ins: list[str] = field(default_factory=list[str])
    attended_by: dict[str, str] = field(default_factory=dict[str, str])
    first_open: str = ""
    any_free: bool = False
    published: bool = True


def shown(board: Board, now: datetime) -> Shown:
    """Return a board as the page draws it."""
    return Shown(
        weeks=weeks(board, now),
        turns=turns(board),
        marks=marks(board),
        closures=closures(board),
        stand_ins=[one.sentence for one in board.stand_ins],
        attended_by=attended_by(board),
        first_open=first_open(board),
        any_free=any(day.state == FREE for day in board.days),
        published=board.published,
    )


def free_words(count: int) -> str:
    """Return `1 livre`, `9 livres`, `nenhum livre`."""
    return text.plural(count, "livre", "livres") if count else "nenhum livre"


def day_name(day: date) -> str:
    """Return `Quarta, 25 de novembro`."""
    number = "1º" if day.day == 1 else str(day.day)
    weekday = text.WEEKDAYS_BARE[day.weekday()].capitalize()
    return f"{weekday}, {number} de {text.MONTHS[day.month - 1]}"


def _under(day: SlotDay, *, today: bool) -> str:
    if day.state == FREE:
        return free_words(day.free)
    if day.state == FULL:
        return "lotado"
    if day.state == "closed":
        return day.note or "fechado"
    return "hoje" if today else ""


def cell(day: SlotDay, today: date) -> DayCell:
    """Return a day as the calendar shows it."""
    when = date.fromisoformat(day.date)
    return DayCell(
        iso=day.date,
        number="1º" if when.day == 1 else str(when.day),
        month=text.MONTHS[when.month - 1][:3] if when.day == 1 else "",
        full_name=day_name(when),
        words=_under(day, today=when == today),
        state=day.state,
        today=when == today,
    )


def weeks(board: Board, now: datetime) -> list[list[DayCell]]:
    """Return the calendar's weeks, Monday first."""
    today = clock.local_day(now)
    cells = [cell(day, today) for day in board.days]
    return [cells[first : first + 7] for first in range(0, len(cells), 7)]


def turns(board: Board) -> dict[str, list[Turn]]:
    """Return the times of each day by part of the day."""
    return {day: _turns_of(times) for day, times in board.times.items() if times}


def _turns_of(times: list[SlotTime]) -> list[Turn]:
    parts: dict[str, list[SlotTime]] = {}
    for one in times:
        parts.setdefault(one.turn, []).append(one)
    return [
        Turn(name, free_words(sum(t.status == FREE for t in part)), [t.label for t in part])
        for name, part in parts.items()
    ]


def marks(board: Board) -> dict[str, str]:
    """Return what is not free, by `2026-11-25 14h20`."""
    return {
        key(day, time.label): time.status
        for day, times in board.times.items()
        for time in times
        if time.status != FREE
    }


def key(day: str, label: str) -> str:
    """Return the name of a time in the marks."""
    return f"{day} {label}"


def closures(board: Board) -> list[str]:
    """Return why days are closed, once per reason: `8/12: Dia da Justiça`."""
    spans: list[tuple[str, date, date]] = []
    for day in board.days:
        if day.state != "closed" or not day.note:
            continue
        when = date.fromisoformat(day.date)
        if spans and spans[-1][0] == day.note:
            spans[-1] = (day.note, spans[-1][1], when)
        else:
            spans.append((day.note, when, when))
    return [_closure_words(*span) for span in spans]


def _closure_words(note: str, first: date, last: date) -> str:
    start = f"{first.day}/{first.month}"
    return f"{start}: {note}" if first == last else f"{start} a {last.day}/{last.month}: {note}"


def attended_by(board: Board) -> dict[str, str]:
    """Return who attends in the gabinete's place, by ISO day."""
    return {
        day.date: one.name
        for day in board.days
        for one in board.stand_ins
        if one.first_day <= day.date <= one.last_day
    }


def first_open(board: Board) -> str:
    """Return the first day with a free time, else the first with any, else an empty string."""
    by_state = {day.state: day.date for day in reversed(board.days)}
    return by_state.get(FREE) or by_state.get(FULL) or ""
