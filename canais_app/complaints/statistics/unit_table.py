"""The table of units: reports, rate, causes, punctuality and satisfaction of a period.

The funnel follows Spiegelhalter (2005), "Funnel plots for comparing institutional performance":
limits of 99.8 % around the state's rate for the unit's own volume, widened by the dispersion that
most units show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from canais_app.complaints.kinds import KIND_BY_CODE, CauseGroup, ComplaintKindCode
from canais_app.complaints.statistics.columns import KINDS, Facts
from canais_app.complaints.statistics.counts import UnitName
from canais_app.complaints.statistics.periods import SPARK_WEEKS, Period, hour_of

MIN_REPORTS = 5  # below it no rate and no share is shown
FUNNEL_TAIL = 0.001  # on each side: limits of 99.8 %
WINSORISED = 0.1  # share of the most extreme units that does not widen the limits
SMALLEST_EXCESS = 1e-6  # a dispersion nearer to Poisson's is Poisson's
LATE_SHARE = 0.7  # fewer answers on time stand out
SPARK_EXCESS = 1.6  # times the mean of the other weeks
GROUPS = tuple(CauseGroup)
GROUP_OF_KIND = np.array([
    GROUPS.index(KIND_BY_CODE[ComplaintKindCode(kind)].group) for kind in KINDS
])  # fmt: skip
Array = NDArray[Any]
Rows = Mapping[str, Array]


@dataclass(frozen=True)
class UnitRow:
    """A unit's figures, or the sum of some units' (`unit` is None)."""

    unit: UnitName | None
    seen: int
    before: int
    expected: float
    visits: int
    groups: tuple[int, ...]  # by `GROUPS`
    kind: str  # the most frequent
    kind_count: int
    answers: int
    on_time: int
    median_days: float | None
    ratings: int
    solved: int
    weeks: tuple[int, ...]  # the eight whole weeks before this one
    low: float | None = None  # the funnel, per thousand visits
    high: float | None = None
    units: int = 1

    @property
    def change(self) -> float | None:
        """Change against the period before, as a share; None without reports before."""
        return self.seen / self.before - 1 if self.before else None

    @property
    def rate(self) -> float | None:
        """Reports per thousand visits; None without enough of them."""
        return 1000 * self.seen / self.visits if self.visits and self.seen >= MIN_REPORTS else None

    @property
    def position(self) -> str:
        """Where the rate lies in the funnel: "acima", "dentro", "abaixo"; empty if unknown."""
        if self.rate is None or self.low is None or self.high is None:
            return ""
        return "acima" if self.rate > self.high else "abaixo" if self.rate < self.low else "dentro"

    @property
    def on_time_share(self) -> float | None:
        """Share of the answers that were given on time."""
        return self.on_time / self.answers if self.answers else None

    @property
    def solved_share(self) -> float | None:
        """Share of the reporters who said that it was solved."""
        return self.solved / self.ratings if self.ratings else None

    @property
    def kind_share(self) -> float:
        """Share of the most frequent kind."""
        return self.kind_count / self.seen if self.seen else 0.0

    @property
    def peak_week(self) -> int | None:
        """The week that stands out of the others, if one does."""
        if len(self.weeks) < SPARK_WEEKS or max(self.weeks) < MIN_REPORTS:
            return None
        peak = int(np.argmax(self.weeks))
        others = (sum(self.weeks) - self.weeks[peak]) / (len(self.weeks) - 1)
        return peak if self.weeks[peak] > SPARK_EXCESS * others else None


# The columns that a reader may sort by, in the table's order.
SORT_KEYS: dict[str, Callable[[UnitRow], Any]] = {
    "unidade": lambda row: row.unit.slug if row.unit else "",
    "relatos": lambda row: row.seen,
    "mudanca": lambda row: row.change,
    "esperado": lambda row: row.expected,
    "taxa": lambda row: row.rate,
    "tecnica": lambda row: row.groups[0] / row.seen if row.seen else None,
    "prazo": lambda row: row.on_time_share,
    "dias": lambda row: row.median_days,
    "satisfacao": lambda row: row.solved_share,
}


def sort_rows(rows: list[UnitRow], order: str) -> list[UnitRow]:
    """Return the rows in an order like `-relatos`; unknown values come last."""
    key, falls = SORT_KEYS[order.removeprefix("-")], order.startswith("-")
    ordered = sorted(rows, key=lambda row: (-row.seen, row.unit.slug if row.unit else ""))
    known = [row for row in ordered if key(row) is not None]
    return [*sorted(known, key=key, reverse=falls), *(row for row in ordered if key(row) is None)]


def build_rows(
    facts: Facts, period: Period, reports: Rows, units: Mapping[int, UnitName], channel: int | None
) -> list[UnitRow]:
    """Return a row for each unit; `reports` are the scope's from `oldest_hour` on."""
    size = max(units, default=0) + 1
    inside = np.zeros(size, bool)
    inside[list(units)] = True
    seen_rows = _between(reports, period.first_hour, period.until_hour)
    seen = _sum(seen_rows["unit"], seen_rows["count"], size)
    offsets = reports["at"] - period.oldest_hour
    counts = reports["count"]
    expected = _sum(reports["unit"], counts * weigh(period.expected_weights, offsets), size)
    before = _sum(reports["unit"], counts * weigh(period.before_weights, offsets), size)
    by_kind = _matrix(seen_rows["unit"], seen_rows["kind"], seen_rows["count"], size, len(KINDS))
    by_group = np.zeros((size, len(GROUPS)), np.int64)
    np.add.at(by_group.T, GROUP_OF_KIND, by_kind.T)
    weeks = _weeks(reports, period, size)
    visits = _visits(facts, period.first_day, period.until_day, size, channel)
    answers, on_time, medians = _answers(facts, period.first_day, period.until_day, inside)
    ratings, solved = _ratings(facts, period.first_day, period.until_day, size)
    low, high = funnel(seen, visits)
    top = by_kind.argmax(axis=1)
    columns = {
        "seen": seen.astype(int),
        "before": np.rint(before).astype(int),
        "expected": expected,
        "visits": visits.astype(int),
        "kind_count": by_kind[np.arange(size), top],
        "answers": answers.astype(int),
        "on_time": on_time.astype(int),
        "ratings": ratings.astype(int),
        "solved": solved.astype(int),
    }
    ids = np.fromiter(units, int, len(units))
    values = zip(*(column[ids].tolist() for column in columns.values()), strict=True)
    groups, weekly = by_group[ids].tolist(), weeks[ids].tolist()
    kinds, lows, highs = top[ids].tolist(), low[ids].tolist(), high[ids].tolist()
    middles = medians[ids].tolist()
    rows: list[UnitRow] = []
    for n, (unit, row) in enumerate(zip(units.values(), values, strict=True)):
        fields = dict(zip(columns, row, strict=True))
        has_rate = fields["visits"] > 0 and fields["seen"] >= MIN_REPORTS
        rows.append(
            UnitRow(
                unit=unit,
                groups=tuple(groups[n]),
                kind=KINDS[kinds[n]] if fields["seen"] else "",
                median_days=middles[n] if fields["answers"] else None,
                weeks=tuple(weekly[n]),
                low=lows[n] if has_rate else None,
                high=highs[n] if has_rate else None,
                **fields,
            )
        )
    return rows


