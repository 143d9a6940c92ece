"""The last hours of failing channels: people in 60 minutes, what is normal, a week before."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlmodel import Session, col, select

from canais_app.complaints.models import PersonReport
from canais_app.complaints.situations.engine import kinds_on, load_figures, load_series
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.situations.queries import Scope
from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.alarms.calibration_json import read_judge
from canais_app.complaints.statistics.alarms.fit import window_share
from canais_app.kit import clock

STEP = timedelta(minutes=15)
WIDTH = timedelta(minutes=60)
WEEK = timedelta(days=7)
LEAST, MOST = timedelta(hours=3), timedelta(hours=9)  # shown before now
_SIZES = (
    (1e9, " bilhão de", " bilhões de"),
    (1e6, " milhão de", " milhões de"),
    (1e3, " mil", " mil"),
    (1, "", ""),
)
LOW, HIGH = 0.95, 0.05  # tail probabilities of the band's edges


@dataclass(frozen=True)
class SeriesPoint:
    """The 60 minutes before a moment."""

    at: datetime
    seen: int
    expected: float
    low: int
    high: int
    limit: int
    before: int  # on the same weekday last week


def load_points(session: Session, row: Situation, now: datetime) -> list[SeriesPoint]:
    """Return a point for each quarter of an hour up to now, or to the situation's end."""
    end = min(now, row.closed_at or now)
    moments = _list_moments(row.first_report_at, end)
    counted = [_count(session, row, moments, back) for back in (timedelta(0), WEEK)]
    alpha = "alpha" if row.scope == Scope.UNIT else "group_alpha"
    return _judge(session, moments, counted, lambda key: _is_member(row, key), alpha, now=now)


def load_member_points(
    session: Session,
    members: Collection[tuple[int, str]],
    since: datetime,
    end: datetime,
    *,
    now: datetime,
) -> list[SeriesPoint]:
    """Return the points of some units' channels together, as `(unit_id, channel)`."""
    moments = _list_moments(since, end)
    units = {unit_id for unit_id, _ in members}
    counted = [
        _sum_hours(session, moments, back, lambda place: place in members, units)
        for back in (timedelta(0), WEEK)
    ]
    alpha = "alpha" if len(members) == 1 else "group_alpha"
    return _judge(session, moments, counted, lambda key: tuple(key[:2]) in members, alpha, now=now)


def _list_moments(since: datetime, end: datetime) -> list[datetime]:
    span = min(max(end - since + timedelta(hours=2), LEAST), MOST)
    return [end - STEP * n for n in range(int(span / STEP), -1, -1)]


def _judge(  # noqa: PLR0913 (what was counted, and of which series)
    session: Session,
    moments: Sequence[datetime],
    counted: Sequence[list[int]],
    is_member: Callable[[tuple[int, str, int]], bool],
    alpha_name: str,
    *,
    now: datetime,
) -> list[SeriesPoint]:
    """Put what is normal for the member series beside what was counted, now and a week ago."""
    seen, before = counted
    series = load_series(session)
    members = np.array([at for at, key in enumerate(series.keys) if is_member(key)], int)
    if not len(members):
        return [
            SeriesPoint(at, n, 0.0, 0, 0, 0, b)
            for at, n, b in zip(moments, seen, before, strict=True)
        ]
    figures = load_figures(session, now)
    fit = read_judge(figures, series.keys).fit
    rate, channel = fit.rate[members], fit.channel[members]
    phi, kappa = fit.of_channel("phi")[members], fit.of_channel("kappa")[members]
    square = kappa + 1 / fit.shape[members]
    alpha = figures[alpha_name]
    points: list[SeriesPoint] = []
    for at, n, b in zip(moments, seen, before, strict=True):
        local = clock.to_local(at)
        minute = np.array(local.hour * 60 + local.minute)
        today = kinds_on(session, series, local.date())[members]
        yesterday = kinds_on(session, series, local.date() - timedelta(days=1))[members]
        mean = rate * window_share(fit.profile, channel, today, yesterday, minute, 60)
        mean = np.where(np.isfinite(mean), mean, 0.0)
        total, variance = float(mean.sum()), float((phi * mean + square * mean**2).sum())
        size, prob = anomaly.negative_binomial(total, variance / total if total > 0 else 1.0, 0.0)
        low, high, limit = (int(anomaly.limit(size, prob, p)) for p in (LOW, HIGH, alpha))
        points.append(
            SeriesPoint(at, n, total, max(low - 1, 0), max(high - 1, 0), max(limit, 3), b)
        )
    return points


def _is_member(row: Situation, key: tuple[int, str, int]) -> bool:
    unit_id, channel, comarca_id = key
    if row.scope == Scope.UNIT:
        return (unit_id, channel) == (row.place_id, row.channel)
    return comarca_id == row.place_id if row.scope == Scope.COMARCA else channel == row.channel


def _count(
    session: Session, row: Situation, moments: Sequence[datetime], back: timedelta
) -> list[int]:
    """Count the people of a situation in the 60 minutes before each moment, so long ago."""
    if row.scope == Scope.UNIT:
        own = (row.place_id, row.channel)
        return _sum_hours(session, moments, back, lambda place: place == own, {row.place_id})
    places = {
        (key.unit_id, key.channel) for key in load_series(session).keys if _is_member(row, key)
    }
    return _sum_hours(session, moments, back, lambda place: place in places)


def _sum_hours(
    session: Session,
    moments: Sequence[datetime],
    back: timedelta,
    is_member: Callable[[tuple[int, str]], bool],
    units: Collection[int] = (),
) -> list[int]:
    """Count the people of member channels in the 60 minutes before each moment, so long ago."""
    query = select(PersonReport.unit_id, PersonReport.channel, PersonReport.received_at).where(
        col(PersonReport.received_at) > moments[0] - back - WIDTH,
        col(PersonReport.received_at) <= moments[-1] - back,
    )
    if units:
        query = query.where(col(PersonReport.unit_id).in_(units))
    received = [at for unit_id, channel, at in session.exec(query) if is_member((unit_id, channel))]
    return [sum(moment - WIDTH < at + back <= moment for at in received) for moment in moments]


def format_odds(p: float) -> str:
    """Return how often chance alone does this: `1 vez em 300 mil horas`."""
    if p <= 0:
        return "menos de 1 vez em 1 bilhão de horas"
    hours = float(f"{1 / p:.1g}")
    for size, one, many in _SIZES:
        if hours >= size:
            count = round(hours / size)
            return f"1 vez em {count}{one if count == 1 else many} horas"
    return "mais de 1 vez por hora"
