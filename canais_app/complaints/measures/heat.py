"""When complaints come: hour × weekday."""

from dataclasses import dataclass
from datetime import date

from canais_app.complaints.measures.history import DAY, History
from canais_app.kit import clock

WORKDAYS = 5


@dataclass(frozen=True)
class Heat:
    """Mean complaints per weekday (0 = Monday) and hour over the four weeks before today."""

    first: date
    last: date
    means: tuple[tuple[float, ...], ...]  # 24 hours × 7 weekdays
    days: tuple[int, ...]  # days counted per weekday


def average_hours(history: History) -> Heat:
    """Average the four weeks before today; a weekday without expediente does not count."""
    today = clock.local_day(history.now)
    days = [today - n * DAY for n in range(1, 29)]
    if history.first is not None:
        days = [day for day in days if day >= history.first]
    counted = [day for day in days if day.weekday() >= WORKDAYS or history.is_open(day)]
    sums = [[0.0] * 7 for _ in range(24)]
    number = [0] * 7
    for day in counted:
        number[day.weekday()] += 1
        for hour in range(24):
            sums[hour][day.weekday()] += history.hours.get(clock.at(day, hour), 0)
    means = tuple(tuple(s / max(n, 1) for s, n in zip(row, number, strict=True)) for row in sums)
    return Heat(today - 28 * DAY, today - DAY, means, tuple(number))
