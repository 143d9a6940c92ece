"""Alarms: a unit's channel with more complaints in the last hour than chance explains."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from canais_app.complaints import counts, spikes
from canais_app.complaints.counts import Recent, Scope, Span
from canais_app.complaints.measures.history import HOUR, History, hour_parts
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.spikes import Level, Reference
from canais_app.kit import clock

STREAK = 6  # hours walked back to say since when


@dataclass(frozen=True)
class Alarm:
    """A unit's channel with more complaints in the last hour than chance explains."""

    unit: UnitName
    channel: str
    kind: str
    seen: int
    expected: float
    p: float
    level: Level
    since: datetime


def find_alarms(
    session: Session,
    scope: Scope,
    history: History,
    *,
    names: dict[int, UnitName],
    muted: set[int],
) -> tuple[Alarm, ...]:
    """Judge each unit's channel by the last 60 minutes, most surprising first."""
    slots: dict[tuple[int, str], list[list[Recent]]] = defaultdict(
        lambda: [[] for _ in range(STREAK)]
    )
    for one in history.recent:
        back = int((history.now - one.at) / HOUR)
        if back < STREAK:
            slots[one.unit_id, one.channel][back].append(one)
    slots = {k: v for k, v in slots.items() if len(v[0]) > 1 and k[0] not in muted}
    references = _references(session, scope, history, {unit for unit, _ in slots})
    found = [
        alarm
        for (unit, channel), hours in slots.items()
        if (alarm := _judge(names[unit], channel, hours, references(unit, channel)))
    ]
    return tuple(sorted(found, key=lambda a: (-a.level, a.p)))


def _judge(
    unit: UnitName, channel: str, hours: list[list[Recent]], references: Sequence[Reference]
) -> Alarm | None:
    chances = [spikes.chance(len(h), r) for h, r in zip(hours, references, strict=True)]
    judged = spikes.level(len(hours[0]), chances[0], before=chances[1])
    if judged == Level.NORMAL:
        return None
    streak = next((n for n, p in enumerate(chances) if p >= spikes.POSSIBLE), STREAK)
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
    session: Session, scope: Scope, history: History, units: set[int]
) -> Callable[[int, str], list[Reference]]:
    """Return what each of the last hours saw before, per unit and channel."""
    spans: list[Span] = []
    days = [0] * STREAK
    for slot in range(STREAK):
        end = history.now - slot * HOUR
        day = clock.local_day(end)
        references = history.references(day)
        days[slot] = len(references)
        for other in references:
            moved = end - (day - other)
            spans += [Span(slot, h, h + HOUR, w) for h, w in hour_parts(moved - HOUR, moved)]
    few = 0 < min(days) < spikes.ENOUGH
    totals = counts.by_unit(session, scope, spans, units=None if few else units)
    pools: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    for (slot, _, channel), total in totals.items():
        pools[slot, channel].append(total)

    def of(unit: int, channel: str) -> list[Reference]:
        found: list[Reference] = []
        for slot in range(STREAK):
            pool = pools[slot, channel]
            mean = sum(pool) / len(pool) / days[slot] if pool and days[slot] else 0.0
            own = Reference(totals.get((slot, unit, channel), 0.0), days[slot])
            found.append(spikes.pooled(own, mean))
        return found

    return of
