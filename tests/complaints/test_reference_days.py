"""Which earlier days the figures of a day are compared with."""

from datetime import date, timedelta

from canais_app.complaints.statistics.periods import list_reference_days

TUESDAY = date(2026, 11, 24)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def test_references_are_the_last_twenty_open_days_without_the_newest_two() -> None:
    days = list_reference_days(TUESDAY, weekday)
    assert len(days) == 20
    assert days[0] == date(2026, 11, 19)  # Monday 23 and Friday 20 are skipped
    assert all(day.weekday() < 5 for day in days)


def test_a_closed_day_is_compared_with_closed_days() -> None:
    days = list_reference_days(date(2026, 11, 22), weekday)
    assert all(day.weekday() >= 5 for day in days)
    assert days[0] == date(2026, 11, 14)


def test_no_reference_is_older_than_the_first_record() -> None:
    first = TUESDAY - timedelta(days=9)
    days = list_reference_days(TUESDAY, weekday, first=first)
    assert len(days) == 4
    assert min(days) >= first
