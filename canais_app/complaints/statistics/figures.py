"""Compute the figures of the analysis for one filter: totals, table, series, hours, channels.

A server keeps the sums and figures of each filter: a new complaint is added to the sums of the
filters that it belongs to, and the others stay as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from sqlmodel import Session

from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.columns import CHANNELS, KINDS, Facts, fact_store
from canais_app.complaints.statistics.counts import DashboardScope, UnitName
from canais_app.complaints.statistics.filters import Scope
from canais_app.complaints.statistics.outcomes import (
    Outcomes,
    is_of_units,
    keep_units,
    mark_units,
    read_outcomes,
)
from canais_app.complaints.statistics.periods import Period, build_period
from canais_app.complaints.statistics.report_sums import (
    Array,
    ReportSums,
    Rows,
    at_share,
    sum_reports,
    take_rows,
)
from canais_app.complaints.statistics.series import (
    HourlyMeans,
    SeriesPoint,
    build_series,
    dispersion,
    hourly_means,
)
from canais_app.complaints.statistics.unit_table import MIN_REPORTS, UnitRow, UnitTable, build_table
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import VERSIONS, load_calendar
from canais_app.kit import cache_version, clock
from canais_app.kit.cache_version import VersionedCache

MAX_AGE = timedelta(seconds=20)  # a shown period ends with the present
MAX_ANALYSES = 200
_References = dict[tuple[date, date], list[int]]
_calendars: VersionedCache[Location, tuple[dict[date, bool], _References]] = VersionedCache()


@dataclass(frozen=True)
class ChannelSeries:
    """A channel's reports over the period and before, in steps of the same length."""

    channel: str
    seen: int
    before: int
    steps: tuple[int, ...]
    steps_before: tuple[int, ...]


@dataclass(frozen=True)
class KindCount:
    """A kind's reports in the period and before."""

    kind: str
    seen: int
    before: int


@dataclass(frozen=True)
class Totals:
    """The five totals of the period, and of the period before."""

    now: UnitRow
    before: UnitRow
    slowest: UnitRow | None  # the unit with the highest median, of those with enough answers


@dataclass(frozen=True)
class Analysis:
    """Every figure of one filter at one moment."""

    at: datetime
    filters: Scope
    compare: str
    unit: UnitName | None
    comarca: str
    period: Period
    totals: Totals
    rows: UnitTable
    phi: float  # dispersion of a day's count
    series: tuple[SeriesPoint, ...]
    heat: HourlyMeans
    channels: tuple[ChannelSeries, ...]
    kinds: tuple[KindCount, ...]


@dataclass(frozen=True)
class _Base:
    """What the figures of a filter are derived from, and the counts that it was read from."""

    facts: Facts
    scope: DashboardScope
    period: Period  # the first one of its frame
    units: Mapping[int, UnitName]
    sums: ReportSums
    outcomes: Outcomes
    earlier: Outcomes  # of the period before


_kept: dict[tuple[Scope, str], tuple[_Base, Analysis]] = {}


def build_analysis(
    session: Session, filters: Scope, *, compare: str = "", now: datetime
) -> Analysis:
    """Compute the figures of a filter; the caller checks the permission.

    A server returns the same object while no figure has changed, and nearly no time has passed.

    Raises:
        InvalidError: the filter names a comarca or unit that does not exist.
    """
    facts, key = fact_store.current(session, now), (filters, compare)
    kept = _kept.get(key) if fact_store.keeps else None
    base = _add_changes(kept[0], facts) if kept else None
    if kept and base and base.sums is kept[0].sums and now - kept[1].at <= MAX_AGE:
        _kept[key] = base, kept[1]
        return kept[1]
    scope = counts.resolve_scope(session, filters)
    is_open, references = _open_days(session, Location(scope.comarca_id, scope.unit_id))
    period = build_period(
        filters,
        compare=compare,
        now=now,
        is_open=is_open,
        first_hour=facts.first_hour,
        known_references=references,
    )
    units = counts.load_scope_units(session, scope)
    if base is None or period.frame != base.period.frame or units is not base.units:
        base = _read_base(facts, scope, period, units)
    comarca = counts.load_comarca_name(session, scope)
    analysis = _derive(base, period, filters, compare=compare, comarca=comarca)
    if fact_store.keeps:
        _keep(key, base, analysis)
    return analysis


def _keep(key: tuple[Scope, str], base: _Base, analysis: Analysis) -> None:
    """Keep the figures of a filter; forget those of counts that were loaded anew since."""
    if key not in _kept:
        reports = base.facts.reports
        for other, (old, _) in tuple(_kept.items()):
            if old.facts.reports.added_since(reports) is None or len(_kept) >= MAX_ANALYSES:
                _kept.pop(other, None)
    _kept[key] = base, analysis


