"""Queue the daily lists of the gabinetes, and the reminders 24 hours before appointments."""

from collections import defaultdict
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.models import MODALITY_NAMES, Appointment, AppointmentStatus, Modality
from canais_app.agenda.notifications import appointments
from canais_app.directory.search.case_number import format_case_number
from canais_app.kit import clock, db
from canais_app.kit.contacts import format_registration
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointment_messages import DayListContext, DayListEntry
from canais_app.outbox.messages import Message
from canais_app.outbox.models import OutboxMessage

SEND_FROM_HOUR = 8
SEND_UNTIL_HOUR = 12  # when the court opens, and the desk shows the day
DAY_LIST_BATCH_SIZE = 20  # gabinetes a transaction
REMINDER_BATCH_SIZE = 5  # appointments a transaction: on SQLite, other writers wait for it


class _Recipient(NamedTuple):
    unit_id: int
    name: str


def send_day_lists(session: Session, *, now: datetime) -> int:
    """Queue the lists of up to twenty gabinetes that have appointments today; return how many.

    Each gabinete gets one list a day, of all the agendas that it works that day, at its own
    mailbox only. Later bookings have their own messages.
    """
    if not SEND_FROM_HOUR <= clock.to_local(now).hour < SEND_UNTIL_HOUR:
        return 0
    if not db.try_advisory_lock(session, "days"):
        return 0
    today, queued = clock.to_local_day(now), 0
    tomorrow = clock.from_wall_clock(today + timedelta(days=1), 0)
    for recipient, entries in _load_unsent(session, today, now=now).items():
        address = appointments.find_unit_mailbox(session, recipient.unit_id)
        if address and queued < DAY_LIST_BATCH_SIZE:
            context = asdict(DayListContext(recipient.name, today, entries))
            thread = _day_list_thread(recipient.unit_id, today)
            message = Message(
                messages.DAY_LIST, thread, "chambers", address, context, until=tomorrow
            )
            outbox.enqueue(session, message, now=now)
            queued += 1
    return queued


def _day_list_thread(unit_id: int, day: date) -> str:
    return f"day:{unit_id}:{day.isoformat()}"


def _load_unsent(
    session: Session, day: date, *, now: datetime
) -> dict[_Recipient, list[DayListEntry]]:
    """Return the day's appointments by gabinete, of those that have no list yet."""
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.status) == AppointmentStatus.CONFIRMED,
            col(Appointment.starts_at) >= clock.from_wall_clock(day, 0),
            col(Appointment.starts_at) < clock.from_wall_clock(day + timedelta(days=1), 0),
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    ).all()
    agendas = queries.load_by_ids(session, {row.agenda_id for row in rows}, now=now)
    sent_threads = set(
        session.exec(
            select(OutboxMessage.thread).where(
                col(OutboxMessage.kind) == messages.DAY_LIST,
                col(OutboxMessage.created_at) >= clock.from_wall_clock(day, 0),
            )
        )
    )
    found: defaultdict[_Recipient, list[DayListEntry]] = defaultdict(list)
    for row in rows:
        if availability.closed_reason(agendas[row.agenda_id], (row.starts_at, row.ends_at)):
            continue
        recipient = _recipient_of(agendas[row.agenda_id], row)
        if _day_list_thread(recipient.unit_id, day) not in sent_threads:
            found[recipient].append(_day_list_entry(agendas[row.agenda_id], row))
    return {recipient: _omit_common_agenda(entries) for recipient, entries in found.items()}


def _recipient_of(agenda: AgendaContext, row: Appointment) -> _Recipient:
    substitute = agenda.substitute_at(row.starts_at)
    if substitute:
        return _Recipient(substitute.unit_id, substitute.name)
    return _Recipient(agenda.row.unit_id, agenda.unit.name)


def _omit_common_agenda(entries: list[DayListEntry]) -> list[DayListEntry]:
    """Leave the agenda's name out when it is the same all day."""
    if len({entry.agenda for entry in entries}) > 1:
        return entries
    return [replace(entry, agenda="") for entry in entries]


def _day_list_entry(agenda: AgendaContext, row: Appointment) -> DayListEntry:
    return DayListEntry(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        agenda=agenda.row.title,
        lawyer=row.name,
        oab=format_registration(row.oab, row.institution),
        phone=row.phone,
        email=row.email,
        modality=MODALITY_NAMES[Modality(row.modality)],
        where=appointments.describe_location(agenda.terms_at(row.starts_at), row),
        case_number=row.case_number and format_case_number(row.case_number),
        subject=row.subject,
    )


def send_reminders(session: Session, *, now: datetime) -> int:
    """Queue the reminders of up to five appointments; return how many.

    An agenda sends them 72, 24 or 2 hours before, as its terms say. An appointment with any
    message since then (booked, moved, reminded) gets none, and none on whose day the court is
    closed.
    """
    if not db.try_advisory_lock(session, "reminders"):
        return 0
    soon = session.exec(
        select(Appointment)
        .where(
            col(Appointment.status) == AppointmentStatus.CONFIRMED,
            col(Appointment.starts_at) > now,
            col(Appointment.starts_at) <= now + limits.EARLIEST_REMINDER,
        )
        .order_by(col(Appointment.starts_at))
    ).all()
    agendas = queries.load_by_ids(session, {row.agenda_id for row in soon}, now=now)
    leads = {row.id: _reminder_lead(agendas[row.agenda_id], row, now=now) for row in soon}
    reached = [row for row in soon if leads[row.id]]
    last_sent = _last_message_times(session, [tokens.appointment_topic(row) for row in reached])
    due = [
        row
        for row in reached
        if last_sent.get(tokens.appointment_topic(row), row.created_at)
        <= row.starts_at - timedelta(hours=leads[row.id])
        and not availability.closed_reason(agendas[row.agenda_id], (row.starts_at, row.ends_at))
    ][:REMINDER_BATCH_SIZE]
    for row in due:
        reminder = appointments.AppointmentChange(messages.REMINDER, hours_before=leads[row.id])
        appointments.notify(session, agendas[row.agenda_id], (row, reminder), now=now)
    return len(due)


def _reminder_lead(agenda: AgendaContext, row: Appointment, *, now: datetime) -> int:
    """Return the hours before the start of the last reminder whose time has come; 0: none yet."""
    hours = agenda.terms_at(row.starts_at).reminder_hours
    return min((n for n in hours if row.starts_at - timedelta(hours=n) <= now), default=0)


def _last_message_times(session: Session, threads: list[str]) -> dict[str, datetime]:
    asked = (
        select(OutboxMessage.thread, func.max(col(OutboxMessage.created_at)))
        .where(col(OutboxMessage.thread).in_(threads))
        .group_by(col(OutboxMessage.thread))
    )
    return dict(session.exec(asked).all())
