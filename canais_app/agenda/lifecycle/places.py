"""A place in the waiting list as its owner sees it."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.errors import NoSuchPlaceError
from canais_app.agenda.models import Appointment, Status, Waiting, WaitlistEntry
from canais_app.agenda.views import WaitingPlace
from canais_app.agenda.words import full_words
from canais_app.kit import clock, text


def by_token(session: Session, token: str) -> WaitlistEntry:
    """Return the place that a private link opens.

    Raises:
        NoSuchPlaceError: the link leads nowhere, or its data were anonymised meanwhile.
    """
    asked = select(WaitlistEntry).where(col(WaitlistEntry.token_hash) == text.token_hash(token))
    return _named(session.exec(asked).first())


def place(session: Session, token: str, *, now: datetime) -> WaitingPlace:
    """Return what the page of a place in the line shows.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    return _place(session, by_token(session, token), now=now)


def place_by_id(session: Session, entry_id: int, *, now: datetime) -> WaitingPlace:
    """Return the same by its id, for the live rooms that private links have opened.

    Raises:
        NoSuchPlaceError: its data were anonymised meanwhile.
    """
    return _place(session, _named(session.get(WaitlistEntry, entry_id)), now=now)


def latest(session: Session, entry: WaitlistEntry) -> Appointment | None:
    """Return the time that was offered to a place last, whatever became of it."""
    asked = select(Appointment).where(col(Appointment.waitlist_id) == entry.id)
    return session.exec(asked.order_by(col(Appointment.id).desc())).first()


def kept(session: Session, entry: WaitlistEntry) -> Appointment | None:
    """Return the time that is kept for a place now."""
    row = latest(session, entry)
    return row if row is not None and row.status == Status.OFFERED else None


def _named(entry: WaitlistEntry | None) -> WaitlistEntry:
    if entry is None or entry.anonymised_at:
        raise NoSuchPlaceError
    return entry


def _place(session: Session, entry: WaitlistEntry, *, now: datetime) -> WaitingPlace:
    agenda = queries.by_id(session, entry.agenda_id, now=now)
    last = latest(session, entry)
    offer = last if last and last.status == Status.OFFERED else None
    until = offer.expires_at if offer else None
    return WaitingPlace(
        id=entry.id or 0,
        agenda_id=entry.agenda_id,
        agenda=agenda.row.title,
        agenda_slug=agenda.row.slug,
        is_published=agenda.row.published,
        status=entry.status,
        first_day=entry.first_day.isoformat(),
        last_day=entry.last_day.isoformat(),
        days_words=f"{text.date_words(entry.first_day)} a {text.date_words(entry.last_day)}",
        modality=entry.modality,
        ahead=_ahead(session, entry),
        offer_token=tokens.of(offer) if offer else "",
        offer_until=clock.rfc3339(until) if until else "",
        offer_words=full_words(offer.starts_at) if offer else "",
        offer_until_words=full_words(until) if until else "",
        passed_words=_passed(entry, last),
        booked_token=tokens.of(last) if last and entry.status == Waiting.SERVED else "",
    )


def _passed(entry: WaitlistEntry, last: Appointment | None) -> str:
    """Return which time was declined or not answered in time by somebody who still waits."""
    is_past = entry.status == Waiting.WAITING and last and last.status == Status.EXPIRED
    return full_words(last.starts_at) if is_past and last else ""


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
