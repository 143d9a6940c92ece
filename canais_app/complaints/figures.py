"""The figures of the Corregedoria: one snapshot of a slice, in numbers; words are the screen's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import counts
from canais_app.complaints.measures.alarms import Alarm, find_alarms
from canais_app.complaints.measures.closures import Muted, read_closures
from canais_app.complaints.measures.deadlines import Deadlines, read_deadlines
from canais_app.complaints.measures.history import read_history
from canais_app.complaints.measures.units import UnitName, comarca_name, count_units, name_units
from canais_app.complaints.measures.weeks import (
    Heat,
    Point,
    UnitExcess,
    Weeks,
    average_hours,
    count_weeks,
    points,
    rank_units,
)
from canais_app.complaints.slices import Slice
from canais_app.directory.models import Comarca, Unit


@dataclass(frozen=True)
class Snapshot:
    """Everything the dashboard shows of one slice at one moment."""

    at: datetime
    chosen: Slice
    unit: UnitName | None
    comarca: str
    units: int
    alarms: tuple[Alarm, ...]
    series: tuple[Point, ...]
    unit_series: tuple[Point, ...]
    ranking: tuple[UnitExcess, ...]
    heat: Heat
    weeks: Weeks
    deadlines: Deadlines
    muted: tuple[Muted, ...]


def snapshot(session: Session, actor: Actor, chosen: Slice, *, now: datetime) -> Snapshot:
    """Read everything the dashboard shows of a slice.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: the slice names a comarca or unit that does not exist.
    """
    require(actor, Permission.SEE_DASHBOARD)
    return measure(session, chosen, now=now)


def measure(session: Session, chosen: Slice, *, now: datetime) -> Snapshot:
    """Do the same for a room whose members were let in one by one."""
    whole = chosen.without_unit()
    scope, wide = counts.scope_of(session, chosen), counts.scope_of(session, whole)
    names = name_units(session)
    history = read_history(session, scope, now)
    split = scope != wide
    around = read_history(session, wide, now) if split else history
    ranking = rank_units(session, wide, chosen, around, names)
    under_closure, muted = read_closures(session, now)
    return Snapshot(
        at=now,
        chosen=chosen,
        unit=names.get(scope.unit_id or 0),
        comarca=comarca_name(session, scope),
        units=count_units(session, wide),
        alarms=find_alarms(session, wide, around, names=names, muted=under_closure),
        series=points(chosen, around),
        unit_series=points(chosen, history) if split else (),
        ranking=ranking,
        heat=average_hours(history),
        weeks=count_weeks(session, wide, around, ranking),
        deadlines=read_deadlines(session, scope, names, now),
        muted=muted,
    )


def check(session: Session, actor: Actor, chosen: Slice) -> None:
    """Refuse a slice that names what the directory does not know.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: there is no such comarca or unit.
    """
    require(actor, Permission.SEE_DASHBOARD)
    counts.scope_of(session, chosen)


def choices(
    session: Session, actor: Actor, chosen: Slice
) -> tuple[list[list[str]], list[list[str]]]:
    """Return comarcas and units (of the comarca, when one is chosen) as [slug, name]."""
    require(actor, Permission.SEE_DASHBOARD)
    comarcas = session.execute(
        select(col(Comarca.slug), col(Comarca.name))
        .where(col(Comarca.installed))
        .order_by(col(Comarca.slug))
    )
    units = select(col(Unit.slug), col(Unit.name)).where(col(Unit.active))
    scope = counts.scope_of(session, chosen.without_unit())
    if scope.comarca_id is not None:
        units = units.where(col(Unit.comarca_id) == scope.comarca_id)
    rows = session.execute(units.order_by(col(Unit.slug)))
    return [list(row) for row in comarcas], [list(row) for row in rows]
