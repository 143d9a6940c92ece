"""Who is reminded of an appointment 24 hours before it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, queries, topics
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.formatting import format_case_number
from canais_app.agenda.models import MODALITY_NAMES, Appointment, AppointmentStatus, Modality
from canais_app.agenda.notifications import appointments, recipients
from canais_app.kit import clock, db
from canais_app.kit.contacts import format_oab
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointments import DayListContext, DayListEntry
from canais_app.outbox.messages import Message
from canais_app.outbox.models import OutboxMessage

SEND_FROM_HOUR = 8
SEND_UNTIL_HOUR = 12  # the court opens: whoever has no list by then looks at the desk
DAY_LIST_BATCH_SIZE = 20  # gabinetes a transaction


class _Recipient(NamedTuple):
    unit_id: int
    name: str


def send_day_lists(session: Session, *, now: datetime) -> int:
    """Queue the lists of up to twenty gabinetes that have appointments today; say of how many.

    Each gets one list a day, about all the agendas it works that day, at its own e-mail alone.
    What is booked later is told by the booking's own letter.
    """
    if not SEND_FROM_HOUR <= clock.to_local(now).hour < SEND_UNTIL_HOUR or not db.try_advisory_lock(
        session, "days"
    ):
        return 0
    today, told = clock.to_local_day(now), 0
    for keeper, entries in _load_unsent(session, today, now=now).items():
        address = recipients.for_unit(session, keeper.unit_id)
        if address and told < DAY_LIST_BATCH_SIZE:
            words = asdict(DayListContext(keeper.name, today, entries))
            thread = _thread(keeper.unit_id, today)
            tomorrow = clock.from_wall_clock(today + timedelta(days=1), 0)
            letter = Message(messages.DAY_LIST, thread, "chambers", address, words, until=tomorrow)
            outbox.enqueue(session, letter, now=now)
            told += 1
    return told


def _thread(unit_id: int, day: date) -> str:
    return f"day:{unit_id}:{day.isoformat()}"


def _load_unsent(
    session: Session, day: date, *, now: datetime
) -> dict[_Recipient, list[DayListEntry]]:
    """Return who receives whom that day, of the gabinetes that have no list yet."""
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
    told = set(
        session.exec(
            select(OutboxMessage.thread).where(
                col(OutboxMessage.kind) == messages.DAY_LIST,
                col(OutboxMessage.created_at) >= clock.from_wall_clock(day, 0),
            )
        )
    )
    found: defaultdict[_Recipient, list[DayListEntry]] = defaultdict(list)
    for row in rows:
        keeper = _recipient_of(agendas[row.agenda_id], row)
        if _thread(keeper.unit_id, day) not in told:
            found[keeper].append(_entry(agendas[row.agenda_id], row))
    return {keeper: _omit_common_agenda(entries) for keeper, entries in found.items()}


def _recipient_of(agenda: AgendaContext, row: Appointment) -> _Recipient:
    substitute = agenda.substitute_at(row.starts_at)
    if substitute:
        return _Recipient(substitute.unit_id, substitute.name)
    return _Recipient(agenda.row.unit_id, agenda.unit.name)


def _omit_common_agenda(entries: Sequence[DayListEntry]) -> list[DayListEntry]:
    """Leave the agenda's name out when it is the same all day."""
    if len({one.agenda for one in entries}) > 1:
        return list(entries)
    return [replace(one, agenda="") for one in entries]


def _entry(agenda: AgendaContext, row: Appointment) -> DayListEntry:
    return DayListEntry(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        agenda=agenda.row.title,
        lawyer=row.name,
        oab=f"OAB {format_oab(row.oab)}",
        phone=row.phone,
        email=row.email,
        modality=MODALITY_NAMES[Modality(row.modality)],
        where=appointments.describe_location(agenda.terms_at(row.starts_at), row),
        case_number=format_case_number(row.case_number),
        subject=row.subject,
    )


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
            col(Appointment.starts_at) <= now + appointment_views.REMINDER_LEAD_TIME,
        )
        .order_by(col(Appointment.starts_at))
    ).all()
    told = _last_message_kinds(session, [topics.appointment_topic(row) for row in soon])
    due = [
        row
        for row in soon
        if told.get(topics.appointment_topic(row), row.created_at)
        <= row.starts_at - appointment_views.REMINDER_LEAD_TIME
    ]
    for row in due[:REMINDER_BATCH_SIZE]:
        agenda = queries.load_by_id(session, row.agenda_id, now=now)
        appointments.notify(
            session, agenda, row, appointments.AppointmentChange(messages.REMINDER), now=now
        )
    return len(due[:REMINDER_BATCH_SIZE])


def _last_message_kinds(session: Session, threads: list[str]) -> dict[str, datetime]:
    last = (
        select(OutboxMessage.thread, func.max(col(OutboxMessage.created_at)))
        .where(col(OutboxMessage.thread).in_(threads))
        .group_by(col(OutboxMessage.thread))
    )
    return dict(session.exec(last).all())
