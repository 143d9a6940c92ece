"""The life of an episode, the threshold of a budget, and the strength of a group."""

import json
from pathlib import Path

import pytest

from canais_app.complaints.statistics.calibration import alpha_for_budget
from canais_app.complaints.statistics.judge import list_episodes, log_likelihood_ratio

CASES = json.loads((Path(__file__).parent / "anomaly_cases.json").read_text("utf-8"))["cases"]


def case(kind: str) -> tuple[dict, object]:
    found = next(each for each in CASES if each["kind"] == kind)
    return found["input"], found["output"]


def test_an_episode_opens_once_and_closes_after_two_quiet_hours() -> None:
    given, expected = case("life_hysteresis")
    found = list_episodes(
        given["p"],
        given["seen"],
        given["alpha"],
        minutes_per_step=given["minutes_per_step"],
        quiet=given["quiet"],
    )
    assert [list(each) for each in found] == expected


def test_an_episode_of_fourteen_hours_is_still_open_at_half_past_fifteen() -> None:
    p = [1.0] * 60 + [1e-7] * 60 + [0.5] * 240  # minutes from 13:00; windows empty at 15:00
    seen = [0] * 60 + [4] * 60 + [0] * 240
    assert list_episodes(p, seen, 1e-5) == [(60, 239)]
    assert list_episodes(p[:150], seen[:150], 1e-5) == [(60, None)]


def test_two_people_open_no_episode() -> None:
    assert list_episodes([1e-9] * 10, [2] * 10, 1e-5) == []


def test_the_threshold_lets_the_budget_pass() -> None:
    given, expected = case("alpha_for_budget")
    found = alpha_for_budget(given["smallest"], given["budget"], given["months"])
    assert found == expected
    assert sum(p < found for p in given["smallest"]) == given["budget"] * given["months"]


def test_the_likelihood_ratio() -> None:
    given, expected = case("llr")
    assert log_likelihood_ratio(given["c"], given["b"]) == pytest.approx(expected, abs=1e-9)
    assert log_likelihood_ratio(2, 2.5) == 0
