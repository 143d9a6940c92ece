"""An agenda as its own gabinete may set it: its versions, and what a form would contradict."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.agenda import keepers
from canais_app.agenda.models import AgendaVersion
from canais_app.agenda.setting import contradictions
from canais_app.agenda.setting.findings import Finding, Ground
from canais_app.agenda.setting.rules_form import Typed
from canais_app.agenda.times import availability, slots
from canais_app.agenda.times.availability import Published
from canais_app.directory.models import Comarca, Unit, UnitKind
from canais_app.kit import clock

HOLIDAYS_AHEAD = timedelta(days=366)
FARTHEST = timedelta(days=730)  # how far ahead a version may be published


def whole(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> Published:
    """Return an agenda, published or not, to whoever may set its rules.

    Raises:
        NotFoundError: it is another unit's.
    """
    agenda, unit = keepers.require_rules(session, actor, agenda_id)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return availability.load(session, [(agenda, unit, comarca)], now=now)[0]


def first_day(typed: Typed, now: datetime) -> date:
    """Return the day from which a form would hold: its own, or today; at most two years ahead."""
    today = clock.local_day(now)
    return min(max(typed.starts_on or today, today), today + FARTHEST)


def start_of(first: date, now: datetime) -> datetime:
    """Return the moment at which terms from `first` on are looked at: their beginning, or now."""
    return max(now, clock.at(first, 0))


def findings(typed: Typed, agenda: Published, *, now: datetime) -> list[Finding]:
    """Return what a form contradicts in itself, on the days it would govern."""
    today, first = clock.local_day(now), first_day(typed, now)
    ground = Ground(
        today=today,
        first=first,
        last_day=slots.horizon_end(typed.terms.rules, agenda.court, start_of(first, now)),
        until=agenda.versions.room_for(first)[1],
        holidays=agenda.court.holidays(today, today + HOLIDAYS_AHEAD),
    )
    return contradictions.find(typed.terms, ground)


def newest(session: Session, agenda_id: int) -> int:
    """Return the number of an agenda's newest version; 0 when it has none."""
    asked = select(func.max(col(AgendaVersion.number)))
    return session.scalar(asked.where(col(AgendaVersion.agenda_id) == agenda_id)) or 0


def since(session: Session, agenda_id: int, base: int) -> Sequence[AgendaVersion]:
    """Return the versions published after `base`, oldest first."""
    return session.exec(
        select(AgendaVersion)
        .where(col(AgendaVersion.agenda_id) == agenda_id, col(AgendaVersion.number) > base)
        .order_by(col(AgendaVersion.number))
    ).all()


def registries(session: Session, unit: Unit) -> Sequence[Unit]:
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
