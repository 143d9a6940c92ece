"""Units by weeks: who stands out, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from canais_app.complaints import counts, spikes
from canais_app.complaints.counts import Scope, Span
from canais_app.complaints.measures.history import DAY, WEEK, History
from canais_app.complaints.measures.ranking import UnitExcess
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.spikes import Level, Reference
from canais_app.kit import clock

WEEKS = 8  # columns of the matrix, each judged by the eight weeks before it
SHOWN = 9  # units of the matrix


@dataclass(frozen=True)
class WeekRow:
    """A unit's complaints per week, and how far each stands out from the eight before."""

    unit: UnitName
    seen: tuple[int, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Weeks:
    """The unit × week matrix; weeks begin on Monday, the last one is under way."""

    starts: tuple[date, ...]
    rows: tuple[WeekRow, ...]
    totals: tuple[int, ...]


def count_weeks(
    session: Session,
    scope: Scope,
    history: History,
    ranking: Sequence[UnitExcess],
    names: dict[int, UnitName],
) -> Weeks:
    """Count the weeks of the units that lead the ranking, in its order."""
    today = clock.local_day(history.now)
    monday = today - today.weekday() * DAY
    starts = [monday - n * WEEK for n in range(2 * WEEKS - 1, -1, -1)]
    moments = [clock.at(start, 0) for start in starts]
    shown = {row.unit.slug for row in ranking[:SHOWN]}
    ids = {unit: name for unit, name in names.items() if name.slug in shown}
    spans = [Span(n, moment, moment + WEEK) for n, moment in enumerate(moments)]
    seen: dict[str, list[int]] = {slug: [0] * len(starts) for slug in shown}
    for (bucket, unit, _), total in counts.by_unit(
        session, scope, spans, units=set(ids), per_channel=False
    ).items():
        seen[ids[unit].slug][bucket] += round(total)
    totals = tuple(round(history.between(moment, moment + WEEK)) for moment in moments)
    known = [n for n, start in enumerate(starts) if history.first and start >= history.first]
    rows = tuple(
        WeekRow(
            row.unit,
            tuple(seen[row.unit.slug][WEEKS:]),
            tuple(_levels(seen[row.unit.slug], known)),
        )
        for row in ranking[:SHOWN]
    )
    return Weeks(tuple(starts[WEEKS:]), rows, totals[WEEKS:])


def _levels(seen: Sequence[int], known: Sequence[int]) -> list[Level]:
    """Judge each week by the (up to eight) weeks before it; fewer than four tell nothing."""
    levels: list[Level] = []
    for week in range(WEEKS, 2 * WEEKS):
        before = [seen[n] for n in known if week - WEEKS <= n < week]
        reference = Reference(sum(before), len(before) if len(before) >= WEEKS // 2 else 0)
        levels.append(spikes.level(seen[week], spikes.chance(seen[week], reference)))
    return levels
