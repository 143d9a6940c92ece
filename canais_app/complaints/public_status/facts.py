"""What the public status is made of: troubles, notices, incidents and counts of one scope."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.complaints.models import ComplaintHour, VisitHour
from canais_app.complaints.public_status.charts import HOURS, Scope
from canais_app.complaints.public_status.incidents import list_public_incidents
from canais_app.complaints.public_status.views import PublicIncident
from canais_app.complaints.situations.queries import (
    PublicLevel,
    Trouble,
    list_troubles,
    load_working,
)
from canais_app.directory import notices, snapshot
from canais_app.directory.models import Comarca, Unit
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.views import NoticeView
from canais_app.expediente.rules import Location, NoticeKind
from canais_app.kit import clock

FAILURES = (PublicLevel.CONFIRMED, PublicLevel.REPORTED)
CLOSED = "fechada"
WORST_FIRST = (PublicLevel.CONFIRMED, PublicLevel.REPORTED, CLOSED, PublicLevel.MAINTENANCE)


@dataclass(frozen=True)
class Facts:
    """What was read of one scope."""

    here: DirectorySnapshot
    now: datetime
    scope: Scope
    comarca: Comarca | None
    unit: Unit | None
    troubles: list[Trouble]
    working: Mapping[int, tuple[str, ...]]
    notices: list[NoticeView]
    incidents: list[PublicIncident]
    reports: Counter[int]  # of the last 24 hours by unit
    used: Collection[int]  # units with a visit in the last 24 hours

    @property
    def closures(self) -> list[NoticeView]:
        """The closures in force."""
        return [
            n for n in self.notices if n.in_force and n.kind == NoticeKind.CLOSED and not n.channel
        ]


def read_facts(session: Session, now: datetime, comarca: str, unit: str) -> Facts:
    """Read the facts of the state, of a comarca or of a unit.

    Raises:
        NotFoundError: no such comarca or unit.
        UnitMovedError: a unit's former slug.
    """
    here = snapshot.load_snapshot(session)
    row = here.find_unit(unit) if unit else None
    place = here.find_comarca(comarca) if comarca else None
    scope = Scope(Location(place.id if place else row.comarca_id if row else None))
    if row is not None:
        scope = replace(scope, unit_ids=frozenset({row.id or 0}))
    elif place is not None:
        mine = (id_ for id_, each in here.units.items() if each.comarca_id == place.id)
        scope = replace(scope, unit_ids=frozenset(mine))
    troubles = [
        trouble
        for trouble in list_troubles(session, now, unit_ids=scope.unit_ids)
        if trouble.unit_id in here.units
    ]
    found = notices.list_current_and_announced(session, now, row)
    if place is not None:
        found = [view for view in found if _concerns(here, view, place)]
    reports, used = _count_by_unit(session, scope, now)
    return Facts(
        here=here,
        now=now,
        scope=scope,
        comarca=place,
        unit=row,
        troubles=troubles,
        working=load_working(session, {t.unit_id for t in troubles}, troubles, now),
        notices=found,
        incidents=list_public_incidents(session, here, now, scope.unit_ids),
        reports=reports,
        used=used,
    )


def _concerns(here: DirectorySnapshot, view: NoticeView, place: Comarca) -> bool:
    unit = here.by_slug.get(view.unit) if view.unit else None
    return view.concerns_comarca(place.slug) or (unit is not None and unit.comarca_id == place.id)


def _count_by_unit(session: Session, scope: Scope, now: datetime) -> tuple[Counter[int], set[int]]:
    first = clock.hour_number(now) - HOURS
    counted = select(ComplaintHour.unit_id, ComplaintHour.count).where(
        col(ComplaintHour.hour) > first, col(ComplaintHour.hour) <= clock.hour_number(now)
    )
    visited = select(VisitHour.unit_id).where(col(VisitHour.hour) > first).distinct()
    if scope.unit_ids is not None:
        counted = counted.where(col(ComplaintHour.unit_id).in_(scope.unit_ids))
        visited = visited.where(col(VisitHour.unit_id).in_(scope.unit_ids))
    reports: Counter[int] = Counter()
    for unit_id, count in session.exec(counted):
        reports[unit_id] += count
    return reports, set(session.exec(visited))
