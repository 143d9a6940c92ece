"""The waiting list: entering it, declining what is offered, leaving it."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from canais_app.agenda import tokens, topics
from canais_app.agenda.errors import AlreadyOnWaitlistError
from canais_app.agenda.lifecycle import freeing, places, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import WaitlistEntry, WaitlistStatus
from canais_app.agenda.requests import WaitlistRequest
from canais_app.agenda.times.availability import AgendaContext
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError

MAX_WAITLIST_SPAN = timedelta(days=366)


def join_waitlist(session: Session, slug: str, request: WaitlistRequest, *, now: datetime) -> str:
    """Enter an agenda's line, and return the token of one's place.

    Without days it is from today to the last day that can be booked.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        AlreadyWaitingError: this OAB is in line already.
        InvalidError: the days are over, or the agenda does not offer the modality.
    """
    agenda = taking.lock_published(session, slug, now=now)
    entry = _create_entry(agenda, request, now=now)
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError:
        raise AlreadyOnWaitlistError from None
    _notify_joined(session, agenda, entry, now=now)
    return tokens.token_of(entry)


def leave_waitlist(session: Session, token: str, *, now: datetime) -> None:
    """Leave the line; a time that is kept goes to the next. A second time changes nothing.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    agenda, entry = _lock_entry_by_token(session, token, now=now)
    if entry.status not in (WaitlistStatus.WAITING, WaitlistStatus.OFFERED):
        return
    entry.status = WaitlistStatus.LEFT
    session.add(entry)
    session.flush()
    _release_offer(session, agenda, entry, now=now)
    live.emit(session, topics.waitlist_topic(agenda.id))


def decline_offer(session: Session, token: str, *, now: datetime) -> None:
    """Let the time that is kept go to the next, and keep one's place. Nothing kept: no change.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    agenda, entry = _lock_entry_by_token(session, token, now=now)
    _release_offer(session, agenda, entry, now=now)


def _lock_entry_by_token(
    session: Session, token: str, *, now: datetime
) -> tuple[AgendaContext, WaitlistEntry]:
    entry = places.load_entry_by_token(session, token)
    agenda = taking.lock_by_id(session, entry.agenda_id, now=now)
    session.refresh(entry)
    return agenda, entry


def _release_offer(
    session: Session, agenda: AgendaContext, entry: WaitlistEntry, *, now: datetime
) -> None:
    kept = places.find_open_offer(session, entry)
    if kept is not None:
        freeing.end_waitlist_offer(session, agenda, kept, now=now)


def _create_entry(agenda: AgendaContext, wish: WaitlistRequest, *, now: datetime) -> WaitlistEntry:
    today = clock.to_local_day(now)
    first = max(wish.first or today, today)
    last = wish.last or agenda.last_day(now)
    if last < first:
        raise InvalidError("Estes dias já passaram.", {"to": "Escolha um dia que ainda vem."})
    if last - today > MAX_WAITLIST_SPAN:
        raise InvalidError("Espere no máximo um ano.", {"to": "Escolha um dia até daqui a um ano."})
    if wish.modality:
        taking.resolve_modality(agenda, clock.from_wall_clock(first, 12), wish.modality)
    entry = WaitlistEntry(
        agenda_id=agenda.id,
        first_day=first,
        last_day=last,
        modality=wish.modality,
        token_hash="",
        name=wish.name,
        oab=wish.oab,
        email=wish.email,
        phone=wish.phone,
        case_number=wish.case_number,
        subject=wish.subject,
        created_at=now,
    )
    tokens.set_token(entry, text.generate_token())
    return entry


def _notify_joined(
    session: Session, agenda: AgendaContext, entry: WaitlistEntry, *, now: datetime
) -> None:
    letters.notify_waitlisted(
        session,
        agenda,
        thread=topics.waitlist_thread(entry),
        email=entry.email,
        name=entry.name,
        oab=entry.oab,
        days=(entry.first_day, entry.last_day),
        page_url=letters.waitlist_url(tokens.token_of(entry)),
        now=now,
    )
