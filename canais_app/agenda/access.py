"""Access to agendas: the own gabinete always, a substitute gabinete for its period.

A substitute's people use the desk while the period lasts and get the messages of its days. Only
the own gabinete's people edit the rules; they keep their access to the desk.
"""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda.errors import AppointmentNotAccessibleError
from canais_app.agenda.models import Agenda, AgendaSubstitute, Appointment
from canais_app.directory.models import Unit
from canais_app.kit import clock, text
from canais_app.kit.errors import NotFoundError

# Join condition: the agenda's own gabinete, and the substitutes joined to the agenda.
_ACCESS = (col(Unit.id) == col(Agenda.unit_id)) | (col(Unit.id) == col(AgendaSubstitute.unit_id))


def _with_units(query: Any, now: datetime) -> Any:  # noqa: ANN401 (a SQLAlchemy statement)
    """Join the units that may work each agenda today: its own and today's substitute."""
    today = clock.to_local_day(now)
    is_todays = (
        (col(AgendaSubstitute.agenda_id) == col(Agenda.id))
        & (col(AgendaSubstitute.first_day) <= today)
        & (col(AgendaSubstitute.last_day) >= today)
    )
    return (
        query.select_from(Agenda)
        .join(AgendaSubstitute, is_todays, isouter=True)
        .join(Unit, _ACCESS)
    )


def substitutions_by(session: Session, unit_id: int, *, since: date) -> list[tuple[str, str]]:
    """Return a gabinete's substitutions of other agendas: (title, `de 1º a 15 de dezembro`).

    Those that end on `since` or later, earliest first.
    """
    query = (
        select(AgendaSubstitute, Agenda.title)
        .join(Agenda, col(Agenda.id) == col(AgendaSubstitute.agenda_id))
        .where(col(AgendaSubstitute.unit_id) == unit_id, col(AgendaSubstitute.last_day) >= since)
        .order_by(col(AgendaSubstitute.first_day))
    )
    return [
        (title, text.format_period(row.first_day, row.last_day))
        for row, title in session.exec(query)
    ]


def accessible_agendas(
    session: Session, actor: Actor, *, now: datetime
) -> list[tuple[Agenda, bool]]:
    """Return the agendas that the actor may access today, and whether as a substitute.

    Those of the actor's own units come first, each group by title.

    Raises:
        PermissionDeniedError: no role of the actor sees agenda desks.
    """
    require_permission(actor, Permission.SEE_AGENDA_DESK)
    query = _with_units(select(Agenda, Unit.id, Unit.path), now)
    found = [
        (agenda, unit_id != agenda.unit_id)
        for agenda, unit_id, path in session.exec(query)
        if actor.can(Permission.SEE_AGENDA_DESK, path)
    ]
    own = {agenda.id for agenda, is_substitute in found if not is_substitute}
    return sorted(
        (row for row in found if not row[1] or row[0].id not in own),
        key=lambda row: (row[1], text.strip_accents(row[0].title)),
    )


def require_agenda(
    session: Session, actor: Actor, agenda_id: int, permission: Permission, *, now: datetime
) -> None:
    """Check that the actor may access this agenda today.

    Raises:
        NotFoundError: the agenda does not exist, or not for this actor.
    """
    require_permission(actor, permission)
    if not can_work(session, actor, agenda_id, permission, now=now):
        raise NotFoundError("Não encontramos esta agenda.")


def can_work(
    session: Session, actor: Actor, agenda_id: int, permission: Permission, *, now: datetime
) -> bool:
    """Whether the actor has this permission in an agenda today, as owner or substitute."""
    query = _with_units(select(Unit.path), now).where(col(Agenda.id) == agenda_id)
    return any(actor.can(permission, path) for path in session.exec(query))


def load_workable_appointment(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> Appointment:
    """Return an appointment if the actor may access its agenda today.

    Raises:
        NotFoundError: the appointment does not exist, or not for this actor.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    query = (
        _with_units(select(Unit.path, Appointment), now)
        .join(Appointment, col(Appointment.agenda_id) == col(Agenda.id))
        .where(col(Appointment.id) == appointment_id)
    )
    for path, row in session.exec(query):
        if actor.can(Permission.EDIT_AGENDA, path):
            return row
    raise AppointmentNotAccessibleError


def require_rules_access(session: Session, actor: Actor, agenda_id: int) -> tuple[Agenda, Unit]:
    """Return an agenda and its gabinete if the actor may edit its rules: not as a substitute.

    Raises:
        NotFoundError: the agenda does not exist, or not for this actor.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    query = select(Agenda, Unit).join(Unit, col(Unit.id) == col(Agenda.unit_id))
    row = session.exec(query.where(col(Agenda.id) == agenda_id)).first()
    if row is None or not actor.can(Permission.EDIT_AGENDA, row[1].path):
        raise NotFoundError("Não encontramos esta agenda.")
    return row[0], row[1]
