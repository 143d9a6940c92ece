"""What every taking of a time shares: one writer per agenda, the row, and the database's word.

The agenda's row is locked before anything is counted, so that limits counted in the transaction
hold when it commits. Whether a time is free is asked of `availability.find`; the constraint says
who was first.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, appointment_views, queries, tokens, topics
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import Slot, busy_span
from canais_app.agenda.errors import (
    AppointmentNotAccessibleError,
    AppointmentNotFoundError,
    SlotTakenError,
)
from canais_app.agenda.models import Appointment, AppointmentStatus, Modality
from canais_app.agenda.schemas import to_supported_utc
from canais_app.agenda.views import BookingResult
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError
from canais_app.outbox.messages import generate_event_uid


def lock_published(session: Session, slug: str, *, now: datetime) -> AgendaContext:
    """Return a published agenda, of which this transaction is the only writer.

    Raises:
        NoSuchAgendaError: there is none of that name, or it is not published.
    """
    return queries.load_published(session, slug, now=now, locked=True)


def lock_by_id(session: Session, agenda_id: int, *, now: datetime) -> AgendaContext:
    """Return any agenda, published or not, of which this transaction is the only writer."""
    return queries.load_by_id(session, agenda_id, now=now, locked=True)


def lock_by_token(
    session: Session, token: str, *, now: datetime
) -> tuple[AgendaContext, Appointment]:
    """Return the appointment of a private link and its agenda, both locked.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
    """
    found = queries.load_by_link_locked(session, text.hash_token(token), now=now)
    if found is None or not appointment_views.is_viewable(found[1]):
        raise AppointmentNotFoundError
    return found


def lock_for_staff(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> tuple[AgendaContext, Appointment]:
    """Return an appointment and its agenda, both locked, to whoever works that today.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    found = queries.load_by_appointment_locked(session, appointment_id, now=now)
    if found is None or not access.can_work(
        session, actor, found[0].id, Permission.EDIT_AGENDA, now=now
    ):
        raise AppointmentNotAccessibleError
    return found


def parse_start(start: datetime) -> datetime:
    """Return a wished start in UTC.

    Raises:
        InvalidError: it is in no year that an agenda could mean.
    """
    try:
        return to_supported_utc(start)
    except ValueError as wrong:
        raise InvalidError(str(wrong), {"start": str(wrong)}) from None


def resolve_modality(agenda: AgendaContext, start: datetime, wished: str) -> str:
    """Return the modality to receive by: the one wished, or the first of that day.

    Raises:
        InvalidError: the agenda does not offer it.
    """
    offered = agenda.terms_at(start).modalities
    if not wished and offered:
        return Modality(offered[0])
    if wished not in offered:
        said = "Esta agenda não atende dessa forma. Escolha uma das modalidades listadas."
        raise InvalidError(said, {"modality": said})
    return wished


def create_row(
    agenda: AgendaContext, slot: Slot, status: AppointmentStatus, *, now: datetime, token: str
) -> Appointment:
    """Return a row at `slot`, known by `token`."""
    row = Appointment(
        agenda_id=agenda.id,
        status=status,
        starts_at=slot.start,
        ends_at=slot.end,
        busy_from=slot.start,
        busy_until=slot.end,
        token_hash=text.hash_token(token),
        created_at=now,
    )
    assign_slot(row, agenda, slot)
    return row


def assign_slot(row: Appointment, agenda: AgendaContext, slot: Slot) -> None:
    """Put a row at a slot: its first free seat, and its own buffers."""
    rules = agenda.versions.rules_on(clock.to_local_day(slot.start))
    row.starts_at, row.ends_at, row.seat = slot.start, slot.end, slot.seats[0]
    row.busy_from, row.busy_until = busy_span(slot.start, rules)


def assign_token_and_code(row: Appointment, token: str) -> None:
    """Give a row what an appointment has and a hold has not: a page, a code, a calendar event."""
    tokens.set_token(row, token)
    row.code, row.ics_uid = text.generate_code(4, 2), generate_event_uid()


def insert_or_conflict(
    session: Session, row: Appointment, *, instead_of: Appointment | None = None
) -> None:
    """Write a row: the database's constraint decides who was first, and the rest is taken back.

    Raises:
        SlotTakenError: somebody else was. The transaction is over.
    """
    if instead_of is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == instead_of.id))
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise SlotTakenError from None


def booking_result(row: Appointment) -> BookingResult:
    """Return what the owner of an appointment is told of it."""
    return BookingResult(
        row.code,
        tokens.token_of(row),
        row.starts_at,
        row.ends_at,
        AppointmentStatus(row.status).value,
    )


def emit_changes(session: Session, agenda_id: int, row: Appointment | None = None) -> None:
    """Say that an agenda's board has changed, and the page of one appointment."""
    live.emit(session, topics.agenda_topic(agenda_id))
    if row is not None:
        live.emit(session, topics.appointment_topic(row))
