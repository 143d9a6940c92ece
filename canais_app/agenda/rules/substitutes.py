"""Appoint a substitute gabinete for an agenda for a period, and end the substitution.

Both gabinetes and the lawyers booked get a message, queued in the same transaction.

Functions that take an actor and an agenda raise `NotFoundError` when it is another unit's.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from pydantic import BaseModel
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, queries, tokens
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.models import Agenda, AgendaSubstitute, Appointment, AppointmentStatus
from canais_app.agenda.notifications import changes as events
from canais_app.agenda.notifications.appointments import find_unit_mailbox
from canais_app.directory.models import Unit, UnitKind
from canais_app.kit import clock, db, live, text
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointment_messages import SubstitutionContext
from canais_app.outbox.messages import Message

MAX_SUBSTITUTION = timedelta(days=366)


class SubstitutionRequest(BaseModel):
    """The substitute gabinete's slug, and the first and last day (both included)."""

    unit: str
    first_day: date
    last_day: date


def appoint_substitute(
    session: Session, actor: Actor, agenda_id: int, request: SubstitutionRequest, *, now: datetime
) -> None:
    """Give another gabinete access to an agenda for a period.

    Raises:
        InvalidError: the period is over, reversed or too long, or the unit is no gabinete.
        ConflictError: there is another substitute on one of those days.
    """
    agenda, own = access.require_rules_access(session, actor, agenda_id)
    _refuse_period(request, clock.to_local_day(now))
    unit = session.exec(
        select(Unit).where(
            col(Unit.slug) == request.unit,
            col(Unit.kind) == UnitKind.CHAMBERS,
            col(Unit.active),
            col(Unit.id) != own.id,
        )
    ).first()
    if unit is None:
        raise InvalidError.at("unit", "Escolha outro gabinete da lista.")
    # Serialise, so that two substitutions cannot both find the days free.
    session.exec(select(Agenda.id).where(col(Agenda.id) == agenda_id).with_for_update()).one()
    _refuse_overlap(session, agenda_id, request)
    before = queries.load_by_id(session, agenda_id, now=now)
    row = AgendaSubstitute(
        agenda_id=agenda_id,
        unit_id=unit.id or 0,
        first_day=request.first_day,
        last_day=request.last_day,
        created_at=now,
    )
    session.add(row)
    session.flush()
    changes = {"substituição": ["", f"{unit.name}, {_format_period(row)}"]}
    audit.record_entry(session, actor, "passou a agenda", "agenda", agenda_id, changes, now=now)
    _notify_chambers(session, messages.SUBSTITUTION_STARTED, agenda, own, row, now=now)
    _notify_lawyers(session, before, now=now)


def end_substitution(session: Session, actor: Actor, substitute_id: int, *, now: datetime) -> None:
    """End a substitution at once, or delete one that has not begun.

    Raises:
        NotFoundError: the substitution does not exist, or is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    row = db.get_or_404(
        session, AgendaSubstitute, substitute_id, "Esta substituição já não existe."
    )
    agenda, own = access.require_rules_access(session, actor, row.agenda_id)
    today = clock.to_local_day(now)
    name = session.get_one(Unit, row.unit_id).name
    if row.last_day < today:
        return  # it is over already
    changes = {"substituição": [f"{name}, {_format_period(row)}", ""]}
    before = queries.load_by_id(session, row.agenda_id, now=now)
    _notify_chambers(session, messages.SUBSTITUTION_ENDED, agenda, own, row, now=now)
    if row.first_day < today:
        row.last_day = today - timedelta(days=1)
        session.add(row)
        changes["substituição"][1] = f"{name}, {_format_period(row)}"
    else:
        session.delete(row)
    audit.record_entry(session, actor, "retomou a agenda", "agenda", agenda.id, changes, now=now)
    _notify_lawyers(session, before, now=now)


def _notify_lawyers(session: Session, before: AgendaContext, *, now: datetime) -> None:
    """Tell each lawyer booked who attends them from now on; the gabinetes have their own letter."""
    session.flush()
    after = queries.load_by_id(session, before.id, now=now)
    rows = events.load_coming(session, before.id, now=now)
    changed = events.compute_impact(rows, before, after).changed
    events.notify_changes(session, after, changed, now=now, parties=("lawyer",))


def _notify_chambers(  # noqa: PLR0913 (a message has that many parts)
    session: Session, kind: str, agenda: Agenda, own: Unit, row: AgendaSubstitute, *, now: datetime
) -> None:
    """Message both gabinetes, and update every live page that the change concerns."""
    appointments = _appointments_in_period(session, row, now=now)
    context = SubstitutionContext(
        agenda=agenda.title,
        owner=own.name,
        period=text.format_period(row.first_day, row.last_day),
        booked=len(appointments),
        sequence=int(row.created_at.timestamp()),  # SQLite reuses ids
    )
    theirs, ours = find_unit_mailbox(session, row.unit_id), find_unit_mailbox(session, own.id or 0)
    name = session.get_one(Unit, row.unit_id).name
    letters = ((theirs, ours, "", ""), (ours, theirs, name, ":owner"))
    for address, reply_to, substitute, suffix in letters:
        if address:
            values = asdict(context) | {"substitute": substitute}
            thread = f"substitution:{row.id}{suffix}"
            message = Message(kind, thread, "chambers", address, values, reply_to=reply_to)
            outbox.enqueue(session, message, now=now)
    for appointment in appointments:
        live.emit(session, tokens.appointment_topic(appointment))
    own_agendas = select(Agenda.id).where(col(Agenda.unit_id) == row.unit_id)
    for agenda_id in {agenda.id, *session.exec(own_agendas)}:
        live.emit(session, tokens.agenda_topic(agenda_id))


def _appointments_in_period(
    session: Session, row: AgendaSubstitute, *, now: datetime
) -> Sequence[Appointment]:
    """Return the coming appointments within the substitution."""
    query = select(Appointment).where(
        col(Appointment.agenda_id) == row.agenda_id,
        col(Appointment.status) == AppointmentStatus.CONFIRMED,
        col(Appointment.starts_at) >= max(now, clock.from_wall_clock(row.first_day, 0)),
        col(Appointment.starts_at) < clock.from_wall_clock(row.last_day + timedelta(days=1), 0),
    )
    return session.exec(query).all()


def _refuse_period(request: SubstitutionRequest, today: date) -> None:
    if request.last_day < request.first_day:
        raise InvalidError.at("last_day", "O fim vem antes do começo.")
    if request.last_day < today:
        raise InvalidError.at("last_day", "Este período já passou.")
    if request.last_day - request.first_day > MAX_SUBSTITUTION:
        raise InvalidError.at("last_day", "Escolha no máximo um ano.")


def _refuse_overlap(session: Session, agenda_id: int, request: SubstitutionRequest) -> None:
    other = session.exec(
        select(AgendaSubstitute).where(
            col(AgendaSubstitute.agenda_id) == agenda_id,
            col(AgendaSubstitute.first_day) <= request.last_day,
            col(AgendaSubstitute.last_day) >= request.first_day,
        )
    ).first()
    if other is not None:
        raise ConflictError.at("first_day", f"Já há substituição {_format_period(other)}.")


def _format_period(row: AgendaSubstitute) -> str:
    return f"de {text.format_date(row.first_day)} a {text.format_date(row.last_day)}"
