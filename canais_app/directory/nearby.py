"""Rule: which comarcas are near, as the crow flies. Plain values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088  # mean radius (IUGG)


@dataclass(frozen=True)
class ComarcaSeat:
    """A comarca's seat, in degrees (WGS 84)."""

    slug: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class NearbyComarca:
    """A comarca nearby, and how far its seat is in a straight line, in whole kilometres."""

    slug: str
    name: str
    km: int


def compute_distance_km(one: ComarcaSeat, other: ComarcaSeat) -> float:
    """Return the great-circle distance between two seats, in kilometres (haversine)."""
    lat, other_lat = radians(one.latitude), radians(other.latitude)
    up, across = other_lat - lat, radians(other.longitude - one.longitude)
    chord = sin(up / 2) ** 2 + cos(lat) * cos(other_lat) * sin(across / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(chord))


def find_nearest(
    here: ComarcaSeat, every: Iterable[ComarcaSeat], count: int = 4
) -> list[NearbyComarca]:
    """Return the nearest other comarcas, the nearest first; by name when equally far (1 m)."""
    found = sorted(
        (round(compute_distance_km(here, spot), 3), spot.name, spot.slug)
        for spot in every
        if spot.slug != here.slug
    )
    return [NearbyComarca(slug, name, round(km)) for km, name, slug in found[:count]]
