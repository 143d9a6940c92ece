"""Keeping a time for five minutes while the form is filled in."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from canais_app.agenda.lifecycle import taking
from canais_app.agenda.models import Appointment, Status
from canais_app.agenda.times import availability, policies
from canais_app.agenda.views import Hold
from canais_app.kit import text


def hold(  # noqa: PLR0913 (a time, a way, and the time given up for it)
    session: Session,
    slug: str,
    start: datetime,
    modality: str,
    *,
    now: datetime,
    previous_token: str = "",
) -> Hold:
    """Keep a time for one person for five minutes, giving up the one held before.

    Raises:
        NoSuchAgendaError: there is no such agenda.
        SlotTakenError: somebody else has the time.
        SlotUnavailableError: the agenda does not offer it.
    """
    agenda = taking.locked(session, slug, now=now)
    start = taking.moment(start)
    modality = taking.modality(agenda, start, modality)
    release(session, previous_token)
    slot = availability.find(session, agenda, start, now=now)
    token = text.new_token()
    row = taking.new_row(agenda, slot, Status.HELD, now=now, token=token)
    row.modality, row.expires_at = modality, now + policies.HOLD_FOR
    taking.store(session, row)
    taking.touch(session, agenda.id)
    return Hold(token, slot.start, slot.end, now + policies.HOLD_FOR)


def release(session: Session, token: str) -> None:
    """Give up a held time; it is free for everyone at once. An unknown token changes nothing."""
    row = _held(session, token)
    if row is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == row.id))
        taking.touch(session, row.agenda_id)


def standing(session: Session, agenda_id: int, token: str, *, now: datetime) -> Appointment | None:
    """Return what a hold's token keeps in an agenda, as long as it lasts."""
    row = _held(session, token)
    if row is None or row.agenda_id != agenda_id or row.expires_at is None:
        return None
    return row if row.expires_at > now else None


def _held(session: Session, token: str) -> Appointment | None:
    if not token:
        return None
    return session.exec(
        select(Appointment).where(
            col(Appointment.token_hash) == text.token_hash(token),
            col(Appointment.status) == Status.HELD,
        )
    ).first()
