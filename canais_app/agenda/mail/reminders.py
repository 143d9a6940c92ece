"""Who is reminded of an appointment 24 hours before it."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.agenda import own, queries, topics
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, Status
from canais_app.kit import db
from canais_app.outbox import messages
from canais_app.outbox.models import OutboxMessage

AT_ONCE = 5  # appointments a transaction: on SQLite, others wait for it


def remind(session: Session, *, now: datetime) -> int:
    """Queue the reminders of up to five appointments within 24 hours, and say of how many.

    Whoever was written to about it in those 24 hours (booked or moved late, or reminded) knows.
    """
    if not db.is_alone(session, "reminders"):
        return 0
    soon = session.exec(
        select(Appointment)
        .where(
            col(Appointment.status) == Status.CONFIRMED,
            col(Appointment.starts_at) > now,
            col(Appointment.starts_at) <= now + own.REMINDER,
        )
        .order_by(col(Appointment.starts_at))
    ).all()
    told = _last_letters(session, [topics.appointment(row) for row in soon])
    due = [
        row
        for row in soon
        if told.get(topics.appointment(row), row.created_at) <= row.starts_at - own.REMINDER
    ]
    for row in due[:AT_ONCE]:
        agenda = queries.by_id(session, row.agenda_id, now=now)
        letters.tell(session, agenda, row, letters.News(messages.REMINDER), now=now)
    return len(due[:AT_ONCE])


def _last_letters(session: Session, threads: list[str]) -> dict[str, datetime]:
    last = (
        select(OutboxMessage.thread, func.max(col(OutboxMessage.created_at)))
        .where(col(OutboxMessage.thread).in_(threads))
        .group_by(col(OutboxMessage.thread))
    )
    return dict(session.exec(last).all())
