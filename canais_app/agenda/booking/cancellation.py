"""Cancel an appointment, as the lawyer or as the gabinete, or move it to another slot."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import update
from sqlmodel import Session, col

from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import Slot
from canais_app.agenda.booking import expiry, request_clock, storage, waitlist
from canais_app.agenda.errors import SlotReservedError
from canais_app.agenda.formatting import format_full_start, format_status
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.notifications.appointments import AppointmentChange, ChangeOf
from canais_app.agenda.views import BookingResult
from canais_app.kit import text
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.appointment_messages import Alternative

CHANGEABLE_STATUSES = (AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING)


def cancel_by_link(session: Session, token: str, *, now: datetime) -> None:
    """Cancel an appointment, a request, an unconfirmed booking or an offer.

    Its slot goes to the waiting list first, and is public after the agenda's release delay.
    Cancelling twice changes nothing.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        InvalidError: its deadline has passed.
    """
    agenda, row = storage.lock_by_token(session, token, now=now)
    if row.status == AppointmentStatus.CANCELLED:
        return
    if row.status == AppointmentStatus.OFFERED:
        expiry.expire_and_release(session, agenda, row, now=now)
        return
    if row.status != AppointmentStatus.PRECONFIRMED:
        require_changeable(agenda, row, now=now)
    cancel_appointment(session, agenda, row, by="lawyer", now=now)


def cancel_appointment(  # noqa: PLR0913 (an appointment, a reason and its alternatives)
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    alternatives: Sequence[Alternative] = (),
    until: datetime | None = None,
    closes_seat: bool = False,
) -> None:
    """Cancel an appointment and notify everybody who was notified of it; callers authorise.

    `by` is `lawyer` or `chambers`; `until` is the deadline of the alternatives. `closes_seat`: its
    seat is not offered again; those of the others at that time stay.
    """
    previous = row.status
    waitlist.end_entry_of(session, agenda, row, now=now)
    row.status, row.cancelled_at, row.cancelled_by = AppointmentStatus.CANCELLED, now, by
    row.cancel_reason, row.expires_at = reason, None
    row.ics_sequence += 1
    session.add(row)
    end_move_requests(session, agenda, row, now=now)
    changes: list[ChangeOf] = []
    if closes_seat:
        row.released_at = row.ends_at
    elif previous != AppointmentStatus.PENDING:
        changes += expiry.release_slot(session, agenda, row, now=now)
    if previous != AppointmentStatus.PRECONFIRMED:  # only the lawyer knew of an unconfirmed one
        change = AppointmentChange(messages.CANCELLED, alternatives=alternatives, until=until)
        changes.append((row, change))
    appointments.notify(session, agenda, *changes, now=now)
    storage.emit_changes(session, agenda.id, row)


def require_changeable(agenda: AgendaContext, row: Appointment, *, now: datetime) -> None:
    """Refuse to change an appointment that has ended, or whose deadline has passed.

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


def move_appointment(
    session: Session, token: str, start: datetime, *, now: datetime
) -> BookingResult:
    """Move an appointment to another slot; the old slot is released as by a cancellation.

    If the gabinete approves each appointment, the move is a request, and the appointment keeps
    its slot until the answer.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        SlotTakenError: another person has the new slot.
        SlotNotOfferedError: the agenda does not offer it.
        InvalidError: its deadline has passed, or a limit of the new day is reached.
    """
    agenda, row = storage.lock_by_token(session, token, now=now)
    require_changeable(agenda, row, now=now)
    start = storage.parse_start(start)
    if start == row.starts_at:
        return storage.booking_result(row)
    kind = row.attendance_kind
    storage.resolve_modality(agenda, start, row.modality, kind=kind)  # the new day's terms
    find = partial(availability.find_free_slot, session, agenda, start, now=now, kind=kind)
    try:
        slot = find(excluded_id=row.id)
    except SlotReservedError:
        if not _release_own_slot(session, row, start, now=now):
            raise
        slot = find(excluded_id=row.id)
    limits.check_limits(session, agenda, slot.start, row, now=now)
    end_move_requests(session, agenda, row, now=now)
    if row.status == AppointmentStatus.PENDING:
        _change_request(session, agenda, row, slot, now=now)
    elif agenda.terms_at(start).approves(kind):
        return _request_move(session, agenda, row, slot, now=now)
    else:
        move_to_slot(session, agenda, row, slot, now=now)
    return storage.booking_result(row)


