"""What every taking of a time shares: one writer per agenda, the row, and the database's word.

The agenda's row is locked before anything is counted, so that limits counted in the transaction
hold when it commits. Whether a time is free is asked of `availability.find`; the constraint says
who was first.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.agenda import keepers, own, queries, tokens, topics
from canais_app.agenda.errors import (
    NoSuchAppointmentError,
    NotWorkedError,
    SlotTakenError,
)
from canais_app.agenda.models import Appointment, Modality, Status
from canais_app.agenda.requests import sane_moment
from canais_app.agenda.times.availability import Published
from canais_app.agenda.times.seats import Slot
from canais_app.agenda.times.windows import busy_span
from canais_app.agenda.views import Booked
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError
from canais_app.outbox import ics


def locked(session: Session, slug: str, *, now: datetime) -> Published:
    """Return a published agenda, of which this transaction is the only writer.

    Raises:
        NoSuchAgendaError: there is none of that name, or it is not published.
    """
    return queries.published(session, slug, now=now, locked=True)


def locked_by_id(session: Session, agenda_id: int, *, now: datetime) -> Published:
    """Return any agenda, published or not, of which this transaction is the only writer."""
    return queries.by_id(session, agenda_id, now=now, locked=True)


def owned(session: Session, token: str, *, now: datetime) -> tuple[Published, Appointment]:
    """Return the appointment of a private link and its agenda, both locked.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
    """
    found = queries.of_link(session, text.token_hash(token), now=now)
    if found is None or not own.has_page(found[1]):
        raise NoSuchAppointmentError
    return found


def worked(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> tuple[Published, Appointment]:
    """Return an appointment and its agenda, both locked, to whoever works that today.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    require(actor, Permission.EDIT_AGENDA)
    found = queries.of_appointment(session, appointment_id, now=now)
    if found is None or not keepers.works(
        session, actor, found[0].id, Permission.EDIT_AGENDA, now=now
    ):
        raise NotWorkedError
    return found


def moment(start: datetime) -> datetime:
    """Return a wished start in UTC.

    Raises:
        InvalidError: it is in no year that an agenda could mean.
    """
    try:
        return sane_moment(start)
    except ValueError as wrong:
        raise InvalidError(str(wrong), {"start": str(wrong)}) from None


def modality(agenda: Published, start: datetime, wished: str) -> str:
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


def new_row(
    agenda: Published, slot: Slot, status: Status, *, now: datetime, token: str
) -> Appointment:
    """Return a row at `slot`, known by `token`."""
    row = Appointment(
        agenda_id=agenda.id,
        status=status,
        starts_at=slot.start,
        ends_at=slot.end,
        busy_from=slot.start,
        busy_until=slot.end,
        token_hash=text.token_hash(token),
        created_at=now,
    )
    place(row, agenda, slot)
    return row


def place(row: Appointment, agenda: Published, slot: Slot) -> None:
    """Put a row at a slot: its first free seat, and its own buffers."""
    rules = agenda.versions.rules_on(clock.local_day(slot.start))
    row.starts_at, row.ends_at, row.seat = slot.start, slot.end, slot.seats[0]
    row.busy_from, row.busy_until = busy_span(slot.start, rules)


def introduce(row: Appointment, token: str) -> None:
    """Give a row what an appointment has and a hold has not: a page, a code, a calendar event."""
    tokens.give(row, token)
    row.code, row.ics_uid = text.new_code(4, 2), ics.new_uid()


def store(session: Session, row: Appointment, *, instead_of: Appointment | None = None) -> None:
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


def booked(row: Appointment) -> Booked:
    """Return what the owner of an appointment is told of it."""
    return Booked(row.code, tokens.of(row), row.starts_at, row.ends_at, Status(row.status).value)


def touch(session: Session, agenda_id: int, row: Appointment | None = None) -> None:
    """Say that an agenda's board has changed, and the page of one appointment."""
    live.touch(session, topics.agenda(agenda_id))
    if row is not None:
        live.touch(session, topics.appointment(row))
