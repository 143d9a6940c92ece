"""The live judge: groups, muted series, and the calibration's view of the same."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from canais_app.complaints.statistics.alarms.calibration import alpha_for_budget, day_events
from canais_app.complaints.statistics.alarms.fit import fit_history
from canais_app.complaints.statistics.alarms.history import DAY, KEY, History
from canais_app.complaints.statistics.alarms.history_judge import count_windows, judge_series
from canais_app.complaints.statistics.alarms.judge import (
    GroupKind,
    Judge,
    Verdict,
    log_likelihood_ratio,
)
from canais_app.complaints.statistics.alarms.simulation import World, make_reports

CASES = json.loads((Path(__file__).parent / "anomaly_cases.json").read_text("utf-8"))["cases"]


def case(kind: str) -> tuple[dict, object]:
    found = next(each for each in CASES if each["kind"] == kind)
    return found["input"], found["output"]


def test_the_threshold_lets_the_budget_pass() -> None:
    given, expected = case("alpha_for_budget")
    found = alpha_for_budget(given["smallest"], given["budget"], given["months"])
    assert found == expected
    assert sum(p < found for p in given["smallest"]) == given["budget"] * given["months"]


def test_the_likelihood_ratio() -> None:
    given, expected = case("llr")
    assert log_likelihood_ratio(given["c"], given["b"]) == pytest.approx(expected, abs=1e-9)
    assert log_likelihood_ratio(2, 2.5) == 0


def small_world(*, days: int = 30, seed: int = 1, reports: float = 60) -> History:
    _, history = make_reports(
        World(reports_per_day=reports, seed=seed, units=80), days, np.random.default_rng(seed)
    )
    return history


def test_the_live_judge_and_the_calibration_see_the_same() -> None:
    history = small_world(reports=900)
    day = 27
    fit = fit_history(history, day)
    events = day_events(history, day)
    keys, n = events.series * KEY + events.minute, len(history.channel)
    batch = judge_series(fit, events)
    judge = Judge(fit, 1e-5, 1e-4)
    compared = 0
    for minute in np.unique(events.minute[events.minute >= day * DAY]).tolist():
        people = count_windows(keys, np.arange(n) * KEY + minute)
        verdict = judge.judge(
            people, minute % DAY, history.kinds_on(day), history.kinds_on(day - 1)
        )
        for event in np.flatnonzero((events.minute == minute) & (batch < 1e-2)):
            series = events.series[event]
            assert verdict.people[series] >= 3
            assert verdict.p[series] == pytest.approx(batch[event])
            compared += 1
    assert compared


def planted_people(history: History, day: int, people: int) -> np.ndarray:
    """Five people in the last hour of series 0, nobody elsewhere."""
    found = np.zeros((3, len(history.channel)), dtype=np.int64)
    found[:, 0] = people
    return found


def judge_of(history: History, day: int = 27) -> Judge:
    return Judge(fit_history(history, day), 1e-5, 1e-5)


def look(judge: Judge, history: History, people: np.ndarray, **options: Any) -> Verdict:
    day = 27
    return judge.judge(people, 15 * 60, history.kinds_on(day), history.kinds_on(day - 1), **options)


def test_a_muted_series_is_not_judged() -> None:
    history = small_world()
    muted = np.zeros(len(history.channel), dtype=bool)
    muted[0] = True
    verdict = look(judge_of(history), history, planted_people(history, 27, 9), muted=muted)
    assert verdict.p[0] == 1
    assert not verdict.opens.any()


def test_a_short_window_expects_less() -> None:
    history = small_world()
    people = planted_people(history, 27, 3)
    whole = look(judge_of(history), history, people)
    short = look(judge_of(history), history, people, width=np.full(len(history.channel), 10))
    assert short.p[0] < whole.p[0]


def test_a_failure_of_a_comarca_is_one_group_of_all_its_channels() -> None:
    history = small_world()
    comarca = int(np.bincount(history.group).argmax())
    members = np.flatnonzero(history.group == comarca)
    people = np.zeros((3, len(history.channel)), dtype=np.int64)
    people[:, members] = [[1], [2], [2]]
    groups = look(judge_of(history), history, people).groups
    assert [(group.kind, group.index) for group in groups] == [(GroupKind.COMARCA, comarca)]
    assert groups[0].members.tolist() == members.tolist()
    assert groups[0].seen == 2 * len(members)


def test_one_channel_alone_is_no_group() -> None:
    history = small_world()
    verdict = look(judge_of(history), history, planted_people(history, 27, 12))
    assert verdict.opens[0]
    assert verdict.groups == ()


def test_6400_series_are_judged_in_a_few_milliseconds() -> None:
    history = small_world()
    fit = fit_history(history, 27).take(np.arange(6400) % len(history.channel))
    judge, kinds = Judge(fit, 1e-5, 1e-5), np.zeros(6400, dtype=np.int64)
    people = np.random.default_rng(1).poisson(0.02, (3, 6400)).cumsum(axis=0)
    began = time.process_time()
    for _ in range(20):
        judge.judge(people, 900, kinds, kinds)
    assert (time.process_time() - began) / 20 < 0.03
