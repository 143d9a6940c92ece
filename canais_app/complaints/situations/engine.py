"""The live judgement: what is above normal now, from the people of the last three hours.

One process judges (the worker's job): at each new person and each minute. It reads, judges
outside any transaction, and writes only when a situation begins, changes or ends (`episodes`).
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.complaints.models import Calibration, PersonReport
from canais_app.complaints.situations import episodes
from canais_app.complaints.situations.default_fit import default_figures
from canais_app.complaints.situations.episodes import Reading
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import IncidentKind, Scope, in_force
from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.alarms.calibration_json import SeriesKey, read_judge
from canais_app.complaints.statistics.alarms.history import CLOSED, WEEKDAYS, BoolArray
from canais_app.complaints.statistics.alarms.judge import (
    MIN_PEOPLE,
    WINDOWS,
    GroupKind,
    GroupVerdict,
    Judge,
    Verdict,
    count_recent,
)
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray
from canais_app.directory.models import Channel, Unit
from canais_app.expediente import queries as calendar
from canais_app.expediente.queries import NoticeRecord, load_calendar, load_notices_since
from canais_app.expediente.rules import Location, NoticeKind
from canais_app.kit import clock, db
from canais_app.kit.cache_version import VersionedCache, read_tokens

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(minutes=WINDOWS[-1])
MUTING_NOTICES = frozenset({NoticeKind.CLOSED, NoticeKind.MAINTENANCE})


@dataclass(frozen=True)
class Place:
    """A unit as the judgement needs it."""

    id: int
    comarca_id: int
    path: str
    hours: dict[str, Any]


@dataclass(frozen=True)
class Series:
    """All published channels of active units, and the place of each."""

    keys: tuple[SeriesKey, ...]
    places: tuple[Place, ...]  # of each series

    @cached_property
    def index(self) -> Mapping[tuple[int, str], int]:
        """Return the position of each unit and channel."""
        return {(key.unit_id, key.channel): at for at, key in enumerate(self.keys)}


@dataclass(frozen=True)
class World:
    """What one judgement needs; n series, m reports of people in the last three hours."""

    now: datetime
    series: Series
    figures: dict[str, Any]  # of the newest calibration
    event_series: IntArray  # (m,)
    age: FloatArray  # (m,) minutes
    marks: list[str]  # (m,) who; unknown ones differ
    muted: BoolArray  # (n,) closed, in maintenance, or in an incident
    width: IntArray  # (n,) minutes since that ended
    today: IntArray
    yesterday: IntArray


def load_world(session: Session, now: datetime) -> World:
    """Read what a judgement at `now` needs."""
    series = load_series(session)
    muted, width = _load_muted(session, series, now)
    rows = session.exec(
        select(PersonReport).where(
            col(PersonReport.received_at) > now - LONGEST, col(PersonReport.received_at) <= now
        )
    ).all()
    known = [row for row in rows if (row.unit_id, row.channel) in series.index]
    age = np.array([(now - row.received_at) / MINUTE for row in known], dtype=float)
    events = np.array([series.index[row.unit_id, row.channel] for row in known], dtype=np.int64)
    counted = age < width[events]
    marks = [row.mark or f"#{row.id}" for row in known]
    today = clock.to_local_day(now)
    return World(
        now=now,
        series=series,
        figures=load_figures(session, now),
        event_series=events[counted],
        age=age[counted],
        marks=[mark for mark, kept in zip(marks, counted, strict=True) if kept],
        muted=muted,
        width=width,
        today=kinds_on(session, series, today),
        yesterday=kinds_on(session, series, today - timedelta(days=1)),
    )


_series_cache = VersionedCache[object, Any]()


def load_series(session: Session) -> Series:
    """Return every published channel of an active unit, cached until the directory changes."""
    cached = _series_cache.get(session, *read_tokens(session, *calendar.VERSIONS))
    if "series" not in cached:
        units = session.exec(select(Unit).where(col(Unit.active)).order_by(col(Unit.id)))
        places = {
            unit.id: Place(unit.id or 0, unit.comarca_id or 0, unit.path, unit.hours)
            for unit in units
        }
        rows = session.exec(
            select(Channel.unit_id, Channel.kind)
            .where(col(Channel.retired_at).is_(None))
            .order_by(col(Channel.unit_id), col(Channel.kind))
        )
        found = {(id_, kind): places[id_] for id_, kind in rows if id_ in places}
        keys = tuple(SeriesKey(id_, kind, place.comarca_id) for (id_, kind), place in found.items())
        cached["series"] = Series(keys, tuple(found.values()))
    return cached["series"]


def kinds_on(session: Session, series: Series, day: date) -> IntArray:
    """Return each series' kind of day by its place's calendar; (n,)."""
    cached = _series_cache.get(session, *read_tokens(session, *calendar.VERSIONS))
    if ("kinds", day) not in cached:
        court = load_calendar(session)
        weekday = day.weekday() if day.weekday() < WEEKDAYS else CLOSED
        kinds: dict[int, int] = {}
        for place in series.places:
            if place.id not in kinds:
                here = Location(place.comarca_id or None, place.id)
                is_open = court.open_state_on(day, here, place.hours).is_open
                kinds[place.id] = weekday if is_open else CLOSED
        found = np.array([kinds[place.id] for place in series.places], dtype=np.int64)
        cached["kinds", day] = found
    return cached["kinds", day]


def load_figures(session: Session, now: datetime) -> dict[str, Any]:
    """Return the newest calibration, or a default one before the first night."""
    newest = select(Calibration.figures).order_by(col(Calibration.id).desc()).limit(1)
    found = session.exec(newest).first()
    return dict(found) if found and found.get("channels") else default_figures(session, now)


def _load_muted(session: Session, series: Series, now: datetime) -> tuple[BoolArray, IntArray]:
    """Return which series are silent now, and for how many minutes the others have not been."""
    muted = np.zeros(len(series.keys), dtype=bool)
    width = np.full(len(series.keys), WINDOWS[-1], dtype=np.int64)

    def silence(members: Iterable[int], until: datetime | None) -> None:
        for at in members:
            if until is None:
                muted[at] = True
            else:
                width[at] = min(width[at], max(int((now - until) / MINUTE), 1))

    for row in load_notices_since(session, now - LONGEST):
        if row.kind in MUTING_NOTICES and row.starts_at <= now:
            over = row.ends_at if row.is_over(now) else None
            silence(members_of_notice(series, row), over)
    members = session.exec(
        select(Incident, IncidentMember.unit_id, IncidentMember.channel)
        .join(IncidentMember, col(IncidentMember.incident_id) == col(Incident.id))
        .where(
            col(IncidentMember.left_at).is_(None),
            col(Incident.started_at) <= now,
            col(Incident.false_reason) == "",
            col(Incident.closed_at).is_(None) | (col(Incident.closed_at) > now - LONGEST),
        )
    ).all()
    for incident, unit_id, channel in members:
        found = series.index.get((unit_id, channel))
        if found is not None:
            silence([found], None if in_force(incident, now) else _end_of(incident))
    return muted, width


def _end_of(incident: Incident) -> datetime | None:
    ends = [incident.closed_at]
    if incident.kind == IncidentKind.MAINTENANCE:
        ends.append(incident.ends_at)
    return min((end for end in ends if end is not None), default=None)


def members_of_notice(series: Series, row: NoticeRecord) -> Iterator[int]:
    """Yield the positions of the series that a notice is about."""
    for at, (key, place) in enumerate(zip(series.keys, series.places, strict=True)):
        if row.channel_kind not in ("", key.channel):
            continue
        if row.unit_id is not None:
            if place.id == row.unit_id or f"/{row.unit_id}/" in place.path:
                yield at
        elif row.comarca_id in (None, place.comarca_id):
            yield at


@dataclass
class Moment:
    """A judged world: what is above normal, and the reading of any series."""

    world: World
    judge: Judge = field(init=False)
    verdict: Verdict = field(init=False)
    groups: list[Reading] = field(init=False)

    def __post_init__(self) -> None:
        self.judge = read_judge(self.world.figures, self.world.series.keys)
        self.verdict = self._judge(np.ones(len(self.world.age), dtype=bool))
        self.groups = self._judge_groups()

    @property
    def now(self) -> datetime:
        """Return the moment that was judged."""
        return self.world.now

    def above_normal(self) -> list[Reading]:
        """Return the series that are possible or probable, with enough people."""
        seen = self.verdict
        chosen = seen.opens | (seen.possible & (seen.people >= MIN_PEOPLE))
        return [self._read(int(at)) for at in np.flatnonzero(chosen)]

    def read(self, unit_id: int, channel: str) -> Reading | None:
        """Return the reading of a series; None when it is not published any more."""
        at = self.world.series.index.get((unit_id, channel))
        return None if at is None else self._read(at)

    def is_quiet(self) -> bool:
        """Whether nothing is above normal."""
        return not self.groups and not self.above_normal()

    def _judge(self, kept: BoolArray) -> Verdict:
        world, local = self.world, clock.to_local(self.world.now)
        return self.judge.judge(
            count_recent(world.event_series[kept], world.age[kept], len(world.series.keys)),
            local.hour * 60 + local.minute,
            world.today,
            world.yesterday,
            width=world.width,
            muted=world.muted,
        )

    def _read(self, at: int) -> Reading:
        key, verdict = self.world.series.keys[at], self.verdict
        minutes = int(verdict.minutes[at])
        return Reading(
            scope=Scope.UNIT,
            place_id=key.unit_id,
            comarca_id=key.comarca_id or None,
            channel=key.channel,
            seen=int(verdict.people[at]),
            expected=_finite(verdict.expected[at]),
            upper=self._upper(at),
            probability=float(verdict.p[at]),
            first_at=self._first(self.world.event_series == at, minutes),
            is_probable=bool(verdict.opens[at]),
            is_possible=bool(verdict.possible[at]),
        )

    def _upper(self, at: int) -> int:
        """Return the highest count that is no alarm, in the window that was judged."""
        fit, mean = self.judge.fit, self.verdict.expected[at]
        if not np.isfinite(mean):
            return 0
        square = fit.of_channel("kappa")[at] + 1 / fit.shape[at]
        size, prob = anomaly.negative_binomial(mean, fit.of_channel("phi")[at], square)
        return max(int(anomaly.limit(size, prob, self.judge.alpha)) - 1, MIN_PEOPLE - 1)

    def _judge_groups(self) -> list[Reading]:
        """Return the groups above normal; one person in several members counts once."""
        found = [self._read_group(group) for group in self.verdict.groups]
        if not found or len(set(self.world.marks)) == len(self.world.marks):
            return found
        newest: dict[str, int] = {}
        for at in np.argsort(-self.world.age).tolist():
            newest[self.world.marks[at]] = at
        kept = np.zeros(len(self.world.age), dtype=bool)
        kept[list(newest.values())] = True
        still = {(group.kind, group.index): group for group in self._judge(kept).groups}
        return [
            self._read_group(still[group.kind, group.index])
            for group in self.verdict.groups
            if (group.kind, group.index) in still
        ]

    def _read_group(self, group: GroupVerdict) -> Reading:
        is_comarca = group.kind is GroupKind.COMARCA
        comarca = self.judge.comarcas[group.index] if is_comarca else 0
        return Reading(
            scope=Scope.COMARCA if is_comarca else Scope.CHANNEL,
            place_id=comarca,
            comarca_id=comarca or None,
            channel="" if is_comarca else self.judge.channels[group.index],
            seen=group.seen,
            expected=_finite(group.expected),
            upper=max(int(np.ceil(group.expected * 2)), MIN_PEOPLE - 1),
            probability=group.p,
            first_at=self._first(np.isin(self.world.event_series, group.reporting), group.minutes),
            is_probable=True,
            is_possible=True,
        )

    def _first(self, mine: BoolArray, minutes: int) -> datetime:
        ages = self.world.age[mine & (self.world.age < minutes)]
        return self.now - timedelta(minutes=float(ages.max()) if len(ages) else 0.0)


def _finite(value: float) -> float:
    return round(float(value), 3) if np.isfinite(value) else 0.0


@dataclass
class Engine:
    """Judges at each new person and each minute; the worker's job."""

    newest: int = -1
    judged_at: datetime | None = None

    async def work(self) -> bool:
        """Judge when somebody was counted since, or a minute has passed; return whether."""
        now, newest = clock.now(), await db.read(_load_newest)
        if newest == self.newest and self.judged_at and now - self.judged_at < MINUTE:
            return False
        world = await db.read(load_world, now)
        moment = await asyncio.to_thread(Moment, world)
        if not moment.is_quiet() or await db.read(has_open):
            await db.write(episodes.apply, moment)
        self.newest, self.judged_at = newest, now
        return True


def judge_now(session: Session, now: datetime) -> Moment:
    """Judge and write in one transaction: for the seed and for tests."""
    moment = Moment(load_world(session, now))
    episodes.apply(session, moment)
    return moment


def has_open(session: Session) -> bool:
    """Whether any situation is open."""
    found = select(Situation.id).where(col(Situation.closed_at).is_(None)).limit(1)
    return session.exec(found).first() is not None


def _load_newest(session: Session) -> int:
    return session.exec(select(func.max(PersonReport.id))).one() or 0
