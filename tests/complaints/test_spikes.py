"""The statistics of alarms: known values, reference days, levels and limits."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.anomaly import AlarmLevel, Reference

TUESDAY = date(2026, 11, 24)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def test_three_reports_without_any_before_are_one_in_29_thousand_hours() -> None:
    assert anomaly.tail_probability(3, Reference(0, 20)) == pytest.approx(3.436403e-05, rel=1e-6)


def test_five_reports_where_one_is_normal_is_one_in_187_hours() -> None:
    assert anomaly.tail_probability(5, Reference(20, 20)) == pytest.approx(0.00533860, rel=1e-5)


@given(st.integers(1, 60), st.integers(0, 400), st.integers(1, 20))
def test_the_tail_probability_is_the_negative_binomials(seen: int, total: int, days: int) -> None:
    expected = nbinom.sf(seen - 1, total + 0.5, days / (days + 1))
    assert anomaly.tail_probability(seen, Reference(total, days)) == pytest.approx(
        expected, rel=1e-6
    )


def test_without_references_the_level_is_normal() -> None:
    assert anomaly.tail_probability(50, Reference(0, 0)) == 1
    assert anomaly.alarm_limit(Reference(0, 0)) == 0


def test_references_are_the_last_twenty_open_days_without_the_newest_two() -> None:
    days = anomaly.list_reference_days(TUESDAY, weekday)
    assert len(days) == 20
    assert days[0] == date(2026, 11, 19)  # Monday 23 and Friday 20 are skipped
    assert all(day.weekday() < 5 for day in days)


def test_a_closed_day_is_compared_with_closed_days() -> None:
    days = anomaly.list_reference_days(date(2026, 11, 22), weekday)
    assert all(day.weekday() >= 5 for day in days)
    assert days[0] == date(2026, 11, 14)


def test_no_reference_is_older_than_the_first_record() -> None:
    first = TUESDAY - timedelta(days=9)
    days = anomaly.list_reference_days(TUESDAY, weekday, first=first)
    assert len(days) == 4
    assert min(days) >= first


def test_missing_references_are_filled_from_the_pool() -> None:
    assert anomaly.pool_reference(Reference(2, 4), 0.5) == Reference(5, 10)
    assert anomaly.pool_reference(Reference(2, 10), 9) == Reference(2, 10)
    assert anomaly.pool_reference(Reference(0, 0), 9) == Reference(0, 0)


@pytest.mark.parametrize(
    ("seen", "p", "before", "people", "judged"),
    [
        (2, 0.02, 1, None, AlarmLevel.NORMAL),
        (2, 0.009, 1, None, AlarmLevel.POSSIBLE),
        (4, 0.009, 1, None, AlarmLevel.POSSIBLE),
        (4, 0.009, 0.009, None, AlarmLevel.PROBABLE),
        (2, 0.009, 0.009, None, AlarmLevel.POSSIBLE),
        (7, 1e-5, 1, None, AlarmLevel.PROBABLE),
        (7, 1e-5, 1, 2, AlarmLevel.POSSIBLE),
        (7, 1e-5, 1, 3, AlarmLevel.PROBABLE),
    ],
)
def test_alarm_levels(
    seen: int, p: float, before: float, people: int | None, judged: AlarmLevel
) -> None:
    assert anomaly.classify_level(seen, p, before=before, people=people) == judged


@given(st.integers(0, 300), st.integers(1, 20), st.sampled_from([1e-2, 1e-4, 0.05]))
def test_the_limit_is_the_first_count_under_the_threshold(
    total: int, days: int, threshold: float
) -> None:
    reference = Reference(total, days)
    at = anomaly.alarm_limit(reference, threshold)
    assert (
        anomaly.tail_probability(at, reference)
        < threshold
        <= anomaly.tail_probability(at - 1, reference)
    )


@given(st.integers(0, 300), st.integers(1, 20))
def test_the_predictive_interval_holds_nine_hours_of_ten(total: int, days: int) -> None:
    reference = Reference(total, days)
    low, high = anomaly.predictive_interval(reference)
    inside = anomaly.tail_probability(low, reference) if low else 1
    assert low <= high
    assert inside - anomaly.tail_probability(high + 1, reference) >= 0.9 - 1e-9


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.00533860, "1 vez em 200 horas"),
        (3.436403e-05, "1 vez em 30 mil horas"),
        (1e-6, "1 vez em 1 milhão de horas"),
        (3e-7, "1 vez em 3 milhões de horas"),
        (1e-15, "menos de 1 vez em 1 bilhão de horas"),
    ],
)
def test_return_period_texts(p: float, words: str) -> None:
    assert anomaly.format_return_period(p) == words
