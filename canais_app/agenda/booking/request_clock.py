"""The clock of requests: until when the gabinete answers, and the escalation of late ones.

48 hours by default (Res. CNJ 322/2020, art. 2º, § 4º); an agenda or a kind of attendance may set
another term.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import storage
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.kit import clock
from canais_app.outbox import messages

ONE_DAY = timedelta(days=1)
BATCH = 20  # requests a transaction


def answer_deadline(agenda: AgendaContext, row: Appointment, *, now: datetime) -> datetime:
    """Return until when the gabinete answers a request made now: never after its start.

    A term that ends on a closed day ends at the same hour of the next open one.
    """
    terms = agenda.terms_at(row.starts_at)
    kind = terms.kind_named(row.attendance_kind)
    hours = (kind.answer_hours if kind else 0) or terms.answer_hours
    ends = clock.to_local(now + timedelta(hours=hours))
    open_day = agenda.court.add_open_days(ends.date() - ONE_DAY, 1)
    return min(clock.from_wall_clock(open_day, ends.hour, ends.minute), row.starts_at)


def escalate_overdue(session: Session, *, now: datetime) -> int:
    """Tell the gabinetes of up to twenty requests past their term; return how many.

    From then on the Corregedoria lists them, too. Each is escalated once.
    """
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.status) == AppointmentStatus.PENDING,
            col(Appointment.answer_due_at) <= now,
            col(Appointment.escalated_at).is_(None),
            col(Appointment.starts_at) > now,
        )
        .order_by(col(Appointment.answer_due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for row in rows:
        row.escalated_at = now
        session.add(row)
        agenda = queries.load_by_id(session, row.agenda_id, now=now)
        overdue = appointments.AppointmentChange(messages.OVERDUE, until=row.answer_due_at)
        appointments.notify(session, agenda, (row, overdue), now=now)
        storage.emit_changes(session, row.agenda_id, row)
    return len(rows)
