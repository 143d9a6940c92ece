"""Rule: is the court open at a moment or on a day, why not, and when does that change.

Plain values in, plain values out. Spans are half-open and in UTC; days and times of day are on
the court's clock (America/Cuiaba). Sources: the yearly Portaria of the Tribunal (rows), Res. CNJ
244/2016 and CPC art. 220 (recesso and suspended deadlines).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, islice

from canais_app.expediente.rules import (
    Cause,
    ClosureRule,
    DayRule,
    DayState,
    Effect,
    Location,
    OpenState,
)
from canais_app.kit.clock import TZ
from canais_app.kit.text import format_time

# weekday (0 = Monday) → [["12:00", "19:00"], …]
Hours = Mapping[str, Sequence[Sequence[str]]]
Span = tuple[datetime, datetime]
Times = tuple[tuple[int, int], ...]  # minutes since midnight, half-open
HoursKey = tuple[tuple[str, Times], ...]
# A location's comarca, if that has days of its own, and the closures in force there. Locations
# with the same key share their answers: 20,000 units have few keys.
AreaKey = tuple[int | None, tuple[int, ...]]

OPENS, CLOSES = 12 * 60, 19 * 60  # the court's public hours, Monday to Friday
COURT_HOURS: HoursKey = tuple((str(day), ((OPENS, CLOSES),)) for day in range(5))
CACHE_SIZE = 20_000  # spans and states in memory per calendar
DAY = timedelta(days=1)
_WEEK = timedelta(days=8)  # weekly hours open and close at least once within it
_SATURDAY = 5
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, eq=False)
class CourtCalendar:
    """The court's calendar in memory, indexed by day; answers for any location and hours."""

    days: Sequence[DayRule] = ()
    closures: Sequence[ClosureRule] = ()
    _by_day: defaultdict[date, list[DayRule]] = field(
        default_factory=lambda: defaultdict[date, list[DayRule]](list), init=False
    )
    _comarcas: set[int | None] = field(default_factory=set[int | None], init=False)
    _by_comarca: defaultdict[int | None, list[int]] = field(
        default_factory=lambda: defaultdict[int | None, list[int]](list), init=False
    )
    _by_unit: defaultdict[int | None, list[int]] = field(
        default_factory=lambda: defaultdict[int | None, list[int]](list), init=False
    )
    _spans: dict[tuple[date, AreaKey, HoursKey], list[Span]] = field(
        default_factory=dict[tuple[date, AreaKey, HoursKey], list[Span]], init=False
    )
    _states: dict[tuple[datetime, AreaKey, HoursKey], OpenState] = field(
        default_factory=dict[tuple[datetime, AreaKey, HoursKey], OpenState], init=False
    )

    def __post_init__(self) -> None:
        for rule in self.days:
            self._comarcas.add(rule.comarca_id)
            for number in range((rule.last - rule.first).days + 1):
                self._by_day[rule.first + timedelta(days=number)].append(rule)
        for number, closure in enumerate(self.closures):
            if closure.unit_id is None:
                self._by_comarca[closure.comarca_id].append(number)
            for unit_id in {closure.unit_id, *closure.below} - {None}:
                self._by_unit[unit_id].append(number)

    def open_state_at(
        self, moment: datetime, location: Location, hours: Hours | None = None
    ) -> OpenState:
        """Return whether a location is open at an aware moment, why not, and the next change."""
        key = (moment, self.area_key(location), parse_hours(hours) if hours else COURT_HOURS)
        state = self._states.get(key)
        if state is None:
            state = self._find_state(*key)
            if len(self._states) >= CACHE_SIZE:
                self._states.clear()
            self._states[key] = state
        return state

    def open_state_on(self, day: date, location: Location, hours: Hours | None = None) -> DayState:
        """Return from when to when a location opens on a day, or why it does not."""
        area, key = self.area_key(location), parse_hours(hours)
        spans = self._day_spans(day, area, key)
        suspended = self._suspended(day, area)
        if not spans:
            usual = dict(key).get(str(day.weekday()), ())
            start = moment_at(day, usual[0][0] if usual else OPENS)
            reason = self._closed_reason(start, day, area, key)[1]
            return DayState(False, None, None, reason, suspended)
        opens, closes = (at.astimezone(TZ).time() for at in (spans[0][0], spans[-1][1]))
        late = self._late_opening_on(day, area)
        reason = f"{late.name}: abre às {format_time(opens)}" if late else ""
        return DayState(True, opens, closes, reason, suspended)

    def list_open_spans(
        self, day: date, location: Location, hours: Hours | None = None
    ) -> list[Span]:
        """List the open spans of a day, earliest first."""
        return list(self._day_spans(day, self.area_key(location), parse_hours(hours)))

    def is_plantao(self, moment: datetime, location: Location) -> bool:
        """Whether the plantão attends: at all times outside the court's own public hours.

        Closures do not count: the plantão does not replace a court without electricity.
        """
        area = (self.area_key(location)[0], ())
        spans = self._day_spans(court_day(moment), area, COURT_HOURS)
        return not any(start <= moment < end for start, end in spans)

    def is_open_day(self, day: date, location: Location) -> bool:
        """Whether the court works on a day: a weekday that no row of the calendar closes.

        Closures of one location do not count: a Portaria that stops the clock is a calendar row.
        """
        return day.weekday() < _SATURDAY and self._closure_on(day, self.area_key(location)) is None

    def list_holidays(self, first: date, last: date, location: Location) -> dict[date, str]:
        """Return the names of a location's holidays from `first` to `last`, both included."""
        area = self.area_key(location)
        days = (first + DAY * n for n in range((last - first).days + 1))
        rules = ((day, self._day_rules(day, area, Effect.CLOSED)) for day in days)
        return {day: rule.name for day, found in rules for rule in islice(found, 1)}

    def find_first_open_day(self, day: date, location: Location) -> date:
        """Return the day itself when the court works on it, else the next one."""
        while not self.is_open_day(day, location):
            day += DAY
        return day

    def add_open_days(self, day: date, n: int, location: Location) -> date:
        """Return the nth open day after `day` (CPC art. 224: the first day is not counted)."""
        for _ in range(n):
            day = self.find_first_open_day(day + DAY, location)
        return day

    def area_key(self, location: Location) -> AreaKey:
        """Return the key that a location shares with all that have the same days and closures."""
        comarca = location.comarca_id
        found = [n for key in {None, comarca} for n in self._by_comarca.get(key, ())]
        units = self._by_unit.get(location.unit_id, ())
        found += [n for n in units if self.closures[n].comarca_id in (None, comarca)]
        return comarca if comarca in self._comarcas else None, tuple(sorted(found))

    def _day_rules(self, day: date, area: AreaKey, *effects: Effect) -> Iterator[DayRule]:
        for rule in self._by_day.get(day, ()):
            if rule.effect in effects and rule.comarca_id in (None, area[0]):
                yield rule

    def _closure_on(self, day: date, area: AreaKey) -> DayRule | None:
        return next(self._day_rules(day, area, Effect.RECESS, Effect.CLOSED), None)

    def _late_opening_on(self, day: date, area: AreaKey) -> DayRule | None:
        late = (rule for rule in self._day_rules(day, area, Effect.OPENS_LATE) if rule.opens)
        return max(late, key=lambda rule: rule.opens or time(), default=None)

    def _closure_rules(self, area: AreaKey, effect: Effect) -> Iterator[ClosureRule]:
        closures = (self.closures[number] for number in area[1])
        return (closure for closure in closures if closure.effect == effect)

    def _suspended(self, day: date, area: AreaKey) -> bool:
        if any(self._day_rules(day, area, Effect.DEADLINES_SUSPENDED, Effect.RECESS)):
            return True
        notices = self._closure_rules(area, Effect.DEADLINES_SUSPENDED)
        return any(
            notice.starts < moment_at(day + DAY, 0)
            and (notice.ends is None or notice.ends > moment_at(day, 0))
            for notice in notices
        )

    def _day_spans(self, day: date, area: AreaKey, hours: HoursKey) -> list[Span]:
        key = (day, area, hours)
        spans = self._spans.get(key)
        if spans is None:
            spans = self._find_spans(*key)
            if len(self._spans) >= CACHE_SIZE:
                self._spans.clear()
            self._spans[key] = spans
        return spans

    def _find_spans(self, day: date, area: AreaKey, hours: HoursKey) -> list[Span]:
        times = dict(hours).get(str(day.weekday()), ())
        if not times or self._closure_on(day, area):
            return []
        spans: list[Span] = [(moment_at(day, a), moment_at(day, b)) for a, b in times]
        late = self._late_opening_on(day, area)
        if late and late.opens:
            opens = moment_at(day, late.opens.hour * 60 + late.opens.minute)
            spans = subtract_span(spans, moment_at(day, 0), opens)
        for closure in self._closure_rules(area, Effect.CLOSED):
            spans = subtract_span(spans, closure.starts, closure.ends)
        return merge_spans(spans)

    def _find_state(self, moment: datetime, area: AreaKey, hours: HoursKey) -> OpenState:
        day = court_day(moment)
        suspended = self._suspended(day, area)
        span = self._next_span(moment, day, area, hours)
        if span and span[0] <= moment:
            return OpenState(True, "", span[1], suspended)
        cause, reason = self._closed_reason(moment, day, area, hours)
        return OpenState(False, reason, span[0] if span else None, suspended, cause)

    def _next_span(
        self, moment: datetime, day: date, area: AreaKey, hours: HoursKey
    ) -> tuple[datetime, datetime | None] | None:
        """Return the current or next span, joined over midnight; without an end if it has none."""
        current: Span | None = None
        at, last = day - DAY, self._last_day(day, area)
        while at <= last:
            for start, end in self._day_spans(at, area, hours):
                if current and start > current[1]:
                    return current
                if end > moment:
                    current = (current[0] if current else start, end)
            at += DAY
            if current and current[1] < moment_at(at, 0):
                return current
        return (current[0], None) if current else None

    def _last_day(self, day: date, area: AreaKey) -> date:
        """Return the last day to search: later ones are closed for good, or weekly hours only."""
        closed = list(self._closure_rules(area, Effect.CLOSED))
        known = [day, self._last_row or day, *(court_day(c.ends or c.starts) for c in closed)]
        for_good = [court_day(c.starts) for c in closed if c.ends is None]
        return min([max(known) + _WEEK, *for_good])

    @cached_property
    def _last_row(self) -> date | None:
        return max(self._by_day, default=None)

    def _closed_reason(
        self, moment: datetime, day: date, area: AreaKey, hours: HoursKey
    ) -> tuple[Cause, str]:
        for closure in self._closure_rules(area, Effect.CLOSED):
            if closure.is_in_force_at(moment):
                return Cause.CLOSURE, closure.public_text
        closed, late = self._closure_on(day, area), self._late_opening_on(day, area)
        if closed and closed.effect == Effect.RECESS:
            return Cause.RECESS, f"{closed.name.lower()}: só plantão"
        if closed:
            return Cause.HOLIDAY, f"feriado: {closed.name}"
        if not dict(hours).get(str(day.weekday())):
            weekend = (Cause.WEEKEND, "fim de semana")
            return weekend if day.weekday() >= _SATURDAY else (Cause.HOURS, "não atende neste dia")
        if late and late.opens and moment.astimezone(TZ).time() < late.opens:
            return Cause.LATE, f"{late.name}: abre às {format_time(late.opens)}"
        return Cause.HOURS, "fora do horário"


