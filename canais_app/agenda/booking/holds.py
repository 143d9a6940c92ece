"""Keeping a time for five minutes while the form is filled in."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.booking import storage
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.views import HeldSlot
from canais_app.kit import text


def hold_slot(  # noqa: PLR0913 (a time, a way, and the time given up for it)
    session: Session,
    slug: str,
    start: datetime,
    modality: str,
    *,
    now: datetime,
    previous_token: str = "",
) -> HeldSlot:
    """Keep a time for one person for five minutes, giving up the one held before.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        SlotTakenError: somebody else has the time.
        SlotUnavailableError: the agenda does not offer it.
    """
    agenda = storage.lock_published(session, slug, now=now)
    start = storage.parse_start(start)
    modality = storage.resolve_modality(agenda, start, modality)
    release_hold(session, previous_token)
    slot = availability.find_free_slot(session, agenda, start, now=now)
    token = text.generate_token()
    row = storage.create_row(agenda, slot, AppointmentStatus.HELD, now=now, token=token)
    row.modality, row.expires_at = modality, now + limits.HOLD_LIFETIME
    storage.insert_or_conflict(session, row)
    storage.emit_changes(session, agenda.id)
    return HeldSlot(token, slot.start, slot.end, now + limits.HOLD_LIFETIME)


def release_hold(session: Session, token: str) -> None:
    """Give up a held time; it is free for everyone at once. An unknown token changes nothing."""
    row = _load_hold(session, token)
    if row is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == row.id))
        storage.emit_changes(session, row.agenda_id)


def active_hold(
    session: Session, agenda_id: int, token: str, *, now: datetime
) -> Appointment | None:
    """Return what a hold's token keeps in an agenda, as long as it lasts."""
    row = _load_hold(session, token)
    if row is None or row.agenda_id != agenda_id or row.expires_at is None:
        return None
    return row if row.expires_at > now else None


def _load_hold(session: Session, token: str) -> Appointment | None:
    if not token:
        return None
    return session.exec(
        select(Appointment).where(
            col(Appointment.token_hash) == text.hash_token(token),
            col(Appointment.status) == AppointmentStatus.HELD,
        )
    ).first()
