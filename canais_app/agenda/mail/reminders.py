"""Who is reminded of an appointment 24 hours before it."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.agenda import own, queries, topics
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.kit import db
from canais_app.outbox import messages
from canais_app.outbox.models import OutboxMessage

REMINDER_BATCH_SIZE = 5  # appointments a transaction: on SQLite, others wait for it


def send_reminders(session: Session, *, now: datetime) -> int:
    """Queue the reminders of up to five appointments within 24 hours, and say of how many.

    Whoever was written to about it in those 24 hours (booked or moved late, or reminded) knows.
    """
    if not db.try_advisory_lock(session, "reminders"):
        return 0
    soon = session.exec(
        select(Appointment)
        .where(
            col(Appointment.status) == AppointmentStatus.CONFIRMED,
            col(Appointment.starts_at) > now,
            col(Appointment.starts_at) <= now + own.REMINDER_LEAD_TIME,
        )
        .order_by(col(Appointment.starts_at))
    ).all()
    told = _last_message_kinds(session, [topics.appointment_topic(row) for row in soon])
    due = [
        row
        for row in soon
        if told.get(topics.appointment_topic(row), row.created_at)
        <= row.starts_at - own.REMINDER_LEAD_TIME
    ]
    for row in due[:REMINDER_BATCH_SIZE]:
        agenda = queries.load_by_id(session, row.agenda_id, now=now)
        letters.notify(session, agenda, row, letters.AppointmentChange(messages.REMINDER), now=now)
    return len(due[:REMINDER_BATCH_SIZE])


def _last_message_kinds(session: Session, threads: list[str]) -> dict[str, datetime]:
    last = (
        select(OutboxMessage.thread, func.max(col(OutboxMessage.created_at)))
        .where(col(OutboxMessage.thread).in_(threads))
        .group_by(col(OutboxMessage.thread))
    )
    return dict(session.exec(last).all())
