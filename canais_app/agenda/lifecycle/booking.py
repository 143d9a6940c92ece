"""Taking a time: booking it, and saying yes to one that is kept."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import tokens, topics
from canais_app.agenda.errors import KeyReusedError, NoSuchAppointmentError, TooLateError
from canais_app.agenda.lifecycle import freeing, holding, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, Status, Waiting, WaitlistEntry
from canais_app.agenda.requests import BookingRequest
from canais_app.agenda.times import availability, quotas
from canais_app.agenda.times.availability import Published
from canais_app.agenda.times.terms import Terms
from canais_app.agenda.views import Booked
from canais_app.agenda.words import status_words
from canais_app.kit import live, text
from canais_app.outbox import messages

KINDS = {
    Status.PRECONFIRMED: messages.TO_CONFIRM,
    Status.PENDING: messages.PENDING,
    Status.CONFIRMED: messages.BOOKED,
}


def book(session: Session, slug: str, wish: BookingRequest, *, now: datetime) -> Booked:
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
    agenda = taking.locked(session, slug, now=now)
    token = _token(agenda, wish)
    known = _booked_before(session, wish, token)
    if known is not None:
        return taking.booked(known)
    modality = taking.modality(agenda, wish.start, wish.modality)
    kept = holding.standing(session, agenda.id, wish.hold_token, now=now)
    slot = availability.find(
        session,
        agenda,
        wish.start,
        now=now,
        asked_at=kept.created_at if kept and kept.starts_at == wish.start else None,
        ignoring=kept.id if kept else None,
    )
    quotas.refuse(session, agenda, slot.start, wish.oab, wish.case_number, now=now)
    terms = agenda.terms_at(slot.start)
    status = Status.PRECONFIRMED if terms.confirms_by_email else _asked(terms)
    row = taking.new_row(agenda, slot, status, now=now, token=token)
    taking.introduce(row, token)
    _fill(row, wish, modality)
    _stand(row, status, terms, now=now)
    taking.store(session, row, instead_of=kept)
    _announce(session, agenda, row, now=now)
    return taking.booked(row)


def confirm(session: Session, token: str, *, now: datetime, key: str = "") -> Booked:
    """Say yes to a time that is kept: by the key of the e-mail, or by an offer's own link.

    A second time changes nothing.

    Raises:
        NoSuchAppointmentError: the link leads nowhere, or it lacks the key of the e-mail.
        TooLateError: the time is no longer kept.
        InvalidError: a limit per OAB or case is reached meanwhile.
    """
    agenda, row = taking.owned(session, token, now=now)
    if row.status in (Status.CONFIRMED, Status.PENDING):
        return taking.booked(row)
    if row.status == Status.PRECONFIRMED and not text.same(key, tokens.confirmation(row)):
        raise NoSuchAppointmentError
    if row.status not in (Status.PRECONFIRMED, Status.OFFERED):
        raise TooLateError(f"{status_words(row.status)}: não há o que confirmar.")
    if row.expires_at is None or row.expires_at <= now:
        raise TooLateError("O prazo para confirmar este horário terminou. Escolha outro.")
    if row.waitlist_id:
        quotas.refuse(session, agenda, row.starts_at, row.oab, row.case_number, now=now)
    was_offered = row.status == Status.OFFERED
    # An alternative is the gabinete's own proposal.
    terms = agenda.terms_at(row.starts_at)
    _stand(row, Status.CONFIRMED if row.alternative_to else _asked(terms), terms, now=now)
    session.add(row)
    session.flush()
    if was_offered:
        _settle_offer(session, agenda, row, now=now)
    _announce(session, agenda, row, now=now)
    return taking.booked(row)


def _asked(terms: Terms) -> Status:
    return Status.PENDING if terms.needs_approval else Status.CONFIRMED


def _stand(row: Appointment, status: Status, terms: Terms, *, now: datetime) -> None:
    row.status, row.expires_at = status, None
    if status == Status.CONFIRMED:
        row.confirmed_at = now
    if status == Status.PRECONFIRMED:
        row.expires_at = min(now + timedelta(minutes=terms.confirm_minutes), row.starts_at)


def _announce(session: Session, agenda: Published, row: Appointment, *, now: datetime) -> None:
    """Tell everyone of what has just been stored or confirmed."""
    news = letters.News(KINDS[Status(row.status)], until=row.expires_at)
    letters.tell(session, agenda, row, news, now=now)
    taking.touch(session, agenda.id, row)


def _settle_offer(session: Session, agenda: Published, row: Appointment, *, now: datetime) -> None:
    """Take the lawyer out of the line, or free the other alternatives."""
    if row.waitlist_id:
        entry = session.get_one(WaitlistEntry, row.waitlist_id)
        entry.status = Waiting.SERVED
        session.add(entry)
        live.touch(session, topics.line(agenda.id))
    if row.alternative_to:
        others = session.exec(
            select(Appointment).where(
                col(Appointment.alternative_to) == row.alternative_to,
                col(Appointment.status) == Status.OFFERED,
                col(Appointment.id) != row.id,
            )
        )
        for other in others.all():
            freeing.end_offer(session, agenda, other, now=now)


def _fill(row: Appointment, wish: BookingRequest, modality: str) -> None:
    row.modality = modality
    row.name, row.oab = wish.name, wish.oab
    row.email, row.phone = wish.email, wish.phone
    row.case_number, row.subject = wish.case_number, wish.subject
    row.idempotency_key = _stored_key(wish)


def _stored_key(wish: BookingRequest) -> str | None:
    return text.token_hash(wish.idempotency_key) if wish.idempotency_key else None


def _token(agenda: Published, wish: BookingRequest) -> str:
    """Return the private link's token: by chance, or the same for the same key and wish."""
    if not wish.idempotency_key:
        return text.new_token()
    return tokens.derived("appointment", agenda.id, wish.model_dump_json(exclude={"hold_token"}))


def _booked_before(session: Session, wish: BookingRequest, token: str) -> Appointment | None:
    key = _stored_key(wish)
    if key is None:
        return None
    row = session.exec(select(Appointment).where(col(Appointment.idempotency_key) == key)).first()
    if row is None:
        return None
    if not text.same(row.token_hash, text.token_hash(token)):
        raise KeyReusedError
    if row.anonymised_at:
        raise NoSuchAppointmentError
    return row
