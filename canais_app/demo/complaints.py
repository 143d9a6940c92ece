"""Demonstration complaints: 120 days of Poisson counts by unit, channel and hour, two outages."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from sqlalchemy import insert, select
from sqlmodel import Session, col

from canais_app.complaints.models import (
    Complaint,
    ComplaintEvent,
    ComplaintHour,
    Kind,
    ProtocolCounter,
)
from canais_app.complaints.service import REPORTER
from canais_app.demo.units import Grove
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel
from canais_app.expediente.calendar import CourtCalendar, Place
from canais_app.kit import clock
from canais_app.kit.text import token_hash

DAYS = 120
PER_OPEN_DAY = 95.0  # reports of the whole state
CLOSED_DAY = 0.04  # of an open day's
TERM = timedelta(days=30)
WEEKDAY = (1.25, 1.05, 1.0, 0.95, 0.85, 1.0, 1.0)
HOURS = {8: 1, 10: 2, 11: 3, 12: 14, 13: 20, 14: 18, 15: 15, 16: 12, 17: 10, 18: 7, 20: 1}
KINDS = {
    ChannelKind.PHONE: ((Kind.NO_ANSWER, 8), (Kind.WRONG_CONTACT, 2)),
    ChannelKind.EMAIL: ((Kind.NO_REPLY, 8), (Kind.WRONG_CONTACT, 2)),
    ChannelKind.WHATSAPP: ((Kind.NO_REPLY, 8), (Kind.WRONG_CONTACT, 1)),
    ChannelKind.VIRTUAL_COUNTER: (
        (Kind.LINK_BROKEN, 6),
        (Kind.DROPPED, 3),
        (Kind.WRONG_HOURS, 1),
        (Kind.ACCESSIBILITY, 1),
    ),
    ChannelKind.APPOINTMENT: ((Kind.NO_SLOTS, 8), (Kind.WRONG_HOURS, 1)),
}
SHARE = {
    ChannelKind.PHONE: 1.0,
    ChannelKind.EMAIL: 0.5,
    ChannelKind.WHATSAPP: 1.2,
    ChannelKind.VIRTUAL_COUNTER: 1.1,
    ChannelKind.APPOINTMENT: 0.4,
}
TEXTS = {
    Kind.NO_ANSWER: ("Toca até cair.", "Liguei três vezes e ninguém atendeu."),
    Kind.NO_REPLY: ("Mensagem enviada há dias, sem resposta.", ""),
    Kind.LINK_BROKEN: ("A sala abre e ninguém entra.", "A página do Balcão não carrega."),
    Kind.DROPPED: ("A chamada caiu no meio do atendimento.", ""),
    Kind.WRONG_CONTACT: ("O número não é desta unidade.", ""),
    Kind.WRONG_HOURS: ("Fechado antes da hora publicada.", ""),
    Kind.NO_SLOTS: ("Nenhum horário nas próximas semanas.", ""),
    Kind.ACCESSIBILITY: ("O leitor de tela não lê o botão de entrar.", ""),
    Kind.OTHER: ("",),
}
# registry, channel, kind, minutes ago it began, reports
OUTAGES = (
    ("2ª Vara de Família de Várzea Grande — Secretaria", "whatsapp", Kind.NO_REPLY, 135, 14),
    ("Juizado Especial Criminal de Sinop — Secretaria", "balcao_virtual", Kind.DROPPED, 80, 11),
)


@dataclass(frozen=True)
class Source:
    """A unit's channel, and how much of the state's reports it gets."""

    unit_id: int
    comarca_id: int | None
    channel: str
    weight: float


@dataclass(frozen=True)
class Told:
    """A report before it has a protocol."""

    at: datetime
    source: Source
    kind: Kind


@dataclass
class Book:
    """The rows as they will be written, in bulk."""

    complaints: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    events: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    hours: Counter[tuple[datetime, int, str, str]] = field(
        default_factory=Counter[tuple[datetime, int, str, str]]
    )
    numbers: Counter[int] = field(default_factory=Counter[int])


def tell(  # noqa: PLR0913, PLR0917 (what reports are about, where and when)
    session: Session,
    grove: Grove,
    channels: Sequence[Channel],
    calendar: CourtCalendar,
    rng: Random,
    now: datetime,
) -> int:
    """Write the complaints of the last 120 days and their rollups; return how many."""
    sources = _sources(grove, channels, rng)
    told = [*_everyday(sources, calendar, rng, now), *_outages(grove, sources, rng, now)]
    told.sort(key=lambda report: (report.at, report.source.unit_id))
    book = Book()
    for report in told:
        _write(book, report, calendar, rng, now)
    _store(session, book)
    return len(told)


def poisson(rng: Random, mean: float) -> int:
    """Return a Poisson count: Knuth's products for small means, a normal one for large."""
    if mean > 50:  # noqa: PLR2004 (products get long)
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _sources(grove: Grove, channels: Sequence[Channel], rng: Random) -> list[Source]:
    units = {unit.id: unit for unit in grove.units}
    return [
        Source(
            channel.unit_id,
            units[channel.unit_id].comarca_id,
            channel.kind,
            SHARE[ChannelKind(channel.kind)] * rng.lognormvariate(0, 1.1),
        )
        for channel in channels
        if channel.unit_id in units
    ]


