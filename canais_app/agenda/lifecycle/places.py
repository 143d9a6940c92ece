"""A place in the waiting list as its owner sees it."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.errors import WaitlistEntryNotFoundError
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.views import WaitlistEntryView
from canais_app.agenda.words import format_full_start
from canais_app.kit import clock, text


def load_entry_by_token(session: Session, token: str) -> WaitlistEntry:
    """Return the place that a private link opens.

    Raises:
        NoSuchPlaceError: the link leads nowhere, or its data were anonymised meanwhile.
    """
    asked = select(WaitlistEntry).where(col(WaitlistEntry.token_hash) == text.hash_token(token))
    return _require_entry(session.exec(asked).first())


def load_waitlist_view(session: Session, token: str, *, now: datetime) -> WaitlistEntryView:
    """Return what the page of a place in the line shows.

    Raises:
        NoSuchPlaceError: the link leads nowhere.
    """
    return _waitlist_view(session, load_entry_by_token(session, token), now=now)


def load_waitlist_view_by_id(
    session: Session, entry_id: int, *, now: datetime
) -> WaitlistEntryView:
    """Return the same by its id, for the live rooms that private links have opened.

    Raises:
        NoSuchPlaceError: its data were anonymised meanwhile.
    """
    return _waitlist_view(session, _require_entry(session.get(WaitlistEntry, entry_id)), now=now)


def find_latest_offer(session: Session, entry: WaitlistEntry) -> Appointment | None:
    """Return the time that was offered to a place last, whatever became of it."""
    asked = select(Appointment).where(col(Appointment.waitlist_id) == entry.id)
    return session.exec(asked.order_by(col(Appointment.id).desc())).first()


def find_open_offer(session: Session, entry: WaitlistEntry) -> Appointment | None:
    """Return the time that is kept for a place now."""
    row = find_latest_offer(session, entry)
    return row if row is not None and row.status == AppointmentStatus.OFFERED else None


def _require_entry(entry: WaitlistEntry | None) -> WaitlistEntry:
    if entry is None or entry.anonymised_at:
        raise WaitlistEntryNotFoundError
    return entry


def _waitlist_view(session: Session, entry: WaitlistEntry, *, now: datetime) -> WaitlistEntryView:
    agenda = queries.load_by_id(session, entry.agenda_id, now=now)
    last = find_latest_offer(session, entry)
    offer = last if last and last.status == AppointmentStatus.OFFERED else None
    until = offer.expires_at if offer else None
    return WaitlistEntryView(
        id=entry.id or 0,
        agenda_id=entry.agenda_id,
        agenda=agenda.row.title,
        agenda_slug=agenda.row.slug,
        is_published=agenda.row.published,
        status=entry.status,
        first_day=entry.first_day.isoformat(),
        last_day=entry.last_day.isoformat(),
        days_words=f"{text.format_date(entry.first_day)} a {text.format_date(entry.last_day)}",
        modality=entry.modality,
        ahead=_count_ahead(session, entry),
        offer_token=tokens.token_of(offer) if offer else "",
        offer_until=clock.to_rfc3339(until) if until else "",
        offer_words=format_full_start(offer.starts_at) if offer else "",
        offer_until_words=format_full_start(until) if until else "",
        passed_words=_passed_offer_text(entry, last),
        booked_token=tokens.token_of(last)
        if last and entry.status == WaitlistStatus.BOOKED
        else "",
    )


def _passed_offer_text(entry: WaitlistEntry, last: Appointment | None) -> str:
    """Return which time was declined or not answered in time by somebody who still waits."""
    is_past = (
        entry.status == WaitlistStatus.WAITING and last and last.status == AppointmentStatus.EXPIRED
    )
    return format_full_start(last.starts_at) if is_past and last else ""


def _count_ahead(session: Session, entry: WaitlistEntry) -> int:
    """Count those before this one whose days overlap with theirs."""
    asked = select(func.count()).where(
        col(WaitlistEntry.agenda_id) == entry.agenda_id,
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
        col(WaitlistEntry.id) < entry.id,
        col(WaitlistEntry.first_day) <= entry.last_day,
        col(WaitlistEntry.last_day) >= entry.first_day,
    )
    return session.exec(asked).one()
