"""Taking a time, keeping it, moving it and giving it up.

Every function asks `availability.find` and leaves the last word to the database: no two active
rows of a seat may overlap. The agenda's row is locked first, so that limits counted in the
transaction hold when it commits.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.agenda import availability, letters, policies, queries, slots
from canais_app.agenda.availability import Published
from canais_app.agenda.errors import KeyReusedError, NoSuchAppointmentError, SlotTakenError
from canais_app.agenda.models import Agenda, Appointment, Modality, Status
from canais_app.agenda.requests import BookingRequest, sane_moment
from canais_app.agenda.slots import Slot
from canais_app.agenda.views import Booked, Hold
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError
from canais_app.kit.seal import seal
from canais_app.outbox import ics, messages
from canais_app.outbox.appointments import Alternative
from canais_app.settings import settings

__all__ = [
    "Booked",
    "BookingRequest",
    "Hold",
    "book",
    "cancel",
    "expire_holds",
    "hold",
    "move",
    "release",
]
STANDING = (Status.PENDING, Status.CONFIRMED, Status.ATTENDED, Status.MISSED)


def hold(  # noqa: PLR0913 (a time, a way, and the time given up for it)
    session: Session,
    slug: str,
    start: datetime,
    modality: str,
    *,
    now: datetime,
    previous_token: str = "",
) -> Hold:
    """Keep a time for one person for five minutes, giving up the one held before.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        SlotTakenError: somebody else has the time.
        SlotUnavailableError: the agenda does not offer it.
    """
    agenda = _locked(session, slug, now=now)
    start = _moment(start)
    modality = _modality(agenda, start, modality)
    _clear_expired(session, agenda.id, now=now)
    _drop_hold(session, previous_token)
    slot = availability.find(session, agenda, start, now=now)
    token = text.new_token()
    row = _new_row(agenda, slot, Status.HELD, now=now, token=token)
    row.modality, row.expires_at = modality, now + policies.HOLD_FOR
    _store(session, row)
    _touch(session, agenda.id)
    return Hold(token, slot.start, slot.end, now + policies.HOLD_FOR)


def release(session: Session, token: str, *, now: datetime) -> None:  # noqa: ARG001 (as its kin)
    """Give up a held time; it is free for everyone at once. An unknown token changes nothing."""
    _drop_hold(session, token)


def book(session: Session, slug: str, wish: BookingRequest, *, now: datetime) -> Booked:
    """Take one seat and queue its messages: both or neither.

    A hold is honoured while it lasts; after that the time is booked if it is still free. The
    same `idempotency_key` with the same wish gives the same booking.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        KeyReusedError: the key came with another wish before.
        SlotTakenError: somebody else has the time.
        SlotUnavailableError: the agenda does not offer it.
        InvalidError: a limit per OAB or case is reached.
    """
    agenda = _locked(session, slug, now=now)
    token = _token(agenda, wish)
    known = _booked_before(session, wish, token)
    if known is not None:
        return Booked(known.code, token, known.starts_at, known.ends_at)
    modality = _modality(agenda, wish.start, wish.modality)
    _clear_expired(session, agenda.id, now=now)
    kept = _own_hold(session, agenda, wish)
    slot = availability.find(
        session,
        agenda,
        wish.start,
        now=now,
        asked_at=kept.created_at if kept and kept.starts_at == wish.start else None,
        ignoring=kept.id if kept else None,
    )
    _refuse_over_limits(session, agenda, slot.start, wish.oab, wish.case_number, now=now)
    row = _new_row(agenda, slot, Status.CONFIRMED, now=now, token=token)
    _fill(row, wish, modality, now=now)
    _store(session, row, instead_of=kept)
    letters.tell(session, agenda, row, letters.News(messages.BOOKED, token), now=now)
    _touch(session, agenda.id)
    return Booked(row.code, token, row.starts_at, row.ends_at)


def cancel(session: Session, token: str, *, now: datetime) -> None:
    """Give an appointment up; its time is public again after the agenda's release delay.

    Cancelling twice changes nothing.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        InvalidError: it is too late for that.
    """
    agenda, row = _own(session, token, now=now)
    if row.status == Status.CANCELLED:
        return
    _refuse_too_late(agenda, row, now=now)
    give_up(session, agenda, row, by="lawyer", now=now, token=token)


def give_up(  # noqa: PLR0913 (who, why and what is offered instead)
    session: Session,
    agenda: Published,
    row: Appointment,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    token: str = "",
    alternatives: tuple[Alternative, ...] = (),
) -> None:
    """Cancel an appointment for whoever may, and tell everyone."""
    row.status, row.cancelled_at, row.cancelled_by = Status.CANCELLED, now, by
    row.cancel_reason = reason
    row.released_at = policies.released_at(now, agenda.terms_at(row.starts_at).release_delay)
    row.ics_sequence += 1
    session.add(row)
    session.flush()
    news = letters.News(messages.CANCELLED, token, alternatives=alternatives)
    letters.tell(session, agenda, row, news, now=now)
    _touch(session, agenda.id)
    live.touch(session, queries.thread(row))


def move(session: Session, token: str, start: datetime, *, now: datetime) -> Booked:
    """Change an appointment's time; the old one returns after the release delay.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        SlotTakenError: somebody else has the new time.
        SlotUnavailableError: the agenda does not offer it.
        InvalidError: it is too late, or a limit of the new day is reached.
    """
    agenda, row = _own(session, token, now=now)
    _refuse_too_late(agenda, row, now=now)
    start, before = _moment(start), row.starts_at
    if start == before:
        return Booked(row.code, token, row.starts_at, row.ends_at)
    _clear_expired(session, agenda.id, now=now)
    _modality(agenda, start, row.modality)  # the new day may be under other terms
    slot = availability.find(session, agenda, start, now=now, ignoring=row.id)
    _refuse_over_limits(
        session, agenda, slot.start, row.oab, row.case_number, now=now, moving=row.id
    )
    left = _left_behind(agenda, row, now=now)
    try:
        with session.begin_nested():
            _place(row, agenda, slot)
            row.ics_sequence += 1
            session.add(row)
    except IntegrityError:
        raise SlotTakenError from None
    session.add(left)
    session.flush()
    news = letters.News(messages.MOVED, token, previous_start=before)
    letters.tell(session, agenda, row, news, now=now)
    _touch(session, agenda.id)
    live.touch(session, queries.thread(row))
    return Booked(row.code, token, row.starts_at, row.ends_at)


def expire_holds(session: Session, *, now: datetime) -> int:
    """Clear holds that ran out and make cancelled times public whose delay is over.

    Returns how many; every open picker of their agendas hears of it.
    """
    over = session.exec(
        select(Appointment).where(
            or_(
                (col(Appointment.status) == Status.HELD) & (col(Appointment.expires_at) <= now),
                col(Appointment.released_at) <= now,
            )
        )
    ).all()
    for row in over:
        if row.status == Status.HELD:
            session.delete(row)
        else:
            row.released_at = None
            session.add(row)
        _touch(session, row.agenda_id)
    session.flush()
    return len(over)


def _locked(session: Session, slug: str, *, now: datetime) -> Published:
    # PostgreSQL: one writer per agenda. SQLite has one writer anyway.
    session.exec(select(Agenda.id).where(col(Agenda.slug) == slug).with_for_update()).first()
    return queries.published(session, slug, now=now)


def _own(session: Session, token: str, *, now: datetime) -> tuple[Published, Appointment]:
    row = queries.row_by_token(session, token)
    session.exec(select(Agenda.id).where(col(Agenda.id) == row.agenda_id).with_for_update()).first()
    session.refresh(row)
    return queries.by_id(session, row.agenda_id, now=now), row


def _moment(start: datetime) -> datetime:
    try:
        return sane_moment(start)
    except ValueError as wrong:
        raise InvalidError(str(wrong), {"start": str(wrong)}) from None


def _modality(agenda: Published, start: datetime, modality: str) -> str:
    offered = agenda.terms_at(start).modalities
    if not modality and offered:
        return Modality(offered[0])
    if modality not in offered:
        said = "Esta agenda não atende dessa forma. Escolha uma das modalidades listadas."
        raise InvalidError(said, {"modality": said})
    return modality


def _clear_expired(session: Session, agenda_id: int, *, now: datetime) -> None:
    session.exec(
        delete(Appointment).where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status) == Status.HELD,
            col(Appointment.expires_at) <= now,
        )
    )


def _held(session: Session, token: str) -> Appointment | None:
    if not token:
        return None
    return session.exec(
        select(Appointment).where(
            col(Appointment.token_hash) == text.token_hash(token),
            col(Appointment.status) == Status.HELD,
        )
    ).first()


def _drop_hold(session: Session, token: str) -> None:
    row = _held(session, token)
    if row is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == row.id))
        _touch(session, row.agenda_id)


def _own_hold(session: Session, agenda: Published, wish: BookingRequest) -> Appointment | None:
    row = _held(session, wish.hold_token)
    return row if row is not None and row.agenda_id == agenda.id else None


def _new_row(
    agenda: Published, slot: Slot, status: Status, *, now: datetime, token: str
) -> Appointment:
    row = Appointment(
        agenda_id=agenda.id,
        status=status,
        starts_at=slot.start,
        ends_at=slot.end,
        busy_from=slot.start,
        busy_until=slot.end,
        token_hash=text.token_hash(token),
        sealed_token=seal(token),
        created_at=now,
    )
    _place(row, agenda, slot)
    return row


def _place(row: Appointment, agenda: Published, slot: Slot) -> None:
    row.starts_at, row.ends_at, row.seat = slot.start, slot.end, slot.seats[0]
    row.busy_from, row.busy_until = slots.busy_span(
        slot.start, agenda.versions.rules_on(clock.local_day(slot.start))
    )


def _fill(row: Appointment, wish: BookingRequest, modality: str, *, now: datetime) -> None:
    row.modality, row.confirmed_at = modality, now
    row.code, row.ics_uid = text.new_code(4, 2), ics.new_uid()
    row.name, row.oab = wish.name, wish.oab
    row.email, row.phone = wish.email, wish.phone
    row.case_number, row.subject = wish.case_number, wish.subject
    row.idempotency_key = _stored_key(wish)


def _store(session: Session, row: Appointment, *, instead_of: Appointment | None = None) -> None:
    """Insert in a savepoint: the database's constraint decides who was first."""
    try:
        with session.begin_nested():
            if instead_of is not None:
                mine = col(Appointment.id) == instead_of.id
                session.exec(delete(Appointment).where(mine))
            session.add(row)
            session.flush()
    except IntegrityError:
        raise SlotTakenError from None