def _everyday(
    sources: Sequence[Source], calendar: CourtCalendar, rng: Random, now: datetime
) -> list[Told]:
    today = clock.local_day(now)
    weights = list(accumulate(source.weight for source in sources))
    hour_weights = list(accumulate(HOURS.values()))
    told: list[Told] = []
    for day in (today - timedelta(days=n) for n in range(DAYS)):
        open_day = calendar.is_open_day(day, Place())
        mean = PER_OPEN_DAY * (WEEKDAY[day.weekday()] if open_day else CLOSED_DAY)
        for source in rng.choices(sources, cum_weights=weights, k=poisson(rng, mean)):
            hour = rng.choices(list(HOURS), cum_weights=hour_weights)[0]
            at = clock.at(day, hour, rng.randrange(60)) + timedelta(seconds=rng.randrange(60))
            if at < now - timedelta(minutes=1):
                told.append(Told(at, source, _kind(source.channel, rng)))
    return told


def _kind(channel: str, rng: Random) -> Kind:
    kinds, weights = zip(*KINDS[ChannelKind(channel)], strict=True)
    return rng.choices(kinds, weights)[0]


def _outages(grove: Grove, sources: Sequence[Source], rng: Random, now: datetime) -> list[Told]:
    told: list[Told] = []
    for name, channel, kind, minutes, count in OUTAGES:
        unit = grove.named(name)
        of = next(s for s in sources if s.unit_id == unit.id and s.channel == channel)
        for _ in range(count):
            # Denser towards now: an outage gets known.
            ago = minutes * (1 - math.sqrt(rng.random())) + 1
            told.append(Told(now - timedelta(minutes=ago), of, kind))
    return told


def _write(book: Book, report: Told, calendar: CourtCalendar, rng: Random, now: datetime) -> None:
    at = report.at.astimezone(UTC)
    created = min(at + timedelta(minutes=rng.randint(0, 4)), now)
    year = clock.local_day(created).year
    book.numbers[year] += 1
    protocol = f"{year}-{book.numbers[year]:06d}"
    place = Place(report.source.comarca_id, report.source.unit_id)
    due = calendar.first_open_day(clock.local_day(created) + TERM, place)
    moves = _moves(created, due, rng, now)
    book.complaints.append({
        "protocol": protocol,
        "secret_hash": token_hash(f"demo-{rng.getrandbits(64):016x}"),
        "unit_id": report.source.unit_id,
        "channel": report.source.channel,
        "kind": report.kind.value,
        "status": moves[-1][1],
        "occurred_at": at,
        "created_at": created,
        "due_at": clock.at(due, 19),
        "text": rng.choice(TEXTS[report.kind]),
    })  # fmt: skip
    before = ""
    for when, status, who in moves:
        book.events.append({
            "protocol": protocol, "at": when, "who": who, "from_status": before,
            "to_status": status, "text": "", "public": True,
        })  # fmt: skip
        before = status
    hour = at.replace(minute=0, second=0, microsecond=0)
    book.hours[hour, report.source.unit_id, report.source.channel, report.kind.value] += 1


def _moves(
    created: datetime, due: date, rng: Random, now: datetime
) -> list[tuple[datetime, str, str]]:
    """Return when a complaint moved to which status by whom: older ones are mostly settled."""
    moves = [(created, "recebida", REPORTER)]
    days = rng.uniform(0.2, 3)
    steps = (
        ("em_analise", "Corregedoria", days),
        ("encaminhada", "Corregedoria", days + rng.uniform(0.1, 2)),
        ("respondida", "Unidade", days + rng.uniform(3, 14)),
        (rng.choices(("resolvida", "nao_confirmada"), (9, 1))[0], "Corregedoria", days + 20),
    )
    late = clock.local_day(now) <= due and rng.random() < 0.01  # noqa: PLR2004 (a few drag on)
    for status, who, after in steps[: 2 if late else 4]:
        when = created + timedelta(days=after)
        if when >= now:
            break
        moves.append((when, status, who))
    return moves


def _store(session: Session, book: Book) -> None:
    session.execute(insert(Complaint), book.complaints)
    asked = select(col(Complaint.protocol), col(Complaint.id))
    known: dict[str, int | None] = {row[0]: row[1] for row in session.connection().execute(asked)}
    for event in book.events:
        event["complaint_id"] = known[str(event.pop("protocol"))]
    session.execute(insert(ComplaintEvent), book.events)
    session.execute(
        insert(ComplaintHour),
        [
            {"hour": hour, "unit_id": unit, "channel": channel, "kind": kind, "count": count}
            for (hour, unit, channel, kind), count in book.hours.items()
        ],
    )
    for year, last in book.numbers.items():
        session.merge(ProtocolCounter(year=year, last=last))
