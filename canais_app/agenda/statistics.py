"""Public statistics of an agenda: days to the next free slot, shares attended and cancelled.

Counted over the once confirmed appointments of the last 180 days. A share of fewer than five
appointments is not published: it would say little of the gabinete and much of the few.
"""

import operator
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, astuple, dataclass
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
    """Appointments attended, missed, cancelled by the gabinete, and confirmed at all (`stood`)."""

    attended: int = 0
    missed: int = 0
    cancelled: int = 0
    stood: int = 0

    def __add__(self, other: "AppointmentCounts") -> "AppointmentCounts":
        """Return the sum."""
        return AppointmentCounts(*map(operator.add, astuple(self), astuple(other)))


@dataclass(frozen=True)
class AgendaStatistics:
    """Published statistics. Shares are from 0 to 1; None: too few, or no free slot.

    `attended` is the share of appointments marked attended or missed, `cancelled` (by the
    gabinete) of all confirmed ones.
    """

    days_to_next: int | None = None
    attended: float | None = None
    cancelled: float | None = None


def compute_statistics(
    counts: AppointmentCounts, next_free: datetime | None, *, now: datetime
) -> AgendaStatistics:
    """Return the published statistics of some counts and the next free slot."""
    days = None
    if next_free is not None:
        days = (clock.to_local_day(next_free) - clock.to_local_day(now)).days
    return AgendaStatistics(
        days_to_next=days,
        attended=_share(counts.attended, counts.attended + counts.missed),
        cancelled=_share(counts.cancelled, counts.stood),
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
    """Replace the stored counts, unless another process is doing it."""
    if not db.try_advisory_lock(session, "figures"):
        return
    session.exec(delete(AgendaTally))
    if counted:
        session.exec(
            insert(AgendaTally).values(
                [
                    {"agenda_id": agenda_id, "counted_at": now, **asdict(counts)}
                    for agenda_id, counts in counted.items()
                ]
            )
        )


def load_counts(session: Session, agenda_ids: Collection[int]) -> dict[int, AppointmentCounts]:
    """Return the stored counts of each of these agendas."""
    rows = session.exec(select(AgendaTally).where(col(AgendaTally.agenda_id).in_(agenda_ids)))
    counts = dict.fromkeys(agenda_ids, AppointmentCounts())
    for row in rows:
        counts[row.agenda_id] = AppointmentCounts(
            row.attended, row.missed, row.cancelled, row.stood
        )
    return counts


def sum_counts(counts: Iterable[AppointmentCounts]) -> AppointmentCounts:
    """Return the sum of several agendas' counts."""
    return sum(counts, AppointmentCounts())
