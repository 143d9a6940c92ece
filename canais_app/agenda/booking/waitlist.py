"""The waiting list: entering it, declining what is offered, leaving it."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens, topics
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import expiry, storage
from canais_app.agenda.errors import AlreadyOnWaitlistError, WaitlistEntryNotFoundError
from canais_app.agenda.formatting import format_full_start
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.agenda.views import WaitlistEntryView
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError


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


MAX_WAITLIST_SPAN = timedelta(days=366)


def join_waitlist(session: Session, slug: str, request: WaitlistRequest, *, now: datetime) -> str:
    """Enter an agenda's line, and return the token of one's place.

    Without days it is from today to the last day that can be booked.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        AlreadyWaitingError: this OAB is in line already.
        InvalidError: the days are over, or the agenda does not offer the modality.
    """
    agenda = storage.lock_published(session, slug, now=now)
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
    entry = load_entry_by_token(session, token)
    agenda = storage.lock_by_id(session, entry.agenda_id, now=now)
    session.refresh(entry)
    return agenda, entry


def _release_offer(
    session: Session, agenda: AgendaContext, entry: WaitlistEntry, *, now: datetime
) -> None:
    kept = find_open_offer(session, entry)
    if kept is not None:
        expiry.end_waitlist_offer(session, agenda, kept, now=now)


def _create_entry(agenda: AgendaContext, wish: WaitlistRequest, *, now: datetime) -> WaitlistEntry:
    today = clock.to_local_day(now)
    first = max(wish.first or today, today)
    last = wish.last or agenda.last_day(now)
    if last < first:
        raise InvalidError("Estes dias já passaram.", {"to": "Escolha um dia que ainda vem."})
    if last - today > MAX_WAITLIST_SPAN:
        raise InvalidError("Espere no máximo um ano.", {"to": "Escolha um dia até daqui a um ano."})
    if wish.modality:
        storage.resolve_modality(agenda, clock.from_wall_clock(first, 12), wish.modality)
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
    appointments.notify_waitlisted(
        session,
        agenda,
        thread=topics.waitlist_thread(entry),
        email=entry.email,
        name=entry.name,
        oab=entry.oab,
        days=(entry.first_day, entry.last_day),
        page_url=appointments.waitlist_url(tokens.token_of(entry)),
        now=now,
    )
