"""Keeping a time for one lawyer: from the waiting list, or instead of one the gabinete cancelled.

An offer is an active row: nobody else can have the time while it lasts.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from canais_app.agenda import tokens, topics
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import Slot, do_overlap
from canais_app.agenda.booking import storage
from canais_app.agenda.models import (
    Appointment,
    AppointmentStatus,
    Modality,
    WaitlistEntry,
    WaitlistStatus,
)
from canais_app.agenda.notifications import appointments
from canais_app.expediente.calendar import Span
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.appointments import Alternative

OfferRecipient = Appointment | WaitlistEntry
_WAITLIST_QUERY = (
    select(WaitlistEntry)
    .where(
        col(WaitlistEntry.agenda_id) == bindparam("agenda_id"),
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
        col(WaitlistEntry.created_at) <= bindparam("freed_at"),
        col(WaitlistEntry.first_day) <= bindparam("last"),
        col(WaitlistEntry.last_day) >= bindparam("first"),
    )
    .order_by(col(WaitlistEntry.id))
)


def offer_to_waitlist(  # noqa: PLR0913 (a time, since when, and who has had it)
    session: Session,
    agenda: AgendaContext,
    span: Span,
    *,
    freed_at: datetime,
    now: datetime,
    had: Sequence[tuple[str, Span]] | None = None,
) -> list[appointments.ChangeOf]:
    """Offer what is free in `span` to those in line, in order of entry; one offer for each.

    Returns what they are to be told.

    Only who was in line when it was freed, whose days, modality and limits fit, and who did not
    give up or let pass this very time: times are not traded. `had` is whose that was, by OAB and
    part of it, where the caller knows.
    """
    told: list[appointments.ChangeOf] = []
    line = _waiting_entries(session, agenda, freed_at=freed_at, span=span)
    if line and had is None:
        had = _excluded_lawyers(session, agenda, span, freed_at)
    while line and (found := _first_match(session, agenda, line, span, had or (), now=now)):
        slot, entry = found
        line.remove(entry)
        lasts = timedelta(minutes=agenda.terms_at(slot.start).offer_minutes)
        until = offer_deadline(agenda, slot, lasts, now=now)
        entry.status = WaitlistStatus.OFFERED
        session.add(entry)  # written together with the offer
        row = store_offer(session, agenda, slot, entry, until=until, now=now, freed_at=freed_at)
        told.append((row, appointments.AppointmentChange(messages.OFFERED, until=until)))
        storage.emit_changes(session, agenda.id, row)
        live.emit(session, topics.waitlist_topic(agenda.id))
    return told


def store_offer(  # noqa: PLR0913 (a time, whose, and until when)
    session: Session,
    agenda: AgendaContext,
    slot: Slot,
    person: OfferRecipient,
    *,
    until: datetime,
    now: datetime,
    freed_at: datetime | None = None,
) -> Appointment:
    """Store the offer of a slot: to who waits in line, or instead of an appointment.

    Raises:
        SlotTakenError: somebody else has it.
    """
    token = text.generate_token()
    row = storage.create_row(agenda, slot, AppointmentStatus.OFFERED, now=now, token=token)
    storage.assign_token_and_code(row, token)
    row.expires_at, row.freed_at = until, freed_at
    if isinstance(person, WaitlistEntry):
        row.waitlist_id = person.id
    else:
        row.alternative_to = person.id
    row.modality = _modality(agenda, slot, person)
    row.name, row.oab = person.name, person.oab
    row.email, row.phone = person.email, person.phone
    row.case_number, row.subject = person.case_number, person.subject
    storage.insert_or_conflict(session, row)
    return row


def offer_deadline(
    agenda: AgendaContext, slot: Slot, lasts: timedelta, *, now: datetime
) -> datetime:
    """Return until when an offer is kept: as long as it lasts, but not into the notice."""
    notice = timedelta(minutes=agenda.terms_at(slot.start).notice_minutes)
    return min(now + lasts, slot.start - notice)


def _modality(agenda: AgendaContext, slot: Slot, person: OfferRecipient) -> str:
    offered = agenda.terms_at(slot.start).modalities
    return person.modality if person.modality in offered else Modality(offered[0])


def _waiting_entries(
    session: Session, agenda: AgendaContext, *, freed_at: datetime, span: Span
) -> list[WaitlistEntry]:
    first, last = _court_days(span)
    named = {"agenda_id": agenda.id, "freed_at": freed_at, "first": first, "last": last}
    return list(session.exec(_WAITLIST_QUERY, params=named).all())


def _court_days(span: Span) -> tuple[date, date]:
    return clock.to_local_day(span[0]), clock.to_local_day(span[1])


def _first_match(  # noqa: PLR0913 (a time, and who may have it)
    session: Session,
    agenda: AgendaContext,
    line: Sequence[WaitlistEntry],
    span: Span,
    barred: Sequence[tuple[str, Span]],
    *,
    now: datetime,
) -> tuple[Slot, WaitlistEntry] | None:
    for slot in _free_in(session, agenda, span, now=now):
        for entry in line:
            if _can_be_offered(session, agenda, slot, entry, barred, now=now):
                return slot, entry
    return None


def _free_in(
    session: Session, agenda: AgendaContext, span: Span, *, now: datetime
) -> Iterator[Slot]:
    first, last = _court_days(span)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    plans = availability.plan_days(session, agenda, days, now=now, for_the_line=True, clearing=True)
    free = [
        slot
        for slot in availability.list_free_slots(plans)
        if do_overlap((slot.start, slot.end), span)
    ]
    # The very time that was given up comes before those that only overlap it.
    yield from sorted(free, key=lambda slot: abs(slot.start - span[0]))


def _excluded_lawyers(
    session: Session, agenda: AgendaContext, span: Span, freed_at: datetime
) -> list[tuple[str, Span]]:
    """Return who has given up or let pass which part of this freed time."""
    rows = session.exec(
        select(Appointment.oab, Appointment.starts_at, Appointment.ends_at).where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.freed_at) == freed_at,
            col(Appointment.starts_at) < span[1],
            col(Appointment.ends_at) > span[0],
        )
    )
    return [(oab, (start, end)) for oab, start, end in rows]


def _can_be_offered(  # noqa: PLR0913 (a time, and who may have it)
    session: Session,
    agenda: AgendaContext,
    slot: Slot,
    entry: WaitlistEntry,
    barred: Sequence[tuple[str, Span]],
    *,
    now: datetime,
) -> bool:
    mine = (slot.start, slot.end)
    return (
        entry.first_day <= clock.to_local_day(slot.start) <= entry.last_day
        and (not entry.modality or entry.modality in agenda.terms_at(slot.start).modalities)
        and not any(oab == entry.oab and do_overlap(mine, span) for oab, span in barred)
        and limits.load_and_check_limits(
            session, agenda, slot.start, entry.oab, entry.case_number, now=now
        )
        is None
    )


ALTERNATIVE_LIFETIME = timedelta(hours=48)
MAX_ALTERNATIVES = 3


def offer_alternatives(
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    chosen: Sequence[datetime] | None,
    *,
    now: datetime,
) -> tuple[list[Alternative], datetime | None]:
    """Keep other times for the lawyer of `row`; return their links, and until when they hold.

    Without a choice they are the nearest free ones.

    Raises:
        InvalidError: more than three.
        SlotTakenError: somebody has one of them.
        SlotUnavailableError: the agenda does not offer it.
    """
    starts = find_nearest_slots(session, agenda, row, now=now) if chosen is None else chosen
    if len(starts) > MAX_ALTERNATIVES:
        raise InvalidError(f"Ofereça até {MAX_ALTERNATIVES} horários.")
    kept = [
        _store_alternative(session, agenda, row, start, now=now) for start in sorted(set(starts))
    ]
    links = [
        Alternative(one.starts_at, appointments.appointment_url(tokens.token_of(one)))
        for one in kept
    ]
    return links, min((one.expires_at for one in kept if one.expires_at), default=None)


def find_nearest_slots(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> list[datetime]:
    """Return the free times of the next three days that have one, near the hour of `row`."""
    last = agenda.last_day(now)
    today = clock.to_local_day(now)
    days = [today + timedelta(days=n) for n in range((last - today).days + 1)]
    plans = availability.plan_days(session, agenda, days, now=now)
    return limits.choose_alternatives(plans, instead_of=row.starts_at, limit=MAX_ALTERNATIVES)


def _store_alternative(
    session: Session, agenda: AgendaContext, row: Appointment, start: datetime, *, now: datetime
) -> Appointment:
    slot: Slot = availability.find_free_slot(session, agenda, storage.parse_start(start), now=now)
    until = offer_deadline(agenda, slot, ALTERNATIVE_LIFETIME, now=now)
    return store_offer(session, agenda, slot, row, until=until, now=now)
