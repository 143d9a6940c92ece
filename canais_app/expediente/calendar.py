"""Rule: is this moment or day open here, why not, and when does it change.

Plain values in, plain values out. Spans are half-open and in UTC; days and times of day are on
the court's clock (America/Cuiaba). Sources: the yearly Portaria of the Tribunal (rows), Res. CNJ
244/2016 and CPC art. 220 (recesso and suspended deadlines).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain

from canais_app.kit.clock import TZ

Hours = Mapping[str, Sequence[Sequence[str]]]
Span = tuple[datetime, datetime]
Times = tuple[tuple[int, int], ...]  # minutes since midnight, half-open
HoursKey = tuple[tuple[str, Times], ...]
COURT_HOURS: HoursKey = tuple((str(day), ((12 * 60, 19 * 60),)) for day in range(5))
LOOK_AHEAD = 400  # days in which the next change is sought
REMEMBERED = 20_000  # spans and states kept in memory per calendar
_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60
_SATURDAY = 5


class Effect(StrEnum):
    """What a calendar day does to the public hours."""

    CLOSED = "closed"
    RECESS = "recess"  # only plantão, and deadlines suspended
    OPENS_LATE = "opens_late"
    DEADLINES_SUSPENDED = "deadlines_suspended"  # open all the same


@dataclass(frozen=True)
class Place:
    """Where: the state when both are None."""

    comarca_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class DayRule:
    """A row of the calendar from `first` to `last`, both included; no comarca: everywhere."""

    first: date
    last: date
    effect: str
    name: str
    opens: time | None = None
    comarca_id: int | None = None


@dataclass(frozen=True)
class ClosureRule:
    """A closure by Portaria in `[starts, ends)`; no end: until somebody says so."""

    starts: datetime
    ends: datetime | None
    reason: str
    act: str = ""
    comarca_id: int | None = None
    unit_id: int | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the closure is in force at a moment."""
        return self.starts <= moment and (self.ends is None or moment < self.ends)

    @property
    def words(self) -> str:
        """What the public reads: the reason and the act that says so."""
        return f"{self.reason} ({self.act})" if self.act else self.reason


@dataclass(frozen=True)
class OpenState:
    """A moment: open or not, why not, and the next moment at which that changes, if known."""

    is_open: bool
    reason: str
    next_change: datetime | None
    deadlines_suspended: bool


@dataclass(frozen=True)
class DayState:
    """A day: whether it opens at all, from when to when on the court's clock."""

    is_open: bool
    opens: time | None
    closes: time | None
    reason: str
    deadlines_suspended: bool


def moment_of(day: date, minutes: int) -> datetime:
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


def minutes_of(words: object) -> int | None:
    """Return `"12:30"` as minutes since midnight; None for anything else. `24:00` is an end."""
    hour, colon, minute = str(words).partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        return None
    minutes = int(hour) * 60 + int(minute)
    return minutes if int(minute) < 60 and minutes <= _MIDNIGHT else None  # noqa: PLR2004


def read_hours(hours: Hours | None) -> HoursKey:
    """Return stored hours as values; the court's own when empty, leaving out what is no span."""
    if not hours:
        return COURT_HOURS
    found: list[tuple[str, Times]] = []
    for weekday, spans in sorted(hours.items()):
        pairs = ((minutes_of(s[0]), minutes_of(s[1])) for s in spans if len(s) == 2)  # noqa: PLR2004
        times = sorted((a, b) for a, b in pairs if a is not None and b is not None and a < b)
        found.append((weekday, tuple(times)))
    return tuple(found)


