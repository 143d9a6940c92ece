"""A year of the court's calendar as administrators read it, by month."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import notices
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente import years
from canais_app.expediente.holidays import SeedDay
from canais_app.expediente.models import CalendarDay, Notice
from canais_app.expediente.queries import CalendarRow, calendar_rows
from canais_app.expediente.rules import NOTICE_EFFECTS, Effect
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import MONTHS, WEEKDAYS_SHORT, date_words, plural

STATE = "Todo o Estado"
TAGS = {
    Effect.CLOSED: ("Fechado", "off"),
    Effect.RECESS: ("Só plantão", "off"),
    Effect.DEADLINES_SUSPENDED: ("Prazos suspensos", ""),
}


@dataclass(frozen=True)
class Line:
    """A day, a span of days, or a notice that closes: `id` is 0 for a notice."""

    id: int
    day: date
    when: str
    name: str
    tag: str
    tone: str
    where: str
    act: str


@dataclass(frozen=True)
class Month:
    """A month and what is special in it."""

    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Proposed:
    """A day of a year to come, to be chosen."""

    key: str
    words: str


def months(session: Session, year: int, comarca_id: int | None, *, actor: Actor) -> list[Month]:
    """Return a year by month; with a comarca, only what holds there."""
    require(actor, Permission.EDIT_CALENDAR)
    names = {row.id: row.name for row in session.exec(select(Comarca))}
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [
        _day_line(row, names)
        for row in calendar_rows(session, first, last)
        if comarca_id is None or row.comarca_id in (None, comarca_id)
    ]
    closed = _closures(session, first, last, comarca_id, names)
    lines = sorted((*days, *closed), key=lambda line: line.day)
    found = [
        Month(name, [one for one in lines if max(one.day, first).month == number])
        for number, name in enumerate(MONTHS, start=1)
    ]
    return [month for month in found if month.lines]


def _day_line(row: CalendarRow, names: dict[int | None, str]) -> Line:
    tag, tone = TAGS.get(Effect(row.effect), (f"Abre às {row.opens_at}", "warn"))
    where = names.get(row.comarca_id, STATE) if row.comarca_id else STATE
    when = _span(row.first_day, row.last_day)
    return Line(row.id, row.first_day, when, row.name, tag, tone, where, row.act)


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{WEEKDAYS_SHORT[first.weekday()]}, {first.day:02d}/{first.month:02d}"
    end = f"{last.day:02d}/{last.month:02d}" if last.year == first.year else date_words(last)
    return f"{first.day:02d}/{first.month:02d} a {end}"


def _closures(
    session: Session, first: date, last: date, comarca_id: int | None, names: dict[int | None, str]
) -> Iterable[Line]:
    ends = col(Notice.ends_at)
    asked = select(Notice).where(
        col(Notice.kind).in_(NOTICE_EFFECTS),
        col(Notice.starts_at) < clock.at(date(last.year + 1, 1, 1), 0),
        ends.is_(None) | (ends > clock.at(first, 0)),
    )
    for row in session.exec(asked):
        unit = session.get(Unit, row.unit_id) if row.unit_id else None
        comarca = unit.comarca_id if unit else row.comarca_id
        if comarca_id is not None and comarca not in (None, comarca_id):
            continue
        where = unit.name if unit else names.get(comarca, STATE) if comarca else STATE
        tag, tone = TAGS[NOTICE_EFFECTS[row.kind]]  # pyright: ignore[reportArgumentType]
        day = clock.local_day(row.starts_at)
        when = notices.span_words(row.starts_at, row.ends_at)
        yield Line(0, max(day, first), when, row.text, tag, tone or "warn", where, row.act)


def day_of(session: Session, day_id: int, *, actor: Actor) -> CalendarDay:
    """Return a row of the calendar.

    Raises:
        NotFoundError: there is no such row.
    """
    require(actor, Permission.EDIT_CALENDAR)
    row = session.get(CalendarDay, day_id)
    if row is None:
        raise NotFoundError("Este dia não está no calendário.")
    return row


def proposal(session: Session, year: int, *, actor: Actor) -> list[Proposed]:
    """Return the days of a year that the calendar lacks, to be chosen."""
    require(actor, Permission.EDIT_CALENDAR)
    names = {row.slug: row.name for row in session.exec(select(Comarca))}
    return [Proposed(day.key, _proposed_words(day, names)) for day in years.proposed(session, year)]


def _proposed_words(day: SeedDay, names: dict[str, str]) -> str:
    where = f" ({names.get(day.comarca, day.comarca)})" if day.comarca else ""
    late = f", abre às {day.opens:%H}h" if day.opens else ""
    return f"{_span(day.first, day.last)}: {day.name}{late}{where}"


def count_words(written: int) -> str:
    """Return `3 dias incluídos.`."""
    return f"{plural(written, 'dia incluído', 'dias incluídos')}."
