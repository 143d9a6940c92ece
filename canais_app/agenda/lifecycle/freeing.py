"""What becomes of a time that is free again: the waiting list, the release delay, everybody."""

from datetime import datetime

from sqlalchemy import and_, delete, or_
from sqlmodel import Session, col, select

from canais_app.agenda import topics
from canais_app.agenda.lifecycle import offering, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, Status, Waiting, WaitlistEntry
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import Published
from canais_app.kit import clock, live

KEPT = (Status.HELD, Status.OFFERED, Status.PRECONFIRMED)


def free(
    session: Session, agenda: Published, row: Appointment, *, now: datetime
) -> list[letters.Told]:
    """Store `row`, which no longer keeps its time, and offer that to the waiting list.

    Until the release delay is over it is nobody else's. Returns what those in line are to be told.
    """
    # Of what has never been free before nobody but its owner has had a chance.
    had = None if row.freed_at else [(row.oab, (row.starts_at, row.ends_at))]
    row.freed_at = row.freed_at or now
    delay = agenda.terms_at(row.starts_at).release_delay
    row.released_at = policies.released_at(now, delay) if delay else None
    session.add(row)
    session.flush()
    span = (row.starts_at, row.ends_at)
    return offering.offer(session, agenda, span, freed_at=row.freed_at, now=now, had=had)


def end_offer(session: Session, agenda: Published, row: Appointment, *, now: datetime) -> None:
    """End an offer that was declined, ran out, or is not needed: who waits keeps the place."""
    row.status, row.expires_at = Status.EXPIRED, None
    session.add(row)
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        if entry.status == Waiting.OFFERED:
            entry.status = Waiting.WAITING
            session.add(entry)
            live.touch(session, topics.line(agenda.id))
    session.flush()
    letters.tell_all(session, agenda, free(session, agenda, row, now=now), now=now)
    taking.touch(session, agenda.id, row)


def due(session: Session, *, now: datetime) -> list[int]:
    """Return the agendas in which something has run out: `settle` each of them."""
    found = session.exec(select(Appointment.agenda_id).where(_over(now)).distinct()).all()
    waiting = session.exec(
        select(WaitlistEntry.agenda_id).where(*_past_waiting(now)).distinct()
    ).all()
    return sorted({*found, *waiting})


def settle(session: Session, agenda_id: int, *, now: datetime, most: int | None = None) -> int:
    """End what has run out in an agenda, and say how much.

    At most so many of each kind but holds, which one statement clears. Unconfirmed bookings and
    offers end, and their times go to the waiting list; times given up are public after their
    delay; places in the list end with their days.
    """
    agenda = taking.locked_by_id(session, agenda_id, now=now)
    # First, and all: on SQLite an offer made below may be given the number of a hold that is gone.
    held = (col(Appointment.status) == Status.HELD, col(Appointment.expires_at) <= now)
    gone = session.exec(delete(Appointment).where(col(Appointment.agenda_id) == agenda_id, *held))
    asked = select(Appointment).where(col(Appointment.agenda_id) == agenda_id, _over(now))
    over = session.exec(asked.order_by(col(Appointment.id)).limit(most)).all()
    for row in over:
        _end(session, agenda, row, now=now)
    waiting = select(WaitlistEntry).where(
        col(WaitlistEntry.agenda_id) == agenda_id, *_past_waiting(now)
    )
    past = session.exec(waiting.order_by(col(WaitlistEntry.id)).limit(most)).all()
    for entry in past:
        entry.status = Waiting.OVER
        session.add(entry)
    session.flush()
    ended = gone.rowcount + len(over)
    if ended:
        taking.touch(session, agenda_id)
    if past:
        live.touch(session, topics.line(agenda_id))
    return ended + len(past)


def _end(session: Session, agenda: Published, row: Appointment, *, now: datetime) -> None:
    if row.status in KEPT:
        end_offer(session, agenda, row, now=now)
    else:
        row.released_at = None
        session.add(row)


def _over(now: datetime):  # noqa: ANN202 (a SQLAlchemy condition)
    return or_(
        and_(col(Appointment.status).in_(KEPT), col(Appointment.expires_at) <= now),
        col(Appointment.released_at) <= now,
    )


def _past_waiting(now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(WaitlistEntry.status) == Waiting.WAITING,
        col(WaitlistEntry.last_day) < clock.local_day(now),
    )
