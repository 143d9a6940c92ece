"""The figures of the Corregedoria: one snapshot of a slice, in numbers; words are the screen's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.alarms import Alarm, detect_alarms
from canais_app.complaints.statistics.baseline import load_baseline
from canais_app.complaints.statistics.deadlines import Deadlines, load_deadlines
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.complaints.statistics.suppressed import Suppressed, load_suppressed
from canais_app.complaints.statistics.trends import (
    HourlyMeans,
    SeriesPoint,
    UnitExcess,
    WeekMatrix,
    build_series,
    build_week_matrix,
    compute_hourly_means,
    rank_units,
)
from canais_app.complaints.statistics.units import (
    UnitName,
    count_units,
    load_comarca_name,
    load_unit_names,
)
from canais_app.directory.models import Comarca, Unit


@dataclass(frozen=True)
class DashboardSnapshot:
    """Everything the dashboard shows of one slice at one moment."""

    at: datetime
    chosen: DashboardFilter
    unit: UnitName | None
    comarca: str
    units: int
    alarms: tuple[Alarm, ...]
    series: tuple[SeriesPoint, ...]
    unit_series: tuple[SeriesPoint, ...]
    ranking: tuple[UnitExcess, ...]
    heat: HourlyMeans
    weeks: WeekMatrix
    deadlines: Deadlines
    muted: tuple[Suppressed, ...]


def load_dashboard_snapshot(
    session: Session, actor: Actor, filters: DashboardFilter, *, now: datetime
) -> DashboardSnapshot:
    """Read everything the dashboard shows of a slice.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: the slice names a comarca or unit that does not exist.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    return build_dashboard_snapshot(session, filters, now=now)


def build_dashboard_snapshot(
    session: Session, filters: DashboardFilter, *, now: datetime
) -> DashboardSnapshot:
    """Do the same for a room whose members were let in one by one."""
    whole = filters.without_unit()
    scope, wide = counts.resolve_scope(session, filters), counts.resolve_scope(session, whole)
    names = load_unit_names(session)
    history = load_baseline(session, scope, now)
    split = scope != wide
    around = load_baseline(session, wide, now) if split else history
    ranking = rank_units(session, wide, filters, around, names)
    under_closure, muted = load_suppressed(session, now)
    return DashboardSnapshot(
        at=now,
        chosen=filters,
        unit=names.get(scope.unit_id or 0),
        comarca=load_comarca_name(session, scope),
        units=count_units(session, wide),
        alarms=detect_alarms(session, wide, around, names=names, muted=under_closure),
        series=build_series(filters, around),
        unit_series=build_series(filters, history) if split else (),
        ranking=ranking,
        heat=compute_hourly_means(history),
        weeks=build_week_matrix(session, wide, around, ranking),
        deadlines=load_deadlines(session, scope, names, now),
        muted=muted,
    )


def check_filter(session: Session, actor: Actor, filters: DashboardFilter) -> None:
    """Refuse a slice that names what the directory does not know.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: there is no such comarca or unit.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    counts.resolve_scope(session, filters)


def list_filter_choices(
    session: Session, actor: Actor, filters: DashboardFilter
) -> tuple[list[list[str]], list[list[str]]]:
    """Return comarcas and units (of the comarca, when one is chosen) as [slug, name]."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    comarcas = session.execute(
        select(col(Comarca.slug), col(Comarca.name))
        .where(col(Comarca.installed))
        .order_by(col(Comarca.slug))
    )
    units = select(col(Unit.slug), col(Unit.name)).where(col(Unit.active))
    scope = counts.resolve_scope(session, filters.without_unit())
    if scope.comarca_id is not None:
        units = units.where(col(Unit.comarca_id) == scope.comarca_id)
    rows = session.execute(units.order_by(col(Unit.slug)))
    return [list(row) for row in comarcas], [list(row) for row in rows]
