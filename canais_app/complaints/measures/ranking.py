"""Units by their complaints above the expected."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from canais_app.complaints import counts
from canais_app.complaints.counts import Scope, Span
from canais_app.complaints.measures.history import DAY, HOUR, History
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.slices import Slice
from canais_app.kit import clock


@dataclass(frozen=True)
class UnitExcess:
    """A unit's complaints in the period against what was expected."""

    unit: UnitName
    channel: str  # the one with most complaints
    seen: int
    expected: float
    recent: tuple[int, ...]  # per hour or day of the period, oldest first

    @property
    def excess(self) -> float:
        """Complaints above the expected; negative when there were fewer."""
        return self.seen - self.expected


def rank_units(
    session: Session,
    scope: Scope,
    chosen: Slice,
    history: History,
    names: dict[int, UnitName],
) -> tuple[UnitExcess, ...]:
    """Return every unit with complaints seen or expected, by excess, largest first."""
    start, end = chosen.start(history.now), chosen.end(history.now)
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (_, unit, channel), total in counts.by_unit(session, scope, [Span(0, start, end)]).items():
        seen[unit][channel] += round(total)
    normal = _expected_spans(chosen, history)
    sums = counts.by_unit(session, scope, normal, per_channel=False)
    expected = defaultdict(float, {unit: total for (_, unit, _), total in sums.items()})
    order = sorted(
        set(seen) | set(expected),
        key=lambda u: (expected[u] - seen[u].total(), -seen[u].total(), u),
    )
    trends = _trends(session, scope, start, end, order[:12])
    return tuple(
        UnitExcess(
            unit=names[unit],
            channel=seen[unit].most_common(1)[0][0] if seen[unit] else "",
            seen=seen[unit].total(),
            expected=expected[unit],
            recent=trends.get(unit, ()),
        )
        for unit in order
    )


def _expected_spans(chosen: Slice, history: History) -> list[Span]:
    """Return the past hours, weighted, whose sum is what the period should have seen."""
    weights: defaultdict[tuple[datetime, datetime], float] = defaultdict(float)
    start, last = chosen.start(history.now), chosen.end(history.now)
    while start < last:
        day = clock.local_day(start)
        end = min(clock.at(day + DAY, 0), last)
        full = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        days = history.references(day) or [day]  # no reference: no excess is claimed
        for other in days:
            back = day - other
            weights[start - back, full - back] += 1 / len(days)
            if end > full:
                weights[full - back, full - back + HOUR] += (end - full) / HOUR / len(days)
        start = end
    return [Span(1, since, until, weight) for (since, until), weight in weights.items()]


def _trends(
    session: Session, scope: Scope, start: datetime, end: datetime, units: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    step = HOUR if end - start <= 2 * DAY else max(DAY, (end - start) // 60)
    edges: list[datetime] = []
    while start < end:
        edges.append(start)
        start += step
    spans = [Span(n, edge, edge + step) for n, edge in enumerate(edges)]
    found: dict[int, list[int]] = {unit: [0] * len(edges) for unit in units}
    for (bucket, unit, _), total in counts.by_unit(
        session, scope, spans, units=units, per_channel=False
    ).items():
        found[unit][bucket] += round(total)
    return {unit: tuple(trend) for unit, trend in found.items()}
