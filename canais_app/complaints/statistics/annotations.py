"""What happened in a period: days without expediente, notices and incidents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, or_, select

from canais_app.complaints.situations.models import Incident
from canais_app.complaints.statistics.counts import DashboardScope
from canais_app.complaints.statistics.periods import Period
from canais_app.directory.models import Unit
from canais_app.expediente.posting import NOTICE_KIND_NAMES
from canais_app.expediente.queries import load_calendar_rows, load_notices_since
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock

SHOWN = 8


@dataclass(frozen=True)
class Annotation:
    """Something that explains a figure, from its first to its last day."""

    first: date
    last: date
    words: str
    href: str = ""


def load_annotations(
    session: Session, scope: DashboardScope, period: Period
) -> tuple[Annotation, ...]:
    """Return what happened in a scope's period, oldest first, the most important at most."""
    if scope.unit_id is not None and scope.comarca_id is None:
        unit = session.get_one(Unit, scope.unit_id)
        scope = replace(scope, comarca_id=unit.comarca_id)
    first, last = period.dates[0], period.dates[-1]
    start = clock.from_wall_clock(first, 0)
    found = [
        Annotation(max(row.first_day, first), min(row.last_day, last), row.name)
        for row in load_calendar_rows(session, first, last)
        if row.comarca_id in (None, scope.comarca_id)
    ]
    for notice in load_notices_since(session, start):
        begins = clock.to_local_day(notice.starts_at)
        if begins > last or notice.comarca_id not in (None, scope.comarca_id):
            continue
        ends = clock.to_local_day(notice.ends_at) if notice.ends_at else last
        words = f"{NOTICE_KIND_NAMES[NoticeKind(notice.kind)]}: {notice.text}"
        found.append(Annotation(max(begins, first), min(ends, last), words))
    found += _incidents(session, scope, period)
    return tuple(sorted(found, key=lambda row: row.first)[-SHOWN:])


def _incidents(session: Session, scope: DashboardScope, period: Period) -> Sequence[Annotation]:
    first, last = period.dates[0], period.dates[-1]
    start = clock.from_wall_clock(first, 0)
    query = select(Incident).where(
        col(Incident.started_at) <= period.now,
        or_(col(Incident.closed_at).is_(None), col(Incident.closed_at) >= start),
        col(Incident.false_reason) == "",
    )
    if scope.comarca_id is not None:
        query = query.where(
            or_(col(Incident.comarca_id).is_(None), col(Incident.comarca_id) == scope.comarca_id)
        )
    found: list[Annotation] = []
    for row in session.exec(query):
        begins = clock.to_local_day(row.started_at)
        ends = clock.to_local_day(row.closed_at or period.now)
        if begins <= last:
            words = f"Incidente {row.code}: {row.title}"
            found.append(Annotation(max(begins, first), min(ends, last), words))
    return found
