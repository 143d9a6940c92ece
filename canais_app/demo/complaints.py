"""Create demonstration complaints: 120 days of Poisson counts by channel, and two outages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from sqlalchemy import insert, select
from sqlmodel import Session, col

from canais_app.complaints import rollups
from canais_app.complaints.kinds import ComplaintKindCode
from canais_app.complaints.models import Complaint, ComplaintEvent, PersonReport, VisitHour
from canais_app.demo import triage
from canais_app.demo.units import DemoTree
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel
from canais_app.expediente.calendar import CourtCalendar, Location
from canais_app.kit import clock
from canais_app.kit.text import hash_token

HISTORY_DAYS = 120
COMPLAINTS_PER_OPEN_DAY = 95.0  # reports of the whole state
CLOSED_DAY_SHARE = 0.04  # as a share of an open day
VISIT_DAYS = 64
VISITS_PER_REPORT = 240
TERM = timedelta(days=30)
WEEKDAY_WEIGHTS = (1.25, 1.05, 1.0, 0.95, 0.85, 1.0, 1.0)
HOUR_WEIGHTS = {8: 1, 10: 2, 11: 3, 12: 14, 13: 20, 14: 18, 15: 15, 16: 12, 17: 10, 18: 7, 20: 1}
_KIND = ComplaintKindCode
KIND_WEIGHTS = {
    ChannelKind.PHONE: ((_KIND.NO_ANSWER, 8), (_KIND.NOT_CONNECTED, 3), (_KIND.WRONG_CONTACT, 2)),
    ChannelKind.EMAIL: ((_KIND.NO_REPLY, 8), (_KIND.BOUNCED, 2), (_KIND.WRONG_CONTACT, 1)),
    ChannelKind.WHATSAPP: ((_KIND.NO_REPLY, 8), (_KIND.WRONG_CONTACT, 1)),
    ChannelKind.VIRTUAL_COUNTER: (
        (_KIND.LINK_BROKEN, 4),
        (_KIND.NOBODY_JOINS, 4),
        (_KIND.DROPPED, 3),
        (_KIND.QUEUE_STUCK, 1),
        (_KIND.WRONG_HOURS, 1),
        (_KIND.ACCESSIBILITY, 1),
    ),
    ChannelKind.APPOINTMENT: (
        (_KIND.NO_SLOTS, 8),
        (_KIND.BOOKING_ERROR, 1),
        (_KIND.WRONG_HOURS, 1),
    ),
}
CHANNEL_SHARES = {
    ChannelKind.PHONE: 1.0,
    ChannelKind.EMAIL: 0.5,
    ChannelKind.WHATSAPP: 1.2,
    ChannelKind.VIRTUAL_COUNTER: 1.1,
    ChannelKind.APPOINTMENT: 0.4,
}
TEXTS_BY_KIND = {
    _KIND.NO_ANSWER: ("Toca até cair.", "Liguei três vezes e ninguém atendeu."),
    _KIND.NOT_CONNECTED: ("Dá ocupado o dia todo.", ""),
    _KIND.NO_REPLY: ("Mensagem enviada há dias, sem resposta.", ""),
    _KIND.BOUNCED: ("O e-mail voltou: caixa não existe.", ""),
    _KIND.LINK_BROKEN: ("A página do Balcão não carrega.", "O link dá erro."),
    _KIND.NOBODY_JOINS: ("A sala abre e ninguém entra.", ""),
    _KIND.DROPPED: ("A chamada caiu no meio do atendimento.", ""),
    _KIND.QUEUE_STUCK: ("Uma hora na fila, sem andar.", ""),
    _KIND.WRONG_CONTACT: ("O número não é desta unidade.", ""),
    _KIND.WRONG_HOURS: ("Fechado antes da hora publicada.", ""),
    _KIND.NO_SLOTS: ("Nenhum horário nas próximas semanas.", ""),
    _KIND.BOOKING_ERROR: ("Deu erro ao confirmar o horário.", ""),
    _KIND.ACCESSIBILITY: ("O leitor de tela não lê o botão de entrar.", ""),
}
# unit, channel, kind, minutes since its start, reports
OUTAGES = (
    ("2ª Vara de Família de Várzea Grande", "whatsapp", _KIND.NO_REPLY, 135, 14),
    ("Juizado Especial Criminal de Sinop", "balcao_virtual", _KIND.DROPPED, 80, 11),
)


@dataclass(frozen=True)
class ReportSource:
    """A unit's channel and its weight among the state's reports."""

    unit_id: int
    comarca_id: int | None
    channel: str
    weight: float


@dataclass(frozen=True)
class GeneratedReport:
    """A report without a protocol yet."""

    at: datetime
    source: ReportSource
    kind: ComplaintKindCode


@dataclass
class BulkRows:
    """Rows for bulk inserts."""

    complaints: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    events: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    people: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    numbers: set[int] = field(default_factory=set[int])

    def draw_number(self, rng: Random) -> int:
        """Return the number of a new protocol."""
        number = rng.randrange(10_000_000, 100_000_000)
        while number in self.numbers:
            number = rng.randrange(10_000_000, 100_000_000)
        self.numbers.add(number)
        return number


def create_complaints(  # noqa: PLR0913, PLR0917 (units, channels, calendar and time)
    session: Session,
    tree: DemoTree,
    channels: Sequence[Channel],
    calendar: CourtCalendar,
    rng: Random,
    now: datetime,
) -> int:
    """Store the complaints of the last 120 days with their hourly counts; return how many."""
    sources = _sources(tree, channels, rng)
    reports = [
        *_regular_reports(sources, calendar, rng, now),
        *_outage_reports(tree, sources, rng, now),
    ]
    reports.sort(key=lambda report: (report.at, report.source.unit_id))
    rows = BulkRows()
    paces = triage.draw_paces(sorted({source.unit_id for source in sources}), rng)
    for report in reports:
        _add_report(rows, report, paces[report.source.unit_id], calendar, rng, now)
    _store(session, rows)
    _store_visits(session, sources, rng, now)
    return len(reports)


def draw_poisson(rng: Random, mean: float) -> int:
    """Return a Poisson count: Knuth's products for small means, a normal one for large."""
    if mean > 50:  # noqa: PLR2004 (products get long)
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _sources(tree: DemoTree, channels: Sequence[Channel], rng: Random) -> list[ReportSource]:
    units = {unit.id: unit for unit in tree.units}
    return [
        ReportSource(
            channel.unit_id,
            units[channel.unit_id].comarca_id,
            channel.kind,
            CHANNEL_SHARES[ChannelKind(channel.kind)] * rng.lognormvariate(0, 1.1),
        )
        for channel in channels
        if channel.unit_id in units
    ]