def add_up(rows: list[UnitRow], waits: Rows | None = None) -> UnitRow:
    """Return the sum of rows; `waits` are the answers of which the median is wanted."""
    return UnitRow(
        unit=None,
        seen=sum(row.seen for row in rows),
        before=sum(row.before for row in rows),
        expected=sum(row.expected for row in rows),
        visits=sum(row.visits for row in rows),
        groups=tuple(map(sum, zip(*(row.groups for row in rows), strict=True)))
        or (0,) * len(GROUPS),
        kind="",
        kind_count=0,
        answers=sum(row.answers for row in rows),
        on_time=sum(row.on_time for row in rows),
        median_days=weighted_median(waits["wait"], waits["count"]) if waits else None,
        ratings=sum(row.ratings for row in rows),
        solved=sum(row.solved for row in rows),
        weeks=tuple(map(sum, zip(*(row.weeks for row in rows), strict=True))) or (0,) * SPARK_WEEKS,
        units=len(rows),
    )


def funnel(seen: Array, visits: Array) -> tuple[Array, Array]:
    """Return the limits of each unit's rate per thousand visits, given its volume."""
    total = visits.sum()
    known = (visits > 0) & (seen >= MIN_REPORTS)
    if not total or not known.any():
        return np.zeros(len(seen)), np.zeros(len(seen))
    mean = np.where(visits > 0, seen[visits > 0].sum() / total * visits, 0.0)
    z = (seen[known] - mean[known]) / np.sqrt(np.maximum(mean[known], 1e-9))
    limits = np.quantile(z, (WINSORISED, 1 - WINSORISED))
    phi = max(1.0, float(np.mean(np.clip(z, *limits) ** 2)))
    safe = np.maximum(mean, 1e-9)
    family = nbinom(safe / (phi - 1), 1 / phi) if phi > 1 + SMALLEST_EXCESS else poisson(safe)
    scale = 1000 / np.maximum(visits, 1)
    return family.ppf(FUNNEL_TAIL) * scale, family.ppf(1 - FUNNEL_TAIL) * scale


