"""Load a unit's page: the card, its sectors, days with other hours, comarcas nearby."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from sqlmodel import Session

from canais_app.directory import cards, channels, notices, snapshot
from canais_app.directory.models import FEATURE_NAMES, TEXT_FIELDS, Comarca, Unit, UnitKind
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.views import FeatureView, NearbyComarca, SpecialDay, UnitPage
from canais_app.expediente.calendar import (
    CourtCalendar,
    Location,
    merge_spans,
    moment_at,
    parse_minutes,
)
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock
from canais_app.kit.text import format_date

SPECIAL_DAYS_AHEAD = 60  # days ahead for which other hours are listed
MAX_SECTORS = 12
EARTH_KM = 6371.0088  # mean radius (IUGG)
KINDS_WITH_SECTORS = frozenset(
    {UnitKind.VARA, UnitKind.SMALL_CLAIMS, UnitKind.CHAMBER, UnitKind.APPEALS_PANEL}
)


def load_unit_page(session: Session, slug: str, *, now: datetime) -> UnitPage:
    """Return everything a unit's page shows.

    Raises:
        NotFoundError: no active unit has this slug.
    """
    here = snapshot.load_snapshot(session)
    unit = here.find_unit(slug)
    above = [here.units[int(id_)] for id_ in unit.path.split("/") if _is_ancestor(here, id_, unit)]
    sectors = _sectors(here, unit)
    calendar = load_calendar(session)
    ids = [row.id or 0 for row in (unit, *above, *sectors)]
    about = cards.load_card_context(session, here, ids, now, calendar)
    comarca = here.comarcas.get(unit.comarca_id or 0)
    told = notices.list_current_and_announced(session, now, unit)
    return UnitPage(
        card=cards.build_card(unit, about),
        degree=f"{unit.degree}º grau" if unit.degree else "",
        texts={field.name: getattr(unit, field.name) for field in TEXT_FIELDS},
        hours=channels.format_hours(unit.hours),
        above=[cards.build_card(row, about) for row in above],
        sisters=[cards.build_card(row, about) for row in sectors],
        notices=told,
        soon=sum(not notice.in_force for notice in told),
        updated=format_date(clock.to_local_day(unit.updated_at)),
        path=unit.path,
        spans=channels.hours_spans(unit.hours),
        special=find_special_days(calendar, unit, now),
        features=_features(here, unit),
        nearby=find_nearest(comarca, _installed(here)) if comarca else [],
        map_href=_map(comarca) if comarca else "",
    )


def find_special_days(calendar: CourtCalendar, unit: Unit, now: datetime) -> list[SpecialDay]:
    """Return the coming days on which the unit has other hours than its weekly ones.

    Consecutive working days with the same hours and reason are one entry (the recesso).
    """
    found: list[SpecialDay] = []
    follows = False
    for day in _weekdays_open(unit, clock.to_local_day(now)):
        special = _special(calendar, unit, day)
        if special and follows and _is_same_exception(found[-1], special):
            found[-1] = replace(found[-1], last=special.last)
        elif special:
            found.append(special)
        follows = special is not None
    return [replace(days, when=_format_days(days)) for days in found]


def _format_days(days: SpecialDay) -> str:
    first, last = format_date(days.first), format_date(days.last)
    return first if first == last else f"{first} a {last}"


def _weekdays_open(unit: Unit, today: date) -> Iterator[date]:
    usual = {weekday for weekday, _, _ in channels.hours_spans(unit.hours)}
    days = (today + timedelta(days=number) for number in range(SPECIAL_DAYS_AHEAD))
    return (day for day in days if day.weekday() in usual)


def _special(calendar: CourtCalendar, unit: Unit, day: date) -> SpecialDay | None:
    usual = [
        (moment_at(day, parse_minutes(a) or 0), moment_at(day, parse_minutes(b) or 0))
        for weekday, a, b in channels.hours_spans(unit.hours)
        if weekday == day.weekday()
    ]
    location = Location(unit.comarca_id, unit.id)
    today = calendar.list_open_spans(day, location, unit.hours)
    if today == merge_spans(usual):
        return None
    spans = tuple((_format_time(day, a), _format_time(day, b)) for a, b in today)
    words = " e ".join(f"das {a} às {b}" for a, b in spans)
    why = calendar.open_state_on(day, location, unit.hours).reason or f"atende {words}"
    opens, closes = (spans[0][0], spans[-1][1]) if spans else ("", "")
    return SpecialDay(day, day, why, opens, closes, spans=spans)


def _format_time(day: date, moment: datetime) -> str:
    """Return a moment of a day as `12:30`; the end of the day is `24:00`."""
    local = clock.to_local(moment)
    return f"{local:%H:%M}" if local.date() == day else "24:00"


def _is_same_exception(one: SpecialDay, other: SpecialDay) -> bool:
    return (one.reason, one.spans) == (other.reason, other.spans)


def _features(here: DirectorySnapshot, unit: Unit) -> list[FeatureView]:
    """Return the known features of a unit's building."""
    described = (row.accessibility for row in _building_units(here, unit))
    known = next(filter(None, described), {})
    return [
        FeatureView(name, known[feature]["has"] == "sim", known[feature].get("note", ""))
        for feature, name in FEATURE_NAMES.items()
        if feature in known
    ]


def _building_units(here: DirectorySnapshot, unit: Unit) -> Iterator[Unit]:
    """Yield units of one building: the unit, those above it, the forum's board."""
    above: Unit | None = unit
    while above is not None:
        yield above
        above = here.units.get(above.parent_id or 0)
    yield from (row for row in here.boards.get(unit.comarca_id, ()) if row.address == unit.address)


def _installed(here: DirectorySnapshot) -> list[Comarca]:
    return [row for row in here.comarcas.values() if row.installed]


def _map(comarca: Comarca) -> str:
    """Return the URL of a map of the comarca's seat."""
    at = f"{comarca.latitude:.4f}/{comarca.longitude:.4f}"
    return f"https://www.openstreetmap.org/#map=14/{at}"


def _is_ancestor(here: DirectorySnapshot, id_: str, unit: Unit) -> bool:
    return id_.isdigit() and int(id_) in here.units and int(id_) != unit.id


def _sectors(here: DirectorySnapshot, unit: Unit) -> Sequence[Unit]:
    """Return the sectors beside and under a unit (Secretaria ↔ Gabinete)."""
    parent = here.units.get(unit.parent_id or 0)
    beside = here.children.get(unit.parent_id or 0, []) if parent and _has_sectors(parent) else []
    family = [*here.children.get(unit.id or 0, []), *beside]
    return [row for row in family if row.id != unit.id][:MAX_SECTORS]


def _has_sectors(unit: Unit) -> bool:
    return unit.kind in KINDS_WITH_SECTORS


def compute_distance_km(one: Comarca, other: Comarca) -> float:
    """Return the great-circle distance between two seats (WGS 84), in km (haversine)."""
    lat, other_lat = radians(one.latitude), radians(other.latitude)
    half_lat, half_long = (other_lat - lat) / 2, radians(other.longitude - one.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat) * cos(other_lat) * sin(half_long) ** 2
    return 2 * EARTH_KM * asin(sqrt(chord))


def find_nearest(here: Comarca, every: Iterable[Comarca], count: int = 4) -> list[NearbyComarca]:
    """Return the nearest other comarcas, nearest first; by name at equal distance (to 1 m)."""
    found = sorted(
        (round(compute_distance_km(here, seat), 3), seat.name, seat.slug)
        for seat in every
        if seat.slug != here.slug
    )
    return [NearbyComarca(slug, name, round(km)) for km, name, slug in found[:count]]