def _left_behind(agenda: Published, row: Appointment, *, now: datetime) -> Appointment:
    """Return what keeps the old time of a moved appointment until its release: nobody's data."""
    return Appointment(
        agenda_id=row.agenda_id,
        seat=row.seat,
        status=Status.CANCELLED,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        busy_from=row.busy_from,
        busy_until=row.busy_until,
        modality=row.modality,
        token_hash=text.token_hash(text.new_token()),
        created_at=now,
        cancelled_at=now,
        cancelled_by="move",
        anonymised_at=now,
        released_at=policies.released_at(now, agenda.terms_at(row.starts_at).release_delay),
    )


def _refuse_too_late(agenda: Published, row: Appointment, *, now: datetime) -> None:
    if row.status != Status.CONFIRMED:
        raise InvalidError(
            f"{queries.STATUS_WORDS[Status(row.status)]}: não há mais o que mudar aqui."
        )
    until = policies.change_deadline(row.starts_at, agenda.terms_at(row.starts_at).cancel_notice)
    if now > until:
        raise InvalidError(
            f"O prazo para mudar ou cancelar terminou: {queries.full_words(until)}. "
            "Fale com o gabinete."
        )


def _refuse_over_limits(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: Published,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    moving: int | None = None,
) -> None:
    terms = agenda.terms_at(start)
    limits = policies.Limits(
        terms.max_per_oab_per_day, terms.max_active_per_oab, terms.max_active_per_case
    )
    about = col(Appointment.oab) == oab
    if case_number:
        about = or_(about, col(Appointment.case_number) == case_number)
    rows = session.exec(
        select(Appointment).where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.status).in_(STANDING),
            col(Appointment.starts_at) > now - timedelta(days=2),
            about,
        )
    )
    standing = [
        policies.Standing(row.starts_at, row.oab, row.case_number)
        for row in rows
        if row.id != moving
    ]
    refused = policies.refusal(
        limits, standing, start=start, oab=oab, case_number=case_number, now=now
    )
    if refused is not None:
        field, sentence = refused
        raise InvalidError(sentence, {field: sentence})


def _stored_key(wish: BookingRequest) -> str | None:
    return text.token_hash(wish.idempotency_key) if wish.idempotency_key else None


def _token(agenda: Published, wish: BookingRequest) -> str:
    """Return the private link's token: by chance, or the same for the same key and wish."""
    if not wish.idempotency_key:
        return text.new_token()
    said = wish.model_dump_json(exclude={"hold_token"})
    secret = settings().secret_key.get_secret_value().encode()
    made = hmac.new(secret, f"appointment|{agenda.id}|{said}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


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


def _touch(session: Session, agenda_id: int) -> None:
    live.touch(session, f"agenda:{agenda_id}")