def move_to_slot(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot, *, now: datetime
) -> None:
    """Move a confirmed appointment: its event changes, and its old slot is released.

    Raises:
        SlotTakenError: another transaction was first.
    """
    change = AppointmentChange(messages.MOVED, previous_start=row.starts_at)
    marker = _release_marker(row, now=now)
    storage.assign_slot(row, agenda, slot)
    row.ics_sequence += 1
    storage.insert_or_conflict(session, row)
    changes: list[ChangeOf] = [(row, change)]
    changes += expiry.release_slot(session, agenda, marker, now=now)
    appointments.notify(session, agenda, *changes, now=now)
    storage.emit_changes(session, agenda.id, row)


def end_move_requests(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """End the open requests to move an appointment: it was moved, cancelled or asked anew."""
    if not agenda.takes_requests:
        return
    asked = update(Appointment).where(
        col(Appointment.moves_id) == row.id, col(Appointment.status) == AppointmentStatus.PENDING
    )
    ended = {"status": AppointmentStatus.CANCELLED, "cancelled_at": now, "cancelled_by": "lawyer"}
    session.connection().execute(asked.values(**ended, expires_at=None))


def _change_request(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot, *, now: datetime
) -> None:
    """Ask for another slot instead of the one that a request waits for."""
    row.ics_sequence += 1
    storage.assign_slot(row, agenda, slot)
    session.add(row)
    session.flush()
    appointments.notify(session, agenda, (row, AppointmentChange(messages.PENDING)), now=now)
    storage.emit_changes(session, agenda.id, row)


def move_for_chambers(
    session: Session, agenda: AgendaContext, row: Appointment, start: datetime, *, now: datetime
) -> None:
    """Move a confirmed appointment for the gabinete, without notice, limits or approval.

    Raises:
        SlotTakenError: another person has the new slot.
        SlotNotOfferedError: the agenda does not offer it.
    """
    kind = row.attendance_kind
    storage.resolve_modality(agenda, start, row.modality, kind=kind)
    _release_own_slot(session, row, start, now=now)
    slot = availability.find_free_slot(
        session, agenda, start, now=now, excluded_id=row.id, notice=False, kind=kind
    )
    end_move_requests(session, agenda, row, now=now)
    move_to_slot(session, agenda, row, slot, now=now)


def _request_move(
    session: Session, agenda: AgendaContext, row: Appointment, slot: Slot, *, now: datetime
) -> BookingResult:
    """Ask the gabinete for another slot; the appointment keeps its own until the answer.

    Returns the request: its status is `pending`, its token that of the appointment.
    """
    token = text.generate_token()
    request = storage.create_row(agenda, slot, AppointmentStatus.PENDING, now=now, token=token)
    storage.assign_token_and_code(request, token)
    storage.copy_lawyer(request, row)
    request.sealed_token = row.sealed_token  # its letters lead to the appointment's own page
    request.code, request.modality, request.moves_id = row.code, row.modality, row.id
    request.attendance_kind = row.attendance_kind
    request.answer_due_at = request_clock.answer_deadline(agenda, request, now=now)
    session.add(request)
    session.flush()
    change = AppointmentChange(messages.PENDING, kept_start=row.starts_at)
    appointments.notify(session, agenda, (request, change), now=now)
    storage.emit_changes(session, agenda.id, row)
    return storage.booking_result(request)


def _release_own_slot(
    session: Session, row: Appointment, start: datetime, *, now: datetime
) -> bool:
    """End the release delay of a slot that this lawyer moved away from; return whether they did.

    They may go back.
    """
    left = update(Appointment).where(
        col(Appointment.agenda_id) == row.agenda_id,
        col(Appointment.cancelled_by) == "move",
        col(Appointment.oab) == row.oab,
        col(Appointment.starts_at) == start,
        col(Appointment.released_at) > now,
    )
    return bool(session.connection().execute(left.values(released_at=None)).rowcount)


def _release_marker(row: Appointment, *, now: datetime) -> Appointment:
    """Return a cancelled row that blocks the old slot until its release.

    It has the OAB, so that the slot is not offered to the same lawyer.
    """
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
