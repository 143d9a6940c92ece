"""The figures of the Corregedoria: one snapshot of a slice, in numbers; words are the screen's."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import counts, spikes
from canais_app.complaints.counts import Recent, Scope, Span
from canais_app.complaints.lifecycle import CLOSED
from canais_app.complaints.models import Complaint
from canais_app.complaints.slices import Slice
from canais_app.complaints.spikes import Level, Reference
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.calendar import Place
from canais_app.expediente.queries import load_calendar, notices_since
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HISTORY = timedelta(days=spikes.LOOK_BACK)
WEEKS = 8  # columns of the matrix, each judged by the eight weeks before it
STREAK = 6  # hours walked back to say since when
OVERDUE_SHOWN, NEXT_SHOWN = 2, 5
WORKDAYS = 5
IsOpen = Callable[[date], bool]


@dataclass(frozen=True)
class UnitName:
    """How a figure names a unit."""

    slug: str
    name: str
    comarca: str


@dataclass(frozen=True)
class Point:
    """One point of a series: the hour or the day until `end`, and what is normal then."""

    start: datetime
    end: datetime
    seen: int
    expected: float
    low: int
    high: int
    limit: int
    last_week: float
    days: int  # reference days; 0: nothing is known of what is normal


@dataclass(frozen=True)
class Alarm:
    """A unit's channel with more complaints in the last hour than chance explains."""

    unit: UnitName
    channel: str
    kind: str
    seen: int
    expected: float
    p: float
    level: Level
    since: datetime


@dataclass(frozen=True)
class UnitExcess:
    """A unit's complaints in the period against what was expected."""

    unit: UnitName
    channel: str  # the one with most complaints
    seen: int
    expected: float
    recent: tuple[int, ...]  # per hour or day of the period, oldest first

    @property
    def excess(self) -> float:
        """Complaints above the expected; negative when there were fewer."""
        return self.seen - self.expected


@dataclass(frozen=True)
class Heat:
    """Mean complaints per weekday (0 = Monday) and hour over the four weeks before today."""

    first: date
    last: date
    means: tuple[tuple[float, ...], ...]  # 24 hours × 7 weekdays
    days: tuple[int, ...]  # days counted per weekday


