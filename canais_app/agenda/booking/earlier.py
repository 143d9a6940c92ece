"""Exchange an appointment for an earlier time: an entry of the waiting list that holds one.

It is told at most three times, once a day, and after who has no time at all.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from canais_app.agenda import tokens
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import Slot
from canais_app.agenda.booking import cancellation, storage
from canais_app.agenda.errors import AlreadyOnWaitlistError, OfferExpiredError
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.views import BookingResult
from canais_app.kit import clock, text
from canais_app.kit.errors import InvalidError


def ask_for_earlier(session: Session, token: str, *, now: datetime) -> str:
    """Wait for a time before an appointment's own; return the token of the entry.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        AlreadyOnWaitlistError: this OAB waits already.
        InvalidError: the appointment cannot be moved, or the gabinete approves each move.
    """
    agenda, row = storage.lock_by_token(session, token, now=now)
    cancellation.require_changeable(agenda, row, now=now)
    terms = agenda.terms_at(row.starts_at)
    if row.status != AppointmentStatus.CONFIRMED or terms.approves(row.attendance_kind):
        raise InvalidError("Aqui o gabinete aprova cada mudança: peça a mudança de horário.")
    if terms.minutes_of(row.attendance_kind) != terms.minutes_of(""):
        raise InvalidError("Este tipo de atendimento tem duração própria: mude por aqui.")
    entry = WaitlistEntry(
        agenda_id=agenda.id,
        first_day=clock.to_local_day(now),
        last_day=clock.to_local_day(row.starts_at),
        modality=row.modality,
        token_hash="",
        appointment_id=row.id,
        created_at=now,
    )
    storage.copy_lawyer(entry, row)
    tokens.set_token(entry, text.generate_token())
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError:
        raise AlreadyOnWaitlistError from None
    appointments.notify_waitlisted(session, agenda, entry, now=now)
    return tokens.token_of(entry)


def exchange(
    session: Session,
    agenda: AgendaContext,
    offer: Appointment,
    entry: WaitlistEntry,
    *,
    now: datetime,
) -> BookingResult:
    """Move the appointment of an entry to the slot that was offered to it.

    Raises:
        OfferExpiredError: the appointment is no longer to come.
    """
    row = session.get_one(Appointment, entry.appointment_id)
    if row.status != AppointmentStatus.CONFIRMED or row.starts_at <= now:
        raise OfferExpiredError("O horário que você trocaria já não está marcado.")
    slot = Slot(offer.starts_at, offer.ends_at, "free", (offer.seat,))
    session.delete(offer)
    session.flush()
    storage.set_entry_status(session, entry, WaitlistStatus.BOOKED)
    cancellation.move_to_slot(session, agenda, row, slot, now=now)
    return storage.booking_result(row)
