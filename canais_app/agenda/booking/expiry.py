"""What becomes of a time that is free again: the waiting list, the release delay, everybody."""

from datetime import datetime

from sqlalchemy import and_, delete, or_
from sqlmodel import Session, col, select

from canais_app.agenda import topics
from canais_app.agenda.availability import limits
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import offers, storage
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments
from canais_app.kit import clock, live

EXPIRABLE_STATUSES = (
    AppointmentStatus.HELD,
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
)


def release_slot(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> list[appointments.ChangeOf]:
    """Store `row`, which no longer keeps its time, and offer that to the waiting list.

    Until the release delay is over it is nobody else's. Returns what those in line are to be told.
    """
    # Of what has never been free before nobody but its owner has had a chance.
    had = None if row.freed_at else [(row.oab, (row.starts_at, row.ends_at))]
    row.freed_at = row.freed_at or now
    delay = agenda.terms_at(row.starts_at).release_delay
    row.released_at = limits.slot_public_at(now, delay) if delay else None
    session.add(row)
    session.flush()
    span = (row.starts_at, row.ends_at)
    return offers.offer_to_waitlist(session, agenda, span, freed_at=row.freed_at, now=now, had=had)


def end_waitlist_offer(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """End an offer that was declined, ran out, or is not needed: who waits keeps the place."""
    row.status, row.expires_at = AppointmentStatus.EXPIRED, None
    session.add(row)
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        if entry.status == WaitlistStatus.OFFERED:
            entry.status = WaitlistStatus.WAITING
            session.add(entry)
            live.emit(session, topics.waitlist_topic(agenda.id))
    session.flush()
    appointments.notify_all(session, agenda, release_slot(session, agenda, row, now=now), now=now)
    storage.emit_changes(session, agenda.id, row)


def agendas_with_expired(session: Session, *, now: datetime) -> list[int]:
    """Return the agendas in which something has run out: `settle` each of them."""
    found = session.exec(select(Appointment.agenda_id).where(_has_expired(now)).distinct()).all()
    waiting = session.exec(
        select(WaitlistEntry.agenda_id).where(*_has_past_waitlist_entries(now)).distinct()
    ).all()
    return sorted({*found, *waiting})


def expire_due(session: Session, agenda_id: int, *, now: datetime, limit: int | None = None) -> int:
    """End what has run out in an agenda, and say how much.

    At most so many of each kind but holds, which one statement clears. Unconfirmed bookings and
    offers end, and their times go to the waiting list; times given up are public after their
    delay; places in the list end with their days.
    """
    agenda = storage.lock_by_id(session, agenda_id, now=now)
    # First, and all: on SQLite an offer made below may be given the number of a hold that is gone.
    held = (col(Appointment.status) == AppointmentStatus.HELD, col(Appointment.expires_at) <= now)
    gone = session.exec(delete(Appointment).where(col(Appointment.agenda_id) == agenda_id, *held))
    asked = select(Appointment).where(col(Appointment.agenda_id) == agenda_id, _has_expired(now))
    over = session.exec(asked.order_by(col(Appointment.id)).limit(limit)).all()
    for row in over:
        _expire_row(session, agenda, row, now=now)
    waiting = select(WaitlistEntry).where(
        col(WaitlistEntry.agenda_id) == agenda_id, *_has_past_waitlist_entries(now)
    )
    past = session.exec(waiting.order_by(col(WaitlistEntry.id)).limit(limit)).all()
    for entry in past:
        entry.status = WaitlistStatus.EXPIRED
        session.add(entry)
    session.flush()
    ended = gone.rowcount + len(over)
    if ended:
        storage.emit_changes(session, agenda_id)
    if past:
        live.emit(session, topics.waitlist_topic(agenda_id))
    return ended + len(past)


def _expire_row(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    if row.status in EXPIRABLE_STATUSES:
        end_waitlist_offer(session, agenda, row, now=now)
    else:
        row.released_at = None
        session.add(row)


def _has_expired(now: datetime):  # noqa: ANN202 (a SQLAlchemy condition)
    return or_(
        and_(col(Appointment.status).in_(EXPIRABLE_STATUSES), col(Appointment.expires_at) <= now),
        col(Appointment.released_at) <= now,
    )


def _has_past_waitlist_entries(now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
        col(WaitlistEntry.last_day) < clock.to_local_day(now),
    )