@dataclass(frozen=True)
class WeekRow:
    """A unit's complaints per week, and how far each stands out from the eight before."""

    unit: UnitName
    seen: tuple[int, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Weeks:
    """The unit × week matrix; weeks begin on Monday, the last one is under way."""

    starts: tuple[date, ...]
    rows: tuple[WeekRow, ...]
    totals: tuple[int, ...]


@dataclass(frozen=True)
class Deadline:
    """An open complaint and the day its answer is due."""

    protocol: str
    unit: UnitName
    status: str
    due_at: datetime
    day: int  # days since it was filed
    days: int  # days there are


@dataclass(frozen=True)
class Deadlines:
    """Open complaints by deadline: overdue, due today, and the next ones."""

    overdue: int
    today: int
    open: int
    items: tuple[Deadline, ...]


@dataclass(frozen=True)
class Muted:
    """A declared closure: its units raise no alarm."""

    place: str
    reason: str
    act: str
    act_url: str
    since: datetime


@dataclass(frozen=True)
class Snapshot:
    """Everything the dashboard shows of one slice at one moment."""

    at: datetime
    chosen: Slice
    unit: UnitName | None
    comarca: str
    units: int
    alarms: tuple[Alarm, ...]
    series: tuple[Point, ...]
    unit_series: tuple[Point, ...]
    ranking: tuple[UnitExcess, ...]
    heat: Heat
    weeks: Weeks
    deadlines: Deadlines
    muted: tuple[Muted, ...]

    @property
    def now_point(self) -> Point | None:
        """The newest point of the series."""
        return self.series[-1] if self.series else None


@dataclass(frozen=True)
class History:
    """What every figure of a snapshot is compared with."""

    now: datetime
    hours: dict[datetime, int]
    is_open: IsOpen
    first: date | None

    def references(self, day: date) -> list[date]:
        """List the days that `day` is compared with."""
        if self.first is None:
            return []
        return spikes.reference_days(day, self.is_open, first=self.first)

    def between(self, start: datetime, end: datetime) -> float:
        """Sum the hours between two moments; an hour cut in two counts in proportion."""
        return sum(weight * self.hours.get(hour, 0) for hour, weight in hour_parts(start, end))


def hour_parts(start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """List the full hours that a span touches, each with the share of it that lies inside."""
    parts: list[tuple[datetime, float]] = []
    hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < end:
        inside = min(end, hour + HOUR) - max(start, hour)
        parts.append((hour, inside / HOUR))
        hour += HOUR
    return parts


def snapshot(session: Session, actor: Actor, chosen: Slice, *, now: datetime) -> Snapshot:
    """Read everything the dashboard shows of a slice.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: the slice names a comarca or unit that does not exist.
    """
    require(actor, Permission.SEE_DASHBOARD)
    return measure(session, chosen, now=now)


def measure(session: Session, chosen: Slice, *, now: datetime) -> Snapshot:
    """Do the same for a room whose members were let in one by one."""
    whole = chosen.without_unit()
    scope, wide = counts.scope_of(session, chosen), counts.scope_of(session, whole)
    names = _names(session)
    history, recent = _history(session, scope, now), _recent(session, scope, now)
    split = scope != wide
    wide_history = _history(session, wide, now) if split else history
    wide_recent = _recent(session, wide, now) if split else recent
    ranking = _ranking(session, wide, chosen, wide_history, names)
    muted_units, muted = _muted(session, now)
    return Snapshot(
        at=now,
        chosen=chosen,
        unit=names.get(scope.unit_id or 0),
        comarca=_comarca_name(session, scope),
        units=_count_units(session, wide),
        alarms=_alarms(session, wide, wide_history, wide_recent, names=names, muted=muted_units),
        series=_series(chosen, wide_history, wide_recent),
        unit_series=_series(chosen, history, recent) if split else (),
        ranking=ranking,
        heat=_heat(history),
        weeks=_weeks(session, wide, wide_history, ranking, names),
        deadlines=_deadlines(session, scope, names, now),
        muted=muted,
    )


def _names(session: Session) -> dict[int, UnitName]:
    rows = session.execute(
        select(col(Unit.id), col(Unit.slug), col(Unit.name), col(Comarca.name)).outerjoin(
            Comarca, col(Comarca.id) == col(Unit.comarca_id)
        )
    )
    return {row[0]: UnitName(row[1], row[2], row[3] or "") for row in rows}


def _comarca_name(session: Session, scope: Scope) -> str:
    if scope.comarca_id is None:
        return ""
    by_id = select(col(Comarca.name)).where(col(Comarca.id) == scope.comarca_id)
    return session.scalar(by_id) or ""


def _count_units(session: Session, scope: Scope) -> int:
    query = select(func.count()).select_from(Unit).where(col(Unit.active))
    if scope.comarca_id is not None:
        query = query.where(col(Unit.comarca_id) == scope.comarca_id)
    return session.scalar(query) or 0


def _is_open(session: Session) -> IsOpen:
    """Return whether the state's courts open on a day: what makes two days comparable."""
    calendar, state = load_calendar(session), Place(None, None)
    known: dict[date, bool] = {}

    def is_open(day: date) -> bool:
        if day not in known:
            known[day] = calendar.day_state(day, state).is_open
        return known[day]

    return is_open


def _history(session: Session, scope: Scope, now: datetime) -> History:
    since = now - HISTORY - WEEK
    first = counts.first_hour(session)
    # The day the record begins on is only part of a day.
    first_day = clock.local_day(first) + DAY if first else None
    hours = counts.by_hour(session, scope, since)
    return History(now, hours, _is_open(session), first_day)


def _recent(session: Session, scope: Scope, now: datetime) -> list[Recent]:
    return counts.recent(session, scope, now - 25 * HOUR, now)


def _reference(history: History, start: datetime, end: datetime) -> Reference:
    days = history.references(clock.local_day(end - timedelta(microseconds=1)))
    day = clock.local_day(end - timedelta(microseconds=1))
    total = sum(history.between(start - (day - d), end - (day - d)) for d in days)
    return Reference(total, len(days))


def _point(history: History, start: datetime, end: datetime, seen: int) -> Point:
    reference = _reference(history, start, end)
    low, high = spikes.band(reference)
    return Point(
        start=start,
        end=end,
        seen=seen,
        expected=reference.mean,
        low=low,
        high=high,
        limit=spikes.limit(reference),
        last_week=history.between(start - WEEK, end - WEEK),
        days=reference.days,
    )


def _series(chosen: Slice, history: History, recent: Sequence[Recent]) -> tuple[Point, ...]:
    """Return 24 points of the 60 minutes before each, or one point a day."""
    now = history.now
    if chosen.period == "24h":
        ends = [now - n * HOUR for n in range(23, -1, -1)]
        return tuple(
            _point(history, end - HOUR, end, sum(end - HOUR < r.at <= end for r in recent))
            for end in ends
        )
    points: list[Point] = []
    start, last = chosen.start(now), chosen.end(now)
    while start < last:
        end = min(start + DAY, last)
        seen = sum(history.hours.get(hour, 0) for hour, _ in hour_parts(start, end))
        points.append(_point(history, start, end, seen))
        start += DAY
    return tuple(points)


def _expected_spans(chosen: Slice, history: History) -> list[Span]:
    """Return the past hours, weighted, whose sum is what the period should have seen."""
    weights: defaultdict[tuple[datetime, datetime], float] = defaultdict(float)
    start, last = chosen.start(history.now), chosen.end(history.now)
    while start < last:
        day = clock.local_day(start)
        end = min(clock.at(day + DAY, 0), last)
        full = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        days = history.references(day) or [day]  # no reference: no excess is claimed
        for other in days:
            back = day - other
            weights[start - back, full - back] += 1 / len(days)
            if end > full:
                weights[full - back, full - back + HOUR] += (end - full) / HOUR / len(days)
        start = end
    return [Span(1, since, until, weight) for (since, until), weight in weights.items()]


def _ranking(
    session: Session,
    scope: Scope,
    chosen: Slice,
    history: History,
    names: dict[int, UnitName],
) -> tuple[UnitExcess, ...]:
    """Return every unit with complaints seen or expected, by excess, largest first."""
    start, end = chosen.start(history.now), chosen.end(history.now)
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (_, unit, channel), total in counts.by_unit(session, scope, [Span(0, start, end)]).items():
        seen[unit][channel] += round(total)
    normal = _expected_spans(chosen, history)
    sums = counts.by_unit(session, scope, normal, per_channel=False)
    expected = defaultdict(float, {unit: total for (_, unit, _), total in sums.items()})
    order = sorted(
        set(seen) | set(expected),
        key=lambda u: (expected[u] - seen[u].total(), -seen[u].total(), u),
    )
    trends = _trends(session, scope, start, end, order[:12])
    return tuple(
        UnitExcess(
            unit=names[unit],
            channel=seen[unit].most_common(1)[0][0] if seen[unit] else "",
            seen=seen[unit].total(),
            expected=expected[unit],
            recent=trends.get(unit, ()),
        )
        for unit in order
    )


def _trends(
    session: Session, scope: Scope, start: datetime, end: datetime, units: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    step = HOUR if end - start <= 2 * DAY else max(DAY, (end - start) // 60)
    edges: list[datetime] = []
    while start < end:
        edges.append(start)
        start += step
    spans = [Span(n, edge, edge + step) for n, edge in enumerate(edges)]
    found: dict[int, list[int]] = {unit: [0] * len(edges) for unit in units}
    for (bucket, unit, _), total in counts.by_unit(
        session, scope, spans, units=units, per_channel=False
    ).items():
        found[unit][bucket] += round(total)
    return {unit: tuple(trend) for unit, trend in found.items()}


def _alarms(  # noqa: PLR0913 (what is judged, by what, and who is left out)
    session: Session,
    scope: Scope,
    history: History,
    recent: Sequence[Recent],
    *,
    names: dict[int, UnitName],
    muted: set[int],
) -> tuple[Alarm, ...]:
    """Judge each unit's channel by the last 60 minutes, most surprising first."""
    slots: dict[tuple[int, str], list[list[Recent]]] = defaultdict(
        lambda: [[] for _ in range(STREAK)]
    )
    for one in recent:
        back = int((history.now - one.at) / HOUR)
        if back < STREAK:
            slots[one.unit_id, one.channel][back].append(one)
    slots = {k: v for k, v in slots.items() if len(v[0]) > 1 and k[0] not in muted}
    references = _alarm_references(session, scope, history, {unit for unit, _ in slots})
    found = [
        alarm
        for (unit, channel), hours in slots.items()
        if (alarm := _judge(names[unit], channel, hours, references(unit, channel)))
    ]
    return tuple(sorted(found, key=lambda a: (-a.level, a.p)))


def _judge(
    unit: UnitName, channel: str, hours: list[list[Recent]], references: Sequence[Reference]
) -> Alarm | None:
    chances = [spikes.chance(len(h), r) for h, r in zip(hours, references, strict=True)]
    judged = spikes.level(len(hours[0]), chances[0], before=chances[1])
    if judged == Level.NORMAL:
        return None
    streak = next((n for n, p in enumerate(chances) if p >= spikes.POSSIBLE), STREAK)
    return Alarm(
        unit=unit,
        channel=channel,
        kind=Counter(one.kind for one in hours[0]).most_common(1)[0][0],
        seen=len(hours[0]),
        expected=references[0].mean,
        p=chances[0],
        level=judged,
        since=min(one.at for one in hours[streak - 1]),
    )


def _alarm_references(
    session: Session, scope: Scope, history: History, units: set[int]
) -> Callable[[int, str], list[Reference]]:
    """Return what each of the last hours saw before, per unit and channel."""
    spans: list[Span] = []
    days = [0] * STREAK
    for slot in range(STREAK):
        end = history.now - slot * HOUR
        day = clock.local_day(end)
        references = history.references(day)
        days[slot] = len(references)
        for other in references:
            moved = end - (day - other)
            spans += [Span(slot, h, h + HOUR, w) for h, w in hour_parts(moved - HOUR, moved)]
    few = 0 < min(days) < spikes.ENOUGH
    totals = counts.by_unit(session, scope, spans, units=None if few else units)
    pools: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    for (slot, _, channel), total in totals.items():
        pools[slot, channel].append(total)

    def of(unit: int, channel: str) -> list[Reference]:
        found: list[Reference] = []
        for slot in range(STREAK):
            pool = pools[slot, channel]
            mean = sum(pool) / len(pool) / days[slot] if pool and days[slot] else 0.0
            own = Reference(totals.get((slot, unit, channel), 0.0), days[slot])
            found.append(spikes.pooled(own, mean))
        return found

    return of


def _heat(history: History) -> Heat:
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


def _weeks(
    session: Session,
    scope: Scope,
    history: History,
    ranking: Sequence[UnitExcess],
    names: dict[int, UnitName],
) -> Weeks:
    today = clock.local_day(history.now)
    monday = today - today.weekday() * DAY
    starts = [monday - n * WEEK for n in range(2 * WEEKS - 1, -1, -1)]
    moments = [clock.at(start, 0) for start in starts]
    shown = {row.unit.slug for row in ranking[:9]}
    ids = {unit: name for unit, name in names.items() if name.slug in shown}
    spans = [Span(n, moment, moment + WEEK) for n, moment in enumerate(moments)]
    seen: dict[str, list[int]] = {slug: [0] * len(starts) for slug in shown}
    for (bucket, unit, _), total in counts.by_unit(
        session, scope, spans, units=set(ids), per_channel=False
    ).items():
        seen[ids[unit].slug][bucket] += round(total)
    totals = tuple(round(history.between(moment, moment + WEEK)) for moment in moments)
    known = [n for n, start in enumerate(starts) if history.first and start >= history.first]
    rows = tuple(
        WeekRow(
            row.unit,
            tuple(seen[row.unit.slug][WEEKS:]),
            tuple(_week_levels(seen[row.unit.slug], known)),
        )
        for row in ranking[:9]
    )
    return Weeks(tuple(starts[WEEKS:]), rows, totals[WEEKS:])


def _week_levels(seen: Sequence[int], known: Sequence[int]) -> list[Level]:
    """Judge each week by the (up to eight) weeks before it; fewer than four tell nothing."""
    levels: list[Level] = []
    for week in range(WEEKS, 2 * WEEKS):
        before = [seen[n] for n in known if week - WEEKS <= n < week]
        reference = Reference(sum(before), len(before) if len(before) >= WEEKS // 2 else 0)
        levels.append(spikes.level(seen[week], spikes.chance(seen[week], reference)))
    return levels


def _deadlines(
    session: Session, scope: Scope, names: dict[int, UnitName], now: datetime
) -> Deadlines:
    # A deadline is a day: until its end nothing is overdue.
    today = clock.at(clock.local_day(now), 0)
    tomorrow = clock.at(clock.local_day(now) + DAY, 0)
    due = col(Complaint.due_at)
    where = (
        col(Complaint.status).not_in(CLOSED),
        *counts.conditions(scope, Complaint),
    )
    total, overdue, by_tomorrow = session.execute(
        select(
            func.count(),
            func.count().filter(due < today),
            func.count().filter(due < tomorrow),
        )
        .select_from(Complaint)
        .where(*where)
    ).one()
    query = (
        select(
            col(Complaint.protocol),
            col(Complaint.unit_id),
            col(Complaint.status),
            due,
            col(Complaint.created_at),
        )
        .where(*where)
        .order_by(due, col(Complaint.id))
    )
    late = session.execute(query.where(due < today).limit(OVERDUE_SHOWN)).all()
    coming = session.execute(query.where(due >= today).limit(NEXT_SHOWN)).all()
    rows = (*late, *coming)
    items = tuple(_deadline(names[u], now, p, s, d, c) for p, u, s, d, c in rows)
    return Deadlines(overdue, by_tomorrow - overdue, total, items)


def _deadline(  # noqa: PLR0913, PLR0917 (the columns of a row)
    unit: UnitName, now: datetime, protocol: str, status: str, due: datetime, filed: datetime
) -> Deadline:
    first = clock.local_day(filed)
    day, days = clock.local_day(now) - first, clock.local_day(due) - first
    return Deadline(protocol, unit, status, due, day.days, days.days)


def _muted(session: Session, now: datetime) -> tuple[set[int], tuple[Muted, ...]]:
    """Return the units under a declared closure of a comarca or unit, and the closures."""
    units: set[int] = set()
    said: list[Muted] = []
    for closure in notices_since(session, now):
        if closure.kind != NoticeKind.CLOSED or not closure.in_force(now):
            continue
        if closure.unit_id is None and closure.comarca_id is None:
            continue
        unit = session.get(Unit, closure.unit_id) if closure.unit_id else None
        comarca = session.get(Comarca, closure.comarca_id) if closure.comarca_id else None
        below = (
            col(Unit.path).startswith(unit.path, autoescape=True)
            if unit and unit.path
            else col(Unit.id) == closure.unit_id
            if unit
            else col(Unit.comarca_id) == closure.comarca_id
        )
        units.update(i for i in session.scalars(select(col(Unit.id)).where(below)) if i)
        place = unit.name if unit else comarca.name if comarca else ""
        said.append(Muted(place, closure.text, closure.act, closure.act_url, closure.starts_at))
    return units, tuple(said)


def check(session: Session, actor: Actor, chosen: Slice) -> None:
    """Refuse a slice that names what the directory does not know.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: there is no such comarca or unit.
    """
    require(actor, Permission.SEE_DASHBOARD)
    counts.scope_of(session, chosen)


def choices(
    session: Session, actor: Actor, chosen: Slice
) -> tuple[list[list[str]], list[list[str]]]:
    """Return comarcas and units (of the comarca, when one is chosen) as [slug, name]."""
    require(actor, Permission.SEE_DASHBOARD)
    comarcas = session.execute(
        select(col(Comarca.slug), col(Comarca.name))
        .where(col(Comarca.installed))
        .order_by(col(Comarca.slug))
    )
    units = select(col(Unit.slug), col(Unit.name)).where(col(Unit.active))
    scope = counts.scope_of(session, chosen.without_unit())
    if scope.comarca_id is not None:
        units = units.where(col(Unit.comarca_id) == scope.comarca_id)
    rows = session.execute(units.order_by(col(Unit.slug)))
    return [list(row) for row in comarcas], [list(row) for row in rows]
