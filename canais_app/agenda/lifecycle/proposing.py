"""The other times that the gabinete offers when it cancels: three, kept for 48 hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.agenda import tokens
from canais_app.agenda.lifecycle import offering, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment
from canais_app.agenda.times import availability, policies
from canais_app.agenda.times.availability import Published
from canais_app.agenda.times.seats import Slot
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError
from canais_app.outbox.appointments import Alternative

KEPT_FOR = timedelta(hours=48)
MOST = 3


def keep(
    session: Session,
    agenda: Published,
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
    starts = nearest(session, agenda, row, now=now) if chosen is None else chosen
    if len(starts) > MOST:
        raise InvalidError(f"Ofereça até {MOST} horários.")
    kept = [_kept(session, agenda, row, start, now=now) for start in sorted(set(starts))]
    links = [Alternative(one.starts_at, letters.page_url(tokens.of(one))) for one in kept]
    return links, min((one.expires_at for one in kept if one.expires_at), default=None)


def nearest(
    session: Session, agenda: Published, row: Appointment, *, now: datetime
) -> list[datetime]:
    """Return the free times of the next three days that have one, near the hour of `row`."""
    last = agenda.last_day(now)
    today = clock.local_day(now)
    days = [today + timedelta(days=n) for n in range((last - today).days + 1)]
    plans = availability.plans(session, agenda, days, now=now)
    return policies.alternatives(plans, instead_of=row.starts_at, most=MOST)


def _kept(
    session: Session, agenda: Published, row: Appointment, start: datetime, *, now: datetime
) -> Appointment:
    slot: Slot = availability.find(session, agenda, taking.moment(start), now=now)
    until = offering.deadline(agenda, slot, KEPT_FOR, now=now)
    return offering.keep(session, agenda, slot, row, until=until, now=now)
