"""Taking a time: booking it, and saying yes to one that is kept."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import tokens, topics
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import expiry, holds, storage
from canais_app.agenda.errors import (
    AppointmentNotFoundError,
    IdempotencyKeyReusedError,
    OfferExpiredError,
)
from canais_app.agenda.formatting import format_status
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.schemas import BookingRequest
from canais_app.agenda.views import BookingResult
from canais_app.kit import live, text
from canais_app.outbox import messages

MESSAGE_KIND_BY_STATUS = {
    AppointmentStatus.PRECONFIRMED: messages.TO_CONFIRM,
    AppointmentStatus.PENDING: messages.PENDING,
    AppointmentStatus.CONFIRMED: messages.BOOKED,
}


def book(session: Session, slug: str, request: BookingRequest, *, now: datetime) -> BookingResult:
    """Take one seat and queue its messages: both or neither.

    Where the agenda asks for it, the booking waits for the link in its e-mail (`preconfirmed`),
    or for the gabinete (`pending`, which keeps nobody out). A hold is honoured while it lasts;
    after that the time is booked if it is still free. The same `idempotency_key` with the same
    wish gives the same booking.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        KeyReusedError: the key came with another wish before.
        SlotTakenError: somebody else has the time.
        SlotUnavailableError: the agenda does not offer it.
        InvalidError: a limit per OAB or case is reached.
    """
    agenda = storage.lock_published(session, slug, now=now)
    token = _link_token(agenda, request)
    known = _find_by_idempotency_key(session, request, token)
    if known is not None:
        return storage.booking_result(known)
    modality = storage.resolve_modality(agenda, request.start, request.modality)
    kept = holds.active_hold(session, agenda.id, request.hold_token, now=now)
    slot = availability.find_free_slot(
        session,
        agenda,
        request.start,
        now=now,
        asked_at=kept.created_at if kept and kept.starts_at == request.start else None,
        excluded_id=kept.id if kept else None,
    )
    limits.check_limits(session, agenda, slot.start, request.oab, request.case_number, now=now)
    terms = agenda.terms_at(slot.start)
    status = AppointmentStatus.PRECONFIRMED if terms.confirms_by_email else _initial_status(terms)
    row = storage.create_row(agenda, slot, status, now=now, token=token)
    storage.assign_token_and_code(row, token)
    _copy_registration(row, request, modality)
    _set_status(row, status, terms, now=now)
    storage.insert_or_conflict(session, row, instead_of=kept)
    _notify_booked(session, agenda, row, now=now)
    return storage.booking_result(row)


def confirm_appointment(
    session: Session, token: str, *, now: datetime, key: str = ""
) -> BookingResult:
    """Say yes to a time that is kept: by the key of the e-mail, or by an offer's own link.

    A second time changes nothing.

    Raises:
        NoSuchAppointmentError: the link leads nowhere, or it lacks the key of the e-mail.
        TooLateError: the time is no longer kept.
        InvalidError: a limit per OAB or case is reached meanwhile.
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
    if row.waitlist_id:
        limits.check_limits(session, agenda, row.starts_at, row.oab, row.case_number, now=now)
    was_offered = row.status == AppointmentStatus.OFFERED
    # An alternative is the gabinete's own proposal.
    terms = agenda.terms_at(row.starts_at)
    _set_status(
        row,
        AppointmentStatus.CONFIRMED if row.alternative_to else _initial_status(terms),
        terms,
        now=now,
    )
    session.add(row)
    session.flush()
    if was_offered:
        _close_offer(session, agenda, row, now=now)
    _notify_booked(session, agenda, row, now=now)
    return storage.booking_result(row)


def _initial_status(terms: Terms) -> AppointmentStatus:
    return AppointmentStatus.PENDING if terms.needs_approval else AppointmentStatus.CONFIRMED


def _set_status(
    row: Appointment, status: AppointmentStatus, terms: Terms, *, now: datetime
) -> None:
    row.status, row.expires_at = status, None
    if status == AppointmentStatus.CONFIRMED:
        row.confirmed_at = now
    if status == AppointmentStatus.PRECONFIRMED:
        row.expires_at = min(now + timedelta(minutes=terms.confirm_minutes), row.starts_at)


def _notify_booked(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """Tell everyone of what has just been stored or confirmed."""
    news = appointments.AppointmentChange(
        MESSAGE_KIND_BY_STATUS[AppointmentStatus(row.status)], until=row.expires_at
    )
    appointments.notify(session, agenda, row, news, now=now)
    storage.emit_changes(session, agenda.id, row)


def _close_offer(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """Take the lawyer out of the line, or free the other alternatives."""
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        entry.status = WaitlistStatus.BOOKED
        session.add(entry)
        live.emit(session, topics.waitlist_topic(agenda.id))
    if row.alternative_to:
        others = session.exec(
            select(Appointment).where(
                col(Appointment.alternative_to) == row.alternative_to,
                col(Appointment.status) == AppointmentStatus.OFFERED,
                col(Appointment.id) != row.id,
            )
        )
        for other in others.all():
            expiry.end_waitlist_offer(session, agenda, other, now=now)


def _copy_registration(row: Appointment, wish: BookingRequest, modality: str) -> None:
    row.modality = modality
    row.name, row.oab = wish.name, wish.oab
    row.email, row.phone = wish.email, wish.phone
    row.case_number, row.subject = wish.case_number, wish.subject
    row.idempotency_key = _idempotency_key(wish)


def _idempotency_key(wish: BookingRequest) -> str | None:
    return text.hash_token(wish.idempotency_key) if wish.idempotency_key else None


def _link_token(agenda: AgendaContext, wish: BookingRequest) -> str:
    """Return the private link's token: by chance, or the same for the same key and wish."""
    if not wish.idempotency_key:
        return text.generate_token()
    return tokens.derive_token(
        "appointment", agenda.id, wish.model_dump_json(exclude={"hold_token"})
    )


def _find_by_idempotency_key(
    session: Session, wish: BookingRequest, token: str
) -> Appointment | None:
    key = _idempotency_key(wish)
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
