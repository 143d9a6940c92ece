"""Hand an agenda with its appointments to another gabinete for a period, and take it back.

Whoever stands in is told by letter, in the transaction that says so.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from pydantic import BaseModel
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.agenda import keepers, topics
from canais_app.agenda.mail import mailboxes
from canais_app.agenda.models import Agenda, AgendaSubstitute, Appointment, Status
from canais_app.directory.models import Unit, UnitKind
from canais_app.kit import clock, live, text
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointments import SubstitutionWords
from canais_app.outbox.messages import Letter

LONGEST = timedelta(days=366)


class Handover(BaseModel):
    """Which gabinete (its slug) stands in, from one day to another, both included."""

    unit: str
    first_day: date
    last_day: date


def appoint(
    session: Session, actor: Actor, agenda_id: int, wish: Handover, *, now: datetime
) -> None:
    """Let another gabinete work an agenda for a period; afterwards it returns by itself.

    Raises:
        InvalidError: the period is over, upside down or too long, or the unit is no gabinete.
        ConflictError: somebody else stands in on one of those days.
    """
    agenda, own = keepers.require_rules(session, actor, agenda_id)
    _refuse_period(wish, clock.local_day(now))
    unit = session.exec(
        select(Unit).where(
            col(Unit.slug) == wish.unit,
            col(Unit.kind) == UnitKind.CHAMBERS,
            col(Unit.active),
            col(Unit.id) != own.id,
        )
    ).first()
    if unit is None:
        raise _invalid("unit", "Escolha outro gabinete da lista.")
    # One at a time, so that two handovers cannot both find the days free.
    session.exec(select(Agenda.id).where(col(Agenda.id) == agenda_id).with_for_update()).one()
    _refuse_overlap(session, agenda_id, wish)
    row = AgendaSubstitute(
        agenda_id=agenda_id,
        unit_id=unit.id or 0,
        first_day=wish.first_day,
        last_day=wish.last_day,
        created_at=now,
    )
    session.add(row)
    session.flush()
    changes = {"substituição": ["", f"{unit.name}, {_words(wish.first_day, wish.last_day)}"]}
    audit.record(session, actor, "passou a agenda", "agenda", agenda_id, changes, now=now)
    _tell(session, messages.STANDS_IN, agenda, own, row, now=now)


def end(session: Session, actor: Actor, substitute_id: int, *, now: datetime) -> None:
    """Take the agenda back at once, or call off a handover that has not begun.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    row = session.get(AgendaSubstitute, substitute_id)
    if row is None:
        require(actor, Permission.EDIT_AGENDA)
        raise NotFoundError("Esta substituição já não existe.")
    agenda, own = keepers.require_rules(session, actor, row.agenda_id)
    today = clock.local_day(now)
    name = session.get_one(Unit, row.unit_id).name
    changes = {"substituição": [f"{name}, {_words(row.first_day, row.last_day)}", ""]}
    if row.last_day < today:
        return  # it ended by itself
    _tell(session, messages.STANDS_IN_NO_MORE, agenda, own, row, now=now)
    if row.first_day < today:
        row.last_day = today - timedelta(days=1)
        session.add(row)
        changes["substituição"][1] = f"{name}, {_words(row.first_day, row.last_day)}"
    else:
        session.delete(row)
    audit.record(session, actor, "retomou a agenda", "agenda", row.agenda_id, changes, now=now)


def _tell(  # noqa: PLR0913 (what, of which agenda, whose, and when)
    session: Session,
    kind: str,
    agenda: Agenda,
    own: Unit,
    row: AgendaSubstitute,
    *,
    now: datetime,
) -> None:
    """Write to the gabinete that stands in, and show the change on every page it concerns."""
    passing = _passing(session, row, now=now)
    words = SubstitutionWords(
        agenda=agenda.title,
        owner=own.name,
        period=text.period_words(row.first_day, row.last_day),
        booked=len(passing),
        sequence=int(row.created_at.timestamp()),  # ids are given again on SQLite
    )
    address = mailboxes.of_unit(session, row.unit_id)
    if address:
        thread, reply_to = f"substitution:{row.id}", mailboxes.of_unit(session, own.id or 0)
        letter = Letter(kind, thread, "chambers", address, asdict(words), reply_to=reply_to)
        outbox.enqueue(session, letter, now=now)
    for one in passing:
        live.touch(session, topics.appointment(one))
    desks = select(Agenda.id).where(col(Agenda.unit_id) == row.unit_id)
    for agenda_id in {agenda.id, *session.exec(desks)}:
        live.touch(session, topics.agenda(agenda_id))


def _passing(session: Session, row: AgendaSubstitute, *, now: datetime) -> Sequence[Appointment]:
    """Return the appointments to come that pass with the agenda."""
    asked = select(Appointment).where(
        col(Appointment.agenda_id) == row.agenda_id,
        col(Appointment.status) == Status.CONFIRMED,
        col(Appointment.starts_at) >= max(now, clock.at(row.first_day, 0)),
        col(Appointment.starts_at) < clock.at(row.last_day + timedelta(days=1), 0),
    )
    return session.exec(asked).all()


def _refuse_period(wish: Handover, today: date) -> None:
    if wish.last_day < wish.first_day:
        raise _invalid("last_day", "O fim vem antes do começo.")
    if wish.last_day < today:
        raise _invalid("last_day", "Este período já passou.")
    if wish.last_day - wish.first_day > LONGEST:
        raise _invalid("last_day", "Escolha no máximo um ano.")


def _refuse_overlap(session: Session, agenda_id: int, wish: Handover) -> None:
    other = session.exec(
        select(AgendaSubstitute).where(
            col(AgendaSubstitute.agenda_id) == agenda_id,
            col(AgendaSubstitute.first_day) <= wish.last_day,
            col(AgendaSubstitute.last_day) >= wish.first_day,
        )
    ).first()
    if other is not None:
        said = f"Já há substituição {_words(other.first_day, other.last_day)}."
        raise ConflictError(said, {"first_day": said})


def _words(first: date, last: date) -> str:
    return f"de {text.date_words(first)} a {text.date_words(last)}"


def _invalid(field: str, said: str) -> InvalidError:
    return InvalidError(said, {field: said})
