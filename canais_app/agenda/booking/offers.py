"""Offer a slot to one lawyer: from the waiting list, or instead of a cancelled appointment.

An offer is an active row: it blocks the slot until it is accepted, declined or expired.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import tokens
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
from canais_app.kit import clock, text
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.appointment_messages import Alternative

ALTERNATIVE_LIFETIME = timedelta(hours=48)
MAX_ALTERNATIVES = 3
MAX_NOTICES = 3  # to who would exchange their time for an earlier one, at most one a day
TOO_NEAR_TEXT = "Este horário está perto demais: a pessoa não teria tempo de ler e aceitar."
# Lawyers (by OAB) who must not be offered the slots that overlap a span.
Exclusions = Sequence[tuple[str, Span]]


def offer_to_waitlist(  # noqa: PLR0913 (a span, when it was freed, and exclusions)
    session: Session,
    agenda: AgendaContext,
    span: Span,
    *,
    freed_at: datetime,
    now: datetime,
    excluded: Exclusions | None = None,
) -> list[appointments.ChangeOf]:
    """Offer the free slots in `span` to the waiting list, first come first served, one each.

    Only entries older than `freed_at` whose days, modality and limits fit. Lawyers who cancelled
    or declined the same slot are excluded, so that slots are not traded: `excluded`, or read from
    the database when it is None. Returns the offers to notify.
    """
    offered: list[appointments.ChangeOf] = []
    if not agenda.row.published:
        return offered
    entries = _waiting_entries(session, agenda, freed_at=freed_at, span=span)
    if entries and excluded is None:
        excluded = _load_exclusions(session, agenda, span, freed_at)
    while entries and (
        found := _first_match(session, agenda, entries, span, excluded or (), now=now)
    ):
        slot, entry = found
        entries.remove(entry)
        until = _waitlist_deadline(agenda, slot, now=now)
        storage.set_entry_status(session, entry, WaitlistStatus.OFFERED)
        row = _store_offer(session, agenda, slot, entry, until=until, now=now, freed_at=freed_at)
        kept = _note_notice(session, entry, now=now)
        change = appointments.AppointmentChange(messages.OFFERED, until=until, kept_start=kept)
        offered.append((row, change))
        storage.emit_changes(session, agenda.id, row)
    return offered


def offer_alternatives(
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    starts: Sequence[datetime] | None,
    *,
    now: datetime,
) -> tuple[list[Alternative], datetime | None]:
    """Offer other slots to the lawyer of a cancelled appointment; return links and deadline.

    `starts` None: the nearest free ones.

    Raises:
        InvalidError: more than three, or one is so near that nobody would read of it in time.
        SlotTakenError: another person has one of them.
        SlotNotOfferedError: the agenda does not offer one of them.
    """
    if starts is None:
        starts = find_nearest_slots(session, agenda, row, now=now)
    if len(starts) > MAX_ALTERNATIVES:
        raise InvalidError(f"Ofereça até {MAX_ALTERNATIVES} horários.")
    rows: list[Appointment] = []
    for start in sorted(set(starts)):
        slot = availability.find_free_slot(
            session, agenda, storage.parse_start(start), now=now, kind=row.attendance_kind
        )
        until = _offer_deadline(agenda, slot, now + ALTERNATIVE_LIFETIME)
        if not _is_long_enough(until, now=now):
            raise InvalidError(TOO_NEAR_TEXT)
        rows.append(_store_offer(session, agenda, slot, row, until=until, now=now))
    links = [
        Alternative(offer.starts_at, appointments.appointment_url(tokens.token_of(offer)))
        for offer in rows
    ]
    return links, min((offer.expires_at for offer in rows if offer.expires_at), default=None)


def find_nearest_slots(
    session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime
) -> list[datetime]:
    """Return the free slots nearest to the hour of `row`, on three days that have any."""
    days = _days_between(clock.to_local_day(now), agenda.last_day(now))
    plans = [
        replace(
            plan,
            slots=tuple(
                slot
                for slot in plan.slots
                if _is_long_enough(
                    _offer_deadline(agenda, slot, now + ALTERNATIVE_LIFETIME), now=now
                )
            ),
        )
        for plan in availability.plan_days(session, agenda, days, now=now, kind=row.attendance_kind)
    ]
    return limits.choose_alternatives(plans, instead_of=row.starts_at, limit=MAX_ALTERNATIVES)


def _store_offer(  # noqa: PLR0913 (a slot, a lawyer, and a deadline)
    session: Session,
    agenda: AgendaContext,
    slot: Slot,
    lawyer: Appointment | WaitlistEntry,
    *,
    until: datetime,
    now: datetime,
    freed_at: datetime | None = None,
) -> Appointment:
    token = text.generate_token()
    row = storage.create_row(agenda, slot, AppointmentStatus.OFFERED, now=now, token=token)
    storage.assign_token_and_code(row, token)
    storage.copy_lawyer(row, lawyer)
    row.expires_at, row.freed_at = until, freed_at
    if isinstance(lawyer, WaitlistEntry):
        row.waitlist_id = lawyer.id
    else:
        row.alternative_to, row.attendance_kind = lawyer.id, lawyer.attendance_kind
    terms = agenda.terms_at(slot.start)
    modalities = terms.modalities_of(row.attendance_kind) or terms.modalities
    row.modality = lawyer.modality if lawyer.modality in modalities else Modality(modalities[0])
    storage.insert_or_conflict(session, row)
    return row


def _offer_deadline(agenda: AgendaContext, slot: Slot, latest: datetime) -> datetime:
    """Return when an offer expires: `latest`, or before, when the slot's notice begins."""
    notice = timedelta(minutes=agenda.terms_at(slot.start).notice_minutes)
    return min(latest, slot.start - notice)


