"""The level of each comarca, unit and channel, and the tile map of the comarcas."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from canais_app import routes
from canais_app.complaints.public_status.facts import CLOSED, FAILURES, WORST_FIRST, Facts
from canais_app.complaints.public_status.suppression import format_count, publish_count
from canais_app.complaints.public_status.views import ChannelLevel, PlaceLevel, Tile
from canais_app.complaints.situations.queries import PublicLevel
from canais_app.directory.models import Unit
from canais_app.kit.text import pluralise, strip_accents

NORMAL, NO_DATA = "normal", "sem_dados"
SECOND_DEGREE = "2º grau e Núcleos"
LEVEL_WORDS = {
    PublicLevel.REPORTED: "falha provável",
    PublicLevel.CONFIRMED: "falha confirmada",
    PublicLevel.MAINTENANCE: "em manutenção",
    CLOSED: "fechado",
    NORMAL: "nada acima do normal",
    NO_DATA: "sem dados",
}
_TILE_STATE = {
    PublicLevel.CONFIRMED: "hi", PublicLevel.REPORTED: "hi", CLOSED: "cl", NO_DATA: "nd"
}  # fmt: skip


def list_places(facts: Facts) -> list[PlaceLevel]:
    """Return the comarcas of the state, or the units of a comarca, those in trouble first."""
    if facts.unit is not None:
        return [_unit_level(facts, facts.unit)]
    if facts.scope.unit_ids is not None:
        units = [facts.here.units[id_] for id_ in facts.scope.unit_ids]
        return _sorted(_unit_level(facts, unit) for unit in units)
    members: defaultdict[int | None, list[int]] = defaultdict(list)
    for id_, unit in facts.here.units.items():
        members[unit.comarca_id].append(id_)
    rows = [row for row in facts.here.comarcas.values() if row.installed]
    places = [
        _group_level(facts, row.slug, row.name, routes.status(row.slug), members[row.id])
        for row in rows
    ]
    return [*_sorted(places), _group_level(facts, "", SECOND_DEGREE, "", members[None])]


def _sorted(places: Iterable[PlaceLevel]) -> list[PlaceLevel]:
    quiet = (NORMAL, NO_DATA)
    return sorted(places, key=lambda p: (p.level in quiet, strip_accents(p.name)))


def _group_level(
    facts: Facts, slug: str, name: str, href: str, unit_ids: Sequence[int]
) -> PlaceLevel:
    mine = set(unit_ids)
    levels: list[str] = [t.level for t in facts.troubles if t.unit_id in mine]
    slugs = {facts.here.units[id_].slug for id_ in mine}
    if any(n.comarca == slug or n.unit in slugs for n in facts.closures if slug or n.unit):
        levels.append(CLOSED)
    reports = sum(facts.reports[id_] for id_ in mine)
    level = find_worst(levels, known=bool(reports) or not mine.isdisjoint(facts.used))
    failing = sum(level in FAILURES for level in levels)
    return PlaceLevel(
        slug=slug,
        name=name,
        href=href,
        level=level,
        words=pluralise(failing, "canal com falha", "canais com falha")
        if failing
        else LEVEL_WORDS[level],
        reports=publish_count(reports),
        channels=_channel_levels(facts, mine),
    )


def _unit_level(facts: Facts, unit: Unit) -> PlaceLevel:
    place = _group_level(facts, unit.slug, unit.name, routes.unit(unit.slug), [unit.id or 0])
    closed = any(n.unit == unit.slug for n in facts.closures)
    if closed and place.level in (NORMAL, NO_DATA):
        return replace(place, level=CLOSED, words=LEVEL_WORDS[CLOSED])
    return place


def _channel_levels(facts: Facts, unit_ids: Collection[int]) -> list[ChannelLevel]:
    return [
        ChannelLevel(
            channel=trouble.channel,
            level=trouble.level,
            since=trouble.since,
            unit=facts.here.units[trouble.unit_id].slug,
            unit_name=facts.here.units[trouble.unit_id].name,
            people=publish_count(trouble.people),
            people_words=format_count(trouble.people, "pessoa", "pessoas")
            if trouble.people
            else "",
            works=list(facts.working.get(trouble.unit_id, ())),
            incident=trouble.code if trouble.incident_id else "",
        )
        for trouble in facts.troubles
        if trouble.unit_id in unit_ids
    ]


def find_worst(levels: Sequence[str], *, known: bool) -> str:
    """Return the level that is said of a place with channels of these levels."""
    found = next((str(level) for level in WORST_FIRST if level in levels), "")
    return found or (NORMAL if known else NO_DATA)


def list_tiles(places: Sequence[PlaceLevel]) -> list[Tile]:
    """Return the comarcas on the tile map, row by row."""
    by_slug = {place.slug: place for place in places if place.slug}
    return [
        Tile(
            slug=spot["slug"],
            name=place.name,
            code=spot["code"],
            column=spot["column"],
            row=spot["row"],
            state=_TILE_STATE.get(place.level, ""),
            words=f"{place.name}: {place.words}",
            href=place.href,
        )
        for spot in _load_tiles()
        if (place := by_slug.get(spot["slug"]))
    ]


@lru_cache(maxsize=1)
def _load_tiles() -> list[dict[str, Any]]:
    """Return where each comarca stands on the tile map, top row first."""
    text = Path(__file__).with_name("comarca_tiles.json").read_text("utf-8")
    return sorted(json.loads(text), key=lambda tile: (tile["row"], tile["column"]))
