"""Giving a time up, as the lawyer or as the gabinete."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import Slot
from canais_app.agenda.booking import expiry, storage
from canais_app.agenda.formatting import format_full_start, format_status
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.views import BookingResult
from canais_app.kit import text
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.appointments import Alternative

CHANGEABLE_STATUSES = (AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING)


def cancel_by_link(session: Session, token: str, *, now: datetime) -> None:
    """Give up an appointment, a request, or a time that is kept.

    What kept others out goes to the waiting list first, and is public again after the agenda's
    release delay. Cancelling twice changes nothing.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        InvalidError: it is too late for that.
    """
    agenda, row = storage.lock_by_token(session, token, now=now)
    if row.status == AppointmentStatus.CANCELLED:
        return
    if row.status == AppointmentStatus.OFFERED:
        expiry.end_waitlist_offer(session, agenda, row, now=now)
        return
    if row.status != AppointmentStatus.PRECONFIRMED:
        require_changeable(agenda, row, now=now)
    cancel_appointment(session, agenda, row, by="lawyer", now=now)


def cancel_appointment(  # noqa: PLR0913 (who, why and what is offered instead)
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    alternatives: Sequence[Alternative] = (),
    until: datetime | None = None,
) -> None:
    """Cancel an appointment for whoever may, and tell everyone who knew of it."""
    before = row.status
    row.status, row.cancelled_at, row.cancelled_by = AppointmentStatus.CANCELLED, now, by
    row.cancel_reason, row.expires_at = reason, None
    row.ics_sequence += 1
    session.add(row)
    told: list[appointments.ChangeOf] = []
    if before != AppointmentStatus.PENDING:
        told += expiry.release_slot(session, agenda, row, now=now)
    if before != AppointmentStatus.PRECONFIRMED:  # of which nobody was told but the lawyer
        news = appointments.AppointmentChange(
            messages.CANCELLED, alternatives=alternatives, until=until
        )
        told.append((row, news))
    appointments.notify_all(session, agenda, told, now=now)
    storage.emit_changes(session, agenda.id, row)


def require_changeable(agenda: AgendaContext, row: Appointment, *, now: datetime) -> None:
    """Refuse to change what no longer stands, or an appointment whose deadline has passed.

    Raises:
        InvalidError: with the sentence that says which.
    """
    if row.status not in CHANGEABLE_STATUSES:
        raise InvalidError(f"{format_status(row.status)}: não há mais o que mudar aqui.")
    until = limits.change_deadline(row.starts_at, agenda.terms_at(row.starts_at).cancel_notice)
    if row.status == AppointmentStatus.CONFIRMED and now > until:
        raise InvalidError(
            f"O prazo para mudar ou cancelar terminou: {format_full_start(until)}. "
            "Fale com o gabinete."
        )


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
    agenda, row = storage.lock_by_token(session, token, now=now)
    require_changeable(agenda, row, now=now)
    start = storage.parse_start(start)
    if start == row.starts_at:
        return storage.booking_result(row)
    storage.resolve_modality(agenda, start, row.modality)  # the new day may be under other terms
    slot = availability.find_free_slot(session, agenda, start, now=now, excluded_id=row.id)
    limits.check_limits(
        session, agenda, slot.start, row.oab, row.case_number, now=now, excluded_id=row.id
    )
    left = _release_marker(row, now=now) if row.status == AppointmentStatus.CONFIRMED else None
    told: list[appointments.ChangeOf] = []
    if agenda.terms_at(start).needs_approval:
        _request_move(session, agenda, row, slot, now=now)
    else:
        told.append((row, _reassign_slot(session, agenda, row, slot)))
    if left is not None:
        told += expiry.release_slot(session, agenda, left, now=now)
    appointments.notify_all(session, agenda, told, now=now)
    storage.emit_changes(session, agenda.id, row)
    return storage.booking_result(row)


def _reassign_slot(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot
) -> appointments.AppointmentChange:
    """Put the appointment at another time, and return what is to be told of it."""
    before = row.starts_at
    storage.assign_slot(row, agenda, slot)
    row.ics_sequence += 1
    storage.insert_or_conflict(session, row)
    return appointments.AppointmentChange(messages.MOVED, previous_start=before)


def _request_move(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot, *, now: datetime
) -> None:
    """Turn the appointment into a request for another time; its old one ends for everybody."""
    row.ics_sequence += 1
    if row.status == AppointmentStatus.CONFIRMED:
        over = appointments.AppointmentChange(messages.CANCELLED, reason=MOVE_REQUESTED_REASON)
        appointments.notify(session, agenda, row, over, now=now)
        row.ics_sequence += 1
    row.status, row.confirmed_at = AppointmentStatus.PENDING, None
    storage.assign_slot(row, agenda, slot)
    session.add(row)
    session.flush()
    appointments.notify(
        session, agenda, row, appointments.AppointmentChange(messages.PENDING), now=now
    )


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
