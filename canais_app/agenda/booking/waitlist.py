"""Join and leave the waiting list, decline its offers, and load what its page shows.

Functions that take a token raise `WaitlistEntryNotFoundError` when the link is unknown or the
entry has been anonymised.
"""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import expiry, storage
from canais_app.agenda.errors import AlreadyOnWaitlistError, WaitlistEntryNotFoundError
from canais_app.agenda.formatting import format_full_start
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.agenda.views import WaitlistEntryView
from canais_app.kit import clock, text
from canais_app.kit.errors import InvalidError

MAX_WAITLIST_SPAN = timedelta(days=366)


def _load_entry(session: Session, token: str) -> WaitlistEntry:
    """Return the entry of a private link."""
    has_token = col(WaitlistEntry.token_hash) == text.hash_token(token)
    return _require_entry(session.exec(select(WaitlistEntry).where(has_token)).first())


def load_waitlist_view(session: Session, token: str, *, now: datetime) -> WaitlistEntryView:
    """Return what the page of an entry shows."""
    return _waitlist_view(session, _load_entry(session, token), now=now)


def load_waitlist_view_by_id(
    session: Session, entry_id: int, *, now: datetime
) -> WaitlistEntryView:
    """Return the same by its id, for live subscriptions that a private link has opened.

    Raises:
        WaitlistEntryNotFoundError: its data have been anonymised.
    """
    return _waitlist_view(session, _require_entry(session.get(WaitlistEntry, entry_id)), now=now)


def _find_latest_offer(session: Session, entry: WaitlistEntry) -> Appointment | None:
    """Return the last offer to an entry, open or not."""
    asked = select(Appointment).where(col(Appointment.waitlist_id) == entry.id)
    return session.exec(asked.order_by(col(Appointment.id).desc())).first()


def _require_entry(entry: WaitlistEntry | None) -> WaitlistEntry:
    if entry is None or entry.anonymised_at:
        raise WaitlistEntryNotFoundError
    return entry


def _waitlist_view(session: Session, entry: WaitlistEntry, *, now: datetime) -> WaitlistEntryView:
    agenda = queries.load_by_id(session, entry.agenda_id, now=now)
    last = _find_latest_offer(session, entry)
    offer = last if last and last.status == AppointmentStatus.OFFERED else None
    until = offer.expires_at if offer else None
    booked = session.get(Appointment, entry.appointment_id) if entry.appointment_id else last
    was_booked = entry.status == WaitlistStatus.BOOKED
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
        booked_token=tokens.token_of(booked) if booked and was_booked else "",
    )


def _passed_offer_text(entry: WaitlistEntry, last: Appointment | None) -> str:
    """Return the slot that an entry still waiting declined or did not accept in time."""
    is_past = (
        entry.status == WaitlistStatus.WAITING and last and last.status == AppointmentStatus.EXPIRED
    )
    return format_full_start(last.starts_at) if is_past and last else ""


def _count_ahead(session: Session, entry: WaitlistEntry) -> int:
    """Count the entries before this one whose days overlap with its days."""
    asked = select(func.count()).where(
        col(WaitlistEntry.agenda_id) == entry.agenda_id,
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
        col(WaitlistEntry.id) < entry.id,
        col(WaitlistEntry.first_day) <= entry.last_day,
        col(WaitlistEntry.last_day) >= entry.first_day,
    )
    return session.exec(asked).one()


def join_waitlist(session: Session, slug: str, request: WaitlistRequest, *, now: datetime) -> str:
    """Add an entry to an agenda's waiting list and return its token.

    Without days it waits from today to the last day that can be booked.

    Raises:
        AgendaNotFoundError: there is no such agenda.
        AlreadyOnWaitlistError: this OAB has an entry already.
        InvalidError: the days are over, or the agenda does not attend this person in this way.
    """
    agenda = queries.load_published(session, slug, now=now, locked=True)
    entry = _create_entry(agenda, request, now=now)
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError:
        raise AlreadyOnWaitlistError from None
    appointments.notify_waitlisted(session, agenda, entry, now=now)
    return tokens.token_of(entry)


def leave_waitlist(session: Session, token: str, *, now: datetime) -> None:
    """Leave the waiting list and release an open offer. Leaving twice changes nothing."""
    agenda, entry = _lock_entry_by_token(session, token, now=now)
    if entry.status not in (WaitlistStatus.WAITING, WaitlistStatus.OFFERED):
        return
    storage.set_entry_status(session, entry, WaitlistStatus.LEFT)
    session.flush()
    _release_offer(session, agenda, entry, now=now)


def decline_offer(session: Session, token: str, *, now: datetime) -> None:
    """Decline the open offer and go on waiting. Without an open offer nothing changes."""
    agenda, entry = _lock_entry_by_token(session, token, now=now)
    _release_offer(session, agenda, entry, now=now)


def end_entry_of(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> None:
    """Take a cancelled appointment off the list of those who would exchange theirs."""
    asked = select(WaitlistEntry).where(
        col(WaitlistEntry.agenda_id) == agenda.id,
        col(WaitlistEntry.status).in_((WaitlistStatus.WAITING, WaitlistStatus.OFFERED)),
        col(WaitlistEntry.appointment_id) == row.id,
    )
    for entry in session.exec(asked).all():
        storage.set_entry_status(session, entry, WaitlistStatus.LEFT)
        session.flush()
        _release_offer(session, agenda, entry, now=now)


def _lock_entry_by_token(
    session: Session, token: str, *, now: datetime
) -> tuple[AgendaContext, WaitlistEntry]:
    entry = _load_entry(session, token)
    agenda = queries.load_by_id(session, entry.agenda_id, now=now, locked=True)
    session.refresh(entry)
    return agenda, entry


def _release_offer(
    session: Session, agenda: AgendaContext, entry: WaitlistEntry, *, now: datetime
) -> None:
    offer = _find_latest_offer(session, entry)
    if offer is not None and offer.status == AppointmentStatus.OFFERED:
        expiry.expire_and_release(session, agenda, offer, now=now)


def _create_entry(
    agenda: AgendaContext, request: WaitlistRequest, *, now: datetime
) -> WaitlistEntry:
    storage.require_requester(agenda, now, request.requester)
    today = clock.to_local_day(now)
    first = max(request.first or today, today)
    last = request.last or agenda.last_day(now)
    if last < first:
        raise InvalidError("Estes dias já passaram.", {"to": "Escolha um dia que ainda vem."})
    if last - today > MAX_WAITLIST_SPAN:
        raise InvalidError("Espere no máximo um ano.", {"to": "Escolha um dia até daqui a um ano."})
    if request.modality:
        storage.resolve_modality(agenda, clock.from_wall_clock(first, 12), request.modality)
    entry = WaitlistEntry(
        agenda_id=agenda.id,
        first_day=first,
        last_day=last,
        modality=request.modality,
        token_hash="",
        created_at=now,
    )
    storage.copy_lawyer(entry, request)
    tokens.set_token(entry, text.generate_token())
    return entry