def weighted_median(values: Array, counts: Array) -> float | None:
    """Return the median of values that occur `counts` times."""
    if not len(values):
        return None
    order = np.argsort(values, kind="stable")
    ranks = np.cumsum(counts[order])
    return float(values[order][np.searchsorted(ranks, ranks[-1] / 2)])


def answers_between(facts: Facts, first: int, until: int, inside: Array) -> Rows:
    """Return the answers of some units on some days; `inside` says which, by id."""
    rows = facts.answers.between(first, until)
    known = (rows["unit"] < len(inside)) & inside[np.minimum(rows["unit"], len(inside) - 1)]
    return {name: column[known] for name, column in rows.items()}


def _answers(facts: Facts, first: int, until: int, inside: Array) -> tuple[Array, Array, Array]:
    """Return the answers of each unit, those on time, and the median days they took."""
    rows, size = answers_between(facts, first, until, inside), len(inside)
    units, counts = rows["unit"], rows["count"]
    longest = int(rows["wait"].max(initial=0)) + 1
    ranks = np.cumsum(_matrix(units, rows["wait"], counts, size, longest), axis=1)
    medians = (ranks * 2 >= ranks[:, -1:]).argmax(axis=1).astype(float)
    return ranks[:, -1], _sum(units, counts * rows["on_time"], size), medians


def _ratings(facts: Facts, first: int, until: int, size: int) -> tuple[Array, Array]:
    rows = facts.ratings.between(first, until)
    solved = rows["count"] * rows["solved"]
    return _sum(rows["unit"], rows["count"], size), _sum(rows["unit"], solved, size)


def _visits(facts: Facts, first: int, until: int, size: int, channel: int | None) -> Array:
    rows = facts.visits.between(first, until)
    counts = rows["count"] if channel is None else rows["count"] * (rows["channel"] == channel)
    return _sum(rows["unit"], counts, size)


def visits_between(facts: Facts, first: int, until: int, inside: Array, channel: int | None) -> int:
    """Return the visits of some units on some days."""
    return int(_visits(facts, first, until, len(inside), channel)[inside].sum())


def _weeks(reports: Rows, period: Period, size: int) -> Array:
    start = period.spark_start
    rows = _between(reports, hour_of(start), hour_of(start + 7 * SPARK_WEEKS))
    week = (rows["at"] - hour_of(start)) // (7 * 24)
    return _matrix(rows["unit"], week, rows["count"], size, SPARK_WEEKS)


def _between(rows: Rows, first: int, until: int) -> Rows:
    inside = (rows["at"] >= first) & (rows["at"] < until)
    return {name: column[inside] for name, column in rows.items()}


def weigh(weights: Array, offsets: Array) -> Array:
    """Return the weight of each row, by its hour since the first one."""
    if not len(weights):
        return np.zeros(len(offsets))
    known = (offsets >= 0) & (offsets < len(weights))
    return np.where(known, weights[np.clip(offsets, 0, len(weights) - 1)], 0.0)


def _sum(units: Array, counts: Array, size: int) -> Array:
    inside = units < size
    if not inside.all():
        units, counts = units[inside], counts[inside]
    return np.bincount(units, weights=counts, minlength=size)


def _matrix(units: Array, columns: Array, counts: Array, size: int, width: int) -> Array:
    flat = _sum(units.astype(np.int64) * width + columns, counts, size * width)
    return flat.reshape(size, width).astype(np.int64)
