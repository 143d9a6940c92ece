"""Changing an appointment's time: the new one is taken and the old one given up, or neither."""

from datetime import datetime

from sqlmodel import Session

from canais_app.agenda.lifecycle import cancelling, freeing, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, Status
from canais_app.agenda.times import availability, quotas
from canais_app.agenda.times.availability import Published
from canais_app.agenda.times.seats import Slot
from canais_app.agenda.views import Booked
from canais_app.kit import text
from canais_app.outbox import messages

ASKED_AGAIN = "pedido de mudança para outro horário"


def move(session: Session, token: str, start: datetime, *, now: datetime) -> Booked:
    """Change an appointment's time; the old one is given up as by a cancellation.

    Where the gabinete approves each time, the new one waits for that again.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        SlotTakenError: somebody else has the new time.
        SlotUnavailableError: the agenda does not offer it.
        InvalidError: it is too late, or a limit of the new day is reached.
    """
    agenda, row = taking.owned(session, token, now=now)
    cancelling.refuse_too_late(agenda, row, now=now)
    start = taking.moment(start)
    if start == row.starts_at:
        return taking.booked(row)
    taking.modality(agenda, start, row.modality)  # the new day may be under other terms
    slot = availability.find(session, agenda, start, now=now, ignoring=row.id)
    quotas.refuse(session, agenda, slot.start, row.oab, row.case_number, now=now, besides=row.id)
    left = _left_behind(row, now=now) if row.status == Status.CONFIRMED else None
    told: list[letters.Told] = []
    if agenda.terms_at(start).needs_approval:
        _ask_again(session, agenda, row, slot, now=now)
    else:
        told.append((row, _change(session, agenda, row, slot)))
    if left is not None:
        told += freeing.free(session, agenda, left, now=now)
    letters.tell_all(session, agenda, told, now=now)
    taking.touch(session, agenda.id, row)
    return taking.booked(row)


def _change(session: Session, agenda: Published, row: Appointment, slot: Slot) -> letters.News:
    """Put the appointment at another time, and return what is to be told of it."""
    before = row.starts_at
    taking.place(row, agenda, slot)
    row.ics_sequence += 1
    taking.store(session, row)
    return letters.News(messages.MOVED, previous_start=before)


def _ask_again(
    session: Session, agenda: Published, row: Appointment, slot: Slot, *, now: datetime
) -> None:
    """Turn the appointment into a request for another time; its old one ends for everybody."""
    row.ics_sequence += 1
    if row.status == Status.CONFIRMED:
        over = letters.News(messages.CANCELLED, reason=ASKED_AGAIN)
        letters.tell(session, agenda, row, over, now=now)
        row.ics_sequence += 1
    row.status, row.confirmed_at = Status.PENDING, None
    taking.place(row, agenda, slot)
    session.add(row)
    session.flush()
    letters.tell(session, agenda, row, letters.News(messages.PENDING), now=now)


def _left_behind(row: Appointment, *, now: datetime) -> Appointment:
    """Return what keeps the old time until its release; its OAB, who may not have it offered."""
    return Appointment(
        agenda_id=row.agenda_id,
        seat=row.seat,
        status=Status.CANCELLED,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        busy_from=row.busy_from,
        busy_until=row.busy_until,
        modality=row.modality,
        oab=row.oab,
        token_hash=text.token_hash(text.new_token()),
        created_at=now,
        cancelled_at=now,
        cancelled_by="move",
    )
