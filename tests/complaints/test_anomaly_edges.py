"""The statistics of alarms at their edges: far tails, nothing known, impossible numbers, shapes."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.complaints.statistics import anomaly

NAN, INF = math.nan, math.inf
NOBODY = math.exp(-1)  # Poisson(1): the probability of a step without people
sizes = st.floats(0.01, 1e6)
probs = st.floats(1e-6, 1 - 1e-6)
counts = st.integers(1, 300)


def _exact_tail(seen: int, size: float, prob: float) -> float:
    """Return P(X ≥ seen), summed from below with 400 digits; prob 1 is a Poisson's."""
    with localcontext() as context:
        context.prec = 400
        r, p, below = Decimal(size), Decimal(prob), Decimal(0)
        term = (-r).exp() if prob == 1 else (r * p.ln()).exp()
        for k in range(seen):
            below += term
            term *= r / (k + 1) if prob == 1 else (r + k) / (k + 1) * (1 - p)
        return float(1 - below)


@pytest.mark.parametrize("seen", [1, 2, 3, 10, 60, 400])
@pytest.mark.parametrize("size", [0.5, 1, 3.7, 20.5, 1e3, 1e5])
@pytest.mark.parametrize("prob", [1e-6, 0.01, 0.3, 20 / 21, 0.999, 1 - 1e-9, 1])
def test_far_tails_are_exact(seen: int, size: float, prob: float) -> None:
    expected = _exact_tail(seen, size, prob)
    if expected > 1e-290:  # smaller ones have fewer digits as floats
        assert anomaly.tail(seen, size, prob) == pytest.approx(expected, rel=1e-12, abs=0)


@given(counts, sizes, probs)
def test_more_people_are_rarer_and_more_expected_make_them_usual(
    seen: int, size: float, prob: float
) -> None:
    p = anomaly.tail(seen, size, prob)
    assert 0 <= p <= 1
    assert anomaly.tail(seen + 1, size, prob) <= p
    assert anomaly.tail(seen, size * 1.5, prob) >= p * (1 - 1e-9)
    assert anomaly.tail(seen, size, prob / 2) >= p * (1 - 1e-9)


@given(st.integers(0, 10**6), st.integers(1, 10**4), counts)
def test_the_same_reports_on_more_days_make_a_count_rarer(total: int, days: int, seen: int) -> None:
    p = anomaly.jeffreys(seen, total, days)
    assert anomaly.jeffreys(seen, total, days + 1) <= p * (1 + 1e-9)
    assert anomaly.jeffreys(seen, total + 1, days) >= p * (1 - 1e-9)


@given(
    st.floats(0.01, 1e4), st.floats(1, 5), st.floats(0, 3), st.floats(1e-12, 0.5), st.floats(1, 10)
)
def test_a_smaller_threshold_or_more_noise_raises_the_limit(
    mean: float, phi: float, kappa: float, alpha: float, less: float
) -> None:
    size, prob = anomaly.negative_binomial(mean, phi, kappa)
    found = anomaly.limit(size, prob, alpha)
    assert anomaly.limit(size, prob, alpha / less) >= found
    assert anomaly.tail(found, size, prob) < alpha
    assert found == 0 or anomaly.tail(found - 1, size, prob) >= alpha


@pytest.mark.parametrize(
    ("seen", "total", "days"), [(NAN, 0, 20), (3, NAN, 20), (3, -1, 20), (3, 1, -2), (3, 0, NAN)]
)
def test_a_number_that_is_missing_or_impossible_never_alarms(
    seen: float, total: float, days: float
) -> None:
    assert not anomaly.jeffreys(seen, total, days) < 1


@pytest.mark.parametrize(
    ("size", "prob", "alpha", "expected"),
    [
        (0.5, 20 / 21, 1e-300, 226),
        (0.5, 20 / 21, 0, anomaly.LARGEST_COUNT),  # no count is rarer than never
        (1e12, 0.5, 1e-10, 1_000_008_996_315),
        (0.5, 20 / 21, 1, 1),
        (0.5, 20 / 21, 1.5, 0),
        (0, 1, 1e-4, 1),  # where nobody is expected one person is too many
        (NAN, 0.5, 1e-4, 0),
        (0.5, NAN, 1e-4, 0),
        (0.5, 0.5, NAN, 0),
        (-1, 0.5, 1e-4, 0),
    ],
)
def test_the_limit_ends_for_any_numbers(
    size: float, prob: float, alpha: float, expected: int
) -> None:
    assert anomaly.limit(size, prob, alpha) == expected


