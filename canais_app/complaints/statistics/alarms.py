"""Detect alarms, except for units under a declared closure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.complaints.statistics import anomaly, counts
from canais_app.complaints.statistics.anomaly import AlarmLevel, Reference
from canais_app.complaints.statistics.baseline import HOUR, Baseline, split_into_hours
from canais_app.complaints.statistics.counts import (
    DashboardScope,
    RecentComplaint,
    UnitName,
    WeightedSpan,
)
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.queries import load_notices_since
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock

STREAK_HOURS = 6  # hours searched for the start of an alarm


@dataclass(frozen=True)
class Alarm:
    """A unit's channel with more complaints in the last hour than chance explains."""

    unit: UnitName
    channel: str
    kind: str
    seen: int
    expected: float
    p: float
    level: AlarmLevel
    since: datetime


@dataclass(frozen=True)
class Suppressed:
    """A declared closure: its units raise no alarm."""

    place: str
    reason: str
    act: str
    act_url: str
    since: datetime


def detect_alarms(
    session: Session,
    scope: DashboardScope,
    history: Baseline,
    *,
    names: dict[int, UnitName],
    suppressed: set[int],
) -> tuple[Alarm, ...]:
    """Classify each unit's channel by the last 60 minutes, least probable first."""
    slots: dict[tuple[int, str], list[list[RecentComplaint]]] = defaultdict(
        lambda: [[] for _ in range(STREAK_HOURS)]
    )
    for recent in history.recent:
        hours_ago = int((history.now - recent.at) / HOUR)
        if hours_ago < STREAK_HOURS:
            slots[recent.unit_id, recent.channel][hours_ago].append(recent)
    slots = {k: v for k, v in slots.items() if len(v[0]) > 1 and k[0] not in suppressed}
    references = _references(session, scope, history, {unit for unit, _ in slots})
    found = [
        alarm
        for (unit, channel), hours in slots.items()
        if (alarm := _classify_channel(names[unit], channel, hours, references(unit, channel)))
    ]
    return tuple(sorted(found, key=lambda a: (-a.level, a.p)))


def _classify_channel(
    unit: UnitName,
    channel: str,
    hours: list[list[RecentComplaint]],
    references: Sequence[Reference],
) -> Alarm | None:
    chances = [anomaly.tail_probability(len(h), r) for h, r in zip(hours, references, strict=True)]
    level = anomaly.classify_level(len(hours[0]), chances[0], before=chances[1])
    if level == AlarmLevel.NORMAL:
        return None
    streak = next(
        (n for n, p in enumerate(chances) if p >= anomaly.POSSIBLE_THRESHOLD), STREAK_HOURS
    )
    return Alarm(
        unit=unit,
        channel=channel,
        kind=Counter(recent.kind for recent in hours[0]).most_common(1)[0][0],
        seen=len(hours[0]),
        expected=references[0].mean,
        p=chances[0],
        level=level,
        since=min(recent.at for recent in hours[streak - 1]),
    )


def _references(
    session: Session, scope: DashboardScope, history: Baseline, units: set[int]
) -> Callable[[int, str], list[Reference]]:
    """Return a function that gives the references of the last hours by unit and channel."""
    spans: list[WeightedSpan] = []
    days = [0] * STREAK_HOURS
    for slot in range(STREAK_HOURS):
        end = history.now - slot * HOUR
        day = clock.to_local_day(end)
        references = history.reference_days(day)
        days[slot] = len(references)
        for other in references:
            moved = end - (day - other)
            spans += [
                WeightedSpan(slot, h, h + HOUR, w) for h, w in split_into_hours(moved - HOUR, moved)
            ]
    few = 0 < min(days) < anomaly.MIN_REFERENCES
    totals = counts.count_by_unit(session, scope, spans, units=None if few else units)
    pools: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    for (slot, _, channel), total in totals.items():
        pools[slot, channel].append(total)

    def references_of(unit: int, channel: str) -> list[Reference]:
        found: list[Reference] = []
        for slot in range(STREAK_HOURS):
            pool = pools[slot, channel]
            mean = sum(pool) / len(pool) / days[slot] if pool and days[slot] else 0.0
            own = Reference(totals.get((slot, unit, channel), 0.0), days[slot])
            found.append(anomaly.pool_reference(own, mean))
        return found

    return references_of


def load_suppressed(session: Session, now: datetime) -> tuple[set[int], tuple[Suppressed, ...]]:
    """Return the units under a declared closure of a comarca or unit, and the closures."""
    units: set[int] = set()
    closures: list[Suppressed] = []
    for notice in load_notices_since(session, now):
        if notice.kind != NoticeKind.CLOSED or not notice.is_in_force(now):
            continue
        if notice.unit_id and (unit := session.get(Unit, notice.unit_id)):
            below = col(Unit.id) == unit.id
            if unit.path:
                below = col(Unit.path).startswith(unit.path, autoescape=True)
            name = unit.name
        elif notice.comarca_id and (comarca := session.get(Comarca, notice.comarca_id)):
            below, name = col(Unit.comarca_id) == comarca.id, comarca.name
        else:
            continue
        units.update(id_ for id_ in session.scalars(select(col(Unit.id)).where(below)) if id_)
        closures.append(Suppressed(name, notice.text, notice.act, notice.act_url, notice.starts_at))
    return units, tuple(closures)
