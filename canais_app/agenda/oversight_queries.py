"""What the Corregedoria reads of appointments; no lawyer is named.

Requests past their term, appointments of which lawyer and gabinete say different things, and
agendas without free times.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import queries
from canais_app.agenda.models import OUTCOME_NAMES, Agenda, Appointment, AppointmentStatus, Outcome
from canais_app.directory.models import Comarca, Unit
from canais_app.kit.text import format_datetime, pluralise

PERIOD = timedelta(days=90)  # of the disagreements
NO_FREE_TIME = timedelta(days=20)  # ahead, before an agenda is listed; its gabinete hears at 10
MAX_ROWS = 200
_HOUR = timedelta(hours=1)
_DESK_SAYS = {AppointmentStatus.ATTENDED: "veio", AppointmentStatus.MISSED: "faltou"}


@dataclass(frozen=True)
class OverdueRequest:
    """A request that its gabinete has not answered in time."""

    code: str
    unit: str
    comarca: str
    wanted: str
    due: str
    late: str


@dataclass(frozen=True)
class Disagreement:
    """An appointment as its lawyer and its gabinete tell it."""

    code: str
    unit: str
    comarca: str
    at: str
    lawyer: str
    desk: str
    complaint_href: str  # empty without a complaint


@dataclass(frozen=True)
class FullAgenda:
    """A published agenda without a free time soon, and when the next one is."""

    agenda: str
    unit: str
    comarca: str
    next_free: str
    agenda_href: str


def list_full_agendas(session: Session, *, actor: Actor, now: datetime) -> list[FullAgenda]:
    """Return the published agendas without a free time in 20 days; those with none at all first."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    full = [
        card
        for card in queries.list_agendas(session, now=now)
        if not card.next_free or datetime.fromisoformat(card.next_free) >= now + NO_FREE_TIME
    ]
    full.sort(key=lambda card: (card.next_free != "", card.comarca, card.title))
    return [
        FullAgenda(
            card.title,
            card.unit,
            card.comarca or "–",
            card.next_free_words or "nenhum",
            routes.agenda(card.slug),
        )
        for card in full[:MAX_ROWS]
    ]


def list_overdue_requests(session: Session, *, actor: Actor, now: datetime) -> list[OverdueRequest]:
    """Return the requests past their term whose time is still to come, the latest first."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    query = _with_place().where(
        col(Appointment.status) == AppointmentStatus.PENDING,
        col(Appointment.answer_due_at) <= now,
        col(Appointment.starts_at) > now,
    )
    found = session.exec(query.order_by(col(Appointment.answer_due_at)).limit(MAX_ROWS))
    return [
        OverdueRequest(
            row.code,
            unit,
            comarca or "–",
            format_datetime(row.starts_at),
            format_datetime(row.answer_due_at),
            _late(now - row.answer_due_at),
        )
        for row, unit, comarca in found
        if row.answer_due_at is not None
    ]


def list_disagreements(session: Session, *, actor: Actor, now: datetime) -> list[Disagreement]:
    """Return the appointments of 90 days of which the two sides say different things."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    said, status = col(Appointment.lawyer_outcome), col(Appointment.status)
    query = _with_place().where(
        said != "",
        col(Appointment.lawyer_outcome_at) >= now - PERIOD,
        or_(
            and_(said == Outcome.NOT_ATTENDED, status.in_([str(code) for code in _DESK_SAYS])),
            and_(said == Outcome.ATTENDED, status == AppointmentStatus.MISSED),
        ),
    )
    found = session.exec(query.order_by(col(Appointment.lawyer_outcome_at).desc()).limit(MAX_ROWS))
    return [
        Disagreement(
            row.code,
            unit,
            comarca or "–",
            format_datetime(row.starts_at),
            OUTCOME_NAMES[row.lawyer_outcome],
            _DESK_SAYS[AppointmentStatus(row.status)],
            routes.complaint(row.complaint_protocol)
            if row.complaint_protocol and actor.can(Permission.TRIAGE_COMPLAINTS)
            else "",
        )
        for row, unit, comarca in found
    ]


def _with_place():  # noqa: ANN202 (a SQLModel select of three columns)
    return (
        select(Appointment, Unit.name, Comarca.name)
        .join(Agenda, col(Agenda.id) == col(Appointment.agenda_id))
        .join(Unit, col(Unit.id) == col(Agenda.unit_id))
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
    )


def _late(by: timedelta) -> str:
    hours = by // _HOUR
    if hours < 48:  # noqa: PLR2004 (two days)
        return f"há {pluralise(hours, 'hora', 'horas')}" if hours else "há menos de 1 hora"
    return f"há {hours // 24} dias"
