"""Appointments in an incident: which ones, and the letter with other times, for the Corregedoria.

Registered in `directory.hooks`; the caller authorises.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.booking import offers, storage
from canais_app.agenda.models import (
    MODALITY_NAMES,
    Agenda,
    Appointment,
    AppointmentStatus,
    Modality,
)
from canais_app.agenda.notifications.appointments import appointment_url
from canais_app.directory.hooks import AffectedAppointment, IncidentWords
from canais_app.directory.models import Unit
from canais_app.kit.errors import AppError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import INCIDENT_LAWYER, Message
from canais_app.outbox.models import OutboxMessage


def list_affected(
    session: Session, unit_ids: Collection[int], start: datetime, end: datetime
) -> list[AffectedAppointment]:
    """Return the confirmed appointments of some gabinetes in `[start, end]`, earliest first."""
    rows = session.exec(
        select(Appointment, Unit.name)
        .join(Agenda, col(Agenda.id) == col(Appointment.agenda_id))
        .join(Unit, col(Unit.id) == col(Agenda.unit_id))
        .where(
            col(Agenda.unit_id).in_(unit_ids),
            col(Appointment.status) == AppointmentStatus.CONFIRMED,
            col(Appointment.starts_at) >= start,
            col(Appointment.starts_at) <= end,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    ).all()
    threads = {tokens.appointment_topic(row): row.id for row, _ in rows}
    told = dict(
        session.exec(
            select(OutboxMessage.thread, func.max(OutboxMessage.created_at))
            .where(
                col(OutboxMessage.thread).in_(threads), col(OutboxMessage.kind) == INCIDENT_LAWYER
            )
            .group_by(col(OutboxMessage.thread))
        ).all()
    )
    offered = dict(
        session.exec(
            select(Appointment.alternative_to, func.count())
            .where(
                col(Appointment.alternative_to).in_({row.id for row, _ in rows}),
                col(Appointment.status) == AppointmentStatus.OFFERED,
            )
            .group_by(col(Appointment.alternative_to))
        ).all()
    )
    return [
        AffectedAppointment(
            id=row.id or 0,
            starts_at=row.starts_at,
            unit=name,
            lawyer=row.name,
            modality=_modality_name(row),
            needs_network=row.modality == Modality.VIDEO,
            told_at=told.get(tokens.appointment_topic(row)),
            offered=offered.get(row.id, 0),
        )
        for row, name in rows
    ]


def _modality_name(row: Appointment) -> str:
    """Return how the appointment takes place, in words."""
    return MODALITY_NAMES[Modality(row.modality)] if row.modality else ""


def tell_lawyer(session: Session, appointment_id: int, words: IncidentWords, now: datetime) -> bool:
    """Write to the lawyer of an appointment, with up to three other times held for 48 hours.

    The appointment stays; accepting another time cancels it. Returns False when it is not
    confirmed any more.
    """
    found = queries.lock_appointment(session, col(Appointment.id) == appointment_id, now=now)
    if found is None or found[1].status != AppointmentStatus.CONFIRMED:
        return False
    agenda, row = found
    try:
        with session.begin_nested():
            alternatives, until = offers.offer_alternatives(session, agenda, row, None, now=now)
    except AppError:  # a time was taken meanwhile: the news matters more
        alternatives, until = [], None
    context = {
        "title": words.title,
        "words": words.text,
        "works": words.works,
        "lawyer": row.name,
        "agenda": agenda.row.title,
        "starts_at": row.starts_at,
        "modality": _modality_name(row),
        "alternatives": [
            {"starts_at": other.starts_at, "url": other.url} for other in alternatives
        ],
        "until": until,
        "page_url": appointment_url(tokens.token_of(row)),
        "sequence": int(now.timestamp()),
    }
    thread = tokens.appointment_topic(row)
    outbox.enqueue(session, Message(INCIDENT_LAWYER, thread, "lawyer", row.email, context), now=now)
    storage.emit_changes(session, agenda.id, row)
    return True
