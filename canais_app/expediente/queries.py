"""Read the court's calendar, once per process, and anew when it changes."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Executable, column, func, select, table
from sqlmodel import Session, col

from canais_app.expediente.calendar import ClosureRule, CourtCalendar, DayRule
from canais_app.expediente.models import CalendarDay, Closure
from canais_app.kit import db, live

TOPIC = "calendar"
KEEP = 60.0  # seconds: what was missed while nobody listened is seen after that
Mark = tuple[object, ...]
# The directory stands above this room: only the tree's two columns are read here.
_UNIT = table("unit", column("id"), column("path"))


@dataclass(frozen=True)
class CalendarRow:
    """A row of the calendar as the administration and the API list it."""

    id: int
    first_day: date
    last_day: date
    effect: str
    opens_at: str
    name: str
    act: str
    comarca_id: int | None


@dataclass(frozen=True)
class ClosureRow:
    """A closure as the administration and the API list it."""

    id: int
    starts_at: datetime
    ends_at: datetime | None
    reason: str
    act: str
    act_url: str
    alternative: str
    comarca_id: int | None
    unit_id: int | None


@dataclass
class _Kept:
    mark: Mark = ()
    read_at: float = 0.0
    calendar: CourtCalendar = field(default_factory=CourtCalendar)


_kept = _Kept()


def load_calendar(session: Session) -> CourtCalendar:
    """Return the calendar in force, as values; kept in the process until it changes."""
    mark = _mark(session)
    if _kept.mark != mark or time.monotonic() - _kept.read_at > KEEP:
        _kept.calendar = _read(session)
        _kept.mark, _kept.read_at = mark, time.monotonic()
    return _kept.calendar


def forget() -> None:
    """Read the calendar anew when it is next asked for."""
    _kept.mark = ()


@lru_cache(maxsize=1)
def _sums() -> tuple[Executable, Executable]:
    """Return the two statements of `_mark`, made once: they run before every answer."""
    day, closure = CalendarDay, Closure
    days = select(
        func.count(),
        func.max(col(day.id)),
        func.min(col(day.first_day)),
        func.max(col(day.last_day)),
        func.max(col(day.effect) + col(day.name)),
        func.max(col(day.comarca_id)),
    )
    closures = select(
        func.count(),
        func.max(col(closure.id)),
        func.min(col(closure.starts_at)),
        func.max(col(closure.ends_at)),
        func.max(col(closure.reason)),
        func.max(col(closure.unit_id)),
        func.max(col(closure.comarca_id)),
    )
    return days, closures


def _mark(session: Session) -> Mark:
    # Other processes and bare sessions are noticed by what their rows add up to.
    ask, (days, closures) = session.connection().execute, _sums()
    return (str(session.get_bind().engine.url), *ask(days).one(), *ask(closures).one())


def _read(session: Session) -> CourtCalendar:
    days = session.scalars(select(CalendarDay).order_by(col(CalendarDay.first_day)))
    closures = session.scalars(select(Closure).order_by(col(Closure.starts_at))).all()
    return CourtCalendar(
        days=tuple(
            DayRule(row.first_day, row.last_day, row.effect, row.name, row.opens_at, row.comarca_id)
            for row in days
        ),
        closures=tuple(
            ClosureRule(row.starts_at, row.ends_at, row.reason, row.act, row.comarca_id, unit_id)
            for row in closures
            for unit_id in _closed_units(session, row.unit_id)
        ),
    )


def _closed_units(session: Session, unit_id: int | None) -> list[int | None]:
    """List a closed unit and what hangs under it: a vara closes with its secretaria."""
    if unit_id is None:
        return [None]
    under = select(_UNIT.c.id).where(_UNIT.c.path.contains(f"/{unit_id}/", autoescape=True))
    return list(dict.fromkeys([unit_id, *session.scalars(under)]))


def calendar_rows(session: Session, first: date, last: date) -> list[CalendarRow]:
    """List the rows of the calendar that touch `first` to `last`, both included."""
    rows = session.scalars(
        select(CalendarDay)
        .where(col(CalendarDay.first_day) <= last, col(CalendarDay.last_day) >= first)
        .order_by(col(CalendarDay.first_day), col(CalendarDay.id))
    )
    return [
        CalendarRow(
            row.id or 0,
            row.first_day,
            row.last_day,
            row.effect,
            row.opens_at.strftime("%H:%M") if row.opens_at else "",
            row.name,
            row.act,
            row.comarca_id,
        )
        for row in rows
    ]


def closure_rows(session: Session, now: datetime) -> list[ClosureRow]:
    """List the closures in force or to come, earliest first."""
    rows = session.scalars(
        select(Closure)
        .where(col(Closure.ends_at).is_(None) | (col(Closure.ends_at) > now))
        .order_by(col(Closure.starts_at), col(Closure.id))
    )
    return [ClosureRow(**row.model_dump()) for row in rows]


def _hear_commit(session: Session) -> None:
    if session.info.pop(TOPIC, False):
        forget()


def _hear_topic(topic: str) -> None:
    if topic == TOPIC:
        forget()


db.after_commit.append(_hear_commit)
live.hub.listeners.append(_hear_topic)
