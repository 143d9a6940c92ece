"""Who works an agenda on a day: its own gabinete, and for a period another in its place.

The substitute's people have the desk while the period lasts, and the letters of its days go to
them. The rules stay with the agenda's own gabinete, whose people keep seeing their desk.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda.errors import AppointmentNotAccessibleError
from canais_app.agenda.models import Agenda, AgendaSubstitute, Appointment
from canais_app.directory.models import Unit
from canais_app.kit import clock, text
from canais_app.kit.errors import NotFoundError

# The gabinetes that work an agenda: its own, and the substitutes joined to it.
_WORKS = (col(Unit.id) == col(Agenda.unit_id)) | (col(Unit.id) == col(AgendaSubstitute.unit_id))


def _substitutes_on(today: date) -> ColumnElement[bool]:
    return (
        (col(AgendaSubstitute.agenda_id) == col(Agenda.id))
        & (col(AgendaSubstitute.first_day) <= today)
        & (col(AgendaSubstitute.last_day) >= today)
    )


@dataclass(frozen=True)
class Substitute:
    """A gabinete that stands in for an agenda's own from `first_day` to `last_day`, included."""

    id: int
    unit_id: int
    name: str
    first_day: date
    last_day: date

    def covers(self, day: date) -> bool:
        """Whether it works the agenda on a day."""
        return self.first_day <= day <= self.last_day

    @property
    def period_text(self) -> str:
        """Return `de 1º a 15 de dezembro`."""
        return text.format_period(self.first_day, self.last_day)

    @property
    def public_text(self) -> str:
        """Return `De 1º a 15 de dezembro atende o Gabinete da 2ª Vara.`."""
        article = "o " if self.name.startswith("Gabinete") else ""
        return f"{self.period_text.capitalize()} atende {article}{self.name}."


def load_substitutes(
    session: Session, agenda_ids: Sequence[int], *, since: date
) -> dict[int, tuple[Substitute, ...]]:
    """Return the substitutes of today and later by agenda, earliest first: one query for all."""
    asked = (
        select(AgendaSubstitute, Unit.name)
        .join(Unit, col(Unit.id) == col(AgendaSubstitute.unit_id))
        .where(
            col(AgendaSubstitute.agenda_id).in_(agenda_ids), col(AgendaSubstitute.last_day) >= since
        )
        .order_by(col(AgendaSubstitute.first_day))
    )
    found: defaultdict[int, list[Substitute]] = defaultdict(list)
    for row, name in session.exec(asked):
        one = Substitute(row.id or 0, row.unit_id, name, row.first_day, row.last_day)
        found[row.agenda_id].append(one)
    return {agenda_id: tuple(found[agenda_id]) for agenda_id in agenda_ids}


def substitutions_by(session: Session, unit_id: int, *, since: date) -> list[tuple[str, str]]:
    """Return the agendas a gabinete works in another's place from a day on, and on which days.

    Titles and `de 1º a 15 de dezembro`, earliest first.
    """
    asked = (
        select(AgendaSubstitute, Agenda.title)
        .join(Agenda, col(Agenda.id) == col(AgendaSubstitute.agenda_id))
        .where(col(AgendaSubstitute.unit_id) == unit_id, col(AgendaSubstitute.last_day) >= since)
        .order_by(col(AgendaSubstitute.first_day))
    )
    return [
        (title, text.format_period(row.first_day, row.last_day))
        for row, title in session.exec(asked)
    ]


def accessible_agendas(
    session: Session, actor: Actor, *, now: datetime
) -> list[tuple[Agenda, bool]]:
    """Return the agendas that a person works today, and whether in another's place.

    Those of their own units come first, each by title.

    Raises:
        NotPermittedError: no role of theirs works with agendas.
    """
    require_permission(actor, Permission.SEE_AGENDA_DESK)
    asked = (
        select(Agenda, Unit.id, Unit.path)
        .join(AgendaSubstitute, _substitutes_on(clock.to_local_day(now)), isouter=True)
        .join(Unit, _WORKS)
    )
    works = [
        (agenda, unit_id != agenda.unit_id)
        for agenda, unit_id, path in session.exec(asked)
        if actor.can(Permission.SEE_AGENDA_DESK, path)
    ]
    own = {agenda.id for agenda, instead in works if not instead}
    return sorted(
        (one for one in works if not one[1] or one[0].id not in own),
        key=lambda one: (one[1], text.strip_accents(one[0].title)),
    )


def require_agenda(
    session: Session, actor: Actor, agenda_id: int, permission: Permission, *, now: datetime
) -> None:
    """Refuse whoever does not work this agenda today; for them it does not exist.

    Raises:
        NotFoundError: it is another unit's, or there is none.
    """
    require_permission(actor, permission)
    if not can_work(session, actor, agenda_id, permission, now=now):
        raise NotFoundError("Não encontramos esta agenda.")


def can_work(
    session: Session, actor: Actor, agenda_id: int, permission: Permission, *, now: datetime
) -> bool:
    """Whether somebody may do this in an agenda today: its own people, and who stands in."""
    asked = (
        select(Unit.path)
        .select_from(Agenda)
        .join(AgendaSubstitute, _substitutes_on(clock.to_local_day(now)), isouter=True)
        .join(Unit, _WORKS)
        .where(col(Agenda.id) == agenda_id)
    )
    return any(actor.can(permission, path) for path in session.exec(asked))


def load_workable_appointment(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> Appointment:
    """Return an appointment to whoever works its agenda today.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    asked = (
        select(Unit.path, Appointment)
        .select_from(Agenda)
        .join(AgendaSubstitute, _substitutes_on(clock.to_local_day(now)), isouter=True)
        .join(Unit, _WORKS)
        .join(Appointment, col(Appointment.agenda_id) == col(Agenda.id))
        .where(col(Appointment.id) == appointment_id)
    )
    for path, row in session.exec(asked):
        if actor.can(Permission.EDIT_AGENDA, path):
            return row
    raise AppointmentNotAccessibleError


def require_rules_access(session: Session, actor: Actor, agenda_id: int) -> tuple[Agenda, Unit]:
    """Return an agenda and its gabinete to whoever may set its rules: its own people.

    Raises:
        NotFoundError: it is another unit's, or there is none.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    asked = select(Agenda, Unit).join(Unit, col(Unit.id) == col(Agenda.unit_id))
    row = session.exec(asked.where(col(Agenda.id) == agenda_id)).first()
    if row is None or not actor.can(Permission.EDIT_AGENDA, row[1].path):
        raise NotFoundError("Não encontramos esta agenda.")
    return row[0], row[1]
