"""The other times that the gabinete offers when it cancels: three, kept for 48 hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.agenda import tokens
from canais_app.agenda.lifecycle import offering, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment
from canais_app.agenda.times import availability, policies
from canais_app.agenda.times.availability import AgendaContext
from canais_app.agenda.times.seats import Slot
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError
from canais_app.outbox.appointments import Alternative

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
        Alternative(one.starts_at, letters.appointment_url(tokens.token_of(one))) for one in kept
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
    return policies.choose_alternatives(plans, instead_of=row.starts_at, limit=MAX_ALTERNATIVES)


def _store_alternative(
    session: Session, agenda: AgendaContext, row: Appointment, start: datetime, *, now: datetime
) -> Appointment:
    slot: Slot = availability.find_free_slot(session, agenda, taking.parse_start(start), now=now)
    until = offering.offer_deadline(agenda, slot, ALTERNATIVE_LIFETIME, now=now)
    return offering.store_offer(session, agenda, slot, row, until=until, now=now)