def _read_base(
    facts: Facts, scope: DashboardScope, period: Period, units: Mapping[int, UnitName]
) -> _Base:
    until = max(period.until_hour, clock.hour_number(period.now) + 1)
    reports = facts.reports.between(period.oldest_hour, until)
    inside = mark_units(units)
    channel = CHANNELS.index(scope.channel) if scope.channel else None
    first, last, back = period.first_day, period.until_day, period.shift_days
    return _Base(
        facts=facts,
        scope=scope,
        period=period,
        units=units,
        sums=sum_reports(_keep_scope(reports, scope, inside), period, len(inside)),
        outcomes=read_outcomes(facts, first, last, units, channel),
        earlier=read_outcomes(facts, first - back, last - back, units, channel),
    )


def _add_changes(known: _Base, facts: Facts) -> _Base | None:
    """Return what is known with what was filed since; None if it has to be read anew.

    Answers and ratings are few: the first of a scope's units has them read anew. While nothing of
    the scope was filed the sums are the same object.
    """
    if facts is known.facts:
        return known
    inside = mark_units(known.units)
    for now, then in (
        (facts.visits, known.facts.visits),
        (facts.answers, known.facts.answers),
        (facts.ratings, known.facts.ratings),
    ):
        rows = now.added_since(then)
        if rows is None or len(keep_units(rows, inside)["at"]):
            return None
    added = facts.reports.added_since(known.facts.reports)
    if added is None:
        return None
    added = _keep_scope(added, known.scope, inside)
    sums = known.sums
    if len(added["at"]):
        sums = sums.plus(sum_reports(added, known.period, len(inside)))
    return replace(known, facts=facts, sums=sums)


def _open_days(session: Session, place: Location) -> tuple[Callable[[date], bool], _References]:
    """Return whether a place is open on a day, and the reference days known so far."""
    tokens = cache_version.read_tokens(session, *VERSIONS)
    calendar = load_calendar(session, tokens)
    known, references = _calendars.get(session, *tokens).setdefault(place, ({}, {}))

    def is_open(day: date) -> bool:
        if day not in known:
            known[day] = calendar.open_state_on(day, place).is_open
        return known[day]

    return is_open, references


def _keep_scope(reports: Rows, scope: DashboardScope, inside: Array) -> Rows:
    """Return the reports of a scope; `inside` marks its units."""
    is_place = scope.comarca_id is not None or scope.unit_id is not None
    keep: list[Array] = []
    if is_place or reports["unit"].max(initial=0) >= len(inside):
        keep.append(is_of_units(reports, inside))
    if scope.channel:
        keep.append(reports["channel"] == CHANNELS.index(scope.channel))
    if scope.kinds:
        is_chosen = np.zeros(len(KINDS), bool)
        is_chosen[[KINDS.index(kind) for kind in scope.kinds]] = True
        keep.append(is_chosen[reports["kind"]])
    return take_rows(reports, np.logical_and.reduce(keep)) if keep else reports


def _derive(base: _Base, period: Period, filters: Scope, *, compare: str, comarca: str) -> Analysis:
    sums = base.sums
    rows = build_table(base.units, sums, base.outcomes, period.hour_share)
    phi = dispersion(period, sums.by_hour)
    return Analysis(
        at=period.now,
        filters=filters,
        compare=compare,
        unit=base.units.get(base.scope.unit_id or 0),
        comarca=comarca,
        period=period,
        totals=_totals(base, rows),
        rows=rows,
        phi=phi,
        series=build_series(period, sums.by_hour, phi),
        heat=hourly_means(period, sums.by_hour),
        channels=_channels(sums),
        kinds=_kinds(sums, period),
    )


def _totals(base: _Base, rows: UnitTable) -> Totals:
    earlier = base.earlier
    now = rows.add_up(median_days=base.outcomes.median_days)
    before = UnitRow(
        unit=None,
        seen=now.before,
        before=0,
        expected=0,
        visits=int(earlier.visits.sum()),
        groups=(),
        kind="",
        kind_count=0,
        answers=int(earlier.answers.sum()),
        on_time=int(earlier.on_time.sum()),
        median_days=earlier.median_days,
        ratings=int(earlier.ratings.sum()),
        solved=int(earlier.solved.sum()),
        weeks=(),
    )
    enough = np.flatnonzero(rows["answers"] >= MIN_REPORTS)
    slowest = None
    if len(enough):
        order = np.lexsort((rows["seen"][enough], rows["median_days"][enough]))
        slowest = rows.row(int(enough[order[-1]]))
    return Totals(now, before, slowest)


def _channels(sums: ReportSums) -> tuple[ChannelSeries, ...]:
    pairs = zip(sums.channels.astype(int), sums.channels_before.astype(int), strict=True)
    found = (
        ChannelSeries(
            channel, int(now.sum()), int(then.sum()), tuple(now.tolist()), tuple(then.tolist())
        )
        for channel, (now, then) in zip(CHANNELS, pairs, strict=True)
        if now.any() or then.any()
    )
    return tuple(sorted(found, key=lambda row: -row.seen))


def _kinds(sums: ReportSums, period: Period) -> tuple[KindCount, ...]:
    seen = sums.by_kind.sum(axis=0)
    before = at_share(sums.kinds_before, period.hour_share)
    rows = [KindCount(kind, int(seen[n]), round(before[n])) for n, kind in enumerate(KINDS)]
    return tuple(sorted((r for r in rows if r.seen or r.before), key=lambda r: -r.seen))