def _regular_reports(
    sources: Sequence[ReportSource], calendar: CourtCalendar, rng: Random, now: datetime
) -> list[GeneratedReport]:
    today = clock.to_local_day(now)
    weights = list(accumulate(source.weight for source in sources))
    hour_weights = list(accumulate(HOUR_WEIGHTS.values()))
    reports: list[GeneratedReport] = []
    for day in (today - timedelta(days=n) for n in range(HISTORY_DAYS)):
        open_day = calendar.is_open_day(day, Location())
        mean = COMPLAINTS_PER_OPEN_DAY * (
            WEEKDAY_WEIGHTS[day.weekday()] if open_day else CLOSED_DAY_SHARE
        )
        for source in rng.choices(sources, cum_weights=weights, k=draw_poisson(rng, mean)):
            hour = rng.choices(list(HOUR_WEIGHTS), cum_weights=hour_weights)[0]
            at = clock.from_wall_clock(day, hour, rng.randrange(60)) + timedelta(
                seconds=rng.randrange(60)
            )
            if at < now - timedelta(minutes=1):
                reports.append(GeneratedReport(at, source, _kind(source.channel, rng)))
    return reports


def _kind(channel: str, rng: Random) -> ComplaintKindCode:
    kinds, weights = zip(*KIND_WEIGHTS[ChannelKind(channel)], strict=True)
    return rng.choices(kinds, weights)[0]


