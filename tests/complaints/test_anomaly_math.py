"""The mathematics of alarms: published figures, reference cases and laws that hold always."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from canais_app.complaints.statistics import anomaly

CASES = json.loads((Path(__file__).parent / "anomaly_cases.json").read_text("utf-8"))["cases"]


def cases(kind: str) -> list[object]:
    found = [case for case in CASES if case["kind"] == kind]
    assert found, kind
    return [pytest.param(c["input"], c["output"], id=f"{kind}-{c['id']}") for c in found]


def test_three_people_where_none_was_seen_are_one_in_29_thousand_hours() -> None:
    assert anomaly.jeffreys(3, 0, 20) == pytest.approx(3.436403e-05, rel=1e-6)


def test_five_people_where_one_is_normal_are_one_in_187_hours() -> None:
    assert anomaly.jeffreys(5, 20, 20) == pytest.approx(0.0053386, rel=1e-5)


@pytest.mark.parametrize(("given_", "expected"), cases("jeffreys_chance"))
def test_jeffreys(given_: dict[str, int], expected: float) -> None:
    assert anomaly.jeffreys(**given_) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("given_", "expected"), cases("jeffreys_limit"))
def test_the_limit_of_jeffreys(given_: dict[str, float], expected: int) -> None:
    days = given_["days"]
    assert anomaly.limit(given_["total"] + 0.5, days / (days + 1), given_["alpha"]) == expected


@pytest.mark.parametrize(("given_", "expected"), cases("jeffreys_band_90"))
def test_the_band_of_jeffreys(given_: dict[str, float], expected: list[int]) -> None:
    days = given_["days"]
    size, prob = given_["total"] + 0.5, days / (days + 1)
    band = [max(int(anomaly.limit(size, prob, alpha)) - 1, 0) for alpha in (0.95, 0.05)]
    assert band == expected


@pytest.mark.parametrize(("given_", "expected"), cases("predictive"))
def test_predictive(given_: dict[str, float], expected: dict) -> None:
    size, prob = anomaly.predictive(**given_)
    assert (size, prob) == pytest.approx((expected["size"], expected["prob"]), abs=1e-7)
    for seen, p in expected["tail"].items():
        assert anomaly.tail(int(seen), size, prob) == pytest.approx(p, abs=1e-7)
    assert anomaly.limit(size, prob, 1e-4) == expected["limit_1e4"]
    assert anomaly.limit(size, prob, 1e-5) == expected["limit_1e5"]


@pytest.mark.parametrize(("given_", "expected"), cases("r_algo_bayes"))
def test_the_limits_are_those_of_surveillance(given_: dict, expected: dict) -> None:
    observed, state = np.array(given_["observed"]), np.array(given_["state"])
    w, weeks = given_["w"], np.arange(given_["first_week"] - 1, given_["last_week"])
    totals = np.array([observed[week - w : week].sum() for week in weeks])
    limits = anomaly.limit(totals + 0.5, w / (w + 1), given_["alpha"])
    assert (limits - 1).tolist() == expected["upper"]
    alarm = observed[weeks] >= limits
    assert alarm.astype(int).tolist() == expected["alarm"]
    assert (
        anomaly.jeffreys(observed[weeks], totals, w) < given_["alpha"]
    ).tolist() == alarm.tolist()
    truth = state[weeks] == 1
    counts = {
        "TP": alarm & truth,
        "FP": alarm & ~truth,
        "TN": ~alarm & ~truth,
        "FN": ~alarm & truth,
    }
    assert {name: int(each.sum()) for name, each in counts.items()} == {
        name: expected[name] for name in counts
    }


def test_the_published_weeks_of_k1_give_two_true_and_four_false_alarms() -> None:
    given_ = next(
        c["input"] for c in CASES if c["kind"] == "r_algo_bayes" and c["input"]["alpha"] == 0.01
    )
    observed, state = np.array(given_["observed"]), np.array(given_["state"]) == 1
    weeks = np.arange(26, 192)
    totals = np.array([observed[week - 6 : week].sum() for week in weeks])
    alarm = anomaly.jeffreys(observed[weeks], totals, 6) < 0.01
    truth = state[weeks]
    assert [(alarm & truth).sum(), (alarm & ~truth).sum()] == [2, 4]
    assert [(~alarm & ~truth).sum(), (~alarm & truth).sum()] == [160, 0]


@pytest.mark.parametrize(("given_", "expected"), cases("cusum_arl"))
def test_the_run_lengths_are_those_of_lucas(given_: dict[str, float], expected: float) -> None:
    found = anomaly.arl(given_["k"], given_["h"], given_["mean"], given_["head"])
    assert found == pytest.approx(expected, abs=1e-3)


def test_the_run_length_is_what_a_simulation_counts() -> None:
    rng = np.random.default_rng(1)
    runs = []
    for _ in range(3000):
        found = anomaly.cusum(rng.poisson(0.6, 400), 0.7, 3, 0)
        runs.append(found.first + 1 if found.first is not None else 400)
    assert np.mean(runs) == pytest.approx(anomaly.arl(0.7, 3, 0.6, 0), rel=0.06)


@pytest.mark.parametrize(("given_", "expected"), cases("cusum_path"))
def test_cusum(given_: dict, expected: dict) -> None:
    found = anomaly.cusum(given_["x"], given_["k"], given_["h"], given_.get("head", 0))
    assert found.path == pytest.approx(expected["path"], abs=1e-9)
    assert found.first == expected["first"]


@pytest.mark.parametrize(("given_", "expected"), cases("pooled_prior"))
def test_prior(given_: dict, expected: list[float]) -> None:
    assert anomaly.prior(**given_) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(("given_", "expected"), cases("dispersion"))
def test_dispersion(given_: dict, expected: dict[str, float]) -> None:
    phi, kappa = anomaly.dispersion(given_["seen"], given_["mean"])
    assert phi == pytest.approx(given_["true"]["phi"], abs=0.25)
    assert kappa == pytest.approx(expected["kappa"], abs=0.02)


@pytest.mark.parametrize(("given_", "expected"), cases("group_tail"))
def test_group_tail(given_: dict, expected: float) -> None:
    assert anomaly.group_tail(**given_) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("phi", "kappa"), [(1.0, 0.0), (1.5, 0.0), (1.2, 0.25), (1.0, 1.0)])
def test_dispersion_finds_what_made_the_counts(phi: float, kappa: float) -> None:
    rng = np.random.default_rng(7)
    mean = rng.lognormal(-0.5, 1, 60_000)
    size, prob = anomaly.negative_binomial(mean, phi, kappa)
    counts = np.where(prob == 1, rng.poisson(mean), rng.negative_binomial(size, prob.clip(1e-9, 1)))
    assert anomaly.dispersion(counts, mean) == pytest.approx((phi, kappa), abs=0.08)


@given(st.integers(1, 60), st.integers(0, 400), st.integers(1, 20))
def test_jeffreys_is_the_predictive_of_one_day_without_a_prior(
    seen: int, total: int, days: int
) -> None:
    size, prob = anomaly.predictive(total, days, 1, 0.5, 0)
    assert (size, prob) == pytest.approx((total + 0.5, days / (days + 1)))
    assert anomaly.tail(seen, size, prob) == pytest.approx(
        anomaly.jeffreys(seen, total, days), rel=1e-6
    )
    assert anomaly.jeffreys(seen, total, days) == pytest.approx(
        nbinom.sf(seen - 1, total + 0.5, days / (days + 1)), rel=1e-6
    )


rates = st.floats(0.001, 50)


@given(rates, st.floats(1, 3), st.floats(0, 2), st.sampled_from([0.05, 1e-3, 1e-5]))
def test_the_limit_is_the_first_count_under_alpha(
    mean: float, phi: float, kappa: float, alpha: float
) -> None:
    size, prob = anomaly.negative_binomial(mean, phi, kappa)
    found = int(anomaly.limit(size, prob, alpha))
    assert anomaly.tail(found, size, prob) < alpha <= anomaly.tail(found - 1, size, prob)


@given(rates, st.floats(1, 3), st.floats(0, 2))
def test_mean_and_variance_are_those_of_the_model(mean: float, phi: float, kappa: float) -> None:
    size, prob = anomaly.negative_binomial(mean, phi, kappa)
    if prob == 1:
        assert size == mean
        return
    expected = phi * mean + kappa * mean**2
    assert nbinom.stats(size, prob) == pytest.approx((mean, expected), rel=1e-4)


def test_without_overdispersion_the_tail_is_poissons() -> None:
    seen = np.arange(1, 8)
    found = anomaly.tail(seen, *anomaly.negative_binomial(1.3, 1, 0))
    assert found == pytest.approx(poisson.sf(seen - 1, 1.3))


def test_without_reference_nothing_is_rare() -> None:
    assert anomaly.jeffreys(50, 0, 0) == 1
    size, prob = anomaly.predictive(0, 0, 1, 0.5, 0)
    assert anomaly.tail(50, size, prob) == 1
    assert anomaly.limit(size, prob, 1e-4) == 0


def test_arrays_give_what_their_elements_give() -> None:
    seen, total = np.array([[0, 3, 5], [2, 4, 9]]), np.array([0, 1, 20])
    found = anomaly.jeffreys(seen, total, 20)
    for place, p in np.ndenumerate(found):
        assert p == anomaly.jeffreys(seen[place], total[place[1]], 20)
    limits = anomaly.limit(total + 0.5, 20 / 21, 1e-4)
    assert limits.tolist() == [anomaly.limit(t + 0.5, 20 / 21, 1e-4) for t in total]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40))
def test_the_prior_keeps_the_mean_of_all_units(totals: list[int]) -> None:
    a, b = anomaly.prior(totals, np.full(len(totals), 20.0))
    if sum(totals):
        assert a / b == pytest.approx(np.mean(totals) / 20)
    else:
        assert (a, b) == (0.5, 0)


def test_noise_alone_is_no_difference_between_units() -> None:
    totals = np.random.default_rng(3).poisson(4, 500)
    a, _ = anomaly.prior(totals, np.full(500, 20.0))
    assert a > 30
    assert not math.isinf(a)
