"""Statistics of alarms: how rare a count of people is, given what is usual.

A series is one channel of one unit. Its counts follow a negative binomial (`size`, `prob`, as in
R and scipy). All functions are pure and take numbers or arrays that broadcast together. Where a
number is missing (NaN) or impossible, a probability is NaN, which is under no threshold.
Sources: Jeffreys' prior and Bayesian limits – Höhle 2007, R package surveillance (`algo.bayes`);
CUSUM for Poisson counts – Lucas 1985, Brook & Evans 1972.
"""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammainc
from scipy.stats import poisson

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SMALLEST_EXCESS = 1e-9  # a variance nearer to Poisson's is Poisson's

JEFFREYS = (0.5, 0.0)  # shape and rate of the prior that knows nothing
MIN_DISPERSION = 1.0  # φ: counts never vary less than Poisson's
WEIGHTINGS = 2
LARGEST_SHAPE = 1e4  # units that differ by no more than chance: all have the mean
LARGEST_COUNT = 2**53  # counts above it are not whole numbers as floats
LARGEST_PROB = math.nextafter(1.0, 0.0)  # 1 marks a Poisson, see `tail`
LONGEST_RUN = 1e12  # steps, up to which the chain is solved with some digits
FINEST_STEP = 200  # largest denominator of k in the chain of `arl`


class CusumPath(NamedTuple):
    """A CUSUM: its value after each step, and the first step that reached the limit."""

    path: FloatArray
    first: int | None


def _floats(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=float)


def jeffreys(seen: ArrayLike, total: ArrayLike, days: ArrayLike) -> FloatArray:
    """Return P(X ≥ seen) when the same hour had `total` on `days` days; 1 without days.

    Jeffreys' prior: X follows NegBin(size = total + ½, prob = days / (days + 1)).
    """
    days = np.where(_floats(days) >= 0, days, np.nan)
    return tail(seen, _floats(total) + JEFFREYS[0], np.minimum(1 - 1 / (days + 1), LARGEST_PROB))


