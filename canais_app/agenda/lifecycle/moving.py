"""Changing an appointment's time: the new one is taken and the old one given up, or neither."""

from datetime import datetime

from sqlmodel import Session

from canais_app.agenda.lifecycle import cancelling, freeing, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.times import availability, quotas
from canais_app.agenda.times.availability import AgendaContext
from canais_app.agenda.times.seats import Slot
from canais_app.agenda.views import BookingResult
from canais_app.kit import text
from canais_app.outbox import messages

MOVE_REQUESTED_REASON = "pedido de mudança para outro horário"


def move_appointment(
    session: Session, token: str, start: datetime, *, now: datetime
) -> BookingResult:
    """Change an appointment's time; the old one is given up as by a cancellation.

    Where the gabinete approves each time, the new one waits for that again.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        SlotTakenError: somebody else has the new time.
        SlotUnavailableError: the agenda does not offer it.
        InvalidError: it is too late, or a limit of the new day is reached.
    """
    agenda, row = taking.lock_by_token(session, token, now=now)
    cancelling.require_changeable(agenda, row, now=now)
    start = taking.parse_start(start)
    if start == row.starts_at:
        return taking.booking_result(row)
    taking.resolve_modality(agenda, start, row.modality)  # the new day may be under other terms
    slot = availability.find_free_slot(session, agenda, start, now=now, excluded_id=row.id)
    quotas.check_limits(
        session, agenda, slot.start, row.oab, row.case_number, now=now, excluded_id=row.id
    )
    left = _release_marker(row, now=now) if row.status == AppointmentStatus.CONFIRMED else None
    told: list[letters.ChangeOf] = []
    if agenda.terms_at(start).needs_approval:
        _request_move(session, agenda, row, slot, now=now)
    else:
        told.append((row, _reassign_slot(session, agenda, row, slot)))
    if left is not None:
        told += freeing.release_slot(session, agenda, left, now=now)
    letters.notify_all(session, agenda, told, now=now)
    taking.emit_changes(session, agenda.id, row)
    return taking.booking_result(row)


def _reassign_slot(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot
) -> letters.AppointmentChange:
    """Put the appointment at another time, and return what is to be told of it."""
    before = row.starts_at
    taking.assign_slot(row, agenda, slot)
    row.ics_sequence += 1
    taking.insert_or_conflict(session, row)
    return letters.AppointmentChange(messages.MOVED, previous_start=before)


def _request_move(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot, *, now: datetime
) -> None:
    """Turn the appointment into a request for another time; its old one ends for everybody."""
    row.ics_sequence += 1
    if row.status == AppointmentStatus.CONFIRMED:
        over = letters.AppointmentChange(messages.CANCELLED, reason=MOVE_REQUESTED_REASON)
        letters.notify(session, agenda, row, over, now=now)
        row.ics_sequence += 1
    row.status, row.confirmed_at = AppointmentStatus.PENDING, None
    taking.assign_slot(row, agenda, slot)
    session.add(row)
    session.flush()
    letters.notify(session, agenda, row, letters.AppointmentChange(messages.PENDING), now=now)


def _release_marker(row: Appointment, *, now: datetime) -> Appointment:
    """Return what keeps the old time until its release; its OAB, who may not have it offered."""
    return Appointment(
        agenda_id=row.agenda_id,
        seat=row.seat,
        status=AppointmentStatus.CANCELLED,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        busy_from=row.busy_from,
        busy_until=row.busy_until,
        modality=row.modality,
        oab=row.oab,
        token_hash=text.hash_token(text.generate_token()),
        created_at=now,
        cancelled_at=now,
        cancelled_by="move",
    )
