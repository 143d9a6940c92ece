"""What each unit publishes of its contacts, as evidence for the CNJ's Ranking da Transparência.

The ranking asks each year whether every unit publishes its phone, its hours and its Balcão Virtual
(Resolução CNJ 260/2018 and the yearly order; Resolução CNJ 372/2021).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from canais_app import routes
from canais_app.directory import cards, channels, snapshot
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.text import strip_accents

SECOND_DEGREE = "2º grau e núcleos"
COLUMNS = (
    "emitido_em",
    "codigo",
    "unidade",
    "comarca",
    "grau",
    "telefone",
    "horario",
    "balcao_virtual",
    "verificado_em",
    "endereco_da_pagina",
)


@dataclass(frozen=True)
class UnitEvidence:
    """What one unit publishes; an empty text is missing. `verified` is the oldest check."""

    code: str
    name: str
    href: str
    comarca: str
    comarca_slug: str
    degree: int
    phone: str
    hours: str
    counter: str
    verified: date | None
    is_fresh: bool


@dataclass(frozen=True)
class PlaceEvidence:
    """How many units of a comarca publish each thing; an empty slug is the second degree."""

    slug: str
    name: str
    units: int
    phone: int
    hours: int
    counter: int
    fresh: int


@dataclass(frozen=True)
class Evidence:
    """The whole court at one moment."""

    at: datetime
    total: PlaceEvidence
    places: list[PlaceEvidence] = field(default_factory=list[PlaceEvidence])
    units: list[UnitEvidence] = field(default_factory=list[UnitEvidence])


def load_evidence(session: Session, *, now: datetime) -> Evidence:
    """Return what every active unit publishes, by comarca and name."""
    here = snapshot.load_snapshot(session)
    units = sorted(
        (_unit(here, unit, now) for unit in here.units.values()),
        key=lambda u: (u.comarca == "", strip_accents(u.comarca).lower(), strip_accents(u.name)),
    )
    names = {unit.comarca_slug: unit.comarca or SECOND_DEGREE for unit in units}
    places = [
        _count(slug, name, (u for u in units if u.comarca_slug == slug))
        for slug, name in names.items()
    ]
    return Evidence(now, _count("", "Total", units), places, units)


def evidence_rows(evidence: Evidence, base_url: str) -> list[tuple[object, ...]]:
    """Return the rows of the file, each with the moment at which it was true."""
    at = clock.to_rfc3339(evidence.at)
    return [
        (
            at,
            unit.code,
            unit.name,
            unit.comarca,
            unit.degree,
            unit.phone,
            unit.hours,
            unit.counter,
            unit.verified.isoformat() if unit.verified else "",
            f"{base_url}{unit.href}",
        )
        for unit in evidence.units
    ]


def _unit(here: snapshot.DirectorySnapshot, unit: Unit, now: datetime) -> UnitEvidence:
    rows = here.channels.get(unit.id or 0, [])
    shown = {row.kind: channels.channel_view(row).value for row in reversed(rows)}
    comarca = here.comarcas.get(unit.comarca_id or 0)
    verified = cards.find_oldest_verification(rows)
    oldest = clock.to_local_day(now - cards.FRESH)
    return UnitEvidence(
        code=unit.code,
        name=unit.name,
        href=routes.unit(unit.slug),
        comarca=comarca.name if comarca else "",
        comarca_slug=comarca.slug if comarca else "",
        degree=unit.degree,
        phone=shown.get(ChannelKind.PHONE, ""),
        hours=channels.format_hours(unit.hours),
        counter=shown.get(ChannelKind.VIRTUAL_COUNTER, ""),
        verified=verified,
        is_fresh=verified is not None and verified >= oldest,
    )


def _count(slug: str, name: str, units: Iterable[UnitEvidence]) -> PlaceEvidence:
    counted: Counter[str] = Counter()
    for unit in units:
        counted.update(
            {
                "units": 1,
                "phone": bool(unit.phone),
                "hours": bool(unit.hours),
                "counter": bool(unit.counter),
                "fresh": unit.is_fresh,
            }
        )
    return PlaceEvidence(
        slug, name, *(counted[column] for column in ("units", "phone", "hours", "counter", "fresh"))
    )