def test_a_variance_under_poissons_is_poissons() -> None:
    usual = anomaly.predictive(5, 20, 1, 0.5, 0)
    assert anomaly.predictive(5, 20, 1, 0.5, 0, 0.5, -0.1) == usual
    group = [2.0, 3.0]
    assert anomaly.group_tail(9, group, [0.5, 0.5]) == anomaly.tail(9, 5.0, 1.0)


def test_nothing_known_is_never_rare_and_nothing_expected_always() -> None:
    for nothing in ((0, 0, 1, 0.5, 0), (7, 0, 1, 0.5, 0), (0, 0, 0, 0.5, 0), (0, 0, 1, 0, 0)):
        assert anomaly.tail(10**6, *anomaly.predictive(*nothing)) == 1
    assert anomaly.tail([0, 1], *anomaly.predictive(0, 20, 0, 0.5, 0)).tolist() == [1, 0]
    assert anomaly.group_tail([0, 1], [[0, 0], [0, 0]], [[0, 0], [0, 0]]).tolist() == [1, 0]
    assert anomaly.group_tail(3, [1, 1], [INF, 1]) == 1


def test_huge_counts_stay_numbers() -> None:
    assert anomaly.jeffreys(10**6, 2 * 10**7, 20) == pytest.approx(0.5, abs=0.001)
    assert anomaly.jeffreys(10**9, 10**9, 20) == 0
    size, prob = anomaly.predictive(1e15, 20, 1, 0.5, 0, 1.2, 0.1)
    assert 0 < prob < 1
    assert size > 0


def test_shapes_are_those_of_the_arguments() -> None:
    assert np.ndim(anomaly.jeffreys(3, 0, 20)) == 0
    assert np.ndim(anomaly.limit(0.5, 0.9, 1e-3)) == 0
    assert anomaly.jeffreys([], [], 20).shape == (0,)
    assert anomaly.limit([], [], 1e-3).shape == (0,)
    assert anomaly.jeffreys([[1], [2]], [0, 5, 7], 20).shape == (2, 3)
    size, prob = anomaly.predictive([[1], [2]], 20, [0.1, 0.2, 0.3], 0.5, 0)
    assert size.shape == prob.shape == (2, 3)
    assert anomaly.limit(size, prob, [1e-3, 1e-4, 1e-5]).shape == (2, 3)
    assert anomaly.group_tail([3, 4], [[1, 1], [2, 2]], [[1, 1], [3, 3]]).shape == (2,)
    assert anomaly.cusum(5, 0.25, 1).path.shape == (1,)
    assert anomaly.accumulate([[1, 2], [3, 4]], [0.5, 1.0]).shape == (2, 2)


def test_unknown_units_and_hours_are_left_out_of_the_fit() -> None:
    assert anomaly.prior([5, NAN], [20, 20]) == anomaly.prior([5], [20])
    assert anomaly.prior([5, 7], [20, 0]) == anomaly.prior(5, 20)
    assert anomaly.prior([], []) == anomaly.prior([0, 0], [20, 20]) == anomaly.JEFFREYS
    few, mean = [1, 9, 3, 0], [2, 4, 2, 1]
    assert anomaly.dispersion([*few, NAN, 3], [*mean, 1, 0]) == anomaly.dispersion(few, mean)
    assert anomaly.dispersion([], []) == anomaly.dispersion(1, 1) == (1, 0)
    assert anomaly.dispersion(few, 2.0) == anomaly.dispersion(few, [2.0] * 4)


@pytest.mark.parametrize(
    ("k", "h", "mu", "head", "expected"),
    [
        (0.25, 0, 0.25, 0, 1),  # reached by the first step
        (0.25, 10, 0.25, 12, 1),
        (0.25, 10, 0.25, -1, 438.1249994987),
        (0.25, 10, 0, 0, INF),
        (0.25, 10, 1e-6, 0, INF),  # later than numbers can tell
        (0.25, 1, 50, 0, 1),
        (0, 2, 1, 0, 1 / (1 - NOBODY) + NOBODY / (1 - NOBODY) ** 2),  # until two have come
    ],
)
def test_run_lengths_at_the_edges(
    k: float, h: float, mu: float, head: float, expected: float
) -> None:
    assert anomaly.arl(k, h, mu, head) == pytest.approx(expected, rel=1e-9)


@given(st.floats(0.05, 2), st.floats(1, 8), st.floats(0.05, 1))
def test_a_higher_limit_or_a_slower_rise_takes_longer(mu: float, h: float, k: float) -> None:
    usual = anomaly.arl(k, h, mu)
    assert usual >= 1 - 1e-9
    assert anomaly.arl(k, h + 1, mu) >= usual * (1 - 1e-6)
    assert anomaly.arl(k, h, mu * 1.2) <= usual * (1 + 1e-6)
    assert anomaly.arl(k, h, mu, h / 2) <= usual * (1 + 1e-6)
