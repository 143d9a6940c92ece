"""An agenda as its own gabinete may set it: its versions, and what a form would contradict."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.agenda import access
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability import slots
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.models import AgendaVersion
from canais_app.agenda.rules import validation
from canais_app.agenda.rules.form_values import ParsedForm
from canais_app.agenda.rules.validation import ValidationContext, ValidationFinding
from canais_app.directory.models import Comarca, Unit, UnitKind
from canais_app.kit import clock

HOLIDAYS_AHEAD = timedelta(days=366)
MAX_START_AHEAD = timedelta(days=730)  # how far ahead a version may be published


def load_for_editor(
    session: Session, actor: Actor, agenda_id: int, *, now: datetime
) -> AgendaContext:
    """Return an agenda, published or not, to whoever may set its rules.

    Raises:
        NotFoundError: it is another unit's.
    """
    agenda, unit = access.require_rules_access(session, actor, agenda_id)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return availability.load_contexts(session, [(agenda, unit, comarca)], now=now)[0]


def first_day_of_form(typed: ParsedForm, now: datetime) -> date:
    """Return the day from which a form would hold: its own, or today; at most two years ahead."""
    today = clock.to_local_day(now)
    return min(max(typed.starts_on or today, today), today + MAX_START_AHEAD)


def start_moment(first: date, now: datetime) -> datetime:
    """Return the moment at which terms from `first` on are looked at: their beginning, or now."""
    return max(now, clock.from_wall_clock(first, 0))


def find_contradictions_of_form(
    typed: ParsedForm, agenda: AgendaContext, *, now: datetime
) -> list[ValidationFinding]:
    """Return what a form contradicts in itself, on the days it would govern."""
    today, first = clock.to_local_day(now), first_day_of_form(typed, now)
    ground = ValidationContext(
        today=today,
        first=first,
        last_day=slots.last_bookable_day(typed.terms.rules, agenda.court, start_moment(first, now)),
        until=agenda.versions.find_superseded(first)[1],
        holidays=agenda.court.list_holidays(today, today + HOLIDAYS_AHEAD),
    )
    return validation.find_contradictions(typed.terms, ground)


def newest_version_number(session: Session, agenda_id: int) -> int:
    """Return the number of an agenda's newest version; 0 when it has none."""
    asked = select(func.max(col(AgendaVersion.number)))
    return session.scalar(asked.where(col(AgendaVersion.agenda_id) == agenda_id)) or 0


def versions_since(session: Session, agenda_id: int, base: int) -> Sequence[AgendaVersion]:
    """Return the versions published after `base`, oldest first."""
    return session.exec(
        select(AgendaVersion)
        .where(col(AgendaVersion.agenda_id) == agenda_id, col(AgendaVersion.number) > base)
        .order_by(col(AgendaVersion.number))
    ).all()


def list_registries(session: Session, unit: Unit) -> Sequence[Unit]:
    """Return the secretarias that can be told of a gabinete's appointments: of its comarca."""
    here = (
        col(Unit.comarca_id) == unit.comarca_id
        if unit.comarca_id
        else col(Unit.parent_id) == unit.parent_id
    )
    return session.exec(
        select(Unit)
        .where(col(Unit.kind) == UnitKind.REGISTRY, col(Unit.active), here)
        .order_by(col(Unit.name))
    ).all()
