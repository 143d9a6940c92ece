"""What became of complaints: visits, answers and ratings of some days, by unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canais_app.complaints.statistics.columns import Facts
from canais_app.complaints.statistics.report_sums import Rows, sum_by, sum_pairs, take_rows

Array = NDArray[Any]


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of some units on some days; arrays by unit id."""

    visits: Array
    answers: Array
    on_time: Array
    medians: Array  # days until the answer
    ratings: Array
    solved: Array
    median_days: float | None  # of all answers


def read_outcomes(
    facts: Facts, first_day: int, until_day: int, units: Mapping[int, object], channel: int | None
) -> Outcomes:
    """Return the outcomes of units between two days; answers are not counted by channel."""
    inside = mark_units(units)
    visits = keep_units(facts.visits.between(first_day, until_day), inside)
    answers = keep_units(facts.answers.between(first_day, until_day), inside)
    ratings = keep_units(facts.ratings.between(first_day, until_day), inside)
    size, counts = len(inside), answers["count"]
    longest = int(answers["wait"].max(initial=0)) + 1
    pairs = sum_pairs(answers["unit"], answers["wait"], counts, (size, longest))
    ranks = np.cumsum(pairs, axis=1)
    used = visits["count"] if channel is None else visits["count"] * (visits["channel"] == channel)
    return Outcomes(
        visits=sum_by(visits["unit"], used, size),
        answers=ranks[:, -1],
        on_time=sum_by(answers["unit"], counts * answers["on_time"], size),
        medians=(ranks * 2 >= ranks[:, -1:]).argmax(axis=1).astype(float),
        ratings=sum_by(ratings["unit"], ratings["count"], size),
        solved=sum_by(ratings["unit"], ratings["count"] * ratings["solved"], size),
        median_days=_median(pairs.sum(axis=0)),
    )


def mark_units(units: Mapping[int, object]) -> Array:
    """Return by id whether a unit is among these."""
    inside = np.zeros(max(units, default=0) + 1, bool)
    inside[list(units)] = True
    return inside


def keep_units(rows: Rows, inside: Array) -> Rows:
    """Return the rows of the marked units."""
    return take_rows(rows, is_of_units(rows, inside))


def is_of_units(rows: Rows, inside: Array) -> Array:
    """Return which rows are of the marked units."""
    return inside[np.minimum(rows["unit"], len(inside) - 1)] & (rows["unit"] < len(inside))


def _median(counts: Array) -> float | None:
    """Return the median of 0, 1, 2…, each occurring so many times."""
    ranks = np.cumsum(counts)
    return float(np.searchsorted(ranks, ranks[-1] / 2)) if ranks[-1] else None
