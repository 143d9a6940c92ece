"""Who works an agenda on a day: its own gabinete, and for a period another in its place.

The substitute's people have the desk while the period lasts, and the letters of its days go to
them. The rules stay with the agenda's own gabinete, whose people keep seeing their desk.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.agenda.models import Agenda, AgendaSubstitute, Appointment
from canais_app.directory.models import Unit
from canais_app.kit import clock, text
from canais_app.kit.errors import NotFoundError


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
    def words(self) -> str:
        """Return `de 01/12/2026 a 12/12/2026`."""
        first, last = text.date_words(self.first_day), text.date_words(self.last_day)
        return f"em {first}" if first == last else f"de {first} a {last}"


def load(
    session: Session, agenda_ids: Sequence[int], *, since: date
) -> dict[int, tuple[Substitute, ...]]:
    """Return the substitutes of today and later by agenda, earliest first: one query for all."""
    asked = (
        select(AgendaSubstitute, Unit.name)
        .join(Unit, col(Unit.id) == col(AgendaSubstitute.unit_id))
        .where(
            col(AgendaSubstitute.agenda_id).in_(agenda_ids),
            col(AgendaSubstitute.last_day) >= since,
        )
        .order_by(col(AgendaSubstitute.first_day))
    )
    found: defaultdict[int, list[Substitute]] = defaultdict(list)
    for row, name in session.exec(asked):
        one = Substitute(row.id or 0, row.unit_id, name, row.first_day, row.last_day)
        found[row.agenda_id].append(one)
    return {agenda_id: tuple(found[agenda_id]) for agenda_id in agenda_ids}


def desks_of(session: Session, actor: Actor, *, now: datetime) -> list[Agenda]:
    """Return the agendas that a person works today, by title.

    Raises:
        NotPermittedError: no role of theirs works with agendas.
    """
    require(actor, Permission.SEE_AGENDA_DESK)
    found = {
        agenda.id: agenda
        for agenda, path in session.exec(_paths(now))
        if actor.can(Permission.SEE_AGENDA_DESK, path)
    }
    return sorted(found.values(), key=lambda agenda: text.fold(agenda.title))


def require_desk(
    session: Session, actor: Actor, agenda_id: int, permission: Permission, *, now: datetime
) -> None:
    """Refuse whoever does not work this agenda today; for them it does not exist.

    Raises:
        NotFoundError: it is another unit's, or there is none.
    """
    require(actor, permission)
    paths = [path for _, path in session.exec(_paths(now).where(col(Agenda.id) == agenda_id))]
    if not any(actor.can(permission, path) for path in paths):
        raise NotFoundError("Não encontramos esta agenda.")


def appointment(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> Appointment:
    """Return an appointment to whoever works its agenda today.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    row = session.get(Appointment, appointment_id)
    if row is None:
        require(actor, Permission.EDIT_AGENDA)
        raise NotFoundError("Não encontramos este atendimento.")
    require_desk(session, actor, row.agenda_id, Permission.EDIT_AGENDA, now=now)
    return row


def require_rules(session: Session, actor: Actor, agenda_id: int) -> tuple[Agenda, Unit]:
    """Return an agenda and its gabinete to whoever may set its rules: its own people.

    Raises:
        NotFoundError: it is another unit's, or there is none.
    """
    require(actor, Permission.EDIT_AGENDA)
    asked = select(Agenda, Unit).join(Unit, col(Unit.id) == col(Agenda.unit_id))
    row = session.exec(asked.where(col(Agenda.id) == agenda_id)).first()
    if row is None or not actor.can(Permission.EDIT_AGENDA, row[1].path):
        raise NotFoundError("Não encontramos esta agenda.")
    return row[0], row[1]


def _paths(now: datetime):  # noqa: ANN202 (a SQLAlchemy statement)
    """Return agendas with the path of each unit that works them today: their own, a substitute."""
    today = clock.local_day(now)
    standing = (col(AgendaSubstitute.first_day) <= today) & (
        col(AgendaSubstitute.last_day) >= today
    )
    works = (col(Unit.id) == col(Agenda.unit_id)) | (col(Unit.id) == col(AgendaSubstitute.unit_id))
    return (
        select(Agenda, Unit.path)
        .join(
            AgendaSubstitute,
            (col(AgendaSubstitute.agenda_id) == col(Agenda.id)) & standing,
            isouter=True,
        )
        .join(Unit, works)
    )
