"""The gabinete's list of the day, at eight in the morning on the court's clock."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.mail import letters, mailboxes
from canais_app.agenda.models import MODALITY_NAMES, Appointment, Modality, Status
from canais_app.agenda.times.availability import Published
from canais_app.agenda.words import case_words
from canais_app.kit import clock, db
from canais_app.kit.contacts import format_oab
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointments import DayEntry, DayWords
from canais_app.outbox.messages import Letter
from canais_app.outbox.models import OutboxMessage

EIGHT = 8
NOON = 12  # the court opens: whoever has no list by then looks at the desk
AT_ONCE = 20  # gabinetes a transaction


class _Keeper(NamedTuple):
    unit_id: int
    name: str


def tell(session: Session, *, now: datetime) -> int:
    """Queue the lists of up to twenty gabinetes that have appointments today; say of how many.

    Each gets one list a day, about all the agendas it works that day, at its own e-mail alone.
    What is booked later is told by the booking's own letter.
    """
    if not EIGHT <= clock.local(now).hour < NOON or not db.is_alone(session, "days"):
        return 0
    today, told = clock.local_day(now), 0
    for keeper, entries in _untold(session, today, now=now).items():
        address = mailboxes.of_unit(session, keeper.unit_id)
        if address and told < AT_ONCE:
            words = asdict(DayWords(keeper.name, today, entries))
            thread = _thread(keeper.unit_id, today)
            tomorrow = clock.at(today + timedelta(days=1), 0)
            letter = Letter(messages.DAY_LIST, thread, "chambers", address, words, until=tomorrow)
            outbox.enqueue(session, letter, now=now)
            told += 1
    return told


def _thread(unit_id: int, day: date) -> str:
    return f"day:{unit_id}:{day.isoformat()}"


def _untold(session: Session, day: date, *, now: datetime) -> dict[_Keeper, list[DayEntry]]:
    """Return who receives whom that day, of the gabinetes that have no list yet."""
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.status) == Status.CONFIRMED,
            col(Appointment.starts_at) >= clock.at(day, 0),
            col(Appointment.starts_at) < clock.at(day + timedelta(days=1), 0),
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    ).all()
    agendas = queries.by_ids(session, {row.agenda_id for row in rows}, now=now)
    told = set(
        session.exec(
            select(OutboxMessage.thread).where(
                col(OutboxMessage.kind) == messages.DAY_LIST,
                col(OutboxMessage.created_at) >= clock.at(day, 0),
            )
        )
    )
    found: defaultdict[_Keeper, list[DayEntry]] = defaultdict(list)
    for row in rows:
        keeper = _keeper(agendas[row.agenda_id], row)
        if _thread(keeper.unit_id, day) not in told:
            found[keeper].append(_entry(agendas[row.agenda_id], row))
    return {keeper: _named_once(entries) for keeper, entries in found.items()}


def _keeper(agenda: Published, row: Appointment) -> _Keeper:
    substitute = agenda.substitute_at(row.starts_at)
    if substitute:
        return _Keeper(substitute.unit_id, substitute.name)
    return _Keeper(agenda.row.unit_id, agenda.unit.name)


def _named_once(entries: Sequence[DayEntry]) -> list[DayEntry]:
    """Leave the agenda's name out when it is the same all day."""
    if len({one.agenda for one in entries}) > 1:
        return list(entries)
    return [replace(one, agenda="") for one in entries]


def _entry(agenda: Published, row: Appointment) -> DayEntry:
    return DayEntry(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        agenda=agenda.row.title,
        lawyer=row.name,
        oab=f"OAB {format_oab(row.oab)}",
        phone=row.phone,
        email=row.email,
        modality=MODALITY_NAMES[Modality(row.modality)],
        where=letters.where(agenda.terms_at(row.starts_at), row),
        case_number=case_words(row.case_number),
        subject=row.subject,
    )
