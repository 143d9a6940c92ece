"""Rule: the four weeks that stand on the page, and the way to those before and after."""

from dataclasses import dataclass
from datetime import date, timedelta

from canais_app.kit import text

SPAN = timedelta(days=28)


@dataclass
class WeeksView:
    """Four weeks from a Monday (ISO), in words, and whether there are others to turn to."""

    first_day: str = ""
    span: str = ""
    until: str = ""
    has_earlier: bool = False
    has_later: bool = False


def first_monday(day: date, today: date) -> date:
    """Return the Monday of the four weeks, counted from this week's, in which a day is."""
    start = monday_of(today)
    return start + max(0, (day - start).days) // SPAN.days * SPAN


def weeks_view(first: date, today: date, last_day: date) -> WeeksView:
    """Return the four weeks from `first`, drawn in between today's and the last day's."""
    start, last = monday_of(today), first_monday(last_day, today)
    first = min(max(monday_of(first), start), last)
    return WeeksView(
        first_day=first.isoformat(),
        span=format_weeks_span(first),
        until=_day(first + SPAN - timedelta(days=1)),
        has_earlier=first > start,
        has_later=first < last,
    )


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def format_weeks_span(first: date) -> str:
    """Return `23 de nov. a 20 de dez.`."""
    days = (first, first + SPAN - timedelta(days=1))
    return " a ".join(f"{day.day} de {text.MONTH_NAMES[day.month - 1][:3]}." for day in days)


def _day(day: date) -> str:
    return f"{day.day} de {text.MONTH_NAMES[day.month - 1]}"
