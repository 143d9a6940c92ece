"""Load an agenda for its own gabinete's people, with what a rules form is validated against."""

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
from canais_app.agenda.rules.form_values import ParsedForm
from canais_app.agenda.rules.validation import ValidationContext
from canais_app.directory.models import Comarca, Unit, UnitKind
from canais_app.kit import clock

HOLIDAYS_AHEAD = timedelta(days=366)
MAX_START_AHEAD = timedelta(days=730)  # how far ahead a version may be published


def load_for_editor(
    session: Session, actor: Actor, agenda_id: int, *, now: datetime
) -> AgendaContext:
    """Return an agenda, published or not, if the actor may edit its rules.

    Raises:
        NotFoundError: the agenda is another unit's.
    """
    agenda, unit = access.require_rules_access(session, actor, agenda_id)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return availability.load_contexts(session, [(agenda, unit, comarca)], now=now)[0]


def first_day_of_form(parsed: ParsedForm, now: datetime) -> date:
    """Return the first day of a form's version: today or later, at most two years ahead."""
    today = clock.to_local_day(now)
    return min(max(parsed.starts_on or today, today), today + MAX_START_AHEAD)


def start_moment(first: date, now: datetime) -> datetime:
    """Return the beginning of the day `first`, or now when that is later."""
    return max(now, clock.from_wall_clock(first, 0))


def validation_context(
    parsed: ParsedForm, agenda: AgendaContext, *, now: datetime
) -> ValidationContext:
    """Return the days that a form would govern, and the court's calendar on them."""
    today, first = clock.to_local_day(now), first_day_of_form(parsed, now)
    start = start_moment(first, now)
    return ValidationContext(
        today=today,
        first=first,
        last_day=slots.last_bookable_day(parsed.terms.rules, agenda.court, start),
        until=agenda.versions.find_superseded(first)[1],
        holidays=agenda.court.list_holidays(today, today + HOLIDAYS_AHEAD),
    )


def newest_version_number(session: Session, agenda_id: int) -> int:
    """Return the number of an agenda's newest version; 0 when it has none."""
    newest = select(func.max(col(AgendaVersion.number)))
    return session.scalar(newest.where(col(AgendaVersion.agenda_id) == agenda_id)) or 0


def versions_since(session: Session, agenda_id: int, base: int) -> Sequence[AgendaVersion]:
    """Return the versions published after `base`, oldest first."""
    return session.exec(
        select(AgendaVersion)
        .where(col(AgendaVersion.agenda_id) == agenda_id, col(AgendaVersion.number) > base)
        .order_by(col(AgendaVersion.number))
    ).all()


def list_registries(session: Session, unit: Unit) -> Sequence[Unit]:
    """Return the secretarias that may get notice of a gabinete's appointments: its comarca's."""
    nearby = (
        col(Unit.comarca_id) == unit.comarca_id
        if unit.comarca_id
        else col(Unit.parent_id) == unit.parent_id
    )
    return session.exec(
        select(Unit)
        .where(col(Unit.kind) == UnitKind.REGISTRY, col(Unit.active), nearby)
        .order_by(col(Unit.name))
    ).all()
