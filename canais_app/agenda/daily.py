"""The gabinete's list of the day, at eight in the morning on the court's clock."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import letters, queries
from canais_app.agenda.models import MODALITY_NAMES, Agenda, Appointment, Modality, Status
from canais_app.directory.models import Unit
from canais_app.kit import clock, db
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointments import DayEntry, DayWords
from canais_app.outbox.messages import Letter
from canais_app.outbox.models import OutboxMessage

EIGHT = 8
NOON = 12  # the court opens: whoever has no list by then looks at the desk
AT_ONCE = 20  # units a transaction


def tell(session: Session, *, now: datetime) -> int:
    """Queue the lists of up to twenty units that have appointments today; say of how many.

    Each unit gets one list a day, about all its agendas, at its own e-mail alone. What is booked
    later is told by the booking's own letter.
    """
    if not EIGHT <= clock.local(now).hour < NOON or not db.is_alone(session, "days"):
        return 0
    today = clock.local_day(now)
    untold = [
        (unit, address)
        for unit in _units(session, today)
        if (address := letters.email_of(session, unit.id))
    ][:AT_ONCE]
    for unit, address in untold:
        words = DayWords(unit.name, today, _entries(session, unit, today, now=now))
        letter = Letter(messages.DAY_LIST, _thread(unit, today), "chambers", address, asdict(words))
        outbox.enqueue(session, letter, now=now)
    return len(untold)


def _thread(unit: Unit, day: date) -> str:
    return f"day:{unit.id}:{day.isoformat()}"


def _units(session: Session, day: date) -> list[Unit]:
    """Return the units with appointments that day that have no list yet."""
    standing = (
        select(Agenda.unit_id)
        .join(Appointment, col(Appointment.agenda_id) == col(Agenda.id))
        .where(col(Appointment.status) == Status.CONFIRMED, *_on(day))
    )
    every = session.exec(select(Unit).where(col(Unit.id).in_(standing)).order_by(col(Unit.id)))
    told = select(OutboxMessage.thread).where(
        col(OutboxMessage.kind) == messages.DAY_LIST,
        col(OutboxMessage.created_at) >= clock.at(day, 0),
    )
    known = set(session.exec(told))
    return [unit for unit in every if _thread(unit, day) not in known]


def _on(day: date):  # noqa: ANN202 (SQLAlchemy conditions)
    start = col(Appointment.starts_at)
    return start >= clock.at(day, 0), start < clock.at(day + timedelta(days=1), 0)


def _entries(session: Session, unit: Unit, day: date, *, now: datetime) -> Sequence[DayEntry]:
    rows = session.exec(
        select(Appointment)
        .join(Agenda, col(Agenda.id) == col(Appointment.agenda_id))
        .where(
            col(Agenda.unit_id) == unit.id, col(Appointment.status) == Status.CONFIRMED, *_on(day)
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    ).all()
    agendas = {
        agenda_id: queries.by_id(session, agenda_id, now=now)
        for agenda_id in {row.agenda_id for row in rows}
    }
    several = len(agendas) > 1
    return [
        DayEntry(
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            agenda=agendas[row.agenda_id].row.title if several else "",
            lawyer=row.name,
            oab=f"OAB {queries.oab_words(row.oab)}",
            phone=row.phone,
            email=row.email,
            modality=MODALITY_NAMES[Modality(row.modality)],
            where=letters.where(agendas[row.agenda_id].terms_at(row.starts_at), row),
            case_number=queries.case_words(row.case_number),
            subject=row.subject,
        )
        for row in rows
    ]
