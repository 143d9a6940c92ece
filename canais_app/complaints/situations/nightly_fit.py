"""The nightly calibration: load the past, fit and calibrate, store the figures.

Loading reads, calculating needs no session (seconds of CPU), storing writes one row.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, or_
from sqlmodel import Session, col, select

from canais_app.complaints.models import Calibration, PersonReport
from canais_app.complaints.situations.engine import (
    MUTING_NOTICES,
    Series,
    load_series,
    members_of_notice,
)
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import FALSE, IncidentKind, members_of
from canais_app.complaints.statistics.alarms.calibration import Memory, calibrate
from canais_app.complaints.statistics.alarms.calibration_json import to_figures
from canais_app.complaints.statistics.alarms.drift import find_drift
from canais_app.complaints.statistics.alarms.history import CLOSED, WEEKDAYS, History, Intervals
from canais_app.complaints.statistics.anomaly import IntArray
from canais_app.directory.models import Channel, UnitChange
from canais_app.expediente.calendar import parse_hours
from canais_app.expediente.queries import load_calendar, load_notices_since
from canais_app.expediente.rules import Location
from canais_app.kit import clock

REACH_DAYS = 130  # 64 open days and the recess
KEPT = timedelta(days=62)  # of stored calibrations
TRUE = "verdadeiro"
MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
Span = tuple[Sequence[int], datetime, datetime | None]  # positions of series, start, end


@dataclass(frozen=True)
class Past:
    """What a night's calibration is made from."""

    history: History
    series: Series
    channels: tuple[str, ...]  # by their index in the history
    day: int  # of the history: today


def load_past(session: Session, *, now: datetime) -> Past:
    """Read people, calendars, incidents, closures and maintenance of the last months."""
    series = load_series(session)
    today = clock.to_local_day(now)
    first = today - REACH_DAYS * ONE_DAY
    origin = clock.from_wall_clock(first, 0)
    channels = tuple(sorted({key.channel for key in series.keys}))
    comarcas = sorted({key.comarca_id for key in series.keys})
    place, kinds = _load_calendars(session, series, first)
    event_series, event_minute = _load_people(session, series, origin)
    history = History(
        channel=_positions([key.channel for key in series.keys], channels),
        group=_positions([key.comarca_id for key in series.keys], comarcas),
        place=place,
        born=_load_births(session, series, first),
        kinds=kinds,
        event_series=event_series,
        event_minute=event_minute,
        excluded=_load_excluded(session, series, origin, now),
    )
    return Past(history, series, channels, REACH_DAYS)


def _positions(values: list[Any], order: Any) -> IntArray:  # noqa: ANN401 (any sequence)
    position = {value: at for at, value in enumerate(order)}
    return np.array([position[value] for value in values], dtype=np.int64)


def _load_calendars(session: Session, series: Series, first: date) -> tuple[IntArray, IntArray]:
    """Return each series' row of kinds, and the kinds of day; (n,), (places, days)."""
    court = load_calendar(session)
    rows, known = list[list[int]](), dict[object, int]()
    place = np.zeros(len(series.keys), dtype=np.int64)
    for at, unit in enumerate(series.places):
        location = Location(unit.comarca_id or None, unit.id)
        key = (court.area_key(location), parse_hours(unit.hours))
        if key not in known:
            known[key] = len(rows)
            days = [first + number * ONE_DAY for number in range(REACH_DAYS + 1)]
            rows.append(
                [
                    day.weekday()
                    if day.weekday() < WEEKDAYS
                    and court.open_state_on(day, location, unit.hours).is_open
                    else CLOSED
                    for day in days
                ]
            )
        place[at] = known[key]
    return place, np.array(rows, dtype=np.int64).reshape(-1, REACH_DAYS + 1)