def _outage_reports(
    tree: DemoTree, sources: Sequence[ReportSource], rng: Random, now: datetime
) -> list[GeneratedReport]:
    reports: list[GeneratedReport] = []
    for name, channel, kind, minutes, count in OUTAGES:
        unit = tree.find_unit(f"{name} — Secretaria")
        source = next(s for s in sources if s.unit_id == unit.id and s.channel == channel)
        for _ in range(count):
            # Denser towards now: more people notice an outage.
            ago = minutes * (1 - math.sqrt(rng.random())) + 1
            reports.append(GeneratedReport(now - timedelta(minutes=ago), source, kind))
    return reports


def _add_report(  # noqa: PLR0913, PLR0917 (the report, its unit's pace, calendar and time)
    rows: BulkRows,
    report: GeneratedReport,
    pace: float,
    calendar: CourtCalendar,
    rng: Random,
    now: datetime,
) -> None:
    at = report.at.astimezone(UTC)
    created = min(at + timedelta(minutes=rng.randint(0, 4)), now)
    year = clock.to_local_day(created).year
    protocol = f"{year}-{rows.draw_number(rng)}"
    place = Location(report.source.comarca_id, report.source.unit_id)
    due = calendar.find_first_open_day(clock.to_local_day(created) + TERM, place)
    course = triage.draw_course(created, due, pace, rng, now)
    rows.complaints.append({
        "protocol": protocol,
        "secret_hash": hash_token(f"demo-{rng.getrandbits(64):016x}"),
        "unit_id": report.source.unit_id,
        "channel": report.source.channel,
        "kind": report.kind.value,
        "occurred_at": at,
        "created_at": created,
        "due_at": clock.from_wall_clock(due, 19),
        "text": rng.choice(TEXTS_BY_KIND[report.kind]),
        **course.columns,
    })  # fmt: skip
    before = ""
    for when, status, who in course.moves:
        rows.events.append({
            "protocol": protocol, "at": when, "who": who, "from_status": before,
            "to_status": status.value, "text": "", "public": True,
        })  # fmt: skip
        before = status.value
    rows.people.append({
        "unit_id": report.source.unit_id, "channel": report.source.channel,
        "day": clock.day_number(created), "received_at": created, "protocol": protocol,
    })  # fmt: skip


def _store_visits(
    session: Session, sources: Sequence[ReportSource], rng: Random, now: datetime
) -> None:
    """Store the uses of each channel's button, as one count a week."""
    total = sum(source.weight for source in sources)
    noon = clock.hour_number(clock.from_wall_clock(clock.to_local_day(now), 12))
    a_week = COMPLAINTS_PER_OPEN_DAY * 5 * VISITS_PER_REPORT / total
    rows = [
        {
            "hour": noon - 24 * days,
            "unit_id": source.unit_id,
            "channel": source.channel,
            "visits": draw_poisson(rng, source.weight * a_week * rng.lognormvariate(0, 0.3)),
        }
        for source in sources
        for days in range(1, VISIT_DAYS, 7)
    ]
    session.execute(insert(VisitHour), rows)


def _store(session: Session, rows: BulkRows) -> None:
    session.execute(insert(Complaint), rows.complaints)
    query = select(col(Complaint.protocol), col(Complaint.id))
    ids: dict[str, int | None] = {row[0]: row[1] for row in session.connection().execute(query)}
    for event in rows.events:
        event["complaint_id"] = ids[str(event.pop("protocol"))]
    session.execute(insert(ComplaintEvent), rows.events)
    for person in rows.people:
        person["complaint_id"] = ids[str(person.pop("protocol"))]
    session.execute(insert(PersonReport), rows.people)
    rollups.rebuild(session)
