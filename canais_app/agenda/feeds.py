"""An agenda's iCalendar feed, at a secret address for its gabinete.

Third-party calendar servers read it, so it contains names and times only: no case number, no
subject, no contact of the lawyer.

Functions that take an actor and an agenda raise `NotFoundError` when it is another unit's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.agenda import access, queries
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.errors import AgendaNotFoundError
from canais_app.agenda.formatting import format_full_start
from canais_app.agenda.models import (
    MARKABLE_STATUSES,
    MODALITY_NAMES,
    Agenda,
    AgendaFeed,
    Appointment,
    Modality,
)
from canais_app.agenda.notifications import appointments
from canais_app.kit import text
from canais_app.kit.contacts import format_registration
from canais_app.outbox import ics
from canais_app.outbox.ics import IcsEvent
from canais_app.settings import settings

FEED_HISTORY = timedelta(days=30)


@dataclass(frozen=True)
class FeedView:
    """Since when an agenda has a feed address, in words; empty when it has none."""

    since: str = ""


def load_feed_view(session: Session, actor: Actor, agenda_id: int) -> FeedView:
    """Return whether the agenda has an address; the address itself is shown only once."""
    access.require_rules_access(session, actor, agenda_id)
    row = session.get(AgendaFeed, agenda_id)
    return FeedView(format_full_start(row.made_at) if row else "")


def create_feed(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> str:
    """Create a new feed address, which replaces the old one, and return it."""
    agenda, _ = access.require_rules_access(session, actor, agenda_id)
    key = text.generate_token()
    row = session.get(AgendaFeed, agenda_id) or AgendaFeed(
        agenda_id=agenda_id, key_hash="", made_at=now
    )
    row.key_hash, row.made_at = text.hash_token(key), now
    session.add(row)
    changes = {"feed": ["", "open"]}
    audit.record_entry(
        session, actor, "criou endereço de calendário", "agenda", agenda_id, changes, now=now
    )
    return settings().base_url + routes.agenda_feed(agenda.slug, key)


def revoke_feed(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Revoke the agenda's address, if it has one."""
    access.require_rules_access(session, actor, agenda_id)
    row = session.get(AgendaFeed, agenda_id)
    if row is not None:
        session.delete(row)
        changes = {"feed": ["open", "ended"]}
        audit.record_entry(
            session, actor, "revogou endereço de calendário", "agenda", agenda_id, changes, now=now
        )


def read_feed(session: Session, slug: str, key: str, *, now: datetime) -> str:
    """Return an agenda's calendar, published or not, without its cancelled appointments.

    Raises:
        AgendaNotFoundError: no such agenda, no address or a wrong key: the same in each case.
    """
    query = (
        select(Agenda.id, AgendaFeed.key_hash)
        .join(AgendaFeed, col(AgendaFeed.agenda_id) == col(Agenda.id))
        .where(col(Agenda.slug) == slug)
    )
    agenda_id, key_hash = session.exec(query).first() or (0, text.hash_token(""))
    is_valid = text.constant_time_equals(key_hash, text.hash_token(key))
    if not is_valid or not agenda_id:
        raise AgendaNotFoundError
    agenda = queries.load_by_id(session, agenda_id, now=now)
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status).in_(MARKABLE_STATUSES),
            col(Appointment.starts_at) > now - FEED_HISTORY,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return ics.serialize_feed([_event(agenda, row) for row in rows], agenda.row.title)


def _event(agenda: AgendaContext, row: Appointment) -> IcsEvent:
    modality = MODALITY_NAMES[Modality(row.modality)]
    return IcsEvent(
        uid=row.ics_uid,
        sequence=row.ics_sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=f"Atendimento: {row.name}, {format_registration(row.oab, row.institution)}",
        stamp=row.confirmed_at or row.created_at,
        description=f"{modality}\nMesa do gabinete: {settings().base_url}{routes.CHAMBERS}",
        location=appointments.describe_location(agenda.terms_at(row.starts_at), row),
    )
