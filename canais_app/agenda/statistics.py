"""Public statistics of an agenda: days to the next free slot, shares attended and cancelled.

Counted over the once confirmed appointments of the last 180 days. A share of fewer than five
appointments is not published: it would say little of the gabinete and much of the few.
"""

import operator
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement, case, delete, func, insert
from sqlmodel import Session, col, select

from canais_app.agenda.models import AgendaTally, Appointment, AppointmentStatus, Outcome
from canais_app.kit import clock, db

STATISTICS_PERIOD = timedelta(days=180)
MIN_APPOINTMENTS = 5


@dataclass(frozen=True)
class AppointmentCounts:
    """Appointments attended, missed, cancelled by the gabinete, and confirmed at all (`stood`).

    `requests` are those whose term has ended, `answered_in_time` those of them answered before;
    `not_attended` counts the lawyers who say that nobody came.
    """

    attended: int = 0
    missed: int = 0
    cancelled: int = 0
    stood: int = 0
    requests: int = 0
    answered_in_time: int = 0
    not_attended: int = 0

    def __add__(self, other: "AppointmentCounts") -> "AppointmentCounts":
        """Return the sum."""
        return AppointmentCounts(*map(operator.add, astuple(self), astuple(other)))


@dataclass(frozen=True)
class AgendaStatistics:
    """Published statistics. Shares are from 0 to 1; None: too few, or no free slot.

    `attended` is the share of appointments marked attended or missed, `cancelled` (by the
    gabinete) of all confirmed ones, `answered_in_time` of the requests whose term has ended.
    """

    days_to_next: int | None = None
    attended: float | None = None
    cancelled: float | None = None
    answered_in_time: float | None = None


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
        answered_in_time=_share(counts.answered_in_time, counts.requests),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole >= MIN_APPOINTMENTS else None


def count_appointments(session: Session, *, now: datetime) -> dict[int, AppointmentCounts]:
    """Count every agenda's appointments of the period, and its requests."""
    found = _count_confirmed(session, now=now)
    for agenda_id, requests, in_time in session.connection().execute(_count_requests(now)):
        known = found.get(agenda_id, AppointmentCounts())
        found[agenda_id] = replace(known, requests=requests, answered_in_time=in_time)
    return found


def _count_requests(now: datetime) -> sa.Select[int, int, int]:
    due, answered = col(Appointment.answer_due_at), col(Appointment.answered_at)
    withdrawn = (col(Appointment.cancelled_by) == "lawyer") & answered.is_(None)
    return (
        sa.select(col(Appointment.agenda_id), func.count(), _count_if(answered <= due))
        .where(due >= now - STATISTICS_PERIOD, due < now, ~withdrawn)
        .group_by(col(Appointment.agenda_id))
    )


def _count_confirmed(session: Session, *, now: datetime) -> dict[int, AppointmentCounts]:
    status, by = col(Appointment.status), col(Appointment.cancelled_by)
    nobody_came = col(Appointment.lawyer_outcome) == Outcome.NOT_ATTENDED
    rows = session.connection().execute(
        sa.select(
            col(Appointment.agenda_id),
            _count_if(status == AppointmentStatus.ATTENDED),
            _count_if(status == AppointmentStatus.MISSED),
            _count_if((status == AppointmentStatus.CANCELLED) & (by == "chambers")),
            func.count(),
            _count_if(nobody_came),
        )
        .where(
            col(Appointment.starts_at) >= now - STATISTICS_PERIOD,
            col(Appointment.starts_at) < now,
            col(Appointment.confirmed_at).is_not(None),
        )
        .group_by(col(Appointment.agenda_id))
    )
    return {
        agenda_id: AppointmentCounts(*counts, not_attended=nobody)
        for agenda_id, *counts, nobody in rows
    }


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
            row.attended,
            row.missed,
            row.cancelled,
            row.stood,
            row.requests,
            row.answered_in_time,
            row.not_attended,
        )
    return counts


def sum_counts(counts: Iterable[AppointmentCounts]) -> AppointmentCounts:
    """Return the sum of several agendas' counts."""
    return sum(counts, AppointmentCounts())
