"""The table of units: reports, rate, causes, punctuality and satisfaction of a period.

The funnel follows Spiegelhalter (2005), "Funnel plots for comparing institutional performance":
limits of 99.8 % around the state's rate for the unit's own volume, widened by the dispersion that
most units show.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from canais_app.complaints.kinds import KIND_BY_CODE, CauseGroup, ComplaintKindCode
from canais_app.complaints.statistics.columns import KINDS
from canais_app.complaints.statistics.counts import UnitName
from canais_app.complaints.statistics.outcomes import Outcomes
from canais_app.complaints.statistics.periods import SPARK_WEEKS
from canais_app.complaints.statistics.report_sums import ReportSums, at_share

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


@dataclass(frozen=True)
class UnitTable:
    """The figures of all units of a scope as columns; the row of a unit is made when asked for.

    The units are in the order of their slugs. `columns` has the numbers of `UnitRow` by name, and
    `kind` as its index; what is not known is NaN. `groups` and `weeks` have a row per unit.
    """

    units: tuple[UnitName, ...]
    columns: Mapping[str, Array]
    groups: Array
    weeks: Array

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.units)

    def __iter__(self) -> Iterator[UnitRow]:
        """Yield the row of each unit."""
        return map(self.row, range(len(self)))

    def __getitem__(self, name: str) -> Array:
        """Return a column."""
        return self.columns[name]

    def row(self, n: int) -> UnitRow:
        """Return the row of a unit, by its place."""
        values = {name: column[n].item() for name, column in self.columns.items()}
        kind, has_rate = values.pop("kind"), not np.isnan(values.pop("rate"))
        low, high = values.pop("low"), values.pop("high")
        middle = values.pop("median_days")
        return UnitRow(
            unit=self.units[n],
            groups=tuple(self.groups[n].tolist()),
            weeks=tuple(self.weeks[n].tolist()),
            kind=KINDS[kind] if values["seen"] else "",
            median_days=middle if values["answers"] else None,
            low=low if has_rate else None,
            high=high if has_rate else None,
            **values,
        )

    @property
    def above(self) -> Array:
        """The places of the units above the funnel."""
        return np.flatnonzero(self["rate"] > self["high"])

    @property
    def below(self) -> Array:
        """The places of the units below the funnel."""
        return np.flatnonzero(self["rate"] < self["low"])

    def sort(self, order: str) -> Array:
        """Return the places of the units in an order like `-relatos`; unknown values come last."""
        values = SORT_KEYS[order.removeprefix("-")](self)
        usual = np.argsort(-self["seen"], kind="stable")
        values = values[usual]
        return usual[np.argsort(-values if order.startswith("-") else values, kind="stable")]

    def add_up(self, places: Array | None = None, median_days: float | None = None) -> UnitRow:
        """Return the sum of all units, or of those at some places."""
        chosen: Any = slice(None) if places is None else places
        sums = {name: self[name][chosen].sum().item() for name in _ADDED}
        return UnitRow(
            unit=None,
            groups=tuple(self.groups[chosen].sum(axis=0).tolist()),
            weeks=tuple(self.weeks[chosen].sum(axis=0).tolist()),
            kind="",
            kind_count=0,
            median_days=median_days,
            units=len(self) if places is None else len(places),
            **sums,
        )


_ADDED = ("seen", "before", "expected", "visits", "answers", "on_time", "ratings", "solved")


def divide(part: Array, whole: Array) -> Array:
    """Return shares; NaN of nothing."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


# The columns that a reader may sort by, in the table's order; NaN is not known.
SORT_KEYS: dict[str, Callable[[UnitTable], Array]] = {
    "unidade": lambda table: np.arange(len(table), dtype=float),
    "relatos": lambda table: table["seen"].astype(float),
    "mudanca": lambda table: divide(table["seen"], table["before"]),
    "esperado": lambda table: table["expected"],
    "taxa": lambda table: table["rate"],
    "tecnica": lambda table: divide(table.groups[:, 0], table["seen"]),
    "prazo": lambda table: divide(table["on_time"], table["answers"]),
    "dias": lambda table: np.where(table["answers"] > 0, table["median_days"], np.nan),
    "satisfacao": lambda table: divide(table["solved"], table["ratings"]),
}


def build_table(
    units: Mapping[int, UnitName], sums: ReportSums, outcomes: Outcomes, hour_share: float
) -> UnitTable:
    """Return the table of the units from sums by unit id."""
    ids = np.fromiter(units, int, len(units))
    by_kind = sums.by_kind[ids].astype(np.int64)
    seen, visits = by_kind.sum(axis=1), outcomes.visits[ids].astype(np.int64)
    groups = np.zeros((len(ids), len(GROUPS)), np.int64)
    np.add.at(groups.T, GROUP_OF_KIND, by_kind.T)
    top = by_kind.argmax(axis=1)
    has_rate = (visits > 0) & (seen >= MIN_REPORTS)
    low, high = funnel(seen, visits)
    columns = {
        "seen": seen,
        "before": np.rint(at_share(sums.before[ids], hour_share)).astype(np.int64),
        "expected": at_share(sums.expected[ids], hour_share),
        "visits": visits,
        "kind": top,
        "kind_count": by_kind[np.arange(len(ids)), top],
        "answers": outcomes.answers[ids].astype(np.int64),
        "on_time": outcomes.on_time[ids].astype(np.int64),
        "median_days": outcomes.medians[ids],
        "ratings": outcomes.ratings[ids].astype(np.int64),
        "solved": outcomes.solved[ids].astype(np.int64),
        "rate": np.where(has_rate, 1000 * seen / np.maximum(visits, 1), np.nan),
        "low": low,
        "high": high,
    }
    return UnitTable(tuple(units.values()), columns, groups, sums.weeks[ids].astype(np.int64))


def funnel(seen: Array, visits: Array) -> tuple[Array, Array]:
    """Return the limits of each unit's rate per thousand visits, given its volume."""
    total = visits.sum()
    known = (visits > 0) & (seen >= MIN_REPORTS)
    if not total or not known.any():
        return np.zeros(len(seen)), np.zeros(len(seen))
    mean = np.where(visits > 0, seen[visits > 0].sum() / total * visits, 0.0)
    z = (seen[known] - mean[known]) / np.sqrt(np.maximum(mean[known], 1e-9))
    extremes = np.quantile(z, (WINSORISED, 1 - WINSORISED))
    phi = max(1.0, float(np.mean(np.clip(z, *extremes) ** 2)))
    safe = np.maximum(mean[known], 1e-9)
    tails = np.array([[FUNNEL_TAIL], [1 - FUNNEL_TAIL]])
    is_poisson = phi <= 1 + SMALLEST_EXCESS
    counts = (
        poisson.ppf(tails, safe) if is_poisson else nbinom.ppf(tails, safe / (phi - 1), 1 / phi)
    )
    limits = np.zeros((2, len(seen)))
    limits[:, known] = counts * 1000 / visits[known]
    return limits[0], limits[1]
