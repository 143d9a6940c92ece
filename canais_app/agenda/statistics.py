"""Public figures of an agenda: how soon one is received, and how often it then happens.

Counted over the appointments whose time passed in the last 180 days and that once stood. A share
of fewer than five says nothing of the gabinete and something of the few: it is not given.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement, case, delete, func, insert
from sqlmodel import Session, col, select

from canais_app.agenda.models import AgendaTally, Appointment, AppointmentStatus
from canais_app.kit import clock, db

STATISTICS_PERIOD = timedelta(days=180)
MIN_APPOINTMENTS = 5


@dataclass(frozen=True)
class AppointmentCounts:
    """How many appointments of an agenda were kept, missed, cancelled by it, and stood at all."""

    attended: int = 0
    missed: int = 0
    cancelled: int = 0
    stood: int = 0

    def __add__(self, other: "AppointmentCounts") -> "AppointmentCounts":
        """Return both together."""
        return AppointmentCounts(
            self.attended + other.attended,
            self.missed + other.missed,
            self.cancelled + other.cancelled,
            self.stood + other.stood,
        )


@dataclass(frozen=True)
class AgendaStatistics:
    """What is published. Shares are from 0 to 1; None: too few, or no free time.

    `attended` is of the appointments whose presence or absence the gabinete noted, `cancelled`
    (by the gabinete) of all that stood.
    """

    days_to_next: int | None = None
    attended: float | None = None
    cancelled: float | None = None


def compute_statistics(
    tally: AppointmentCounts, next_free: datetime | None, *, now: datetime
) -> AgendaStatistics:
    """Return what is published of a tally and the next free time."""
    days = None
    if next_free is not None:
        days = (clock.to_local_day(next_free) - clock.to_local_day(now)).days
    return AgendaStatistics(
        days_to_next=days,
        attended=_share(tally.attended, tally.attended + tally.missed),
        cancelled=_share(tally.cancelled, tally.stood),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole >= MIN_APPOINTMENTS else None


def count_appointments(session: Session, *, now: datetime) -> dict[int, AppointmentCounts]:
    """Count every agenda's appointments of the period, in one query."""
    status, by = col(Appointment.status), col(Appointment.cancelled_by)
    rows = session.connection().execute(
        sa.select(
            col(Appointment.agenda_id),
            _count_if(status == AppointmentStatus.ATTENDED),
            _count_if(status == AppointmentStatus.MISSED),
            _count_if((status == AppointmentStatus.CANCELLED) & (by == "chambers")),
            func.count(),
        )
        .where(
            col(Appointment.starts_at) >= now - STATISTICS_PERIOD,
            col(Appointment.starts_at) < now,
            col(Appointment.confirmed_at).is_not(None),
        )
        .group_by(col(Appointment.agenda_id))
    )
    return {agenda_id: AppointmentCounts(*counts) for agenda_id, *counts in rows}


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def store_counts(
    session: Session, counted: Mapping[int, AppointmentCounts], *, now: datetime
) -> None:
    """Put the counts where the pages read them, in place of the ones before."""
    if not db.try_advisory_lock(session, "figures"):
        return
    session.exec(delete(AgendaTally))
    if counted:
        session.exec(
            insert(AgendaTally).values(
                [
                    {"agenda_id": agenda_id, "counted_at": now, **tally.__dict__}
                    for agenda_id, tally in counted.items()
                ]
            )
        )


def load_counts(session: Session, agenda_ids: Collection[int]) -> dict[int, AppointmentCounts]:
    """Return what was counted last of each of these agendas."""
    rows = session.exec(select(AgendaTally).where(col(AgendaTally.agenda_id).in_(agenda_ids)))
    known = {
        row.agenda_id: AppointmentCounts(row.attended, row.missed, row.cancelled, row.stood)
        for row in rows
    }
    return {agenda_id: known.get(agenda_id, AppointmentCounts()) for agenda_id in agenda_ids}


def sum_counts(counts: Iterable[AppointmentCounts]) -> AppointmentCounts:
    """Return the sum: a unit's tally is that of its agendas."""
    return sum(counts, AppointmentCounts())