def predictive(  # noqa: PLR0913, PLR0917 (the numbers of the model)
    total: ArrayLike,
    exposure: ArrayLike,
    now: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    phi: ArrayLike = MIN_DISPERSION,
    kappa: ArrayLike = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Return `(size, prob)` of the count of a window that holds `now` average days.

    `total` people were seen in `exposure` average days; the rate has the prior Gamma(a, b). The
    mean is m = rate·now, the variance φm + κm² + m²/(a + total), φ being at least 1 and κ 0. With
    b + exposure = 0 nothing is known and `prob` is 0.
    """
    shape = np.maximum(_floats(a) + _floats(total), SMALLEST_EXCESS)
    known = _floats(b) + _floats(exposure)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = _floats(now) * shape / known
    mean = np.where(known > 0, mean, np.inf)
    phi, kappa = np.maximum(_floats(phi), MIN_DISPERSION), np.maximum(_floats(kappa), 0.0)
    size, prob = negative_binomial(mean, phi, kappa + 1 / shape)
    return size[()], prob[()]


def negative_binomial(
    mean: ArrayLike, linear: ArrayLike, square: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return `(size, prob)` with that mean m and the variance linear·m + square·m².

    Where that is Poisson's variance, `size` is the mean and `prob` is 1 (see `tail`).
    """
    mean = _floats(mean)
    excess = _floats(linear) - 1 + _floats(square) * mean
    with np.errstate(all="ignore"):
        size = np.where(np.isinf(mean), 1 / _floats(square), mean / excess)
    poisson = excess <= SMALLEST_EXCESS
    return np.where(poisson, mean, size), np.where(poisson, 1.0, 1 / (1 + excess))


def tail(seen: ArrayLike, size: ArrayLike, prob: ArrayLike) -> FloatArray:
    """Return P(X ≥ seen) of a negative binomial; with prob = 1, of a Poisson with mean `size`."""
    seen, size, prob = np.broadcast_arrays(_floats(seen), _floats(size), _floats(prob))
    p = np.where(prob == 1, gammainc(seen, size), betainc(seen, size, 1 - prob))
    p = np.where((size == 0) & (prob > 0), 0.0, p)
    is_certain = (size >= 0) & ((seen <= 0) | (prob == 0))
    return np.where(is_certain, 1.0, p)[()]


def limit(size: ArrayLike, prob: ArrayLike, alpha: ArrayLike) -> IntArray:
    """Return the smallest count whose tail probability is under `alpha`; 0 where prob is 0.

    It is 0, too, where a number is missing or impossible, and `LARGEST_COUNT` where no count is so
    rare.
    """
    size, prob, alpha = np.broadcast_arrays(_floats(size), _floats(prob), _floats(alpha))
    unknown = ~((prob > 0) & (prob <= 1) & (size >= 0) & (alpha <= 1))
    size, prob = np.where(unknown, 1.0, size), np.where(unknown, 0.5, prob)
    alpha = np.where(unknown, 0.5, alpha)
    low, high = np.zeros(size.shape, dtype=int), np.ones(size.shape, dtype=int)
    while (over := (tail(high, size, prob) >= alpha) & (high < LARGEST_COUNT)).any():
        low, high = np.where(over, high, low), np.where(over, high * 2, high)
    while (high - low > 1).any():
        middle = (low + high) // 2
        over = tail(middle, size, prob) >= alpha
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return np.where(unknown, 0, high)[()]


def prior(totals: ArrayLike, exposures: ArrayLike, phi: float = 1.0) -> tuple[float, float]:
    """Return the Gamma `(a, b)` of the rates of a channel's units, by their moments.

    Every unit counts, also those without a report. What the Poisson noise (times φ) explains of
    the spread is no difference between units. Without reports: Jeffreys' prior, whose shape also
    serves a single unit.
    """
    totals, exposures = _floats(totals), _floats(exposures)
    known = (exposures > 0) & np.isfinite(totals / np.where(exposures > 0, exposures, 1))
    totals, exposures = totals[known], exposures[known]
    if totals.sum() <= 0:
        return JEFFREYS
    mean = totals.sum() / exposures.sum()
    shape = JEFFREYS[0]
    if len(totals) > 1:
        spread = (totals / exposures).var(ddof=1) - phi * mean * np.mean(1 / exposures)
        shape = LARGEST_SHAPE if spread <= 0 else min(mean * mean / spread, LARGEST_SHAPE)
    return float(shape), float(shape / mean)


def dispersion(seen: ArrayLike, mean: ArrayLike, spread: ArrayLike = 0.0) -> tuple[float, float]:
    """Return `(φ, κ)` of the variance φm + κm² of counts around their means.

    Least squares of the squared residuals on m and m², weighted by how sure each is, φ ≥ 1 and
    κ ≥ 0. `spread` is the variance of the means, where they are estimates. No counts: (1, 0).
    """
    seen, mean, spread = np.broadcast_arrays(_floats(seen), _floats(mean), _floats(spread))
    squares, mean = ((seen - mean) ** 2 - spread).ravel(), mean.ravel()
    known = (mean > 0) & np.isfinite(squares)
    squares, mean = squares[known], mean[known]
    phi, kappa = MIN_DISPERSION, 0.0
    for _ in range(WEIGHTINGS if len(mean) else 0):
        phi, kappa = solve_dispersion(dispersion_sums(squares, mean, phi, kappa))
    return phi, kappa


def dispersion_sums(squares: FloatArray, mean: FloatArray, phi: float, kappa: float) -> FloatArray:
    """Return the sums from which `solve_dispersion` fits; sums of parts add up.

    `squares` are squared residuals, weighted by how sure they would be with this φ and κ.
    """
    variance = phi * mean + kappa * mean**2
    first = mean / (variance + 2 * variance**2)  # the variance of a square, near Poisson
    second = first * mean
    return np.array(
        [first @ mean, second @ mean, second @ (mean * mean), first @ squares, second @ squares]
    )


def solve_dispersion(sums: FloatArray) -> tuple[float, float]:
    """Return `(φ, κ)` from the sums of `dispersion_sums`; (1, 0) without counts."""
    m2, m3, m4, y1, y2 = (float(each) for each in sums)
    if m2 <= 0:
        return MIN_DISPERSION, 0.0
    determinant = m2 * m4 - m3 * m3
    if determinant > SMALLEST_EXCESS * m2 * m4:  # the means differ
        phi, kappa = (y1 * m4 - y2 * m3) / determinant, (y2 * m2 - y1 * m3) / determinant
        if phi < MIN_DISPERSION:
            return MIN_DISPERSION, max((y2 - m3) / m4, 0.0)
        if kappa >= 0:
            return phi, kappa
    return max(y1 / m2, MIN_DISPERSION), 0.0


def group_tail(seen: ArrayLike, means: ArrayLike, variances: ArrayLike) -> FloatArray:
    """Return P(X ≥ seen) of the sum of members; members lie on the last axis."""
    mean = _floats(means).sum(axis=-1)
    variance = _floats(variances).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        linear = np.where(mean > 0, variance / mean, 1.0)
    return tail(seen, *negative_binomial(mean, linear, 0.0))


def cusum(xs: ArrayLike, k: float, h: float, head: float = 0.0) -> CusumPath:
    """Return the path of S ← max(0, S + x − k), from S = `head`, and the first step with S ≥ h."""
    path = accumulate(xs, k, head)
    reached = np.flatnonzero(path >= h - SMALLEST_EXCESS)
    return CusumPath(path, int(reached[0]) if len(reached) else None)


def accumulate(xs: ArrayLike, k: ArrayLike, head: ArrayLike = 0.0) -> FloatArray:
    """Return the path of S ← max(0, S + x − k) along the last axis; `k` and `head` broadcast."""
    steps = np.atleast_1d(_floats(xs))
    value, path = _floats(head), np.empty_like(steps)
    for step in range(steps.shape[-1]):
        value = np.maximum(0.0, value + steps[..., step] - _floats(k))
        path[..., step] = value
    return path


def arl(k: float, h: float, mu: float, head: float = 0.0) -> float:
    """Return the mean number of Poisson(mu) steps until the CUSUM reaches `h` (Markov chain).

    It is infinite when that never happens, or later than numbers can tell.
    """
    step = Fraction(k).limit_denominator(FINEST_STEP)
    unit = step.denominator
    states = max(math.ceil(h * unit - SMALLEST_EXCESS), 0)  # S = 0, 1/unit, … under h
    start = np.append(np.arange(states), max(round(head * unit), 0))[:, None]
    drift, landing = step.numerator, np.arange(states)[None, :]
    arrived = landing - start + drift  # people × unit that lead from start to landing
    people = arrived // unit
    move = np.where((arrived >= 0) & (arrived % unit == 0), poisson.pmf(people, mu), 0.0)
    move[:, :1] = poisson.cdf((drift - start) // unit, mu)
    try:
        runs = np.linalg.solve(np.eye(states) - move[:-1], np.ones(states))
    except np.linalg.LinAlgError:
        return math.inf
    found = float(1 + move[-1] @ runs)
    return found if 0 < found < LONGEST_RUN else math.inf