def _waitlist_deadline(agenda: AgendaContext, slot: Slot, *, now: datetime) -> datetime:
    """Return when an offer to the waiting list expires: it lasts waking hours."""
    minutes = timedelta(minutes=agenda.terms_at(slot.start).offer_minutes)
    lasts = max(minutes, limits.MIN_OFFER_TIME)
    return _offer_deadline(agenda, slot, limits.add_waking_time(now, lasts))


def _is_long_enough(until: datetime, *, now: datetime) -> bool:
    """Whether an offer that expires then leaves the time to read it."""
    return until >= limits.add_waking_time(now, limits.MIN_OFFER_TIME)


def _waiting_entries(
    session: Session, agenda: AgendaContext, *, freed_at: datetime, span: Span
) -> list[WaitlistEntry]:
    first, last = map(clock.to_local_day, span)
    asked = select(WaitlistEntry).where(
        col(WaitlistEntry.agenda_id) == agenda.id,
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
        col(WaitlistEntry.created_at) <= freed_at,
        col(WaitlistEntry.first_day) <= last,
        col(WaitlistEntry.last_day) >= first,
    )
    # Who has no time at all comes before who would exchange one.
    has_none = col(WaitlistEntry.appointment_id).is_(None).desc()
    return list(session.exec(asked.order_by(has_none, col(WaitlistEntry.id))))


def _first_match(  # noqa: PLR0913 (slots, entries and exclusions)
    session: Session,
    agenda: AgendaContext,
    entries: Sequence[WaitlistEntry],
    span: Span,
    excluded: Exclusions,
    *,
    now: datetime,
) -> tuple[Slot, WaitlistEntry] | None:
    for slot in _free_slots(session, agenda, span, now=now):
        for entry in entries:
            if _can_be_offered(session, agenda, slot, entry, excluded, now=now):
                return slot, entry
    return None


def _free_slots(
    session: Session, agenda: AgendaContext, span: Span, *, now: datetime
) -> list[Slot]:
    """Return the free slots that overlap a span; the one that was freed comes first."""
    days = _days_between(*map(clock.to_local_day, span))
    plans = availability.plan_days(session, agenda, days, now=now, for_waitlist=True, clearing=True)
    free = (
        slot
        for slot in availability.list_free_slots(plans)
        if do_overlap((slot.start, slot.end), span)
        and _is_long_enough(_waitlist_deadline(agenda, slot, now=now), now=now)
    )
    return sorted(free, key=lambda slot: abs(slot.start - span[0]))


def _days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _load_exclusions(
    session: Session, agenda: AgendaContext, span: Span, freed_at: datetime
) -> Exclusions:
    """Return the lawyers who cancelled or did not accept a part of this freed span."""
    rows = session.exec(
        select(Appointment.oab, Appointment.starts_at, Appointment.ends_at).where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.freed_at) == freed_at,
            col(Appointment.starts_at) < span[1],
            col(Appointment.ends_at) > span[0],
        )
    )
    return [(oab, (start, end)) for oab, start, end in rows]


def _can_be_offered(  # noqa: PLR0913 (a slot, an entry and exclusions)
    session: Session,
    agenda: AgendaContext,
    slot: Slot,
    entry: WaitlistEntry,
    excluded: Exclusions,
    *,
    now: datetime,
) -> bool:
    span = (slot.start, slot.end)
    lawyer: WaitlistEntry | Appointment = entry
    if entry.appointment_id is not None:
        lawyer = session.get_one(Appointment, entry.appointment_id)
        if not _is_earlier(slot, entry, lawyer, now=now):
            return False
    return (
        entry.first_day <= clock.to_local_day(slot.start) <= entry.last_day
        and (not entry.modality or entry.modality in agenda.terms_at(slot.start).modalities_of(""))
        and not any(oab == entry.oab and do_overlap(span, other) for oab, other in excluded)
        and limits.load_exceeded_limit(session, agenda, slot.start, lawyer, now=now) is None
    )


def _is_earlier(slot: Slot, entry: WaitlistEntry, own: Appointment, *, now: datetime) -> bool:
    """Whether an entry that holds a time may be told of an earlier one."""
    return (
        own.status == AppointmentStatus.CONFIRMED
        and now < slot.start < own.starts_at
        and entry.notices < MAX_NOTICES
        and entry.last_notice_on != clock.to_local_day(now)
    )


def _note_notice(session: Session, entry: WaitlistEntry, *, now: datetime) -> datetime | None:
    """Count the notice of an entry that holds a time, and return that time."""
    if entry.appointment_id is None:
        return None
    entry.notices, entry.last_notice_on = entry.notices + 1, clock.to_local_day(now)
    return session.get_one(Appointment, entry.appointment_id).starts_at
