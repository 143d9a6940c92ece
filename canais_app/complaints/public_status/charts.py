"""The pictures of the public status: 24 hours of each channel, and its last 90 days.

Hours under five reports look alike, whatever their count. The state's hours are read from its own
counts, so that the time does not grow with the number of complaints.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.complaints.models import ComplaintHour, StateHour, VisitHour
from canais_app.complaints.public_status.suppression import (
    SUPPRESSION_THRESHOLD,
    format_count,
    publish_count,
)
from canais_app.complaints.public_status.views import (
    AxisLabel,
    ChannelHistory,
    ChannelStrip,
    HourBar,
)
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import FALSE, MIN_PEOPLE, IncidentKind, Trouble
from canais_app.directory.channels import CHANNEL_TYPES
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.rules import Location
from canais_app.kit import clock
from canais_app.kit.text import format_date, format_hour, pluralise

HOURS, DAYS = 24, 90
_AXIS_HOURS = (0, 6, 12, 18)
_LOWEST = 8  # percent of the height, of an hour without a published count
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scope:
    """What is counted: the units of a comarca or one unit, or all (none given)."""

    location: Location
    unit_ids: frozenset[int] | None = None

    def holds(self, unit_id: int | None) -> bool:
        """Whether a unit belongs to it."""
        return self.unit_ids is None or unit_id in self.unit_ids


def count_reports(session: Session, scope: Scope, now: datetime) -> Mapping[tuple[str, int], int]:
    """Return the reports of the last 24 hours by channel and hour number."""
    first = clock.hour_number(now) - HOURS + 1
    last = clock.hour_number(now)
    if scope.unit_ids is None:
        table = StateHour
        query = select(StateHour.channel, StateHour.hour, func.sum(col(StateHour.count)))
    else:
        table = ComplaintHour
        query = select(
            ComplaintHour.channel, ComplaintHour.hour, func.sum(col(ComplaintHour.count))
        ).where(col(ComplaintHour.unit_id).in_(scope.unit_ids))
    query = query.where(col(table.hour) >= first, col(table.hour) <= last)
    rows = session.exec(query.group_by(col(table.channel), col(table.hour)))
    return {(channel, hour): int(count) for channel, hour, count in rows}


def count_visits(session: Session, scope: Scope, now: datetime) -> Collection[str]:
    """Return the channels that anybody used in the last 24 hours."""
    query = (
        select(VisitHour.channel)
        .where(col(VisitHour.hour) > clock.hour_number(now) - HOURS)
        .distinct()
    )
    if scope.unit_ids is not None:
        query = query.where(col(VisitHour.unit_id).in_(scope.unit_ids))
    return set(session.exec(query))


def build_strips(
    counts: Mapping[tuple[str, int], int],
    used: Collection[str],
    troubles: Sequence[Trouble],
    open_hours: Collection[int],
    now: datetime,
) -> list[ChannelStrip]:
    """Return the last 24 hours of each channel; hours in `troubles` are marked."""
    last = clock.hour_number(now)
    hours = range(last - HOURS + 1, last + 1)
    top = max([*counts.values(), SUPPRESSION_THRESHOLD])
    strips: list[ChannelStrip] = []
    for kind in CHANNEL_TYPES:
        channel = str(kind.kind)
        mine = [trouble for trouble in troubles if trouble.channel in (channel, "")]
        since = min((clock.hour_number(t.since) for t in mine), default=last + 1)
        bars = [
            _bar(
                counts.get((channel, hour), 0),
                hour,
                top,
                hot=hour >= since,
                off=hour not in open_hours,
            )
            for hour in hours
        ]
        total = sum(counts.get((channel, hour), 0) for hour in hours)
        count = format_count(total, "relato", "relatos")
        known = bool(total) or channel in used
        units = len({trouble.unit_id for trouble in mine})
        state = "normal" if known else "sem dados"
        if mine:
            state = f"{pluralise(units, 'unidade', 'unidades')} acima do normal"
        strips.append(
            ChannelStrip(
                channel=channel,
                name=kind.name,
                bars=bars,
                count=count if known else "",
                state=state,
                is_hot=bool(mine),
                label=f"{kind.name}: {count} em 24 horas, {state}"
                if known
                else f"{kind.name}: sem dados",
            )
        )
    return strips


def build_axis(now: datetime) -> list[AxisLabel]:
    """Return the labels under the hours: the first, and every sixth of the clock."""
    last = clock.hour_number(now)
    labels: list[AxisLabel] = []
    for column, hour in enumerate(range(last - HOURS + 1, last + 1), start=1):
        at = clock.to_local(clock.hour_start(hour)).hour
        if at in _AXIS_HOURS and column < HOURS:
            labels.append(AxisLabel(f"{at}h", column))
    return labels


def title_strips(troubles: Sequence[Trouble]) -> str:
    """Return the title that states the finding of the strips."""
    if not troubles:
        return "Últimas 24 horas: nada acima do normal"
    names = {str(kind.kind): kind.name for kind in CHANNEL_TYPES}
    channels = [names[c] for c in names if any(t.channel in (c, "") for t in troubles)]
    since = min(trouble.since for trouble in troubles).replace(minute=0)
    return f"Últimas 24 horas: {join_names(channels)} acima do normal desde {format_hour(since)}"


def find_open_hours(calendar: CourtCalendar, location: Location, now: datetime) -> set[int]:
    """Return the hours of the last 24 in which the court was open."""
    last = clock.hour_number(now)
    found: set[int] = set()
    for day in {clock.to_local_day(now), clock.to_local_day(now - _DAY)}:
        for start, end in calendar.list_open_spans(day, location):
            found.update(
                range(clock.hour_number(start), clock.hour_number(end - timedelta(seconds=1)) + 1)
            )
    return {hour for hour in found if last - HOURS < hour <= last}


def build_history(
    session: Session, scope: Scope, calendar: CourtCalendar, now: datetime
) -> list[ChannelHistory]:
    """Return the last 90 days of each channel: with a reported or a confirmed failure, or none."""
    today = clock.to_local_day(now)
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    start = clock.from_wall_clock(days[0], 0)
    marks: defaultdict[str, dict[date, str]] = defaultdict(dict)
    for channel, first, end, mark in (
        *_situation_spans(session, scope, start, now),
        *_incident_spans(session, scope, start, now),
    ):
        day = max(clock.to_local_day(first), days[0])
        while day <= min(clock.to_local_day(end), today):
            if marks[channel].get(day) != "con":
                marks[channel][day] = mark
            day += _DAY
    open_days = {day for day in days if calendar.is_open_day(day, scope.location)}
    found: list[ChannelHistory] = []
    for kind in CHANNEL_TYPES:
        mine = marks.get(str(kind.kind), {})
        failed = [day for day in days if day in mine]
        clean = len(open_days - set(failed))
        states = [mine.get(day) or ("ok" if day in open_days else "off") for day in days]
        score = f"{clean} de {len(open_days)}"
        found.append(
            ChannelHistory(
                channel=str(kind.kind),
                name=kind.name,
                days=states,
                score=score,
                label=f"{kind.name}: {score} dias de expediente sem falha",
                failures=[
                    f"{format_date(day)}: {'confirmada' if mine[day] == 'con' else 'relatada'}"
                    for day in failed
                ],
            )
        )
    return found


def title_history(history: Sequence[ChannelHistory]) -> str:
    """Return the title that states the finding of the 90 days."""
    (name, most), *others = Counter({row.name: len(row.failures) for row in history}).most_common()
    if not most:
        return "Últimos 90 dias: nenhuma falha"
    if others and others[0][1] == most:
        return "Últimos 90 dias: dias com falha por canal"
    return f"Últimos 90 dias: {name} falhou mais"


def note_history(history: Sequence[ChannelHistory], where: str, now: datetime) -> str:
    """Return which days were looked at, and where."""
    last = clock.to_local_day(now)
    first = last - timedelta(days=DAYS - 1)
    days = history[0].score.rpartition(" ")[2]
    return f"De {format_date(first)} a {format_date(last)}, {days} dias de expediente, {where}."


def join_names(names: Sequence[str]) -> str:
    """Return `telefone, WhatsApp e e-mail`."""
    if len(names) < 2:  # noqa: PLR2004 (nothing to join)
        return "".join(names)
    return f"{', '.join(names[:-1])} e {names[-1]}"


def _bar(count: int, hour: int, top: int, *, hot: bool, off: bool) -> HourBar:
    public = publish_count(count)
    height = _LOWEST if public is None else max(_LOWEST, round(100 * public / top))
    at = clock.to_local(clock.hour_start(hour)).hour
    words = f"{at}h: {format_count(count, 'relato', 'relatos')}"
    if hot:
        return HourBar(height, "hi", f"{words}, acima do normal")
    if off and public is None:
        return HourBar(0, "off", f"{at}h: fora do expediente")
    return HourBar(height, "", words)


def _situation_spans(
    session: Session, scope: Scope, start: datetime, now: datetime
) -> list[tuple[str, datetime, datetime, str]]:
    rows = session.exec(
        select(Situation).where(
            col(Situation.probable_at).is_not(None),
            col(Situation.people) >= MIN_PEOPLE,
            col(Situation.verdict) != FALSE,
            col(Situation.channel) != "",
            col(Situation.closed_at).is_(None) | (col(Situation.closed_at) >= start),
        )
    )
    return [
        (
            row.channel,
            row.first_report_at,
            row.closed_at or now,
            "con" if row.confirmed_at or row.incident_id else "rel",
        )
        for row in rows
        if scope.unit_ids is None or scope.holds(row.unit_id)
    ]


def _incident_spans(
    session: Session, scope: Scope, start: datetime, now: datetime
) -> list[tuple[str, datetime, datetime, str]]:
    query = (
        select(
            IncidentMember.channel, Incident.started_at, Incident.restored_at, Incident.closed_at
        )
        .join(IncidentMember, col(IncidentMember.incident_id) == col(Incident.id))
        .where(
            col(Incident.kind) == IncidentKind.INCIDENT,
            col(Incident.is_public),
            col(Incident.false_reason) == "",
            col(Incident.started_at) <= now,
            col(Incident.closed_at).is_(None) | (col(Incident.closed_at) >= start),
        )
        .distinct()
    )
    if scope.unit_ids is not None:
        query = query.where(col(IncidentMember.unit_id).in_(scope.unit_ids))
    return [
        (channel, started, restored or closed or now, "con")
        for channel, started, restored, closed in session.exec(query)
    ]
