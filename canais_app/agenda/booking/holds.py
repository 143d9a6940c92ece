"""Hold a slot for five minutes while the form is filled in."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from canais_app.agenda import queries
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.booking import storage
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.views import HeldSlot
from canais_app.kit import text


def hold_slot(  # noqa: PLR0913 (a slot, a modality, and the hold it replaces)
    session: Session,
    slug: str,
    start: datetime,
    modality: str,
    *,
    now: datetime,
    previous_token: str = "",
) -> HeldSlot:
    """Hold a slot for one person for five minutes, and release the previous hold.

    Raises:
        AgendaNotFoundError: there is no such agenda.
        SlotTakenError: another person has the slot.
        SlotNotOfferedError: the agenda does not offer it.
    """
    agenda = queries.load_published(session, slug, now=now, locked=True)
    start = storage.parse_start(start)
    modality = storage.resolve_modality(agenda, start, modality)
    release_hold(session, previous_token)
    slot = availability.find_free_slot(session, agenda, start, now=now)
    token, until = text.generate_token(), now + limits.HOLD_LIFETIME
    row = storage.create_row(agenda, slot, AppointmentStatus.HELD, now=now, token=token)
    row.modality, row.expires_at = modality, until
    storage.insert_or_conflict(session, row)
    storage.emit_changes(session, agenda.id)
    return HeldSlot(token, slot.start, slot.end, until)


def release_hold(session: Session, token: str) -> None:
    """Release a held slot, which is free again at once. An unknown token changes nothing."""
    row = storage.find_hold(session, token)
    if row is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == row.id))
        storage.emit_changes(session, row.agenda_id)
