"""A second, slow implementation of the slot rule: it counts minutes, and recurs by dateutil.

It shares the tables' calendar rows with the engine and nothing else: no span is ever cut, merged
or searched here. Everything is on whole minutes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dateutil import rrule

from canais_app.agenda.availability.slots import SlotRules, Span, TakenSpan, WeeklyWindow
from canais_app.expediente.calendar import ClosureRule, DayRule, Location
from tests.agenda.slots.cases import CLOSURES, DAYS

CUIABA = ZoneInfo("America/Cuiaba")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Minutes = set[datetime]


def list_recurrences(window: WeeklyWindow, first: date, last: date) -> set[date]:
    """The days from `first` to `last` of a window, as RFC 5545 counts them (WKST=MO)."""
    since = _midnight(window.valid_from) if window.valid_from else _anchor(window.every_weeks)
    weekday = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)[window.weekday]
    rules = [
        rrule.rrule(
            rrule.WEEKLY, since, interval=window.every_weeks, wkst=rrule.MO, byweekday=weekday
        )
    ]
    if window.nth_week:
        rules.append(rrule.rrule(rrule.MONTHLY, since, byweekday=weekday(window.nth_week)))
    until = min(last, window.valid_until or last)
    days = [
        {found.date() for found in rule.between(_midnight(first), _midnight(until), inc=True)}
        for rule in rules
    ]
    return set.intersection(*days)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _anchor(weeks: int) -> datetime:
    """A Monday long ago, a whole number of such weeks before 1 January 2024."""
    epoch = datetime(2024, 1, 1)  # noqa: DTZ001 (a day)
    return epoch - timedelta(weeks=weeks * (1040 // weeks))


def count_free_seats(
    day: date, rules: SlotRules, taken: list[TakenSpan], *, now: datetime, place: Location
) -> dict[datetime, int]:
    """How many seats are free at each start of a day that has any."""
    used = [one for one in taken if one.is_active and one.day == day]
    if rules.max_per_day and len(used) >= rules.max_per_day:
        return {}
    if not today(now) <= day <= _horizon(rules, now, place):
        return {}
    shut = {m for m in _minutes_of(day) if _is_shut(m, day, rules, place)}
    found = {}
    for start in _starts(day, rules, shut):
        left = rules.capacity - len(_seats_in_the_way(start, rules, taken))
        if start >= now + rules.notice * MINUTE and left > 0:
            found[start] = left
    return found


def today(now: datetime) -> date:
    return _wall(now).date()


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(CUIABA).replace(tzinfo=None)


@cache
def _minutes_of(day: date) -> list[datetime]:
    """Every real minute of a day of the court: 1380, 1440 or 1500 of them."""
    around = datetime.combine(day, time(), UTC)
    every = (around + n * MINUTE for n in range(2 * 24 * 60))
    return [moment for moment in every if _wall(moment).date() == day]


def _starts(day: date, rules: SlotRules, shut: Minutes) -> set[datetime]:
    found = set()
    for starts, ends in _windows(day, rules):
        window = _window_minutes(day, starts, ends)
        for start in window[:: rules.step]:
            minutes = {start + n * MINUTE for n in range(rules.slot)}
            if minutes <= set(window) and not minutes & shut:
                found.add(start)
    return found


def _windows(day: date, rules: SlotRules) -> Iterator[tuple[time, time]]:
    if day in rules.overrides:
        yield from rules.overrides[day]
        return
    for window in rules.windows:
        if list_recurrences(window, day, day):
            yield window.starts, window.ends


def _window_minutes(day: date, starts: time, ends: time) -> list[datetime]:
    """From the first minute at or after its beginning to the first at or after its end."""
    if ends <= starts:
        return []
    every = _minutes_of(day)
    begun = [n for n, moment in enumerate(every) if _wall(moment).time() >= starts]
    over = [n for n, moment in enumerate(every) if _wall(moment).time() >= ends]
    return every[min(begun, default=0) : min(over, default=len(every))]


def _is_shut(moment: datetime, day: date, rules: SlotRules, place: Location) -> bool:
    if any(start <= moment < end for start, end in (*rules.blocks, *rules.busy)):
        return True
    if any(_closes(closure, moment, place) for closure in CLOSURES):
        return True
    if day in rules.opt_outs:
        return False
    return any(
        row.effect in ("closed", "recess")
        or (row.effect == "opens_late" and _wall(moment).time() < (row.opens or time()))
        for row in _rows(day, place)
    )


def _closes(closure: ClosureRule, moment: datetime, place: Location) -> bool:
    here = closure.unit_id in (None, place.unit_id)
    return here and closure.starts <= moment and (closure.ends is None or moment < closure.ends)


def _rows(day: date, place: Location) -> list[DayRule]:
    return [
        r for r in DAYS if r.first <= day <= r.last and r.comarca_id in (None, place.comarca_id)
    ]


def _horizon(rules: SlotRules, now: datetime, place: Location) -> date:
    day, left = today(now), rules.horizon
    while left:
        day += DAY
        shut = any(row.effect in ("closed", "recess") for row in _rows(day, place))
        left -= not rules.in_business_days or (day.weekday() < 5 and not shut)
    return day


def _seats_in_the_way(start: datetime, rules: SlotRules, taken: list[TakenSpan]) -> set[int]:
    needed = {start + n * MINUTE for n in range(-rules.before, rules.slot + rules.after)}
    return {one.seat for one in taken if needed & _busy((one.busy_from, one.busy_until))}


def _busy(span: Span) -> Minutes:
    start, end = span
    return {start + n * MINUTE for n in range((end - start) // MINUTE)}
