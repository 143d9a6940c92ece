"""The waiting list: entering it, declining what is offered, leaving it."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from canais_app.agenda import tokens, topics
from canais_app.agenda.errors import AlreadyWaitingError
from canais_app.agenda.lifecycle import freeing, places, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Waiting, WaitlistEntry
from canais_app.agenda.requests import WaitlistRequest
from canais_app.agenda.times.availability import Published
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
    agenda, entry = _owned(session, token, now=now)
    if entry.status not in (Waiting.WAITING, Waiting.OFFERED):
        return
    entry.status = Waiting.LEFT
    session.add(entry)
    session.flush()
    _pass_on(session, agenda, entry, now=now)
    live.touch(session, topics.line(agenda.id))


def decline(session: Session, token: str, *, now: datetime) -> None:
    """Let the time that is kept go to the next, and keep one's place. Nothing kept: no change.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    agenda, entry = _owned(session, token, now=now)
    _pass_on(session, agenda, entry, now=now)


def _owned(session: Session, token: str, *, now: datetime) -> tuple[Published, WaitlistEntry]:
    entry = places.by_token(session, token)
    agenda = taking.locked_by_id(session, entry.agenda_id, now=now)
    session.refresh(entry)
    return agenda, entry


def _pass_on(session: Session, agenda: Published, entry: WaitlistEntry, *, now: datetime) -> None:
    kept = places.kept(session, entry)
    if kept is not None:
        freeing.end_offer(session, agenda, kept, now=now)


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
        thread=topics.place(entry),
        email=entry.email,
        name=entry.name,
        oab=entry.oab,
        days=(entry.first_day, entry.last_day),
        page_url=letters.place_url(tokens.of(entry)),
        now=now,
    )
