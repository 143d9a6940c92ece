"""The waiting list: entering it, seeing one's place, leaving it."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.agenda import freeing, letters, queries, taking, tokens
from canais_app.agenda.availability import Published
from canais_app.agenda.errors import AlreadyWaitingError, NoSuchPlaceError
from canais_app.agenda.models import Appointment, Status, Waiting, WaitlistEntry
from canais_app.agenda.requests import WaitlistRequest
from canais_app.agenda.views import WaitingPlace
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError

MOST_WAIT = timedelta(days=366)


def join(session: Session, slug: str, wish: WaitlistRequest, *, now: datetime) -> str:
    """Enter an agenda's line, and return the token of one's place.

    Without days it is from today to the last day that can be booked.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        AlreadyWaitingError: this OAB is in line already.
        InvalidError: the days are over, or the agenda does not offer the modality.
    """
    agenda = taking.locked(session, slug, now=now)
    entry = _entry(agenda, wish, now=now)
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError:
        raise AlreadyWaitingError from None
    _welcome(session, agenda, entry, now=now)
    return tokens.of(entry)


def leave(session: Session, token: str, *, now: datetime) -> None:
    """Leave the line; a time that is kept goes to the next. A second time changes nothing.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    entry = _by_token(session, token)
    agenda = taking.locked_by_id(session, entry.agenda_id, now=now)
    session.refresh(entry)
    if entry.status not in (Waiting.WAITING, Waiting.OFFERED):
        return
    kept = _offer_to(session, entry)
    entry.status = Waiting.LEFT
    session.add(entry)
    session.flush()
    if kept is not None:
        freeing.end_offer(session, agenda, kept, now=now)
    live.touch(session, queries.waiting_thread(entry))


def place(session: Session, token: str, *, now: datetime) -> WaitingPlace:
    """Return what the page of a place in the line shows.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    return _place(session, _by_token(session, token), now=now)


def place_by_id(session: Session, entry_id: int, *, now: datetime) -> WaitingPlace:
    """Return the same by its id, for the live rooms that private links have opened.

    Raises:
        NoSuchPlaceError: its data were anonymised meanwhile.
    """
    entry = session.get(WaitlistEntry, entry_id)
    if entry is None or entry.anonymised_at:
        raise NoSuchPlaceError
    return _place(session, entry, now=now)


def _entry(agenda: Published, wish: WaitlistRequest, *, now: datetime) -> WaitlistEntry:
    today = clock.local_day(now)
    first = max(wish.first or today, today)
    last = wish.last or agenda.last_day(now)
    if last < first:
        raise InvalidError("Estes dias já passaram.", {"to": "Escolha um dia que ainda vem."})
    if last - today > MOST_WAIT:
        raise InvalidError("Espere no máximo um ano.", {"to": "Escolha um dia até daqui a um ano."})
    if wish.modality:
        taking.modality(agenda, clock.at(first, 12), wish.modality)
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
    tokens.give(entry, text.new_token())
    return entry


def _welcome(session: Session, agenda: Published, entry: WaitlistEntry, *, now: datetime) -> None:
    letters.tell_waitlisted(
        session,
        agenda,
        thread=queries.waiting_thread(entry),
        email=entry.email,
        name=entry.name,
        oab=entry.oab,
        days=(entry.first_day, entry.last_day),
        page_url=letters.place_url(tokens.of(entry)),
        now=now,
    )


def _by_token(session: Session, token: str) -> WaitlistEntry:
    asked = select(WaitlistEntry).where(col(WaitlistEntry.token_hash) == text.token_hash(token))
    entry = session.exec(asked).first()
    if entry is None or entry.anonymised_at:
        raise NoSuchPlaceError
    return entry


def _offer_to(session: Session, entry: WaitlistEntry) -> Appointment | None:
    asked = select(Appointment).where(
        col(Appointment.waitlist_id) == entry.id, col(Appointment.status) == Status.OFFERED
    )
    return session.exec(asked).first()


def _place(session: Session, entry: WaitlistEntry, *, now: datetime) -> WaitingPlace:
    agenda = queries.by_id(session, entry.agenda_id, now=now)
    kept = _offer_to(session, entry)
    until = kept.expires_at if kept else None
    return WaitingPlace(
        thread=queries.waiting_thread(entry),
        agenda=agenda.row.title,
        agenda_slug=agenda.row.slug,
        status=entry.status,
        first_day=entry.first_day.isoformat(),
        last_day=entry.last_day.isoformat(),
        days_words=f"{text.date_words(entry.first_day)} a {text.date_words(entry.last_day)}",
        modality=entry.modality,
        ahead=_ahead(session, entry),
        offer_token=tokens.of(kept) if kept else "",
        offer_until=queries.rfc3339(until) if until else "",
        offer_words=queries.full_words(kept.starts_at) if kept else "",
        offer_until_words=queries.full_words(until) if until else "",
    )


def _ahead(session: Session, entry: WaitlistEntry) -> int:
    """Count those before this one whose days overlap with theirs."""
    asked = select(func.count()).where(
        col(WaitlistEntry.agenda_id) == entry.agenda_id,
        col(WaitlistEntry.status) == Waiting.WAITING,
        col(WaitlistEntry.id) < entry.id,
        col(WaitlistEntry.first_day) <= entry.last_day,
        col(WaitlistEntry.last_day) >= entry.first_day,
    )
    return session.exec(asked).one()
