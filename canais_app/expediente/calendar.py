"""Rule: is this moment or day open here, why not, and when does it change.

Plain values in, plain values out. Sources: the yearly Portaria of the Tribunal (rows), Res. CNJ
244/2016 and CPC art. 220 (recesso and suspended deadlines).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import islice

from canais_app.expediente.rules import (
    Cause,
    ClosureRule,
    DayRule,
    DayState,
    Effect,
    Location,
    OpenState,
)
from canais_app.expediente.times import (
    COURT_HOURS,
    DAY,
    OPENS,
    Hours,
    HoursKey,
    Span,
    court_day,
    format_clock_time,
    merge_spans,
    moment_at,
    parse_hours,
    subtract_span,
)
from canais_app.kit.clock import TZ

CACHE_SIZE = 20_000  # spans and states kept in memory per calendar
_WEEK = timedelta(days=8)  # what is regular has opened or closed once within it
_SATURDAY = 5


# A place as the calendar tells places apart: its comarca, if that has days of its own, and the
# closures that hold there. Places that are alike share one answer: 20,000 units cost a few.
CacheKey = tuple[int | None, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class CourtCalendar:
    """The court's calendar in memory, indexed by day; answers for any place and hours."""

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
    _spans: dict[tuple[date, CacheKey, HoursKey], list[Span]] = field(
        default_factory=dict[tuple[date, CacheKey, HoursKey], list[Span]], init=False
    )
    _states: dict[tuple[datetime, CacheKey, HoursKey], OpenState] = field(
        default_factory=dict[tuple[datetime, CacheKey, HoursKey], OpenState], init=False
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
        self, moment: datetime, place: Location, hours: Hours | None = None
    ) -> OpenState:
        """Say whether the place is open at an aware moment, why not, and when that changes."""
        key = (moment, self.cache_key(place), parse_hours(hours) if hours else COURT_HOURS)
        state = self._states.get(key)
        if state is None:
            state = self._find_state(*key)
            if len(self._states) >= CACHE_SIZE:
                self._states.clear()
            self._states[key] = state
        return state

    def open_state_on(self, day: date, place: Location, hours: Hours | None = None) -> DayState:
        """Say from when to when the place opens on a day, or why it does not."""
        spot, key = self.cache_key(place), parse_hours(hours)
        spans = self._day_spans(day, spot, key)
        suspended = self._suspended(day, spot)
        if not spans:
            usual = dict(key).get(str(day.weekday()), ())
            start = moment_at(day, usual[0][0] if usual else OPENS)
            return DayState(
                False, None, None, self._closed_reason(start, day, spot, key)[1], suspended
            )
        opens, closes = (at.astimezone(TZ).time() for at in (spans[0][0], spans[-1][1]))
        late = self._late_openings_on(day, spot)
        why = f"{late.name}: abre às {format_clock_time(opens)}" if late else ""
        return DayState(True, opens, closes, why, suspended)

    def list_open_spans(self, day: date, place: Location, hours: Hours | None = None) -> list[Span]:
        """List the open spans of a day, earliest first."""
        return list(self._day_spans(day, self.cache_key(place), parse_hours(hours)))

    def is_plantao(self, moment: datetime, place: Location) -> bool:
        """Whether the plantão attends: whenever the court's own public hours do not run.

        Closures do not count: the plantão is no stand-in for a court without electricity.
        """
        day = court_day(moment)
        spot = (self.cache_key(place)[0], ())
        return not any(a <= moment < b for a, b in self._day_spans(day, spot, COURT_HOURS))

    def is_open_day(self, day: date, place: Location) -> bool:
        """Whether the court works on a day: a weekday that no row of the calendar closes.

        Closures of one place do not count: a Portaria that stops the clock is a calendar row.
        """
        return day.weekday() < _SATURDAY and self._closures_on(day, self.cache_key(place)) is None

    def list_holidays(self, first: date, last: date, place: Location) -> dict[date, str]:
        """Return the holidays of a place from `first` to `last`, both included, by name."""
        spot, every = self.cache_key(place), range((last - first).days + 1)
        found = (
            (first + DAY * n, self._rules(first + DAY * n, spot, Effect.CLOSED)) for n in every
        )
        return {day: rule.name for day, rules in found for rule in islice(rules, 1)}

    def find_first_open_day(self, day: date, place: Location) -> date:
        """Return the day itself when the court works on it, else the next one."""
        while not self.is_open_day(day, place):
            day += DAY
        return day

    def add_open_days(self, day: date, n: int, place: Location) -> date:
        """Return the nth open day after `day` (CPC art. 224: the first day is not counted)."""
        for _ in range(n):
            day = self.find_first_open_day(day + DAY, place)
        return day

    def cache_key(self, place: Location) -> CacheKey:
        """Return what tells a place from others: places of one spot have one answer."""
        comarca = place.comarca_id
        found = [n for key in {None, comarca} for n in self._by_comarca.get(key, ())]
        units = self._by_unit.get(place.unit_id, ())
        found += [n for n in units if self.closures[n].comarca_id in (None, comarca)]
        return comarca if comarca in self._comarcas else None, tuple(sorted(found))

    def _rules(self, day: date, spot: CacheKey, *effects: Effect) -> Iterator[DayRule]:
        for rule in self._by_day.get(day, ()):
            if rule.effect in effects and rule.applies_to(spot[0]):
                yield rule

    def _closures_on(self, day: date, spot: CacheKey) -> DayRule | None:
        return next(self._rules(day, spot, Effect.RECESS, Effect.CLOSED), None)

    def _late_openings_on(self, day: date, spot: CacheKey) -> DayRule | None:
        late = (r for r in self._rules(day, spot, Effect.OPENS_LATE) if r.opens)
        return max(late, key=lambda rule: rule.opens or time(), default=None)

    def _rules_in_effect(self, spot: CacheKey, effect: Effect) -> Iterator[ClosureRule]:
        closures = (self.closures[number] for number in spot[1])
        return (closure for closure in closures if closure.effect == effect)

    def _suspended(self, day: date, spot: CacheKey) -> bool:
        by_row = self._rules(day, spot, Effect.DEADLINES_SUSPENDED, Effect.RECESS)
        notices = self._rules_in_effect(spot, Effect.DEADLINES_SUSPENDED)
        return next(by_row, None) is not None or any(n.overlaps_day(day) for n in notices)

    def _day_spans(self, day: date, spot: CacheKey, hours: HoursKey) -> list[Span]:
        key = (day, spot, hours)
        spans = self._spans.get(key)
        if spans is None:
            spans = self._find_spans(*key)
            if len(self._spans) >= CACHE_SIZE:
                self._spans.clear()
            self._spans[key] = spans
        return spans

    def _find_spans(self, day: date, spot: CacheKey, hours: HoursKey) -> list[Span]:
        times = dict(hours).get(str(day.weekday()), ())
        if not times or self._closures_on(day, spot):
            return []
        spans: list[Span] = [(moment_at(day, a), moment_at(day, b)) for a, b in times]
        late = self._late_openings_on(day, spot)
        if late and late.opens:
            opens = moment_at(day, late.opens.hour * 60 + late.opens.minute)
            spans = subtract_span(spans, moment_at(day, 0), opens)
        for closure in self._rules_in_effect(spot, Effect.CLOSED):
            spans = subtract_span(spans, closure.starts, closure.ends)
        return merge_spans(spans)

    def _find_state(self, moment: datetime, spot: CacheKey, hours: HoursKey) -> OpenState:
        day = court_day(moment)
        suspended = self._suspended(day, spot)
        coming = self._next_span(moment, day, spot, hours)
        if coming and coming[0] <= moment:
            return OpenState(True, "", coming[1], suspended)
        cause, why = self._closed_reason(moment, day, spot, hours)
        return OpenState(False, why, coming[0] if coming else None, suspended, cause)

    def _next_span(
        self, moment: datetime, day: date, spot: CacheKey, hours: HoursKey
    ) -> tuple[datetime, datetime | None] | None:
        """Return the span of now or the next one, joined over midnight; no end: it has none."""
        current: Span | None = None
        at, last = day - DAY, self._last_day(day, spot)
        while at <= last:
            for start, end in self._day_spans(at, spot, hours):
                if current and start > current[1]:
                    return current
                if end > moment:
                    current = (current[0] if current else start, end)
            at += DAY
            if current and current[1] < moment_at(at, 0):
                return current
        return (current[0], None) if current else None

    def _last_day(self, day: date, spot: CacheKey) -> date:
        """Return the last day worth a look: after it all is shut for good, or merely weekly."""
        closed = list(self._rules_in_effect(spot, Effect.CLOSED))
        known = [day, self._last_row or day, *(court_day(c.ends or c.starts) for c in closed)]
        for_good = [court_day(c.starts) for c in closed if c.ends is None]
        return min([max(known) + _WEEK, *for_good])

    @cached_property
    def _last_row(self) -> date | None:
        return max(self._by_day, default=None)

    def _closed_reason(
        self, moment: datetime, day: date, spot: CacheKey, hours: HoursKey
    ) -> tuple[Cause, str]:
        closure = next(
            (c for c in self._rules_in_effect(spot, Effect.CLOSED) if c.is_in_force_at(moment)),
            None,
        )
        if closure:
            return Cause.CLOSURE, closure.public_text
        shut, late = self._closures_on(day, spot), self._late_openings_on(day, spot)
        if shut and shut.effect == Effect.RECESS:
            return Cause.RECESS, f"{shut.name.lower()}: só plantão"
        if shut:
            return Cause.HOLIDAY, f"feriado: {shut.name}"
        if not dict(hours).get(str(day.weekday())):
            weekend = day.weekday() >= _SATURDAY
            return (
                (Cause.WEEKEND, "fim de semana")
                if weekend
                else (Cause.HOURS, "não atende neste dia")
            )
        if late and late.opens and moment.astimezone(TZ).time() < late.opens:
            return Cause.LATE, f"{late.name}: abre às {format_clock_time(late.opens)}"
        return Cause.HOURS, "fora do horário"
