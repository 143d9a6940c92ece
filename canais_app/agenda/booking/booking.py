"""Book a slot, and confirm a booking or an offer."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.rule_values import AttendanceKind
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import cancellation, earlier, expiry, holds, request_clock, storage
from canais_app.agenda.errors import (
    AlreadyBookedError,
    AppointmentNotFoundError,
    IdempotencyKeyReusedError,
    OfferExpiredError,
    SlotTakenError,
)
from canais_app.agenda.formatting import format_status
from canais_app.agenda.models import (
    ACTIVE_STATUSES,
    Appointment,
    AppointmentStatus,
    WaitlistEntry,
    WaitlistStatus,
)
from canais_app.agenda.notifications import appointments, changes
from canais_app.agenda.schemas import BookingRequest
from canais_app.agenda.views import BookingResult
from canais_app.kit import text
from canais_app.outbox import messages

MESSAGE_KIND_BY_STATUS = {
    AppointmentStatus.PRECONFIRMED: messages.TO_CONFIRM,
    AppointmentStatus.PENDING: messages.PENDING,
    AppointmentStatus.CONFIRMED: messages.BOOKED,
}


def book(
    session: Session, slug: str, request: BookingRequest, *, now: datetime, client: str = ""
) -> BookingResult:
    """Take one seat and queue its messages, in one transaction.

    If the agenda requires it, the booking waits for the link in its e-mail (`preconfirmed`) or
    for the gabinete (`pending`, which does not block the slot). A valid hold keeps its slot;
    after it has expired the slot is booked if it is still free. The same `idempotency_key` with
    the same request returns the same booking. `client` is the mark of the caller's address.

    Raises:
        AgendaNotFoundError: there is no such agenda.
        IdempotencyKeyReusedError: the key was used with another request.
        SlotTakenError: another person has the slot.
        SlotNotOfferedError: the agenda does not offer it.
        InvalidError: a limit per registration, e-mail or case is reached, or the agenda does not
            attend this person in this way.
        TooManyBookingsError: this address has booked too much.
    """
    agenda = queries.load_published(session, slug, now=now, locked=True)
    token = _generate_token(agenda, request)
    existing = _find_by_idempotency_key(session, request, token)
    if existing is not None:
        return storage.booking_result(existing)
    kind = _require_attended(agenda, request)
    modality = storage.resolve_modality(agenda, request.start, request.modality, kind=request.kind)
    hold = _find_active_hold(session, agenda, request, now=now)
    holds.require_few_holds(session, client, now=now, excluded=hold)
    holds.require_few_bookings(session, agenda.id, client, now=now)
    try:
        slot = availability.find_free_slot(
            session,
            agenda,
            request.start,
            now=now,
            asked_at=hold.created_at if hold and hold.starts_at == request.start else None,
            excluded_id=hold.id if hold else None,
            kind=kind.name,
        )
    except SlotTakenError:
        if _is_booked_by(session, agenda, request):
            raise AlreadyBookedError from None
        raise
    limits.check_limits(session, agenda, slot.start, request, now=now)
    status = _initial_status(agenda, slot.start, request.kind)
    if agenda.terms_at(slot.start).confirms_by_email:
        status = AppointmentStatus.PRECONFIRMED
    row = storage.create_row(agenda, slot, status, now=now, token=token)
    storage.assign_token_and_code(row, token)
    storage.copy_lawyer(row, request)
    row.modality, row.idempotency_key = modality, _hash_idempotency_key(request)
    row.attendance_kind, row.client_mark = kind.name, client
    _set_status(agenda, row, status, now=now)
    storage.insert_or_conflict(session, row, instead_of=hold)
    _notify_booked(session, agenda, row, now=now)
    return storage.booking_result(row)


def confirm_appointment(
    session: Session, token: str, *, now: datetime, key: str = ""
) -> BookingResult:
    """Confirm a booking with the key from its e-mail, or accept an offer by its own link.

    Confirming twice changes nothing.

    Raises:
        AppointmentNotFoundError: the link is unknown, or the e-mail's key is missing.
        OfferExpiredError: the slot is no longer kept, or the agenda no longer offers it.
        InvalidError: a limit per OAB or case has been reached meanwhile.
    """
    agenda, row = storage.lock_by_token(session, token, now=now)
    if row.status in (AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING):
        return storage.booking_result(row)
    if row.status == AppointmentStatus.PRECONFIRMED and not text.constant_time_equals(
        key, tokens.confirmation_key(row)
    ):
        raise AppointmentNotFoundError
    if row.status not in (AppointmentStatus.PRECONFIRMED, AppointmentStatus.OFFERED):
        raise OfferExpiredError(f"{format_status(row.status)}: não há o que confirmar.")
    if row.expires_at is None or row.expires_at <= now:
        raise OfferExpiredError("O prazo para confirmar este horário terminou. Escolha outro.")
    was_offered = row.status == AppointmentStatus.OFFERED
    conflict = changes.conflict_of(row, agenda) if was_offered else ""
    if conflict:
        raise OfferExpiredError(f"O gabinete já não oferece este horário: {conflict}.")
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        if entry.appointment_id is not None:
            return earlier.exchange(session, agenda, row, entry, now=now)
        limits.check_limits(session, agenda, row.starts_at, row, now=now)
    # The gabinete itself proposed an alternative, so it needs no approval.
    status = AppointmentStatus.CONFIRMED
    if not row.alternative_to:
        status = _initial_status(agenda, row.starts_at, row.attendance_kind)
    _set_status(agenda, row, status, now=now)
    session.add(row)
    session.flush()
    if was_offered:
        _close_offer(session, agenda, row, now=now)
    _notify_booked(session, agenda, row, now=now)
    return storage.booking_result(row)


def _require_attended(agenda: AgendaContext, request: BookingRequest) -> AttendanceKind:
    """Return the kind of attendance, if the agenda attends this requester with these data."""
    kind = storage.resolve_kind(agenda, request.start, request.kind)
    storage.require_requester(agenda, request.start, request.requester)
    storage.require_case_number(kind, request.case_number)
    return kind


def _initial_status(
    agenda: AgendaContext, start: datetime, kind_name: str = ""
) -> AppointmentStatus:
    needs_approval = agenda.terms_at(start).approves(kind_name)
    return AppointmentStatus.PENDING if needs_approval else AppointmentStatus.CONFIRMED


def _set_status(
    agenda: AgendaContext, row: Appointment, status: AppointmentStatus, *, now: datetime
) -> None:
    row.status, row.expires_at = status, None
    if status == AppointmentStatus.CONFIRMED:
        row.confirmed_at = now
    if status == AppointmentStatus.PENDING:
        row.answer_due_at = request_clock.answer_deadline(agenda, row, now=now)
    if status == AppointmentStatus.PRECONFIRMED:
        lasts = timedelta(minutes=agenda.terms_at(row.starts_at).confirm_minutes)
        row.expires_at = min(now + lasts, row.starts_at)


def _notify_booked(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    kind = MESSAGE_KIND_BY_STATUS[AppointmentStatus(row.status)]
    change = appointments.AppointmentChange(kind, until=row.expires_at)
    appointments.notify(session, agenda, (row, change), now=now)
    storage.emit_changes(session, agenda.id, row)


def _close_offer(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """Take the lawyer off the waiting list, or free the other alternatives."""
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        storage.set_entry_status(session, entry, WaitlistStatus.BOOKED)
    if row.alternative_to:
        others = session.exec(
            select(Appointment).where(
                col(Appointment.alternative_to) == row.alternative_to,
                col(Appointment.status) == AppointmentStatus.OFFERED,
                col(Appointment.id) != row.id,
            )
        )
        for other in others.all():
            expiry.expire_and_release(session, agenda, other, now=now)
        # Offered without a cancellation (an incident): the other time replaces the first.
        first = session.get_one(Appointment, row.alternative_to)
        if first.status == AppointmentStatus.CONFIRMED:
            cancellation.cancel_appointment(session, agenda, first, by="lawyer", now=now)


def _find_active_hold(
    session: Session, agenda: AgendaContext, request: BookingRequest, *, now: datetime
) -> Appointment | None:
    hold = storage.find_hold(session, request.hold_token)
    if hold is None or hold.agenda_id != agenda.id or hold.expires_at is None:
        return None
    return hold if hold.expires_at > now else None


def _is_booked_by(session: Session, agenda: AgendaContext, request: BookingRequest) -> bool:
    """Whether the slot is taken by the same person: the form was sent twice."""
    own = select(Appointment.id).where(
        col(Appointment.agenda_id) == agenda.id,
        col(Appointment.starts_at) == request.start,
        col(Appointment.oab) == request.oab,
        col(Appointment.email) == request.email,
        col(Appointment.status).in_(ACTIVE_STATUSES),
    )
    return session.exec(own).first() is not None


def _generate_token(agenda: AgendaContext, request: BookingRequest) -> str:
    """Return a random token, or one derived from the request if that has an idempotency key."""
    if not request.idempotency_key:
        return text.generate_token()
    content = request.model_dump_json(exclude={"hold_token"})
    return tokens.derive_token("appointment", agenda.id, content)


def _hash_idempotency_key(request: BookingRequest) -> str | None:
    return text.hash_token(request.idempotency_key) if request.idempotency_key else None


def _find_by_idempotency_key(
    session: Session, request: BookingRequest, token: str
) -> Appointment | None:
    key = _hash_idempotency_key(request)
    if key is None:
        return None
    row = session.exec(select(Appointment).where(col(Appointment.idempotency_key) == key)).first()
    if row is None:
        return None
    if not text.constant_time_equals(row.token_hash, text.hash_token(token)):
        raise IdempotencyKeyReusedError
    if row.anonymised_at:
        raise AppointmentNotFoundError
    return row
