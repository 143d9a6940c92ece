"""Alarms: a unit's channel with more complaints in the last hour than chance explains."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from canais_app.complaints.statistics import anomaly, counts
from canais_app.complaints.statistics.anomaly import AlarmLevel, Reference
from canais_app.complaints.statistics.baseline import HOUR, Baseline, split_into_hours
from canais_app.complaints.statistics.counts import DashboardScope, RecentComplaint, WeightedSpan
from canais_app.complaints.statistics.units import UnitName
from canais_app.kit import clock

STREAK_HOURS = 6  # hours walked back to say since when


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


def detect_alarms(
    session: Session,
    scope: DashboardScope,
    history: Baseline,
    *,
    names: dict[int, UnitName],
    muted: set[int],
) -> tuple[Alarm, ...]:
    """Judge each unit's channel by the last 60 minutes, most surprising first."""
    slots: dict[tuple[int, str], list[list[RecentComplaint]]] = defaultdict(
        lambda: [[] for _ in range(STREAK_HOURS)]
    )
    for one in history.recent:
        back = int((history.now - one.at) / HOUR)
        if back < STREAK_HOURS:
            slots[one.unit_id, one.channel][back].append(one)
    slots = {k: v for k, v in slots.items() if len(v[0]) > 1 and k[0] not in muted}
    references = _references(session, scope, history, {unit for unit, _ in slots})
    found = [
        alarm
        for (unit, channel), hours in slots.items()
        if (alarm := _judge_channel(names[unit], channel, hours, references(unit, channel)))
    ]
    return tuple(sorted(found, key=lambda a: (-a.level, a.p)))


def _judge_channel(
    unit: UnitName,
    channel: str,
    hours: list[list[RecentComplaint]],
    references: Sequence[Reference],
) -> Alarm | None:
    chances = [anomaly.tail_probability(len(h), r) for h, r in zip(hours, references, strict=True)]
    judged = anomaly.classify_level(len(hours[0]), chances[0], before=chances[1])
    if judged == AlarmLevel.NORMAL:
        return None
    streak = next(
        (n for n, p in enumerate(chances) if p >= anomaly.POSSIBLE_THRESHOLD), STREAK_HOURS
    )
    return Alarm(
        unit=unit,
        channel=channel,
        kind=Counter(one.kind for one in hours[0]).most_common(1)[0][0],
        seen=len(hours[0]),
        expected=references[0].mean,
        p=chances[0],
        level=judged,
        since=min(one.at for one in hours[streak - 1]),
    )


def _references(
    session: Session, scope: DashboardScope, history: Baseline, units: set[int]
) -> Callable[[int, str], list[Reference]]:
    """Return what each of the last hours saw before, per unit and channel."""
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

    def of(unit: int, channel: str) -> list[Reference]:
        found: list[Reference] = []
        for slot in range(STREAK_HOURS):
            pool = pools[slot, channel]
            mean = sum(pool) / len(pool) / days[slot] if pool and days[slot] else 0.0
            own = Reference(totals.get((slot, unit, channel), 0.0), days[slot])
            found.append(anomaly.pool_reference(own, mean))
        return found

    return of
