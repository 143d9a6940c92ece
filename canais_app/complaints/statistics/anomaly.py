"""Test for anomalies: more complaints in an hour than chance explains (0–20 an hour, many units).

References are the same hour on the last 20 days of the same kind (open or closed) without the
last two, so that a lasting failure does not become normal. With S complaints on
n reference days and Jeffreys' prior, the next count follows NegBin(size = S + ½,
prob = n / (n + 1)). Source: Jeffreys' prior for a Poisson rate is Gamma(½, 0); its predictive
distribution is that negative binomial.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from scipy.special import betainc

REFERENCE_COUNT = 20  # days compared with
SKIPPED_REFERENCES = 2  # the newest days of the same kind, left out
MIN_REFERENCES = 10  # with fewer, the pool's mean fills the missing days
LOOK_BACK_DAYS = 120  # days searched for references
POSSIBLE_THRESHOLD = 1e-2
PROBABLE_THRESHOLD = 1e-4
MIN_REPORTERS = 3  # distinct people for "provável"; reports, if people are unknown


class AlarmLevel(IntEnum):
    """The confidence that a channel fails."""

    NORMAL = 0
    POSSIBLE = 1
    PROBABLE = 2


@dataclass(frozen=True)
class Reference:
    """Past counts of the same hour: `total` complaints on `days` days."""

    total: float
    days: int

    @property
    def mean(self) -> float:
        """Complaints expected in this hour; 0 without reference days."""
        return self.total / self.days if self.days else 0.0


def list_reference_days(
    day: date, is_open: Callable[[date], bool], *, first: date | None = None
) -> list[date]:
    """List the reference days of `day`, newest first, none before `first`."""
    kind, found = is_open(day), list[date]()
    for back in range(1, LOOK_BACK_DAYS + 1):
        candidate = day - timedelta(days=back)
        if first is not None and candidate < first:
            break
        if is_open(candidate) == kind:
            found.append(candidate)
        if len(found) == REFERENCE_COUNT + SKIPPED_REFERENCES:
            break
    return found[SKIPPED_REFERENCES:]


def pool_reference(reference: Reference, pool_mean: float) -> Reference:
    """Fill up to ten days with the mean of the same channel in the other units."""
    missing = MIN_REFERENCES - reference.days
    if reference.days == 0 or missing <= 0:
        return reference
    return Reference(reference.total + missing * pool_mean, MIN_REFERENCES)


def tail_probability(seen: int, reference: Reference) -> float:
    """Return P(X ≥ seen) for an hour in which nothing is wrong; 1 without references.

    P(X ≥ x) = I(1 − prob; x, size), the regularised incomplete beta function.
    """
    if seen <= 0 or reference.days == 0:
        return 1.0
    return float(betainc(seen, reference.total + 0.5, 1 / (reference.days + 1)))


def classify_level(
    seen: int, p: float, *, before: float = 1.0, people: int | None = None
) -> AlarmLevel:
    """Classify an hour by its probability `p` and that of the hour `before`.

    `people` is the number of distinct reporters; None: unknown, the number of reports is used.
    """
    if p >= POSSIBLE_THRESHOLD:
        return AlarmLevel.NORMAL
    enough = (seen if people is None else people) >= MIN_REPORTERS
    if enough and (p < PROBABLE_THRESHOLD or before < POSSIBLE_THRESHOLD):
        return AlarmLevel.PROBABLE
    return AlarmLevel.POSSIBLE


def alarm_limit(reference: Reference, threshold: float = PROBABLE_THRESHOLD) -> int:
    """Return the smallest count with a probability under `threshold`; 0 without references."""
    if reference.days == 0:
        return 0
    low, high = 0, 1
    while tail_probability(high, reference) >= threshold:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if tail_probability(middle, reference) >= threshold else (low, middle)
        )
    return high


def predictive_interval(reference: Reference, share: float = 0.9) -> tuple[int, int]:
    """Return the lowest and highest counts of the central `share` of normal hours."""
    tail = (1 - share) / 2
    return max(alarm_limit(reference, 1 - tail) - 1, 0), max(alarm_limit(reference, tail) - 1, 0)


def format_return_period(p: float) -> str:
    """Return a probability per hour in words: `1 vez em 300 mil horas`."""
    hours = 1 / max(p, 1e-12)
    if hours >= 1e9:  # noqa: PLR2004 (a thousand million)
        return "menos de 1 vez em 1 bilhão de horas"
    size = 10 ** math.floor(math.log10(hours))
    rounded = round(hours / size) * size
    for unit, one, many in ((1_000_000, "milhão de", "milhões de"), (1000, "mil", "mil")):
        if rounded >= unit:
            count = round(rounded / unit)
            return f"1 vez em {count} {one if count == 1 else many} horas"
    return f"1 vez em {round(rounded)} horas"
