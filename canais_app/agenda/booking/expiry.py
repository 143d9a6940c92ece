"""Release slots, to the waiting list first and to everybody after the delay; expire what is due."""

from datetime import datetime

from sqlalchemy import and_, delete, or_
from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.availability import limits
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import offers, storage
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments
from canais_app.kit import clock

EXPIRABLE_STATUSES = (
    AppointmentStatus.HELD,
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
)


def release_slot(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> list[appointments.ChangeOf]:
    """Store `row`, which no longer takes its slot, and offer the slot to the waiting list.

    The slot is not public until the release delay is over. Returns the offers to notify.
    """
    span = (row.starts_at, row.ends_at)
    # A slot that was never free before has been refused by its owner only.
    excluded = None if row.freed_at else [(row.oab, span)]
    row.freed_at = row.freed_at or now
    delay = agenda.terms_at(row.starts_at).release_delay
    row.released_at = limits.slot_public_at(now, delay, row.starts_at) if delay else None
    session.add(row)
    session.flush()
    return offers.offer_to_waitlist(
        session, agenda, span, freed_at=row.freed_at, now=now, excluded=excluded
    )


def expire_and_release(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """End an offer or unconfirmed booking and release its slot; its waitlist entry waits again."""
    row.status, row.expires_at = AppointmentStatus.EXPIRED, None
    session.add(row)
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        if entry.status == WaitlistStatus.OFFERED:
            is_over = entry.appointment_id and entry.notices >= offers.MAX_NOTICES
            status = WaitlistStatus.EXPIRED if is_over else WaitlistStatus.WAITING
            storage.set_entry_status(session, entry, status)
    session.flush()
    appointments.notify(session, agenda, *release_slot(session, agenda, row, now=now), now=now)
    storage.emit_changes(session, agenda.id, row)


def agendas_with_expired(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of the agendas for which `expire_due` has work."""
    rows = select(Appointment.agenda_id).where(_has_expired(now)).distinct()
    entries = select(WaitlistEntry.agenda_id).where(*_has_past_days(now)).distinct()
    return sorted({*session.exec(rows), *session.exec(entries)})


def expire_due(session: Session, agenda_id: int, *, now: datetime, limit: int | None = None) -> int:
    """Expire what is due in an agenda: at most `limit` of each kind, and all holds.

    Unconfirmed bookings and offers end, and their slots go to the waiting list; cancelled slots
    become public after their delay; waitlist entries end with their days. Returns how many.
    """
    agenda = queries.load_by_id(session, agenda_id, now=now, locked=True)
    # All holds, and first: on SQLite an offer made below may get the id of a deleted hold.
    holds = delete(Appointment).where(
        col(Appointment.agenda_id) == agenda_id,
        col(Appointment.status) == AppointmentStatus.HELD,
        col(Appointment.expires_at) <= now,
    )
    deleted = session.exec(holds).rowcount
    asked = select(Appointment).where(col(Appointment.agenda_id) == agenda_id, _has_expired(now))
    rows = session.exec(asked.order_by(col(Appointment.id)).limit(limit)).all()
    for row in rows:
        if row.status in EXPIRABLE_STATUSES:
            expire_and_release(session, agenda, row, now=now)
        else:
            row.released_at = None
            session.add(row)
    past = select(WaitlistEntry).where(
        col(WaitlistEntry.agenda_id) == agenda_id, *_has_past_days(now)
    )
    entries = session.exec(past.order_by(col(WaitlistEntry.id)).limit(limit)).all()
    for entry in entries:
        storage.set_entry_status(session, entry, WaitlistStatus.EXPIRED)
    session.flush()
    if deleted or rows:
        storage.emit_changes(session, agenda_id)
    return deleted + len(rows) + len(entries)


def _has_expired(now: datetime):  # noqa: ANN202 (a SQLAlchemy condition)
    return or_(
        and_(col(Appointment.status).in_(EXPIRABLE_STATUSES), col(Appointment.expires_at) <= now),
        col(Appointment.released_at) <= now,
    )


def _has_past_days(now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
        col(WaitlistEntry.last_day) < clock.to_local_day(now),
    )