def moment_at(day: date, minutes: int) -> datetime:
    """Return the moment `minutes` after midnight on the wall clock, in UTC.

    A wall time that did not exist (2018-11-04 00:30) becomes the first moment after the gap.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    after = wall.replace(tzinfo=TZ).astimezone(UTC)
    if after.astimezone(TZ).replace(tzinfo=None) == wall:
        return after
    found = wall.replace(tzinfo=TZ, fold=1).astimezone(UTC)
    offset = found.astimezone(TZ).utcoffset()
    while found.astimezone(TZ).utcoffset() == offset:
        found += timedelta(minutes=1)
    return found


def court_day(moment: datetime) -> date:
    """Return the court's calendar day of a moment."""
    return moment.astimezone(TZ).date()


def parse_minutes(words: object) -> int | None:
    """Return `"12:30"` as minutes since midnight; None for anything else. `24:00` is an end."""
    hour, colon, minute = str(words).partition(":")
    if not (colon and (hour + minute).isascii() and hour.isdigit() and minute.isdigit()):
        return None
    minutes = int(hour) * 60 + int(minute)
    return minutes if int(minute) < 60 and minutes <= _MIDNIGHT else None  # noqa: PLR2004


def parse_hours(hours: Hours | None) -> HoursKey:
    """Return stored hours as values without invalid spans; the court's own hours when empty."""
    if not hours:
        return COURT_HOURS
    found: list[tuple[str, Times]] = []
    for weekday, spans in sorted(hours.items()):
        pairs = ((parse_minutes(s[0]), parse_minutes(s[1])) for s in spans if len(s) == 2)  # noqa: PLR2004
        times = sorted((a, b) for a, b in pairs if a is not None and b is not None and a < b)
        found.append((weekday, tuple(times)))
    return tuple(found)


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """Join spans that touch or overlap, earliest first."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def subtract_span(spans: Sequence[Span], start: datetime, end: datetime | None) -> list[Span]:
    """Remove `[start, end)` from the spans; without an end, everything from `start` on."""
    left = ((a, min(b, start)) for a, b in spans)
    right = ((max(a, end), b) for a, b in spans) if end else ()
    return [(a, b) for a, b in chain(left, right) if a < b]