def _load_people(session: Session, series: Series, origin: datetime) -> tuple[IntArray, IntArray]:
    """Return series and minute of each person's report, sorted."""
    rows = session.exec(
        select(PersonReport.unit_id, PersonReport.channel, PersonReport.received_at).where(
            col(PersonReport.received_at) >= origin
        )
    ).all()
    start = origin.timestamp()
    known = [
        (at, int((moment.timestamp() - start) // 60))
        for unit, channel, moment in rows
        if (at := series.index.get((unit, channel))) is not None
    ]
    events = np.array(sorted(known), dtype=np.int64).reshape(-1, 2)
    return events[:, 0], events[:, 1]


def _load_births(session: Session, series: Series, first: date) -> IntArray:
    """Return the first whole day of each series: after its unit, channel and the portal began."""
    began = session.exec(select(func.min(PersonReport.received_at))).one()
    portal = _number(began, first) + 1 if began is not None else REACH_DAYS
    born = np.full(len(series.keys), max(portal, 0), dtype=np.int64)
    channels = dict(
        session.exec(
            select(Channel.id, Channel.kind).where(col(Channel.retired_at).is_(None))
        ).all()
    )
    created = session.exec(
        select(UnitChange.unit_id, UnitChange.channel_id, UnitChange.at).where(
            col(UnitChange.field) == "created",
            col(UnitChange.at) >= clock.from_wall_clock(first, 0),
        )
    ).all()
    by_unit = defaultdict[int, list[int]](list)
    for at, key in enumerate(series.keys):
        by_unit[key.unit_id].append(at)
    for unit_id, channel_id, moment in created:
        for at in by_unit[unit_id]:
            if channel_id is None or channels.get(channel_id) == series.keys[at].channel:
                born[at] = max(born[at], _number(moment, first) + 1)
    return born


def _number(moment: datetime, first: date) -> int:
    return (clock.to_local_day(moment) - first).days


def _load_excluded(session: Session, series: Series, origin: datetime, now: datetime) -> Intervals:
    """Return the minutes of closures, maintenance, incidents and confirmed situations."""
    found = list[tuple[int, int, int]]()
    for load in (_spans_of_notices, _spans_of_incidents, _spans_of_situations):
        for members, start, end in load(session, series, origin):
            first = max(int((start - origin) / MINUTE), 0)
            last = int((min(end or now, now) - origin) / MINUTE) + 1
            found += [(at, first, last) for at in members if last > first]
    spans = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Intervals(spans[:, 0], spans[:, 1], spans[:, 2])


def _position(series: Series, unit_id: int, channel: str) -> list[int]:
    at = series.index.get((unit_id, channel))
    return [] if at is None else [at]


def _spans_of_notices(session: Session, series: Series, origin: datetime) -> Iterator[Span]:
    for row in load_notices_since(session, origin):
        if row.kind in MUTING_NOTICES:
            yield list(members_of_notice(series, row)), row.starts_at, row.ends_at


def _spans_of_incidents(session: Session, series: Series, origin: datetime) -> Iterator[Span]:
    rows = session.exec(
        select(Incident, IncidentMember)
        .join(IncidentMember, col(IncidentMember.incident_id) == col(Incident.id))
        .where(
            col(Incident.false_reason) == "",
            or_(col(Incident.closed_at).is_(None), col(Incident.closed_at) >= origin),
        )
    )
    for incident, member in rows:
        over = [incident.closed_at, member.left_at, incident.restored_at]
        if incident.kind == IncidentKind.MAINTENANCE:
            over.append(incident.ends_at)
        end = min((each for each in over if each is not None), default=None)
        yield _position(series, member.unit_id, member.channel), incident.started_at, end


def _spans_of_situations(session: Session, series: Series, origin: datetime) -> Iterator[Span]:
    rows = session.exec(
        select(Situation).where(
            or_(col(Situation.confirmed_at).is_not(None), col(Situation.verdict) == TRUE),
            col(Situation.verdict) != FALSE,
            or_(col(Situation.closed_at).is_(None), col(Situation.closed_at) >= origin),
        )
    ).all()
    for row in rows:
        for unit_id, channel in members_of(session, row):
            yield _position(series, unit_id, channel), row.first_report_at, row.closed_at


def calculate_figures(past: Past) -> dict[str, Any]:
    """Fit and calibrate; return the figures to store."""
    if not len(past.history.channel):
        return {
            "alpha": 0.0,
            "group_alpha": 0.0,
            "channels": {},
            "series": [],
            "drift": [],
            "people": 0,
        }
    memory = Memory()
    calibration = calibrate(past.history, past.day, memory=memory)
    figures = to_figures(calibration, past.series.keys, past.channels)
    drift = find_drift(past.history, past.day, memory)
    rising = [] if drift is None else np.flatnonzero(drift.rising).tolist()
    figures["drift"] = [[*past.series.keys[at][:2]] for at in rising]  # "piora lenta"
    figures["people"] = len(past.history.event_series)
    return figures


def store_calibration(session: Session, figures: dict[str, Any], *, now: datetime) -> Calibration:
    """Store a night's figures, and delete those past their time, in the caller's transaction."""
    session.execute(delete(Calibration).where(col(Calibration.at) < now - KEPT))
    row = Calibration(at=now, figures=figures)
    session.add(row)
    session.flush()
    return row


def is_calibrated_today(session: Session, *, now: datetime) -> bool:
    """Whether a calibration of this local day is stored."""
    newest = session.exec(select(func.max(Calibration.at))).one()
    return newest is not None and clock.to_local_day(newest) == clock.to_local_day(now)
