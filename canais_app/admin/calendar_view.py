"""Queries of the calendar page: a year by month, and the days proposed for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import notices
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente import years
from canais_app.expediente.holidays import ProposedDay
from canais_app.expediente.models import Notice
from canais_app.expediente.queries import CalendarDayView, load_calendar_rows
from canais_app.expediente.rules import NOTICE_EFFECTS, Effect
from canais_app.kit import clock
from canais_app.kit.text import (
    MONTH_NAMES,
    WEEKDAY_SHORT_NAMES,
    format_date,
    format_time,
    pluralise,
)

WHOLE_STATE = "Todo o Estado"
TAGS = {
    Effect.CLOSED: ("Fechado", "off"),
    Effect.RECESS: ("Só plantão", "off"),
    Effect.DEADLINES_SUSPENDED: ("Prazos suspensos", ""),
}


@dataclass(frozen=True)
class CalendarLine:
    """Days of the calendar, or a notice that closes (then `id` is 0)."""

    id: int
    day: date
    when: str
    name: str
    tag: str
    tone: str
    where: str
    act: str


@dataclass(frozen=True)
class CalendarMonth:
    """A month and its lines."""

    name: str
    lines: list[CalendarLine] = field(default_factory=list)


@dataclass(frozen=True)
class ProposedDayView:
    """A proposed day."""

    key: str
    words: str


def list_months(
    session: Session, year: int, comarca_id: int | None, *, actor: Actor
) -> list[CalendarMonth]:
    """Return the months of a year that have lines; with a comarca, only those valid there."""
    require_permission(actor, Permission.EDIT_CALENDAR)
    names = {row.id: row.name for row in session.exec(select(Comarca))}
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [
        _day_line(row, names)
        for row in load_calendar_rows(session, first, last)
        if comarca_id is None or row.comarca_id in (None, comarca_id)
    ]
    closed = _closures(session, first, last, comarca_id, names)
    lines = sorted((*days, *closed), key=lambda line: line.day)
    months = [
        CalendarMonth(name, [line for line in lines if max(line.day, first).month == number])
        for number, name in enumerate(MONTH_NAMES, start=1)
    ]
    return [month for month in months if month.lines]


def _day_line(row: CalendarDayView, names: dict[int | None, str]) -> CalendarLine:
    tag, tone = TAGS.get(Effect(row.effect), (f"Abre às {_format_opening(row.opens_at)}", "warn"))
    where = names.get(row.comarca_id, WHOLE_STATE) if row.comarca_id else WHOLE_STATE
    when = _span(row.first_day, row.last_day)
    return CalendarLine(row.id, row.first_day, when, row.name, tag, tone, where, row.act)


def _format_opening(opens_at: str) -> str:
    return format_time(time.fromisoformat(opens_at)) if opens_at else ""


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{WEEKDAY_SHORT_NAMES[first.weekday()]}, {first.day:02d}/{first.month:02d}"
    end = f"{last.day:02d}/{last.month:02d}" if last.year == first.year else format_date(last)
    return f"{first.day:02d}/{first.month:02d} a {end}"


def _closures(
    session: Session, first: date, last: date, comarca_id: int | None, names: dict[int | None, str]
) -> Iterable[CalendarLine]:
    ends = col(Notice.ends_at)
    statement = select(Notice).where(
        col(Notice.kind).in_(NOTICE_EFFECTS),
        col(Notice.starts_at) < clock.from_wall_clock(date(last.year + 1, 1, 1), 0),
        ends.is_(None) | (ends > clock.from_wall_clock(first, 0)),
    )
    for row in session.exec(statement):
        unit = session.get(Unit, row.unit_id) if row.unit_id else None
        comarca = unit.comarca_id if unit else row.comarca_id
        if comarca_id is not None and comarca not in (None, comarca_id):
            continue
        where = unit.name if unit else names.get(comarca, WHOLE_STATE) if comarca else WHOLE_STATE
        tag, tone = TAGS[NOTICE_EFFECTS[row.kind]]  # pyright: ignore[reportArgumentType]
        day = clock.to_local_day(row.starts_at)
        when = notices.format_notice_span(row.starts_at, row.ends_at)
        yield CalendarLine(0, max(day, first), when, row.text, tag, tone or "warn", where, row.act)


def list_proposed_days(session: Session, year: int, *, actor: Actor) -> list[ProposedDayView]:
    """Return the usual days of a year that its calendar lacks."""
    require_permission(actor, Permission.EDIT_CALENDAR)
    names = {row.slug: row.name for row in session.exec(select(Comarca))}
    return [
        ProposedDayView(day.key, _describe_proposal(day, names))
        for day in years.propose_year(session, year)
    ]


def _describe_proposal(day: ProposedDay, names: dict[str, str]) -> str:
    where = f" ({names.get(day.comarca, day.comarca)})" if day.comarca else ""
    late = f", abre às {day.opens:%H}h" if day.opens else ""
    return f"{_span(day.first, day.last)}: {day.name}{late}{where}"


def format_day_count(written: int) -> str:
    """Return `3 dias incluídos.`."""
    return f"{pluralise(written, 'dia incluído', 'dias incluídos')}."