def merge(spans: Sequence[Span]) -> list[Span]:
    """Join spans that touch or overlap, earliest first."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def cut(spans: Sequence[Span], start: datetime, end: datetime | None) -> list[Span]:
    """Take `[start, end)` out of the spans."""
    left = ((a, min(b, start)) for a, b in spans)
    right = ((max(a, end), b) for a, b in spans) if end else ()
    return [(a, b) for a, b in chain(left, right) if a < b]


def _clock_words(at: time) -> str:
    return f"{at.hour}h{at.minute:02d}" if at.minute else f"{at.hour}h"


def _no_days() -> defaultdict[date, list[DayRule]]:
    return defaultdict(list)


@dataclass(frozen=True)
class CourtCalendar:
    """The court's calendar in memory, indexed by day; answers for any place and hours."""

    days: Sequence[DayRule] = ()
    closures: Sequence[ClosureRule] = ()
    _by_day: defaultdict[date, list[DayRule]] = field(default_factory=_no_days, init=False)
    _comarcas: set[int | None] = field(default_factory=lambda: {None}, init=False)
    _units: set[int | None] = field(default_factory=lambda: {None}, init=False)
    _spans: dict[tuple[date, Place, HoursKey], list[Span]] = field(
        default_factory=dict[tuple[date, Place, HoursKey], list[Span]], init=False
    )
    _states: dict[tuple[datetime, Place, HoursKey], OpenState] = field(
        default_factory=dict[tuple[datetime, Place, HoursKey], OpenState], init=False
    )

    def __post_init__(self) -> None:
        for rule in self.days:
            self._comarcas.add(rule.comarca_id)
            for number in range((rule.last - rule.first).days + 1):
                self._by_day[rule.first + timedelta(days=number)].append(rule)
        self._comarcas.update(closure.comarca_id for closure in self.closures)
        self._units.update(closure.unit_id for closure in self.closures)

    def state_at(self, moment: datetime, place: Place, hours: Hours | None = None) -> OpenState:
        """Say whether the place is open at an aware moment, why not, and when that changes."""
        key = (moment, self._known(place), read_hours(hours) if hours else COURT_HOURS)
        if key not in self._states:
            if len(self._states) > REMEMBERED:
                self._states.clear()
            self._states[key] = self._find_state(*key)
        return self._states[key]

    def day_state(self, day: date, place: Place, hours: Hours | None = None) -> DayState:
        """Say from when to when the place opens on a day, or why it does not."""
        known, key = self._known(place), read_hours(hours)
        spans = self._day_spans(day, known, key)
        suspended = self._suspended(day, known)
        if not spans:
            usual = dict(key).get(str(day.weekday()), ())
            start = moment_of(day, usual[0][0] if usual else 12 * 60)
            why = self._closed_words(start, day, known, key)
            return DayState(False, None, None, why, suspended)
        opens, closes = (at.astimezone(TZ).time() for at in (spans[0][0], spans[-1][1]))
        late = self._late(day, known)
        why = f"{late.name}: abre às {_clock_words(opens)}" if late else ""
        return DayState(True, opens, closes, why, suspended)

    def open_spans(self, day: date, place: Place, hours: Hours | None = None) -> list[Span]:
        """List the open spans of a day, earliest first."""
        return list(self._day_spans(day, self._known(place), read_hours(hours)))

    def is_open_day(self, day: date, place: Place) -> bool:
        """Whether the court works on a day: a weekday that no row of the calendar closes.

        Closures of one place do not count: a Portaria that stops the clock is a calendar row.
        """
        return day.weekday() < _SATURDAY and self._shut(day, self._known(place)) is None

    def first_open_day(self, day: date, place: Place) -> date:
        """Return the day itself when the court works on it, else the next one."""
        while not self.is_open_day(day, place):
            day += _DAY
        return day

    def add_open_days(self, day: date, n: int, place: Place) -> date:
        """Return the nth open day after `day` (CPC art. 224: the first day is not counted)."""
        for _ in range(n):
            day = self.first_open_day(day + _DAY, place)
        return day

    def _known(self, place: Place) -> Place:
        # Places without rules of their own share one answer, so that 20,000 units cost one.
        return Place(
            place.comarca_id if place.comarca_id in self._comarcas else None,
            place.unit_id if place.unit_id in self._units else None,
        )

    def _rules(self, day: date, place: Place, *effects: Effect) -> Iterator[DayRule]:
        for rule in self._by_day.get(day, ()):
            if rule.effect in effects and rule.comarca_id in (None, place.comarca_id):
                yield rule

    def _shut(self, day: date, place: Place) -> DayRule | None:
        return next(self._rules(day, place, Effect.RECESS, Effect.CLOSED), None)

    def _late(self, day: date, place: Place) -> DayRule | None:
        late = (r for r in self._rules(day, place, Effect.OPENS_LATE) if r.opens)
        return max(late, key=lambda rule: rule.opens or time(), default=None)

    def _suspended(self, day: date, place: Place) -> bool:
        effects = (Effect.DEADLINES_SUSPENDED, Effect.RECESS)
        return next(self._rules(day, place, *effects), None) is not None

    def _closures_of(self, place: Place) -> Iterator[ClosureRule]:
        for closure in self.closures:
            here = closure.comarca_id in (None, place.comarca_id)
            if here and closure.unit_id in (None, place.unit_id):
                yield closure

    def _day_spans(self, day: date, place: Place, hours: HoursKey) -> list[Span]:
        key = (day, place, hours)
        if key not in self._spans:
            if len(self._spans) > REMEMBERED:
                self._spans.clear()
            self._spans[key] = self._find_spans(*key)
        return self._spans[key]

    def _find_spans(self, day: date, place: Place, hours: HoursKey) -> list[Span]:
        times = dict(hours).get(str(day.weekday()), ())
        if not times or self._shut(day, place):
            return []
        spans: list[Span] = [(moment_of(day, a), moment_of(day, b)) for a, b in times]
        late = self._late(day, place)
        if late and late.opens:
            opens = moment_of(day, late.opens.hour * 60 + late.opens.minute)
            spans = cut(spans, moment_of(day, 0), opens)
        for closure in self._closures_of(place):
            spans = cut(spans, closure.starts, closure.ends)
        return merge(spans)

    def _find_state(self, moment: datetime, place: Place, hours: HoursKey) -> OpenState:
        day = moment.astimezone(TZ).date()
        suspended = self._suspended(day, place)
        for start, end in self._coming(moment, day, place, hours):
            if start <= moment:
                return OpenState(True, "", end, suspended)
            why = self._closed_words(moment, day, place, hours)
            return OpenState(False, why, start, suspended)
        return OpenState(False, self._closed_words(moment, day, place, hours), None, suspended)

    def _coming(
        self, moment: datetime, day: date, place: Place, hours: HoursKey
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the span of now or the next one, joined over midnight; no end: beyond sight."""
        current: Span | None = None
        for number in range(-1, LOOK_AHEAD):
            for start, end in self._day_spans(day + timedelta(days=number), place, hours):
                if current and start > current[1]:
                    yield current
                    return
                if end > moment:
                    current = (current[0] if current else start, end)
            if current and current[1] < moment_of(day + timedelta(days=number + 1), 0):
                yield current
                return
        if current:
            yield current[0], None

    def _closed_words(self, moment: datetime, day: date, place: Place, hours: HoursKey) -> str:
        closure = next((c for c in self._closures_of(place) if c.covers(moment)), None)
        if closure:
            return closure.words
        shut, late = self._shut(day, place), self._late(day, place)
        if shut and shut.effect == Effect.RECESS:
            return f"{shut.name.lower()}: só plantão"
        if shut:
            return f"feriado: {shut.name}"
        if not dict(hours).get(str(day.weekday())):
            return "fim de semana" if day.weekday() >= _SATURDAY else "não atende neste dia"
        if late and late.opens and moment.astimezone(TZ).time() < late.opens:
            return f"{late.name}: abre às {_clock_words(late.opens)}"
        return "fora do horário"
